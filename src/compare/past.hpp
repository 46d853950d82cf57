#pragma once

#include <cstddef>
#include <span>

#include "model/history.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

inline constexpr std::size_t k_least_runs = 5;  // fewer runs give no estimate of a spread

// From a window of earlier runs in time order (a baseline directory, a store). run_sd comes from the differences of
// neighbours, winsorised at 3 robust sigmas, over √2: neither a lasting step of the history nor an outlying run
// inflates it much. Series with values at or below 0 are ignored.
[[nodiscard]] Past past_of(std::span<const Samples> runs);

// The same from the medians of a history, whose points must be of one machine and one unit.
[[nodiscard]] Past past_of(std::span<const SeriesHistory> histories);

// Degrees of freedom of run_sd.
[[nodiscard]] double between_runs_df(const SeriesPast& past);

}  // namespace perfwarden::compare
