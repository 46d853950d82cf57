#pragma once

#include <array>
#include <string>
#include <vector>

#include "model/profile_diff.hpp"

// What two profiles say function by function, in samples: for a person who compares two recordings by hand.
namespace perfwarden::report {

enum class HotMark { none, regression, improvement, investigate };

// A HotFunction is one function's own samples on both sides; costs where the number of samples is not known.
struct HotFunction {
  std::string name;  // hostile text
  double base = 0, head = 0;
  double change = k_nan;  // relative to what base leads to expect of head; NaN for a new one
  HotMark mark = HotMark::none;
  bool by_counts = false;  // the mark rests on the counts of two single recordings, whose spread is not known
};

// All functions of the profiles with samples of their own, the largest change first. A function is marked by the
// profile's own test where it decides. Where it cannot, since single recordings do not show their spread, by its
// counts: a change of 5 % or more that is larger than three standard deviations of over-dispersed Poisson counts, of a
// function with 1 % of a side. What is new or undecided is marked to be investigated. No gate depends on these marks.
[[nodiscard]] std::vector<HotFunction> hot_functions(const ProfileDiff& evidence);

}  // namespace perfwarden::report
