#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/alert.hpp"
#include "model/history.hpp"
#include "trend/change_points.hpp"

// What becomes of the changes that an analysis found, given the alerts that are known. docs/history.md#alerts.
namespace perfwarden::trend {

struct AlertOptions {
  double threshold = 0.05;                     // smaller changes are not worth an alert; a fraction
  Confidence confidence = Confidence::medium;  // nor are those of less confidence
  std::string now = {};                        // RFC 3339
};

// Reviews a line of lines_of() (not empty) and the alerts of it: returns new alerts, and known ones that got an event,
// each with all of its events. Doing it again changes nothing.
//   A change near a known one is the known one.
//   An alert whose level is back by 70 % or more is RESOLVED, recovered; what led back is not an alert of its own.
//   One that was resolved (fixed, reverted or recovered), was back, and is not any more is OPEN again.
// `known` may hold alerts of other lines. A stretch between bumps says nothing about alerts whose change lies outside.
[[nodiscard]] std::vector<Alert> review(const SeriesHistory& line, const std::string& branch, const Segmentation& found,
                                        std::span<const Alert> known, const AlertOptions& options);

// Alerts that may have one cause: of the same branch and direction, and of ranges of commits that overlap, perhaps by
// way of others. `rank` orders the commits of the branch. Groups in the order of their first alert.
[[nodiscard]] std::vector<std::vector<std::size_t>> groups_of(std::span<const Alert> alerts,
                                                              const std::map<std::string, std::size_t>& rank);

// Series of which at least `least` alerts were false positives: their noise is not understood.
[[nodiscard]] std::vector<SeriesId> doubtful_series(std::span<const Alert> alerts, std::size_t least = 3);

}  // namespace perfwarden::trend
