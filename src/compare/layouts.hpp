#pragma once

#include <span>

#include "model/comparison.hpp"

namespace perfwarden::compare {

// Code of a warning of a comparison that was measured over layouts, with what it was before.
inline constexpr std::string_view k_over_layouts = "over-layouts";

// Rests a comparison on its ratios (head over base, > 0, one a layout of both sides) instead of on the pairs of one
// layout: the layout is the unit, so that what placement does is part of the spread. Student's t of their logs, exact
// for normal ones; two-sided 90 % interval, whose ends are the one-sided 95 % bounds. `distinct` when the one-sided p
// is at most 0.05; the magnitude's criterion and the confidence are about `threshold`, the change that matters, a
// fraction. (docs/statistics.md, Placement.) Precondition: at least three ratios.
void rest_on_layouts(Comparison& comparison, std::span<const double> ratios, double threshold);

}  // namespace perfwarden::compare
