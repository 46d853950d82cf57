#include "explain/hypotheses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "explain/causes/cause.hpp"

namespace perfwarden::explain {
namespace {

constexpr double k_worth_saying = 0.1;  // of the change
constexpr double k_part = 0.3, k_most_of_it = 0.7;
constexpr double k_more_than_all = 1.1;  // from which a share says that something else got faster, or that it is off

constexpr std::array<CauseRule, 6> k_rules{by_build, by_machine, by_pattern, by_function, by_counter, by_program};

std::string signed_percent(double fraction) {
  return fmt::format("{:+.1f} %", fraction * 100);
}

const CauseKind& kind_of(std::string_view kind) {
  const auto& all = cause_kinds();
  const auto found = std::find_if(all.begin(), all.end(), [kind](const CauseKind& one) { return one.kind == kind; });
  return found == all.end() ? all.back() : *found;
}

std::string words_of(const Candidate& found, const std::string& change) {
  if (std::isnan(found.share)) return fmt::format("may account for {}, how much of it is not known", change);
  const std::string part = fmt::format("{:.0f} % of {}", std::min(1.0, found.share) * 100, change);
  if (found.share > k_more_than_all) return fmt::format("accounts for all of {}", change);
  if (found.share >= k_most_of_it) return "accounts for " + part;
  return (found.share >= k_part ? "accounts for a part, " : "accounts for little, ") + part;
}

Hypothesis hypothesis_of(const Slowdown& slowdown, Candidate found) {
  const CauseKind& kind = kind_of(found.kind);
  if (found.share > k_more_than_all)
    found.evidence.push_back(
        fmt::format("it grew by {:.1f} times the change: something else got faster, or the profiled runs differ from "
                    "the measured ones",
                    found.share));
  Hypothesis out;
  out.suite = slowdown.suite;
  out.benchmark = slowdown.benchmark;
  out.kind = found.kind;
  out.claim = fmt::format("{}: {} {}", kind.words, found.subject, words_of(found, slowdown.shown));
  out.share = std::isnan(found.share) ? found.share : std::min(1.0, found.share);
  out.evidence = std::move(found.evidence);
  out.refute = kind.refute;
  return out;
}

std::vector<Hypothesis> explain(const Slowdown& slowdown) {
  std::vector<Candidate> found;
  for (const CauseRule rule : k_rules) {
    std::vector<Candidate> some = rule(slowdown);
    found.insert(found.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  std::erase_if(found, [](const Candidate& one) { return one.share < k_worth_saying; });  // false for NaN
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.rank > b.rank; });
  std::vector<Hypothesis> out;
  std::set<std::string_view> kinds;
  for (Candidate& one : found)
    if (out.size() < k_most_hypotheses && kinds.insert(one.kind).second)
      out.push_back(hypothesis_of(slowdown, std::move(one)));
  return out;
}

bool is_rate(const Metric& metric) {
  return metric.better == Better::higher && metric.unit.ends_with("/s");
}

Slowdown slowdown_of(const Report& report, const Comparison& one) {
  Slowdown out;
  out.report = &report;
  out.suite = one.id.suite;
  out.benchmark = one.id.benchmark;
  out.shown = signed_percent(one.ratio - 1);
  out.change = is_rate(one.metric) ? 1 / one.ratio - 1 : one.worse_by();
  out.timed = one.metric.unit == "s" || is_rate(one.metric);
  const bool of_memory = one.metric.unit == "B" || one.metric.name == "allocations";
  for (const ProfileDiff& diff : report.evidence)
    if (diff.suite == out.suite && diff.benchmark == out.benchmark && counts_memory(diff.type) == of_memory)
      out.profile = &diff;
  const bool of_processor = one.id.metric == "cpu_time" || one.id.metric == "user_time";
  out.profile_ratio =
      out.profile == nullptr || of_memory || of_processor ? out.ratio() : processor_ratio(*out.profile, out.ratio());
  for (const ChangeCause& cause : report.causes)
    if (cause.suite == out.suite && cause.benchmark == out.benchmark) out.cause = &cause;
  out.alone = std::all_of(report.comparisons.begin(), report.comparisons.end(), [&out](const Comparison& other) {
    return other.id.suite != out.suite || other.id.benchmark == out.benchmark;
  });
  return out;
}

// Each benchmark once, by the metric that a person means first: its wall time, else another time, else what is listed
// first.
int rank_of(const Comparison& one) {
  if (one.id.metric == "wall_time") return 2;
  return one.metric.unit == "s" || is_rate(one.metric) ? 1 : 0;
}

// The worst first.
std::vector<Slowdown> slowdowns_of(const Report& report) {
  using Name = std::pair<std::string, std::string>;
  std::map<Name, std::vector<const Comparison*>> worse;  // by the analysis' name and the metric
  for (const Comparison& one : report.comparisons)
    if (one.worse_by() > 0)
      worse[{one.id.suite.empty() ? one.id.benchmark : one.id.suite + "/" + one.id.benchmark, one.id.metric}].push_back(
          &one);
  std::map<Name, const Comparison*> chosen;  // by suite and benchmark
  for (const AnalysisEntry& entry : report.analysis.entries) {
    if (entry.subject != AnalysisSubject::benchmark || entry.change != AnalysisChange::regression) continue;
    for (const Comparison* one : worse[{entry.name, entry.metric}]) {
      const auto [at, added] = chosen.try_emplace({one->id.suite, one->id.benchmark}, one);
      if (!added && rank_of(*one) > rank_of(*at->second)) at->second = one;
    }
  }
  std::vector<Slowdown> out;
  out.reserve(chosen.size());
  for (const auto& [name, one] : chosen)
    if (std::isfinite(one->ratio) && one->ratio > 0) out.push_back(slowdown_of(report, *one));
  std::stable_sort(out.begin(), out.end(), [](const Slowdown& a, const Slowdown& b) { return a.change > b.change; });
  return out;
}

// placement: no function that differs ran and all else is equal, so that only where the code lies can have done it.
std::vector<Hypothesis> by_placement(const Report& report) {
  std::vector<Hypothesis> out;
  for (std::size_t i = 0; i < report.comparisons.size() && i < report.verdict.judgements.size(); ++i) {
    const Comparison& one = report.comparisons[i];
    if (report.verdict.judgements[i].outcome != Outcome::placement || !(one.worse_by() > 0)) continue;
    out.push_back(
        hypothesis_of(slowdown_of(report, one),
                      {.kind = "placement",
                       .subject = "where the same instructions lie",
                       .share = 1,
                       .evidence = {"no function that differs ran on either side, and everything else is equal"}}));
  }
  return out;
}

}  // namespace

std::vector<Hypothesis> find_hypotheses(const Report& report) {
  std::vector<Hypothesis> out = by_placement(report);
  for (const Slowdown& slowdown : slowdowns_of(report)) {
    std::vector<Hypothesis> found = explain(slowdown);
    out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  return out;
}

}  // namespace perfwarden::explain
