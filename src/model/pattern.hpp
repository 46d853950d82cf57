#pragma once

#include <string>
#include <vector>

#include "base/names.hpp"
#include "model/position.hpp"

namespace perfwarden {

// off: the rule is not looked for; how a user turns a shipped one off.
enum class PatternSeverity { off, info, warn, alert };
template <>
inline constexpr Names<PatternSeverity, 4> k_names<PatternSeverity>{{{"off", PatternSeverity::off},
                                                                     {"info", PatternSeverity::info},
                                                                     {"warn", PatternSeverity::warn},
                                                                     {"alert", PatternSeverity::alert}}};

// A Pattern is one rule about what is known to be slow: frames by name, from which share on they matter, and what to
// do. Shipped in config/patterns.yml; users add their own.
struct Pattern {
  // leaf: only what ends in such a frame costs; any: with all that it calls, once a stack.
  enum class Where { leaf, any };

  std::string id, category;            // "cpp-malloc", "allocation"
  std::vector<std::string> languages;  // "c++", "go"; for readers
  std::string match;                   // RE2, found anywhere in the frame's name without its annotation ("_[k]")
  Where where = Where::any;
  double min_share = 0.01;  // of head, from which it is raised
  double min_delta = 0.01;  // head − base, in shares; nothing for `unfair`
  PatternSeverity severity = PatternSeverity::warn;
  std::string advice;                        // one sentence
  bool unfair = false;                       // says that the run is no fair one: raised without any growth
  std::vector<std::string> matches, spares;  // frames that it must and must not match, so that the rule proves itself
  Position position;                         // in its file
};
template <>
inline constexpr Names<Pattern::Where, 2> k_names<Pattern::Where>{
    {{"leaf", Pattern::Where::leaf}, {"any", Pattern::Where::any}}};

}  // namespace perfwarden
