#include "gates/tradeoffs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "gates/limit.hpp"
#include "model/unit.hpp"

namespace perfwarden::gates {
namespace {

// The series of one benchmark, as places in the comparisons.
struct Metrics {
  std::vector<std::size_t> better, worse;
  const Comparison* unchanged = nullptr;  // the primary metric, where it is judged and did not change
};

// Whether the rule accepts it, by the ends of the bounds that speak against it.
bool accepts(const TradeoffRule& rule, const Comparison& gain, const Comparison& cost) {
  if (rule.gain != gain.id.metric || rule.cost != cost.id.metric) return false;
  if (!text::glob_match_prefix(rule.match, gain.id.suite + "/" + gain.id.benchmark)) return false;
  const double surely_better = -gain.worse_bounds().high;
  const double at_most_worse = cost.worse_bounds().high;
  return surely_better > 0 && at_most_worse <= rule.rate * surely_better;
}

bool is_traded(const Finding& finding, const SeriesId& cost) {
  return finding.series == cost && finding.level == Level::soft && !finding.undecided && !finding.not_measured &&
         finding.rule == "relative-change";
}

// Broken soft limits of the series become warnings.
void excuse(const Comparison& gain, const Comparison& cost, const TradeoffRule& rule, Judgement& judgement,
            Verdict& verdict) {
  for (Finding& finding : verdict.findings) {
    if (!is_traded(finding, cost.id)) continue;
    finding.level = Level::warn;
    finding.reason += fmt::format("; the trade-off '{}' accepts it, since {} changed by {}", text::one_line(rule.name),
                                  gain.id.metric, format_change(gain.ratio - 1));
  }
  if (judgement.level != Level::soft) return;
  judgement.level = Level::pass;
  for (const Finding& finding : verdict.findings)
    if (finding.series == cost.id) judgement.level = std::max(judgement.level, finding.level);
  if (judgement.level == Level::soft) return;
  --verdict.counts.soft;
  if (judgement.level == Level::warn) ++verdict.counts.warned;
}

// A rule that is about benchmarks of this run and names a metric that none of them has can accept nothing.
void warn_of_unknown_metrics(std::span<const Comparison> comparisons, const Config& config, Verdict& verdict) {
  for (const TradeoffRule& rule : config.tradeoffs) {
    bool any = false;
    bool gain = false;
    bool cost = false;
    for (const Comparison& one : comparisons) {
      if (!text::glob_match_prefix(rule.match, one.id.suite + "/" + one.id.benchmark)) continue;
      any = true;
      gain = gain || one.id.metric == rule.gain;
      cost = cost || one.id.metric == rule.cost;
    }
    if (any && !(gain && cost))
      verdict.warnings.push_back(
          {"tradeoff-unmatched", fmt::format("the trade-off '{}' accepts nothing: no benchmark that it matches has the "
                                             "metric '{}'",
                                             text::one_line(rule.name), text::one_line(gain ? rule.cost : rule.gain))});
  }
}

}  // namespace

void apply_tradeoffs(std::span<const Comparison> comparisons, const Config& config, Verdict& verdict) {
  warn_of_unknown_metrics(comparisons, config, verdict);
  std::map<std::pair<std::string_view, std::string_view>, Metrics> benchmarks;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const Comparison& one = comparisons[i];
    const Judgement& judgement = verdict.judgements[i];
    Metrics& metrics = benchmarks[{one.id.suite, one.id.benchmark}];
    if (judgement.outcome == Outcome::improvement) metrics.better.push_back(i);
    if (judgement.outcome == Outcome::regression && one.presence == Presence::both) metrics.worse.push_back(i);
    if (judgement.outcome == Outcome::pass && one.metric.primary && judgement.gated) metrics.unchanged = &one;
  }
  for (const auto& [name, metrics] : benchmarks) {
    for (const std::size_t cost : metrics.worse) {
      Tradeoff trade{.suite = std::string(name.first),
                     .benchmark = std::string(name.second),
                     .gain = {},
                     .cost = comparisons[cost].id.metric,
                     .better_by = 0,
                     .worse_by = comparisons[cost].worse_by()};
      for (const std::size_t gain : metrics.better) {
        trade.gain = comparisons[gain].id.metric;
        trade.better_by = -comparisons[gain].worse_by();
        const auto rule = std::find_if(config.tradeoffs.begin(), config.tradeoffs.end(), [&](const TradeoffRule& one) {
          return accepts(one, comparisons[gain], comparisons[cost]);
        });
        if (rule == config.tradeoffs.end()) continue;
        trade.rule = rule->name;
        excuse(comparisons[gain], comparisons[cost], *rule, verdict.judgements[cost], verdict);
        break;
      }
      const bool unlimited = !verdict.judgements[cost].gated;  // else its own limit says it
      if (unlimited && metrics.better.empty() && metrics.unchanged != nullptr)
        trade.gain = metrics.unchanged->id.metric;
      if (!trade.gain.empty()) verdict.tradeoffs.push_back(std::move(trade));
    }
  }
}

}  // namespace perfwarden::gates
