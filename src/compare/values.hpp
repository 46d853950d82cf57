#pragma once

#include <cstddef>
#include <vector>

#include "model/comparison.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// A SideValues is what one side of a series contributes, in the order measured: one number an invocation, of its usable
// values the best for times and throughputs and the median for everything else. A value is usable when it is finite and
// no larger than 1e300 (so that no difference of two overflows).
struct SideValues {
  std::vector<double> values;
  std::vector<std::size_t> places;  // values[i] is of invocation places[i]
  std::size_t unusable = 0;         // values ignored
  bool one_process = false;         // the only process; `values` are then its repetitions, which are not independent
};
[[nodiscard]] SideValues values_of_side(const Series& series);

// Both sides of a series, treated alike: the best of five is better than the best of one, though nothing changed. Where
// the numbers of repetitions differ, each pair uses as many as both have, the first ones; two runs use as many as all
// their processes have.
struct TwoSides {
  SideValues base, head;
  bool unequal = false;  // repetitions were ignored for that
};
[[nodiscard]] TwoSides values_of_sides(const Series& base, const Series& head, bool paired);

// Both sides cut to the invocations that have a value on both: values[i] of one pairs with values[i] of
// the other.
struct Pairs {
  std::vector<double> base, head;
  std::size_t dropped = 0;  // invocations with a value on one side only
};
[[nodiscard]] Pairs pairs_of(const SideValues& base, const SideValues& head);

[[nodiscard]] bool all_positive(const std::vector<double>& values);  // false when there is none
[[nodiscard]] bool constant(const std::vector<double>& values);

// Whether a clock had a part in these values: times, and rates of work, which are better higher.
[[nodiscard]] bool is_clocked(const Metric& metric);

// The change that the clock which measured these values may hide, where ties dominate (no more than half of all values
// are different): its step, as a fraction of base's median time; else 0. The step is the smallest difference between
// two times, or the time itself where all are the same. Of a rate, the times are the reciprocals.
[[nodiscard]] double hidden_by_clock(std::vector<double> base, std::vector<double> head, const Metric& metric);

[[nodiscard]] Summary summary_of(const std::vector<double>& values);

// Equal numbers stay equal: log-ratios are rounded to 2⁻⁴⁰ (1e-12), so that ties stay
// ties and zeros zero whatever unit the values are in.
[[nodiscard]] double log_ratio(double base, double head);

}  // namespace perfwarden::compare
