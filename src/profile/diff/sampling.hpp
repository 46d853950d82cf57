#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/profile.hpp"
#include "model/profile_diff.hpp"
#include "profile/diff/diff.hpp"

namespace perfwarden::profile {

// Which numbers of two profiles are compared, and how.
struct Chosen {
  std::array<std::size_t, 2> type{};  // of base and head, by name the same
  SampleType what;
  Normalization normalization = Normalization::share;
  bool automatic = false;  // the recordings say which (reading_of)
  bool maybe_longer = false;
  bool exact = false;
  std::array<double, 2> divisor{1, 1};  // operations, seconds, or recordings
  std::vector<Warning> warnings;
};
// Error (usage) when there is no type in common, units differ, or the normalisation needs data that the profiles lack.
[[nodiscard]] Result<Chosen> choose(const Profile& base, const Profile& head, const DiffOptions& options);

// The number of samples in costs. When every sample costs the same, `unit` is that cost; else `counts` has a number for
// each cost.
struct Sampling {
  double unit = 0;  // > 0, or 0 where `counts` is used
  std::vector<double> counts;
  bool known = false;  // the profile gives the number, or it follows; false: a guess, rather too few than too many
};
// Columns that a profile has in addition to the costs; empty where it has none.
struct Columns {
  std::span<const double> cost;
  std::span<const double> samples;  // counts of samples
  std::span<const double> objects;  // of a memory profile: the number of objects that make up the bytes
  double period = 0;                // cost of a sample; 0 = unknown
  bool counts_samples = false;      // the costs are counts of samples
};
[[nodiscard]] Sampling sampling_of(const Columns& columns);

// The additional columns of one type: of the tree, and of the functions that are known better (their numbers are put
// into `store`).
[[nodiscard]] Columns columns_of_nodes(const Profile& profile, std::size_t type);
struct FunctionColumns {
  std::vector<double> cost, total, samples, total_samples, objects, total_objects;
};
[[nodiscard]] FunctionColumns columns_of_functions(const Profile& profile, std::size_t type);
[[nodiscard]] Columns own_of(const FunctionColumns& functions, const Columns& nodes);
[[nodiscard]] Columns total_of(const FunctionColumns& functions, const Columns& nodes);

}  // namespace perfwarden::profile
