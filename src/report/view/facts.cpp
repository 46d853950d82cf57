#include "report/view/facts.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "report/build.hpp"

namespace perfwarden::report {
namespace {

// Where a series stands in what a reader wants to see; smaller first.
int group_of(Outcome outcome, Level level) {
  if (level >= Level::soft) return 0;
  switch (outcome) {
    case Outcome::regression:
    case Outcome::failed:
      return 0;
    case Outcome::inconclusive:
    case Outcome::placement:
      return 1;
    case Outcome::improvement:
      return 2;
    case Outcome::added:
    case Outcome::vanished:
      return 3;
    case Outcome::pass:
      return level == Level::pass ? 4 : 0;
  }
  return 4;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return k_nan;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Kind kind_of(const Metric& metric) {
  if (metric.unit == "s" && metric.better == Better::lower) return Kind::time;
  if (metric.unit == "B" && metric.better == Better::lower && metric.name != "binary_size") return Kind::memory;
  if ((metric.unit == "op/s" || metric.unit == "B/s") && metric.better == Better::higher) return Kind::rate;
  return Kind::other;
}

const Judgement& judgement_of(const Report& report, std::size_t i) {
  static const Judgement none;
  return i < report.verdict.judgements.size() ? report.verdict.judgements[i] : none;
}

std::optional<double> limit_as_change(const Judgement& judgement, const Comparison& comparison) {
  std::string_view limit = text::trim(judgement.limit);
  limit = text::trim(limit.substr(0, limit.find(',')));
  if (limit.ends_with('%')) {
    const auto percent = text::to_double(text::trim(limit.substr(0, limit.size() - 1)));
    if (!percent) return std::nullopt;
    return *percent / 100;
  }
  const double base = comparison.base.median;
  if (!std::isfinite(base) || base <= 0) return std::nullopt;
  const bool bound = limit.starts_with("max") || limit.starts_with("min");
  const auto quantity = parse_quantity(text::trim(bound ? limit.substr(3) : limit));
  if (!quantity || quantity->base_unit != comparison.metric.unit) return std::nullopt;
  return bound ? quantity->value / base - 1 : quantity->value / base;
}

std::string path_of(const SeriesId& id) {
  return id.suite.empty() ? id.benchmark : id.suite + "/" + id.benchmark;
}

std::size_t distinct_benchmarks(const Report& report, const std::vector<std::size_t>& series) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const std::size_t i : series) names.emplace(report.comparisons[i].id.suite, report.comparisons[i].id.benchmark);
  return names.size();
}

std::vector<std::size_t> reading_order(const Report& report) {
  using Key = std::tuple<int, int, int, double, std::size_t>;
  std::vector<Key> keys;
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    const Comparison& comparison = report.comparisons[i];
    const Judgement& judgement = judgement_of(report, i);
    double worse = comparison.worse_by();
    if (std::isnan(worse)) worse = -std::numeric_limits<double>::infinity();
    // Of improvements the largest comes first.
    const double rank = judgement.outcome == Outcome::improvement ? worse : -worse;
    keys.emplace_back(group_of(judgement.outcome, judgement.level), judgement.gated ? 0 : 1,
                      -static_cast<int>(judgement.level), rank, i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::size_t> order;
  order.reserve(keys.size());
  for (const Key& key : keys) order.push_back(std::get<std::size_t>(key));
  return order;
}

double level_of(const Report& report, const Comparison& comparison) {
  const double level = comparison.ratio_interval.confidence;
  return level < report.statistics.confidence ? level : report.statistics.confidence;
}

Facts facts_of(const Report& report) {
  Facts facts;
  facts.order = reading_order(report);
  facts.benchmarks = distinct_benchmarks(report, facts.order);
  facts.identical = static_cast<std::size_t>(
      std::count_if(report.head.run.identities.begin(), report.head.run.identities.end(),
                    [](const SuiteIdentity& one) { return one.answer == SameProgram::identical; }));
  std::vector<double> base_noise;
  std::vector<double> head_noise;
  std::set<std::string_view> metrics;
  for (const std::size_t i : facts.order) {
    const Comparison& comparison = report.comparisons[i];
    const Judgement& judgement = judgement_of(report, i);
    if (judgement.outcome == Outcome::failed) facts.failed.push_back(i);
    // What is accepted is named only where nothing else fails.
    const bool excused = judgement.accepted && report.verdict.conclusion == Conclusion::fail;
    if (judgement.level >= Level::soft && judgement.outcome != Outcome::failed && !excused) facts.failing.push_back(i);
    if (judgement.level == Level::warn) facts.warned.push_back(i);
    if (judgement.gated && judgement.outcome == Outcome::inconclusive && judgement.level < Level::soft)
      facts.undecided.push_back(i);
    if (judgement.outcome == Outcome::improvement) facts.improved.push_back(i);
    if (judgement.outcome == Outcome::placement) facts.placed.push_back(i);
    const bool matters =
        comparison.metric.primary || kind_of(comparison.metric) == Kind::rate || comparison.metric.name == "p95";
    if (matters && !judgement.gated && judgement.limit.empty() && judgement.outcome == Outcome::regression)
      facts.ungated_worse.push_back(i);
    if (judgement.gated) ++facts.gated;
    metrics.insert(comparison.id.metric);
    facts.adaptive = facts.adaptive || comparison.method.starts_with("group-sequential");
    if (std::isfinite(comparison.ratio_interval.low)) {
      facts.level_least = std::min(facts.level_least, level_of(report, comparison));
      facts.level_most = std::max(facts.level_most, level_of(report, comparison));
    }
    for (const Summary* side : {&comparison.base, &comparison.head}) {
      if (side->n == 0) continue;
      facts.runs_least = facts.runs_least == 0 ? side->n : std::min(facts.runs_least, side->n);
      facts.runs_most = std::max(facts.runs_most, side->n);
      if (std::isfinite(side->coefficient_of_variation) && !comparison.metric.deterministic)
        (side == &comparison.base ? base_noise : head_noise).push_back(side->coefficient_of_variation);
    }
  }
  facts.noise = median_of(base_noise.empty() ? std::move(head_noise) : std::move(base_noise));
  facts.many_metrics = metrics.size() > 1;
  return facts;
}

}  // namespace perfwarden::report
