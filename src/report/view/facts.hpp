#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/report.hpp"

namespace perfwarden::report {

// What a metric measures, for the choice of words: slower, more memory, lower throughput, or just higher and lower.
enum class Kind { time, memory, rate, other };
[[nodiscard]] Kind kind_of(const Metric& metric);

// The judgement about comparisons[i]; an inconclusive one where the verdict has none.
[[nodiscard]] const Judgement& judgement_of(const Report& report, std::size_t i);

// The limit of a judgement as the change of head against base that reaches it, a signed fraction: "+5%" → 0.05, "max 12
// ms" with a base of 10 ms → 0.2. nullopt when there is no limit, or it cannot be expressed as a change.
[[nodiscard]] std::optional<double> limit_as_change(const Judgement& judgement, const Comparison& comparison);

// Facts are what the sentences of a report count. Lists hold indices of comparisons in reading order.
struct Facts {
  std::vector<std::size_t> order;
  std::vector<std::size_t> failing;    // soft or hard; accepted ones only where no other fails
  std::vector<std::size_t> failed;     // on head; never among `failing`
  std::vector<std::size_t> warned;     // warn
  std::vector<std::size_t> undecided;  // gated and not decided
  std::vector<std::size_t> improved;
  std::vector<std::size_t> placed;  // changed, though every instruction that ran is the same
  std::vector<std::size_t>
      ungated_worse;      // surely worse primary metrics, rates and percentiles that no budget is about, not even off
  std::size_t gated = 0;  // series that some budget is about
  std::size_t benchmarks = 0;                 // distinct
  std::size_t identical = 0;                  // suites that run the same program on both sides
  std::size_t runs_least = 0, runs_most = 0;  // invocations a side, over all series; 0 when there are none
  double level_least = 1, level_most = 0;     // of the intervals shown, see level_of; least > most when there are none
  double noise = k_nan;                       // median coefficient of variation of the base, else of the head
  bool adaptive = false;                      // some were measured until they were decided
  bool many_metrics = false;                  // the report has more than one metric
};
// The confidence level of a comparison's interval: the configured level, or a lower one when there are too few values
// for it or a lower one was enough for the proof.
[[nodiscard]] double level_of(const Report& report, const Comparison& comparison);
[[nodiscard]] Facts facts_of(const Report& report);

// Distinct (suite, benchmark) among series.
[[nodiscard]] std::size_t distinct_benchmarks(const Report& report, const std::vector<std::size_t>& series);
// "suite/benchmark".
[[nodiscard]] std::string path_of(const SeriesId& id);

}  // namespace perfwarden::report
