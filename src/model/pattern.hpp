#pragma once

#include <string>
#include <vector>

#include "base/names.hpp"
#include "model/position.hpp"

namespace perfwarden {

// off: the rule is not applied; this is how a user turns off a shipped rule.
enum class PatternSeverity { off, info, warn, alert };
template <>
inline constexpr Names<PatternSeverity, 4> k_names<PatternSeverity>{{{"off", PatternSeverity::off},
                                                                     {"info", PatternSeverity::info},
                                                                     {"warn", PatternSeverity::warn},
                                                                     {"alert", PatternSeverity::alert}}};

// A Pattern is one rule about code that is known to be slow: frames by name, the share from which they matter, and
// advice. Shipped in config/patterns.yml; users add their own.
struct Pattern {
  // leaf: only stacks that end in such a frame count; any: also what it calls, once a stack; chain: only a frame that
  // is new at the end of 12 frames or more of which each calls only the next.
  enum class Where { leaf, any, chain };

  std::string id, category;            // "cpp-malloc", "allocation"
  std::vector<std::string> languages;  // "c++", "go"; for readers
  std::string match;                   // RE2, found anywhere in the frame's name without its annotation ("_[k]")
  Where where = Where::any;
  double min_share = 0.01;  // of head, from which it is reported
  double min_delta = 0.01;  // head − base, in shares; ignored for `unfair`
  PatternSeverity severity = PatternSeverity::warn;
  std::string advice;                        // one sentence
  bool unfair = false;                       // the run itself is not fair: reported without any growth
  std::vector<std::string> matches, spares;  // frames that it must and must not match, as a test of the rule
  Position position;                         // in its file
};
template <>
inline constexpr Names<Pattern::Where, 3> k_names<Pattern::Where>{
    {{"leaf", Pattern::Where::leaf}, {"any", Pattern::Where::any}, {"chain", Pattern::Where::chain}}};

}  // namespace perfwarden
