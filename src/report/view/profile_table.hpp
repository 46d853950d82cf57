#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/profile_diff.hpp"
#include "report/page/page.hpp"

// How the numbers of a ProfileDiff are written.
namespace perfwarden::report {

[[nodiscard]] std::string percent(double share);  // "8.4 %", below 1 % "0.42 %"
[[nodiscard]] std::string points(double delta);   // "+3.2", "−0.5", "0.0": percentage points, without the word
[[nodiscard]] std::string interval_points(const Interval& interval);  // "+1.0 … +5.4"; empty when unknown
[[nodiscard]] std::string grouped(double count);                      // "12,345"
[[nodiscard]] std::string_view change_word(FrameChange change);       // the state as phrases and colours call it
[[nodiscard]] double cost_of_one_run(const ProfileSide& side);

// Whether numbers of samples can be set against each other: sampled time, compared as recorded.
[[nodiscard]] bool is_by_recorded_samples(const ProfileDiff& evidence);
// The share of the frame that changed, self or total, with its numbers.
[[nodiscard]] const Share& telling_share(const FrameDelta& frame);

// The frames that changed as a table for a terminal, at most so many: by samples where costs are compared as recorded,
// else by shares.
[[nodiscard]] std::vector<std::string> profile_table(const ProfileDiff& evidence, const Phrases& phrases,
                                                     std::size_t rows, std::size_t columns);

}  // namespace perfwarden::report
