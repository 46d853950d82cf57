#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace perfwarden::ingest {

// The groups of one match; views into the line, empty when the group took no part.
struct PatternMatch {
  std::string_view name, value, unit, metric;
};

// A Pattern is the expression of `parser: { regex: … }`, RE2 syntax with groups written (?<name>…) or (?P<name>…).
// Matching takes time linear in the line, whatever the expression.
class Pattern {
 public:
  // Error (config) with the place in the pattern; `where` is the config's.
  [[nodiscard]] static Result<Pattern> compile(std::string_view pattern, const std::string& where);
  [[nodiscard]] bool match(std::string_view line, PatternMatch& match) const;  // anywhere in the line

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

 private:
  Pattern();
  std::unique_ptr<re2::RE2> expression_;
  int name_ = 0, value_ = 0, unit_ = 0, metric_ = 0;  // group numbers; 0 = absent
};

}  // namespace perfwarden::ingest
