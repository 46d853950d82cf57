#include "gates/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "gates/budgets.hpp"
#include "gates/limit.hpp"
#include "gates/overrides.hpp"
#include "gates/profiles.hpp"
#include "gates/tradeoffs.hpp"

namespace perfwarden::gates {
namespace {

// The one that bites first, as written: the smallest change, else max, else min.
std::string tightest(const Limit& limit) {
  const Change* best = nullptr;
  for (const auto* change : {&limit.warn, &limit.soft, &limit.hard})
    if (change->has_value() && (best == nullptr || std::abs((*change)->value) < std::abs(best->value)))
      best = &**change;
  if (best != nullptr) return best->original;
  if (limit.max) return "max " + limit.max->original;
  return limit.min ? "min " + limit.min->original : "";
}

// What the numbers say by themselves, without any limit.
Outcome outcome_of_numbers(const Comparison& c, const StatisticsConfig& statistics) {
  if (c.presence == Presence::failed_on_head) return Outcome::failed;
  if (c.presence == Presence::only_base) return Outcome::vanished;
  if (c.presence == Presence::only_head) return Outcome::added;
  if (doubt(c)) return Outcome::inconclusive;
  // "No difference seen" is a pass only where a large one would have been.
  if (c.significance != Significance::distinct)
    return c.worse_interval().high < statistics.high_effect ? Outcome::pass : Outcome::inconclusive;
  if (c.metric.better == Better::unknown)
    return std::abs(c.ratio - 1) < statistics.min_effect ? Outcome::pass : Outcome::inconclusive;
  // Sure, but less than what matters to anybody.
  const bool counted = c.method == "exact";
  if (!counted && !c.confidence)
    return c.worse_interval().high < statistics.high_effect ? Outcome::pass : Outcome::inconclusive;
  // From a base of 0 there is no ratio; the sign of the shift still says which way.
  const double worse = std::isnan(c.ratio) ? c.difference * bad_sign(c.metric) : c.worse_by();
  if (std::isnan(worse)) return Outcome::inconclusive;
  if (!std::isnan(c.ratio) && std::abs(worse) < statistics.min_effect) return Outcome::pass;
  if (c.confidence == Confidence::low) return Outcome::inconclusive;
  return worse > 0 ? Outcome::regression : Outcome::improvement;
}

// Findings are all of this series, pass included.
Judgement judgement_of(const Comparison& c, const std::vector<Finding>& findings, const Limit* limit,
                       const StatisticsConfig& statistics) {
  Judgement judgement;
  judgement.gated = !findings.empty();
  if (limit != nullptr) judgement.limit = tightest(*limit);
  bool undecided_one = false;
  bool broken = false;
  for (const Finding& finding : findings) {
    judgement.level = std::max(judgement.level, finding.level);
    undecided_one = undecided_one || finding.undecided;
    broken = broken || (finding.level != Level::pass && !finding.undecided);
  }
  judgement.outcome = outcome_of_numbers(c, statistics);
  if (c.presence != Presence::both || !judgement.gated) return judgement;
  if (broken) {
    judgement.outcome = Outcome::regression;
  } else if (undecided_one) {
    judgement.outcome = Outcome::inconclusive;
  } else if (judgement.outcome != Outcome::improvement) {
    judgement.outcome = Outcome::pass;
  }
  return judgement;
}

void count(Level level, Counts& counts) {
  if (level == Level::hard) ++counts.hard;
  if (level == Level::soft) ++counts.soft;
  if (level == Level::warn) ++counts.warned;
}

void count(const Judgement& judgement, Counts& counts) {
  switch (judgement.outcome) {
    case Outcome::regression:
      ++counts.regressions;
      break;
    case Outcome::improvement:
      ++counts.improvements;
      break;
    case Outcome::pass:
      ++counts.passed;
      break;
    case Outcome::inconclusive:
      ++counts.inconclusive;
      break;
    case Outcome::added:
      ++counts.added;
      break;
    case Outcome::vanished:
      ++counts.vanished;
      break;
    case Outcome::failed:
      ++counts.failed;
      break;
    case Outcome::placement:
      ++counts.placement;
      break;
  }
  count(judgement.level, counts);
}

void sort_worst_first(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return a.level != b.level ? a.level > b.level : a.series < b.series;
  });
}

// With the gates switched off everything is still said, but no limit hurts.
void disarm(std::vector<Finding>& findings) {
  for (Finding& finding : findings)
    if (!finding.not_measured) finding.level = std::min(finding.level, Level::warn);
}

struct Tally {
  std::size_t compared = 0;  // on both sides, in units that can be compared; or suites that did not have to be
  std::size_t judged = 0;    // of those, with a limit that was looked at
};

bool nothing_was_compared(const Tally& tally, const Subject& subject) {
  const bool profiles_alone = subject.comparisons.empty() && !subject.profiles.empty();
  return subject.has_baseline && tally.compared == 0 && !profiles_alone;
}

// Every suite is on one side only: it is new, or it has vanished, as the config's policy for that says. In an
// interleaved run that is by design, since a suite that should have values on both sides and has not is an error there.
// Beside a baseline from an earlier run only new suites are: where old ones are missing too, the baseline is of
// something else.
bool only_suites_came_and_went(const Subject& subject) {
  std::map<std::string_view, std::set<Presence>> suites;
  for (const Comparison& one : subject.comparisons) suites[one.id.suite].insert(one.presence);
  return !suites.empty() && std::all_of(suites.begin(), suites.end(), [&](const auto& suite) {
    const std::set<Presence>& seen = suite.second;
    return seen == std::set{Presence::only_head} ||
           (seen == std::set{Presence::only_base} && subject.design == Design::interleaved);
  });
}

void warn_where_nothing_was_compared(const Tally& tally, const Subject& subject, Verdict& verdict) {
  if (verdict.counts.failed > 0 || !nothing_was_compared(tally, subject)) return;
  if (subject.introduces || only_suites_came_and_went(subject))
    verdict.warnings.push_back({"nothing-to-compare",
                                "all suites of this run are new or have vanished, so nothing was compared: they are "
                                "compared from the next run on"});
  else
    verdict.warnings.push_back({std::string(k_nothing_compared),
                                "no benchmark has values on both sides that can be compared, so nothing was compared: "
                                "check that the suites ran, and that the names and units of benchmarks are stable; "
                                "where they changed on purpose, accept that with the override label"});
}

// Conclusion from what stands, and a warning where a plain pass would say more than was looked at.
void conclude(const Tally& tally, const Subject& subject, const Config& config, Verdict& verdict) {
  const auto any = [&](Level level) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(), [&](const Finding& finding) {
      return finding.level == level && !finding.not_measured && !finding.accepted;
    });
  };
  const bool failed = verdict.counts.failed > 0;
  const bool wants_gates =
      std::any_of(config.budgets.begin(), config.budgets.end(), [](const Budget& budget) { return !budget.off; });
  const bool nothing_compared = !failed && nothing_was_compared(tally, subject);
  const bool other_gates = !wants_gates && !subject.profiles.empty();  // on profiles alone
  const bool nothing_judged = subject.has_baseline && tally.compared > 0 && tally.judged == 0 && !other_gates;
  if (nothing_judged)
    verdict.warnings.push_back(
        {"nothing-gated", wants_gates
                              ? "budgets are set, but none applies to any benchmark of this run, so nothing was "
                                "judged: write one for what was measured, such as \"*\": +5%"
                              : "no budget is set, so nothing was judged: add one, such as \"*\": +5%"});
  if (any(Level::hard) || any(Level::soft)) {
    verdict.conclusion = Conclusion::fail;
  } else if (failed) {
    verdict.conclusion = Conclusion::failed;
  } else if (!subject.has_baseline) {
    verdict.conclusion = Conclusion::no_baseline;
  } else if (any(Level::inconclusive) || nothing_compared || (nothing_judged && !subject.introduces) ||
             subject.incomplete || verdict.unmatched_budget() != nullptr) {
    verdict.conclusion = Conclusion::inconclusive;
  } else {
    verdict.conclusion = Conclusion::pass;
  }
}

// Not measured on base, since it would have run the same program.
bool is_settled(const SuiteIdentity& identity) {
  return identity.answer == SameProgram::identical && !identity.measured;
}

bool is_settled(const Subject& subject, std::string_view suite) {
  return std::any_of(subject.identities.begin(), subject.identities.end(),
                     [&](const SuiteIdentity& one) { return one.suite == suite && is_settled(one); });
}

// A count, or a size, does not depend on where code lies.
bool is_placement(const Subject& subject, const Comparison& comparison, const IdentityConfig& config) {
  if (config.placement == OnPlacement::fail || comparison.metric.deterministic) return false;
  return std::any_of(subject.causes.begin(), subject.causes.end(), [&](const ChangeCause& cause) {
    return cause.cause == Cause::placement && cause.suite == comparison.id.suite &&
           cause.benchmark == comparison.id.benchmark;
  });
}

// What base and head do alike is no fault of head's; an absolute limit holds all the same.
void excuse(std::vector<Finding>& findings, const Rule& rule) {
  if (rule.name == std::string_view("absolute-limit")) return;
  for (Finding& finding : findings)
    if (!finding.undecided) finding.level = Level::pass;
}

// Head alone, of a suite that base would have run alike.
Outcome outcome_of_head_alone(const Judgement& judgement) {
  if (judgement.level == Level::pass) return Outcome::pass;
  return judgement.level == Level::inconclusive ? Outcome::inconclusive : Outcome::regression;
}

void add_once(std::vector<Warning> more, std::vector<Warning>& warnings) {
  for (Warning& warning : more)
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(std::move(warning));
}

void judge_comparison(const Comparison& comparison, const Subject& subject, const Config& config, Tally& tally,
                      Verdict& verdict) {
  const Budget* budget = budget_for(comparison.id, comparison.metric, config);
  const std::optional<Limit> meant = budget == nullptr ? std::nullopt : limit_for(*budget, comparison.metric);
  const Limit* limit = meant ? &*meant : nullptr;
  const bool alone = comparison.presence == Presence::only_head && is_settled(subject, comparison.id.suite);
  const bool placed = is_placement(subject, comparison, config.identity);
  const Input input{config, comparison, budget, limit, subject.has_baseline && !alone};
  add_once(misfits(input), verdict.warnings);
  std::vector<Finding> all;
  for (const Rule* rule : rules()) {
    const auto* judge = std::get_if<JudgeSeries>(&rule->judge);
    if (judge == nullptr) continue;
    std::vector<Finding> findings = (*judge)(input);
    if (!config.gates_enabled) disarm(findings);
    if (placed) excuse(findings, *rule);
    all.insert(all.end(), findings.begin(), findings.end());
    keep_worst(std::move(findings), verdict.findings);
  }
  if (comparison.presence == Presence::both) {
    if (!std::isnan(comparison.ratio) || !std::isnan(comparison.difference)) ++tally.compared;
    if (limit != nullptr && !all.empty()) ++tally.judged;
  }
  verdict.judgements.push_back(judgement_of(comparison, all, limit, config.statistics));
  Judgement& judgement = verdict.judgements.back();
  if (alone) judgement.outcome = outcome_of_head_alone(judgement);
  const Outcome of_numbers = outcome_of_numbers(comparison, config.statistics);
  const bool moved = of_numbers == Outcome::regression || of_numbers == Outcome::improvement;
  if (placed && moved && judgement.level == Level::pass) judgement.outcome = Outcome::placement;
  if (budget != nullptr && budget->off) judgement.limit = "off";
  count(judgement, verdict.counts);
}

// Where wall time is too noisy for its limit and the CPU time of the same benchmark is not, a limit on that decides.
void point_at_cpu_time(std::span<const Comparison> comparisons, std::vector<Finding>& findings) {
  std::map<std::pair<std::string_view, std::string_view>, std::pair<double, double>>
      seen;  // smallest change: wall, CPU
  for (const Comparison& one : comparisons) {
    auto& [wall, cpu] = seen.try_emplace({one.id.suite, one.id.benchmark}, k_nan, k_nan).first->second;
    if (one.id.metric == "wall_time") wall = one.minimum_detectable;
    if (one.id.metric == "cpu_time") cpu = one.minimum_detectable;
  }
  for (Finding& finding : findings) {
    if (!finding.undecided || finding.series.metric != "wall_time" || finding.unit != "%") continue;
    const auto found = seen.find({finding.series.suite, finding.series.benchmark});
    if (found == seen.end()) continue;
    const auto [wall, cpu] = found->second;
    const double limit = std::abs(finding.expected);
    if (wall > limit && cpu <= limit)
      finding.reason += fmt::format(
          "; its cpu_time is steady (a change of {:.1f} % would be seen), so limit that instead", cpu * 100);
  }
}

// What the medians hide must not end in a plain pass.
void say_of_tails(std::span<const Comparison> comparisons, std::vector<Warning>& warnings) {
  constexpr std::size_t k_most = 5;
  std::size_t more = 0;
  for (const Comparison& one : comparisons)
    for (const Warning& warning : one.warnings) {
      if (warning.code != k_tail_grew) continue;
      if (++more <= k_most)
        warnings.push_back(
            {warning.code, fmt::format("{}: {}", text::one_line(one.id.suite + "/" + one.id.benchmark), warning.text)});
    }
  if (more > k_most)
    warnings.push_back(
        {std::string(k_tail_grew), fmt::format("and the slow ends of {} more benchmarks grew", more - k_most)});
}

bool is_judged(const ProfileDiff& diff, const Config& config) {
  const auto suite = std::find_if(config.suites.begin(), config.suites.end(),
                                  [&](const Suite& one) { return one.name == diff.suite; });
  return suite == config.suites.end() || suite->profile.judged();
}

void add_profile_findings(const ProfileDiff& diff, const Config& config, Verdict& verdict) {
  if (!is_judged(diff, config)) return;
  std::vector<Finding> findings = judge_profile(diff, config.profile_gates);
  if (!config.gates_enabled) disarm(findings);
  for (Finding& finding : findings) {
    if (finding.level == Level::pass) continue;
    count(finding.level, verdict.counts);
    verdict.findings.push_back(std::move(finding));
  }
}

void add_rating_findings(const Analysis& analysis, const Config& config, Verdict& verdict) {
  for (const Rule* rule : rules()) {
    const auto* judge = std::get_if<JudgeAnalysis>(&rule->judge);
    if (judge == nullptr) continue;
    std::vector<Finding> findings = (*judge)({analysis, config.analysis.min_rating});
    if (!config.gates_enabled) disarm(findings);
    std::vector<Finding> worst;
    keep_worst(std::move(findings), worst);
    for (Finding& finding : worst) {
      count(finding.level, verdict.counts);
      verdict.findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

Subject subject_of(const Report& report) {
  const auto has_warning = [&report](std::string_view code) {
    return std::any_of(report.warnings.begin(), report.warnings.end(),
                       [code](const Warning& warning) { return warning.code == code; });
  };
  return {.comparisons = report.comparisons,
          .profiles = report.evidence,
          .has_baseline = report.has_baseline,
          .accepted = report.accepted,
          .left_out = report.left_out,
          .identities = report.head.run.identities,
          .causes = report.causes,
          .introduces = has_warning(k_config_is_new),
          .incomplete = has_warning(k_suites_missing),
          .design = report.design,
          .analysis = &report.analysis};
}

Verdict judge(const Subject& subject, const Config& config) {
  Verdict verdict;
  Tally tally;
  for (const SuiteIdentity& identity : subject.identities)
    if (is_settled(identity)) tally.compared = tally.judged += 1;
  const bool nothing_to_judge = subject.comparisons.empty() && subject.profiles.empty() && tally.compared == 0;
  if (nothing_to_judge && !subject.left_out.empty()) {
    verdict.conclusion = Conclusion::skipped;
    return verdict;
  }
  if (!config.gates_enabled)
    verdict.warnings.push_back({"gates-off",
                                "the gates are switched off, so everything is reported and nothing fails: unset "
                                "AI_GATE_ENABLE to switch them on"});
  add_once(idle_budgets(subject, config), verdict.warnings);
  for (const Comparison& comparison : subject.comparisons)
    judge_comparison(comparison, subject, config, tally, verdict);
  apply_tradeoffs(subject.comparisons, config, verdict);
  point_at_cpu_time(subject.comparisons, verdict.findings);
  say_of_tails(subject.comparisons, verdict.warnings);
  for (const ProfileDiff& diff : subject.profiles) add_profile_findings(diff, config, verdict);
  if (subject.analysis != nullptr) add_rating_findings(*subject.analysis, config, verdict);
  sort_worst_first(verdict.findings);
  warn_where_nothing_was_compared(tally, subject, verdict);
  apply_overrides(subject.accepted, subject.comparisons, config.overrides, verdict);
  conclude(tally, subject, config, verdict);
  return verdict;
}

}  // namespace perfwarden::gates
