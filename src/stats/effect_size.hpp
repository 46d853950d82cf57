#pragma once

#include <span>

namespace perfwarden::stats {

// Cohen's d: head − base in pooled standard deviations, > 0 when head is larger. When the spread is zero: 0 for equal
// means, otherwise ±∞. NaN when a side has fewer than two values.
[[nodiscard]] double cohens_d(std::span<const double> base, std::span<const double> head);

}  // namespace perfwarden::stats
