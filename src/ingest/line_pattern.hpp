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
struct LineMatch {
  std::string_view name, value, unit, metric;
};

// A LinePattern is the expression of `parser: { regex: … }`, RE2 syntax with groups written (?<name>…) or (?P<name>…).
// Matching takes time linear in the line for any expression.
class LinePattern {
 public:
  // Error (config) with the place in the pattern; `where` is the config's.
  [[nodiscard]] static Result<LinePattern> compile(std::string_view pattern, const std::string& where);
  [[nodiscard]] bool match(std::string_view line, LineMatch& match) const;  // anywhere in the line

  LinePattern(LinePattern&&) noexcept;
  LinePattern& operator=(LinePattern&&) noexcept;
  ~LinePattern();

 private:
  LinePattern();
  std::unique_ptr<re2::RE2> expression_;
  int name_ = 0, value_ = 0, unit_ = 0, metric_ = 0;  // group numbers; 0 = absent
};

}  // namespace perfwarden::ingest
