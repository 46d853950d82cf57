#pragma once

#include <cstddef>
#include <vector>

#include "base/names.hpp"

namespace perfwarden::bisect {

// What is known of a commit without numbers: a person or another tool called it good or bad, or it runs the very
// program of the good commit.
enum class Told { nothing, good, bad, same_as_good };

// A Candidate is one commit of a range, and what was found out about it.
struct Candidate {
  // ln(commit / good commit) of each pair that was measured with both side by side; > 0 is worse.
  std::vector<double> pairs{};
  Told told = Told::nothing;
  bool testable = true;  // false: it cannot be built or run
  bool changes = true;   // false: it runs the program of the commit before it, so that it is nobody's cause
  double prior = 1;      // how likely it is to be the cause before anything is measured, relative to the others; > 0
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// A Range is the commits from the good one, [0], to the bad one, the last, oldest first. The good one has no pairs; the
// bad one was proven to be worse, and its pairs say by how much. At least two.
using Range = std::vector<Candidate>;

// The nearest candidate before `commit` that can be tested; the good commit always can.
[[nodiscard]] inline std::size_t tested_before(const Range& range, std::size_t commit) {
  std::size_t before = commit - 1;
  while (before > 0 && !range[before].testable) --before;
  return before;
}

}  // namespace perfwarden::bisect

namespace perfwarden {
template <>
inline constexpr Names<bisect::Told, 4> k_names<bisect::Told>{{{"nothing", bisect::Told::nothing},
                                                               {"good", bisect::Told::good},
                                                               {"bad", bisect::Told::bad},
                                                               {"same-as-good", bisect::Told::same_as_good}}};
}  // namespace perfwarden
