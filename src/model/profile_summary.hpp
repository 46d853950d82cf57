#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/comparison.hpp"
#include "model/profile.hpp"

namespace perfwarden {

// A FunctionShare is the cost of one function, as fractions of the profile's whole.
struct FunctionShare {
  std::string name;            // as the profiler wrote it; a long one is shortened. Hostile text
  double self = 0, total = 0;  // total: with what it calls, once a stack
  friend bool operator==(const FunctionShare&, const FunctionShare&) = default;
};

// A ProfileSummary is what is kept of all recordings of one side of one benchmark, when the recordings are gone.
// profile/write/summary.hpp makes it; whatever else is saved as one is cut to these bounds.
struct ProfileSummary {
  static constexpr double k_least_self = 0.005;  // of a function that is listed: there are at most 200
  static constexpr std::size_t k_most_functions = 200;
  static constexpr std::size_t k_most_name_bytes = 200;
  static constexpr std::size_t k_most_stack_bytes = std::size_t{256} << 10;

  std::string suite, benchmark;  // as in ProfileDiff: the benchmark may be a case, or empty for the whole suite
  SampleType type;
  double cost = 0;                       // of the whole, in the type's unit
  double samples = k_nan;                // how many; NaN when unknown
  double seconds = 0;                    // recorded; 0 = unknown
  std::vector<FunctionShare> functions;  // by self, hottest first
  // Folded stacks, "root;…;leaf cost" a line, for a flame graph: those that are too small for the bound are summed up
  // as a frame k_small_stacks. Empty when there are none, or they are no longer kept.
  std::string stacks;
  friend bool operator==(const ProfileSummary&, const ProfileSummary&) = default;
};

inline constexpr const char* k_small_stacks = "(small stacks)";

}  // namespace perfwarden
