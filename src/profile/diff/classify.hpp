#pragma once

#include <span>
#include <vector>

#include "model/profile_diff.hpp"
#include "profile/diff/diff.hpp"
#include "profile/diff/significance.hpp"

namespace perfwarden::profile {

// What a change must be to be told; fractions of the whole.
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

// What share of base's one has in head if nothing happened to it: 1 unless other code grew or shrank. From the
// benchmark's change where it is known; else what most functions agree on, 1 when they do not.
[[nodiscard]] double dilution_of(std::span<const Share> functions, std::optional<double> benchmark_ratio);

struct Class {
  FrameChange change = FrameChange::unchanged;
  bool diluted = false;  // it would be a change, were it not in step with all others
};
// Of a share whose p_adjusted is known. Says nothing of what moved.
[[nodiscard]] Class class_of(const Share& share, const Samples2& cost, double overdispersion, double dilution,
                             const Yardstick& yardstick, const Thresholds& thresholds);

[[nodiscard]] bool is_rise(FrameChange change);  // regression, added
[[nodiscard]] bool is_fall(FrameChange change);  // improvement, removed

// Regressions and new ones first, worst first, own cost before that of what is called; then what is in doubt,
// improvements, what moved.
void put_in_reading_order(std::vector<FrameDelta>& frames);

}  // namespace perfwarden::profile
