#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/series.hpp"

namespace perfwarden {

inline constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();

// `failed_on_head`: it fails on head where it does not on base, so that whatever head still measured proves nothing.
enum class Presence { both, only_base, only_head, failed_on_head };
template <>
inline constexpr Names<Presence, 4> k_names<Presence>{{{"both", Presence::both},
                                                       {"only_base", Presence::only_base},
                                                       {"only_head", Presence::only_head},
                                                       {"failed_on_head", Presence::failed_on_head}}};

// How the two sides were measured; the stronger design first.
enum class Design { interleaved, same_machine, cached };
template <>
inline constexpr Names<Design, 3> k_names<Design>{
    {{"interleaved", Design::interleaved}, {"same-machine", Design::same_machine}, {"cached", Design::cached}}};

// Whether the data show a difference, at the run's corrected level. `undecidable`: too few samples, too much noise to
// have seen a change that matters, or they cannot be compared; a warning says which, and what would help.
enum class Significance { distinct, indistinct, undecidable };
template <>
inline constexpr Names<Significance, 3> k_names<Significance>{{{"distinct", Significance::distinct},
                                                               {"indistinct", Significance::indistinct},
                                                               {"undecidable", Significance::undecidable}}};

enum class Confidence { high, medium, low };
template <>
inline constexpr Names<Confidence, 3> k_names<Confidence>{
    {{"HIGH", Confidence::high}, {"MEDIUM", Confidence::medium}, {"LOW", Confidence::low}}};

// A Summary describes one side: n is the number of invocations with a value. Base units. NaN where
// n is too small.
struct Summary {
  std::size_t n = 0;
  double median = k_nan;
  double mean = k_nan;
  double minimum = k_nan;
  double maximum = k_nan;
  double standard_deviation = k_nan;        // n−1 in the denominator; NaN for n < 2
  double coefficient_of_variation = k_nan;  // standard_deviation / |mean|, a fraction
};

struct Interval {
  double low = k_nan;
  double high = k_nan;
  double confidence = k_nan;  // level attained, 0.95 …
};

// The code of the warning that the slow end of a benchmark grew while its median did not.
inline constexpr std::string_view k_tail_grew = "tail-grew";

// Names of the criteria, in the order of the checklist.
inline constexpr std::array<std::string_view, 5> k_criteria{"magnitude", "significance", "consistency",
                                                            "baseline-stable", "environment"};

// A Criterion is one line of the checklist shown under a flagged benchmark.
struct Criterion {
  std::string_view name;  // points at one of k_criteria
  bool met = false;
  std::string detail;  // the number it rests on: "+9.8 % ≥ 5 %"
};

// A Demand is what the budgets ask about one series before it is judged.
struct Demand {
  double threshold = 0.05;  // the change that matters, a fraction > 0: the tightest limit, or statistics.high_effect
  bool decide = true;       // worth measuring more for; if false, only pairs measured for other series are used
};
// `base_median` is in base units, for limits that are written in a unit ("+16 KiB"); NaN when unknown.
using Demands = std::function<Demand(const SeriesId&, const Metric&, double base_median)>;

// A Comparison states facts about the numbers of one series. It holds no policy. Fractions are
// signed as measured: ratio > 1 means that head's value is larger; `worse_by` turns that into
// slower/faster by the metric's direction.
struct Comparison {
  SeriesId id;
  Metric metric;
  Presence presence = Presence::both;
  Design design = Design::interleaved;
  Summary base, head;
  std::vector<double> base_values,
      head_values;        // one number an invocation, in order measured, for pictures and history
  std::size_t pairs = 0;  // usable pairs when interleaved, else min(base.n, head.n)
  double ratio = k_nan;   // Hodges–Lehmann estimate of head / base; NaN unless presence is both
  Interval ratio_interval;
  double difference = k_nan;  // Hodges–Lehmann shift head − base in base units
  Interval difference_interval;
  // Bounds of ratio and difference, each one-sided at 95 %: not below `low`, not above `high`. On the worse
  // side the 5 % are those of all looks together, so that a change of exactly a limit passes it in at most one run of
  // twenty. NaN where the values give no bound. `confidence` is that of the two-sided interval.
  Interval ratio_bounds, difference_bounds;
  Interval head_interval;             // of the head's own median, for absolute budgets
  double p = k_nan;                   // two-sided
  double p_worse = k_nan;             // one-sided: head is worse
  double p_adjusted = k_nan;          // of p, over all series of the run
  double effect_d = k_nan;            // Cohen's d on logs, > 0 when head's value is larger
  double minimum_detectable = k_nan;  // smallest |change| this run would have found with 80 % power, a fraction
  std::size_t fresh_pairs = 0;        // of `pairs`: measured after the change was seen, to confirm it
  double fresh_ratio = k_nan;  // estimate from the fresh pairs alone; the earlier ones are biased, since they were
                               // inspected until they showed a change
  Significance significance = Significance::undecidable;
  std::vector<Criterion> criteria;          // the five, in order, when presence is both
  std::optional<Confidence> confidence;     // set only when a change is flagged (significance distinct or suspected)
  Confidence strongest = Confidence::high;  // the most that the way it was measured allows: MEDIUM of few pairs, of two
                                            // runs, of what time cut short; LOW of another machine or of one process
  std::string method;                       // "exact Mann–Whitney U", "exact"
  std::string renamed_to;                   // only_base: the only_head benchmark that looks like it under a new
                                            // name; else empty
  std::vector<Warning> warnings;
  // failed_on_head: "failed in 8 of 13 runs on head and in none on base; first: timed out after 1 s"; else empty.
  std::string failure{};

  // The change as a fraction where > 0 is worse: ratio − 1 for lower-is-better, 1 − ratio for
  // higher-is-better. NaN if unknown, or if the
  // direction is.
  [[nodiscard]] double worse_by() const;
  // worse_by's interval and its bounds, low ≤ high; of an unknown direction what holds either way.
  [[nodiscard]] Interval worse_interval() const;
  [[nodiscard]] Interval worse_bounds() const;
  // Confidence that a distinct change is beyond a limit: its bound is (`surely`), or only its estimate.
  // HIGH: surely, by an effect that is not small (d ≥ 0.5), with every criterion but the magnitude's met. Else MEDIUM.
  // Never more than `strongest`.
  [[nodiscard]] Confidence confidence_beyond(bool surely) const;
};

}  // namespace perfwarden
