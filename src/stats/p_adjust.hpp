#pragma once

#include <span>
#include <vector>

namespace perfwarden::stats {

// Holm 1979, Hochberg 1988, Benjamini & Hochberg 1995, Benjamini & Yekutieli 2001.
enum class Adjustment { none, bonferroni, holm, hochberg, benjamini_hochberg, benjamini_yekutieli };

// Adjusted p values in the order given, at most 1. A NaN stays NaN and is not counted.
[[nodiscard]] std::vector<double> p_adjust(std::span<const double> p, Adjustment adjustment);

}  // namespace perfwarden::stats
