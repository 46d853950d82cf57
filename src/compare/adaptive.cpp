#include "compare/adaptive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "compare/criteria.hpp"
#include "compare/decide.hpp"
#include "compare/values.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

// A Member is one series of a family: its pairs in the order measured, as log-ratios of which a positive one is worse.
struct Member {
  Target target;
  std::vector<double> worse;
  std::size_t most_pairs = 0;
  bool out_of_reach = false;
};

enum class Ending {
  ask,        // stop where pairs are wanting
  last_look,  // nothing more will come: look once more at what is there
  scheduled,  // say no more than the scheduled looks do
};

struct Replay {
  Sequential procedure;
  std::vector<std::size_t> wanted;  // pairs, by member; only with Ending::ask
};

Target target_for(double threshold, std::size_t last_look, const StatisticsConfig& statistics) {
  Target target = target_of(threshold);
  target.last_look = last_look;
  target.bar = std::max(target.bar, std::log1p(statistics.min_effect));
  target.threshold = std::max(target.threshold, target.bar);
  return target;
}

Procedure procedure_for(const std::vector<Member>& members, const StatisticsConfig& statistics) {
  std::size_t most = 0;
  for (const Member& member : members) most = std::max(most, member.most_pairs);
  return procedure_of(statistics, members.size(), most);
}

Replay replay(const std::vector<Member>& members, const StatisticsConfig& statistics, Ending ending) {
  std::vector<Target> targets;
  targets.reserve(members.size());
  for (const Member& member : members) targets.push_back(member.target);
  Replay result{Sequential(procedure_for(members, statistics), targets), std::vector<std::size_t>(members.size(), 0)};
  Sequential& procedure = result.procedure;
  std::vector<std::size_t> used(members.size(), 0);
  while (!procedure.done()) {
    const std::vector<std::size_t> needed = procedure.pairs_needed();
    bool wanting = false;
    bool ready = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!procedure.active(i)) continue;
      const std::size_t had = std::min(needed[i], members[i].worse.size() - used[i]);
      for (std::size_t k = 0; k < had; ++k) procedure.observe(i, members[i].worse[used[i]++]);
      if (had == needed[i]) {
        ready = true;
      } else if (ending == Ending::ask && !members[i].out_of_reach) {
        result.wanted[i] = needed[i] - had;
        wanting = true;
      } else {
        procedure.suspend(i);
      }
    }
    if (wanting) break;
    if (ready) {
      procedure.look();
      continue;
    }
    if (ending == Ending::last_look) procedure.look(true);
    break;
  }
  return result;
}

std::vector<double> worse_of(const std::vector<double>& base, const std::vector<double>& head, const Metric& metric) {
  std::vector<double> worse(base.size());
  for (std::size_t i = 0; i < worse.size(); ++i) worse[i] = bad_sign(metric) * log_ratio(base[i], head[i]);
  return worse;
}

// ---- what the procedure said, as a Comparison

std::string pairs(std::size_t count) {
  return fmt::format("{} pair{}", count, count == 1 ? "" : "s");
}

std::string_view word_of(Direction direction) {
  return direction == Direction::faster ? "better" : "worse";
}

Criterion significance(const Decision& decision, const Procedure& procedure) {
  if (decision.pairs == 0) return {"significance", false, "too few pairs to look at"};
  if (decision.direction == Direction::none)
    return {"significance", false,
            fmt::format("no change found in {} (p = {:.2g}, one-sided)", pairs(decision.pairs), decision.p)};
  const bool met = decision.stage == Stage::confirmed;
  const std::string found =
      fmt::format("{} in {} (corrected p = {:.2g})", word_of(decision.direction),
                  pairs(decision.pairs + (decision.cut_short ? decision.fresh_pairs : 0)), decision.p_adjusted);
  if (decision.cut_short) return {"significance", true, found + ", all that time allowed, so without fresh ones"};
  if (std::isnan(decision.p_fresh)) return {"significance", false, found + ", not confirmed: too few fresh pairs"};
  return {"significance", met,
          fmt::format("{}, {} by {} fresh ones (p = {:.2g} {} {:.2g})", found, met ? "confirmed" : "not confirmed",
                      decision.fresh_pairs, decision.p_fresh, met ? "≤" : ">", procedure.confirm_alpha)};
}

Criterion consistency(const Decision& decision) {
  if (decision.batches == 0) return {"consistency", false, "no batches"};
  const bool met = decision.stage == Stage::confirmed && decision.batches_agreeing == decision.batches;
  return {"consistency", met,
          fmt::format("{} of {} batches {}{}", decision.batches_agreeing, decision.batches,
                      word_of(decision.estimate < 0 ? Direction::faster : Direction::slower),
                      decision.stage == Stage::confirmed && !decision.cut_short ? ", and the fresh pairs" : "")};
}

// A worse log-ratio in the terms of head / base.
double turned(double worse, const Metric& metric) {
  return bad_sign(metric) * worse;
}

// The procedure's own estimate and bounds in place of those of all pairs: pairs that came after a series was decided,
// for the others' sake, change nothing any more.
void set_bounds(Case& one, const Decision& decision, const Procedure& procedure) {
  Comparison& comparison = one.comparison;
  const Metric& metric = comparison.metric;
  const double base = comparison.base.median;
  const auto logs = [&](double low, double high) {
    const double confidence = 1 - procedure.bound_error - procedure.pass_alpha;
    return bad_sign(metric) > 0 ? Interval{low, high, confidence} : Interval{-high, -low, confidence};
  };
  const auto ratio = [](const Interval& at) { return Interval{std::exp(at.low), std::exp(at.high), at.confidence}; };
  one.evidence.ratio_bounds = ratio(logs(decision.lower, decision.upper));
  const Interval sure = logs(decision.lower, decision.most);
  comparison.ratio_bounds = ratio(sure);
  comparison.difference_bounds = {base * std::expm1(sure.low), base * std::expm1(sure.high), sure.confidence};
  if (std::isnan(decision.estimate)) return;
  comparison.ratio = std::exp(turned(decision.estimate, metric));
  comparison.difference = base * std::expm1(turned(decision.estimate, metric));
  comparison.fresh_pairs = decision.fresh_pairs;
  comparison.fresh_ratio = std::exp(turned(decision.estimate_fresh, metric));
  if (decision.stage != Stage::fine) return;
  // The interval of the proof.
  comparison.ratio_interval = comparison.ratio_bounds;
  comparison.difference_interval = comparison.difference_bounds;
}

std::string change_text(double worse, const Metric& metric) {
  return format_change(std::expm1(turned(worse, metric)));
}

void warn_of_doubt(Case& one, const Sequential& procedure, std::size_t index) {
  Comparison& comparison = one.comparison;
  const Decision& decision = procedure.decision(index);
  const std::string seen = change_text(decision.estimate_at_alert, comparison.metric);
  if (decision.stage == Stage::dropped) {
    warn(comparison, "not-confirmed",
         fmt::format("looked like {} in {}, which {} fresh ones did not confirm: measure again", seen,
                     pairs(decision.pairs), decision.fresh_pairs));
    return;
  }
  if (decision.direction != Direction::none) {
    warn(comparison, "not-confirmed",
         fmt::format("looks like {} in {}, and measuring ended before fresh ones could confirm it: raise max-time",
                     seen, pairs(decision.pairs)));
    return;
  }
  if (one.coarse) return;  // said by allow_for_clock
  const std::size_t needed = procedure.pairs_to_decide(index);
  const std::string most = std::isnan(decision.most)
                               ? fmt::format("bound nothing, {} are the least that do", k_least_bounded)
                               : fmt::format("leave up to {} possible", change_text(decision.most, comparison.metric));
  warn(comparison, "undecided",
       fmt::format("{} {}: {}", pairs(decision.pairs), most,
                   needed > decision.pairs && needed <= k_most_advised
                       ? fmt::format("about {} would decide, or a quieter machine", needed)
                       : std::string(k_hardly_helps)));
}

void set_outcome(Case& one, const Sequential& procedure, std::size_t index) {
  Comparison& comparison = one.comparison;
  const Decision& decision = procedure.decision(index);
  comparison.confidence = std::nullopt;
  if (decision.stage == Stage::confirmed) {
    comparison.significance = Significance::distinct;
    // Fresh pairs may draw the estimate below what a first look would flag; it is confirmed all the same.
    comparison.confidence = confidence_of(comparison, one.threshold);
    if (!comparison.confidence) comparison.confidence = std::max(Confidence::medium, comparison.strongest);
    return;
  }
  // Surely below what matters: that was all that was asked.
  const double most = comparison.worse_bounds().high;
  if ((decision.stage == Stage::fine && !(most > one.threshold)) || most < one.threshold) {
    comparison.significance = Significance::indistinct;
    return;
  }
  comparison.significance = Significance::undecidable;
  if (decision.stage != Stage::fine) warn_of_doubt(one, procedure, index);
  if (decision.stage != Stage::dropped) comparison.confidence = confidence_of(comparison, one.threshold);
}

void conclude(Case& one, const Sequential& procedure, std::size_t index, const RunFacts& setting) {
  Comparison& comparison = one.comparison;
  const Decision& decision = procedure.decision(index);
  show(one);
  set_bounds(one, decision, procedure.procedure());
  allow_for_clock(one);
  comparison.method = "group-sequential exact signed-rank";
  comparison.p_adjusted = std::isnan(decision.p_adjusted) ? comparison.p : decision.p_adjusted;
  comparison.minimum_detectable = std::fmax(comparison.minimum_detectable, procedure.minimum_detectable(index));
  comparison.strongest =
      std::max(strongest_confidence(one, setting), decision.cut_short ? Confidence::medium : Confidence::high);
  comparison.criteria = criteria_of(comparison, one.evidence, setting, one.threshold);
  for (Criterion& criterion : comparison.criteria) {
    if (criterion.name == "significance") criterion = significance(decision, procedure.procedure());
    if (criterion.name == "consistency") criterion = consistency(decision);
  }
  set_outcome(one, procedure, index);
}

bool belongs(const Case& one) {
  return one.tested && one.paired && one.adaptive_pairs > 0 && all_positive(one.comparison.base_values) &&
         all_positive(one.comparison.head_values);
}

void decide_family(std::vector<Case*> family, const RunFacts& setting, Ending ending) {
  std::vector<Member> members;
  for (const Case* one : family) {
    const Comparison& c = one->comparison;
    members.push_back({target_for(one->threshold, one->last_look, setting.statistics),
                       worse_of(c.base_values, c.head_values, c.metric), one->adaptive_pairs, false});
  }
  if (members.empty() || procedure_for(members, setting.statistics).looks.empty()) return;
  const Replay said = replay(members, setting.statistics, ending);
  for (std::size_t i = 0; i < family.size(); ++i) {
    conclude(*family[i], said.procedure, i, setting);
    family[i]->decided = true;
  }
}

}  // namespace

Progress progress_of(const Samples& base, const Samples& head, const StatisticsConfig& statistics,
                     const Demands& demands, const std::set<SeriesId>& out_of_reach) {
  std::map<SeriesId, const Series*> bases;
  for (const Series& series : base.series) bases.emplace(series.id, &series);
  Progress progress;
  std::vector<Member> members;
  std::vector<SeriesId> ids;
  std::vector<Metric> metrics;
  for (const Series& series : head.series) {
    const auto other = bases.find(series.id);
    if (series.adaptive_pairs == 0 || other == bases.end()) continue;
    const TwoSides sides = values_of_sides(*other->second, series, true);
    const Pairs measured = pairs_of(sides.base, sides.head);
    const bool counted = series.metric.deterministic && constant(measured.base) && constant(measured.head);
    const Demand demand = demand_of(demands, statistics, series.id, series.metric, stats::median(measured.base));
    if (counted || !demand.decide) continue;
    if (!all_positive(measured.base) || !all_positive(measured.head)) {
      // It has no logs to look at: as many as decide by themselves.
      if (measured.base.size() < k_enough && !out_of_reach.contains(series.id))
        progress.wanted.push_back({series.id, k_enough - measured.base.size(), measured.base.size(), false});
      continue;
    }
    members.push_back({target_for(demand.threshold, series.last_look, statistics),
                       worse_of(measured.base, measured.head, series.metric), series.adaptive_pairs,
                       out_of_reach.contains(series.id)});
    ids.push_back(series.id);
    metrics.push_back(series.metric);
  }
  if (members.empty()) return progress;
  progress.possible = !procedure_for(members, statistics).looks.empty();
  if (!progress.possible) return progress;
  const Replay so_far = replay(members, statistics, Ending::ask);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Decision& decision = so_far.procedure.decision(i);
    const bool screening = decision.stage == Stage::screening;
    progress.standings.push_back({ids[i], metrics[i], members[i].worse.size(),
                                  std::expm1(turned(decision.estimate, metrics[i])), decision.stage,
                                  decision.estimate > 0, members[i].out_of_reach});
    if (so_far.wanted[i] > 0) progress.wanted.push_back({ids[i], so_far.wanted[i], members[i].worse.size(), screening});
  }
  progress.procedure = so_far.procedure.procedure();
  progress.least_last_look = so_far.procedure.least_last_look();
  return progress;
}

void decide_adaptive(std::vector<Case>& cases, const RunFacts& setting) {
  std::vector<Case*> asked;
  std::vector<Case*> others;
  for (Case& one : cases) {
    if (!belongs(one)) continue;
    const Comparison& c = one.comparison;
    (setting.demand_of(c.id, c.metric, c.base.median).decide ? asked : others).push_back(&one);
  }
  decide_family(std::move(asked), setting, Ending::last_look);
  decide_family(std::move(others), setting, Ending::scheduled);
}

}  // namespace perfwarden::compare
