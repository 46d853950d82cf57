#pragma once

#include <cstddef>
#include <span>
#include <vector>

// Where the level of a series of runs changed, for good. The method, its sources and its measured rates are in
// docs/statistics.md#change-points.
namespace perfwarden::trend {

struct ChangePointOptions {
  double min_effect = 0.03;     // smaller changes of level are not reported; a fraction
  double false_alarm = 1e-6;    // chance that one place of an unchanged series is taken for a change
  std::size_t min_segment = 3;  // runs that a new level needs before it is believed; at least 2
};

// A step happens between two runs. A drift takes several runs, from `index` to `end`.
enum class Shape { step, drift };

// A Change is a place where the level changed. Indices are those of the values given.
struct Change {
  Shape shape = Shape::step;
  std::size_t index = 0;         // the first value of the new level; of a drift, the first that left the old one
  std::size_t end = 0;           // of a step, `index`; of a drift, the first value at the new level
  double before = 0, after = 0;  // levels: medians, in the unit of the values
  double ratio = 0;              // after / before; NaN where before is not positive
  double low = 0, high = 0;      // 99 % interval of the ratio
  double p = 1;                  // of the change, not adjusted for the places where it might have been
};

// A Segment is a stretch [begin, end) of constant level, or one in which it drifts.
struct Segment {
  std::size_t begin = 0, end = 0;
  double level = 0;  // median
};

// A Spike is a value, or two in a row, far from its level, to which the series returned.
struct Spike {
  std::size_t index = 0;
  double ratio = 0;  // to its level
};

struct Segmentation {
  std::vector<Segment> segments;
  std::vector<Change> changes;  // in order of index; those of an epoch's border are not among them
  std::vector<Spike> spikes;
  double spread = 0;           // standard deviation of one run about its level: a fraction of the level
  double autocorrelation = 0;  // of neighbouring runs, as assumed: between the estimate and 0.5 for short series
};

// Segments a series, oldest value first. Values that are not finite are passed over. `epochs` are the indices at which
// something else changed (machine, toolchain, a bump): the series is cut there and each part is looked at alone.
// Ratios need positive values; a series with others is judged by differences relative to its median size, and where the
// level before a change is not positive, its interval is such a difference plus 1.
[[nodiscard]] Segmentation find_changes(std::span<const double> values, std::span<const std::size_t> epochs,
                                        const ChangePointOptions& options);

}  // namespace perfwarden::trend
