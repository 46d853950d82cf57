#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "model/profile.hpp"
#include "profile/diff/merge.hpp"
#include "profile/diff/spread.hpp"

namespace perfwarden::profile {

// The own costs of functions in each recording, as effective counts.
struct RunCounts {
  std::array<Runs, 2> runs;  // by side: [run][frame of the side's merged profile]
  std::array<std::vector<double>, 2> totals;
};

// Adds the recordings of one side, which `merged` holds the sum of.
void add_runs(std::span<const Profile> recordings, const Merged& merged, std::size_t type, std::size_t side,
              RunCounts& into);

// How much the recordings of each side differ. There are two recordings more than sides, at least.
[[nodiscard]] Spread spread_of(const RunCounts& counts, const United& united, bool of_shares);

}  // namespace perfwarden::profile
