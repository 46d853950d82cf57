#pragma once

#include <cstddef>

namespace perfwarden::stats {

// Pitman efficiency of rank tests relative to t under normal noise: 3/π.
inline constexpr double k_rank_efficiency = 0.954929658551372;

// Smallest number of pairs whose exact one-sided signed-rank test can reach `level`: ⌈log₂(1/level)⌉.
[[nodiscard]] std::size_t pairs_for_level(double level);
// Smallest n of n against n whose exact one-sided Mann–Whitney test can reach `level`.
[[nodiscard]] std::size_t samples_for_level(double level);

// Minimum detectable effect as a fraction > 0 on the ratio scale, found with `power` at the one-sided
// `level`: exp((t_{1−level} + t_{power})·se) − 1 (docs/statistics.md#what-could-have-been-seen). NaN with fewer than
// two values. Paired: `sd` of the log-ratios of `pairs` pairs.
[[nodiscard]] double detectable_paired(double sd, std::size_t pairs, double level, double power = 0.8);
// Unpaired: pooled `sd` of the logs of m and n values.
[[nodiscard]] double detectable_unpaired(double sd, std::size_t m, std::size_t n, double level, double power = 0.8);

// What is left of a distance > 0 between an estimate from `pairs` pairs and a bound, when the estimate errs towards the
// bound as much as in one of five runs: distance − z₀.₈ · sd / √(0.955 · pairs). At most 0: too near to tell. A number
// of pairs that is computed from it grows in few runs only as more pairs come; one from the distance itself grows in
// half of them.
[[nodiscard]] double sure_distance(double distance, double sd, std::size_t pairs);
// The same for n values a side.
[[nodiscard]] double sure_distance_unpaired(double distance, double sd, std::size_t n);

// Pairs needed to find a log-ratio of `log_effect` > 0 with `power` at the one-sided `level`:
// ((z_{1−level} + z_{power})·sd / effect)² / 0.955, rounded up, and at least pairs_for_level.
[[nodiscard]] std::size_t pairs_needed(double sd, double log_effect, double level, double power = 0.8);
// The same for n against n.
[[nodiscard]] std::size_t samples_needed(double sd, double log_effect, double level, double power = 0.8);

}  // namespace perfwarden::stats
