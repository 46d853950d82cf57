#pragma once

#include <span>
#include <vector>

#include "model/profile_diff.hpp"
#include "profile/diff/diff.hpp"
#include "profile/diff/significance.hpp"

namespace perfwarden::profile {

// How large a change must be to be reported; fractions of the whole.
struct Thresholds {
  double significance, noticeable, matters, hotspot;
  explicit Thresholds(const DiffOptions& options)
      : significance(options.significance),
        noticeable(options.noticeable),
        matters(options.matters),
        hotspot(options.hotspot) {}
};

inline constexpr double k_worth_a_test = 0.005;  // share of either side from which a cost is tested
[[nodiscard]] bool worth_a_test(const Share& share);

// The factor by which an unchanged function's share differs from base to head: 1 unless other code grew or shrank.
// Computed from the benchmark's change where it is known; else from what most functions agree on, 1 when they do not.
[[nodiscard]] double dilution_of(std::span<const Share> functions, std::optional<double> benchmark_ratio);

struct Class {
  FrameChange change = FrameChange::unchanged;
  bool diluted = false;  // it would be a change if all other functions had not changed alike
};
// For a share whose p_adjusted is known. Does not find moved code.
[[nodiscard]] Class class_of(const Share& share, const Samples2& cost, double overdispersion, double dilution,
                             const Yardstick& yardstick, const Thresholds& thresholds);

[[nodiscard]] bool is_rise(FrameChange change);  // regression, added
[[nodiscard]] bool is_fall(FrameChange change);  // improvement, removed

// Regressions and new ones first, worst first, own cost before cost of callees; then inconclusive ones, improvements,
// moved ones.
void put_in_reading_order(std::vector<FrameDelta>& frames);

}  // namespace perfwarden::profile
