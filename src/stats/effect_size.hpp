#pragma once

#include <span>

namespace perfwarden::stats {

// Standardised differences of head − base: > 0 when head is larger. When the spread is zero: 0 for
// equal means, otherwise ±∞. NaN when a side has fewer than two values.
[[nodiscard]] double cohens_d(std::span<const double> base, std::span<const double> head);  // pooled sd
// Cohen's d over √((s₁² + s₂²) / 2).
[[nodiscard]] double cohens_d_average(std::span<const double> base, std::span<const double> head);
// Cohen's d × J(m + n − 2), with J by the gamma function (Hedges 1981).
[[nodiscard]] double hedges_g(std::span<const double> base, std::span<const double> head);
// J by 1 − 3 / (4·df − 1).
[[nodiscard]] double hedges_g_approximate(std::span<const double> base, std::span<const double> head);
[[nodiscard]] double glass_delta(std::span<const double> base, std::span<const double> head);  // over base's sd
// Cliff 1993: P(head > base) − P(head < base), −1 … 1. O(N log N).
[[nodiscard]] double cliffs_delta(std::span<const double> base, std::span<const double> head);

}  // namespace perfwarden::stats
