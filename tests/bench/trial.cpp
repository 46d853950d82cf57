#include "bench/trial.hpp"

#include <algorithm>
#include <cmath>

#include "compare/adaptive.hpp"
#include "compare/compare.hpp"
#include "gates/demand.hpp"
#include "gates/judge.hpp"

namespace perfwarden::bench {
namespace {

constexpr std::size_t k_most_pairs = 50;
constexpr std::size_t k_most_fresh = 30;

// The benchmarks of one run; more of each is measured by cutting from what the setting made.
struct Bench {
  Sides values;
  Samples base, head;

  explicit Bench(Sides made, bool adaptive) : values(std::move(made)) {
    for (Samples* side : {&base, &head}) side->run.session = "one";
    for (std::size_t b = 0; b < k_benchmarks; ++b) {
      Series series;
      series.id = {"trial", "b" + std::to_string(10 + b), "wall_time"};
      series.metric = {"wall_time", "s", Better::lower, false, true};
      series.adaptive_pairs = adaptive ? k_most_pairs : 0;
      base.series.push_back(series);
      head.series.push_back(series);
    }
  }
  // Until benchmark b has `pairs`; fewer when that is all there is.
  void measure(std::size_t b, std::size_t pairs) {
    for (std::size_t k = base.series[b].invocations.size(); k < std::min(pairs, values.base[b].size()); ++k) {
      base.series[b].invocations.push_back({std::exp(values.base[b][k])});
      head.series[b].invocations.push_back({std::exp(values.head[b][k])});
    }
  }
  void move_last_look(const Config& config, std::size_t all) {
    const compare::Procedure procedure = compare::procedure_of(config.statistics, k_benchmarks, k_most_pairs);
    for (Samples* side : {&base, &head})
      for (Series& one : side->series) one.last_look = compare::screening_within(procedure, all);
  }
  [[nodiscard]] std::size_t measured(std::size_t b) const { return base.series[b].invocations.size(); }
};

void measure_until_decided(Bench& bench, const Config& config, std::size_t first) {
  const Demands demands = gates::demands_of(config);
  for (std::size_t b = 0; b < k_benchmarks; ++b) bench.measure(b, first);
  for (;;) {
    const compare::Progress progress = compare::progress_of(bench.base, bench.head, config.statistics, demands, {});
    if (progress.wanted.empty()) return;
    for (const compare::Wanted& wanted : progress.wanted) {
      const auto b = static_cast<std::size_t>(std::stoi(wanted.id.benchmark.substr(1)) - 10);
      bench.measure(b, bench.measured(b) + wanted.pairs);
    }
  }
}

}  // namespace

Config config_of_trials() {
  Config config;
  Budget budget;
  budget.glob = "*";
  budget.limits[""].soft = Change{0.05, true, "", "+5%"};
  config.budgets.push_back(budget);
  return config;
}

Trial trial_of(const std::vector<Comparison>& comparisons, const Config& config) {
  const Verdict verdict = gates::judge({.comparisons = comparisons}, config);
  Trial trial;
  trial.fails = verdict.conclusion == Conclusion::fail;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& c = comparisons[i];
    if (!c.metric.primary) continue;  // a percentile
    Told told;
    told.fails = verdict.judgements[i].level >= Level::soft;
    told.passes = verdict.judgements[i].level == Level::pass;
    told.confirmed = c.significance == Significance::distinct && c.worse_by() > 0;
    told.high = told.confirmed && c.confidence == Confidence::high;
    told.shown = c.worse_by();
    told.fresh = c.fresh_ratio - 1;
    told.pairs = c.pairs;
    trial.benchmarks.push_back(told);
  }
  return trial;
}

Trial run_trial(Setting& setting, Random& random, const Scheme& scheme, double effect, std::size_t changed) {
  static const Config config = config_of_trials();
  const bool adaptive = scheme.fixed == 0;
  const std::size_t most = !adaptive ? scheme.fixed : scheme.cut > 0 ? scheme.cut : k_most_pairs + k_most_fresh;
  setting.begin(random);
  Sides sides = setting.interleaved(random, most);
  for (std::size_t b = 0; b < changed; ++b)
    for (double& value : sides.head[b]) value += std::log1p(effect);
  Bench bench(std::move(sides), adaptive);
  if (scheme.reserved) bench.move_last_look(config, most);
  if (adaptive && (scheme.cut == 0 || scheme.reserved))
    measure_until_decided(bench, config, 6);
  else
    for (std::size_t b = 0; b < k_benchmarks; ++b) bench.measure(b, most);

  return trial_of(compare::all(bench.base, bench.head, config.statistics, {}, gates::demands_of(config)), config);
}

}  // namespace perfwarden::bench
