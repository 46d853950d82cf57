#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dashboard/desk.hpp"
#include "store/browse.hpp"
#include "trend/change_points.hpp"

namespace perfwarden::dashboard {

// A Line is a series on one machine and in one unit, since only within one a change of level is one of the code.
struct Line {
  struct Point {
    std::uint32_t place = 0;                           // of its run in the timeline
    std::uint32_t n = 0;                               // processes
    double median = k_nan, low = k_nan, high = k_nan;  // quartiles
  };
  struct Other {
    std::string machine;
    std::size_t points = 0;
  };
  store::NumberedSeries series;
  std::string branch, machine, unit;
  Better better = Better::unknown;
  std::shared_ptr<const Timeline> timeline;
  std::vector<Point> points;  // oldest first; a place in it is what answers call `i`
  // Of the newest runs; indices are those of `points`.
  trend::Segmentation found;
  std::vector<std::size_t> epochs;  // places at which the series begins anew, since somebody said so
  std::vector<Other> machines;      // of all points of the series, that with most of them first

  [[nodiscard]] const Timeline::Run& run(std::size_t i) const { return timeline->runs[points[i].place]; }
  // The first point of a commit.
  [[nodiscard]] std::optional<std::size_t> place_of(const std::string& commit) const;
};

// `machine` empty: that of the newest point. Without points when the branch has none.
[[nodiscard]] Result<std::shared_ptr<const Line>> line_of(const Desk& desk, const store::NumberedSeries& series,
                                                          const std::string& branch, const std::string& machine);

// What each process measured in these runs, by the number of the run: the median of its values. Processes without a
// value are not among them, nor are runs whose raw values are gone.
[[nodiscard]] Result<std::map<std::int64_t, std::vector<double>>> processes_of(const Desk& desk, std::int64_t series,
                                                                               std::span<const std::int64_t> runs);

// A Bucket stands for some neighbouring values: by the place of their median, and by their extremes.
struct Bucket {
  std::size_t at = 0;
  double least = 0, most = 0;
};
// At most about `wanted` buckets of values [begin, end), in order; each place in `kept` (sorted) has one of its own.
[[nodiscard]] std::vector<Bucket> buckets_of(const std::vector<double>& values, std::size_t begin, std::size_t end,
                                             const std::vector<std::size_t>& kept, std::size_t wanted);

}  // namespace perfwarden::dashboard
