#pragma once

#include <optional>
#include <span>
#include <string>

#include "gates/rule.hpp"
#include "model/report.hpp"

namespace perfwarden::gates {

// A Subject is everything that a verdict depends on. Future subjects (findings of trends) become members here.
// Everything it points to must outlive the call of judge().
struct Subject {
  std::span<const Comparison> comparisons = {};
  std::span<const ProfileDiff> profiles = {};  // without any comparison they are judged alone
  // False: only absolute limits can be judged (comparisons of head alone carry presence only_head), and the conclusion
  // is no_baseline unless one of those fails.
  bool has_baseline = true;
  std::span<const Override> accepted = {};
  // Suites that the run left out on purpose, whole or, in a shard, in part: their budgets are not idle.
  std::span<const std::string> left_out = {};
  // Of suites whose programs were compared; one that is identical and was not measured counts as judged.
  std::span<const SuiteIdentity> identities = {};
  std::span<const ChangeCause> causes = {};
  bool introduces = false;  // the run brings the first config, so nothing has to be judged yet
  bool incomplete = false;  // whole suites may be missing, and it is not known whether they should be
  Design design = Design::interleaved;
  const Analysis* analysis = nullptr;  // null: nothing was rated, and limits on ratings are not judged
};

// What a report holds, as a Subject. The report must outlive it.
[[nodiscard]] Subject subject_of(const Report& report);

// The one maker of verdicts: applies every rule to everything it is about. Unmatched budget keys become warnings with
// the nearest names, and none of them is a pass. Nothing compared, or nothing judged by any budget, is never a pass
// either: it is skipped when suites were left out and nothing was measured, else no_baseline, or inconclusive when
// there is a baseline. Nothing compared although there was a baseline is an error of the run (k_nothing_compared),
// unless whole suites are new or have vanished, which the config's policy judges, or the run brings the first config.
[[nodiscard]] Verdict judge(const Subject& subject, const Config& config);

// The budget that applies to a series: the last key that matches and either is `off` or has a row for this metric. A
// later key that names only other metrics does not take an earlier one away. Null when none does.
[[nodiscard]] const Budget* budget_for(const SeriesId& id, const Metric& metric, const Config& config);
// Its limit for that metric: the one by the metric's name, else the general one when the metric is primary, else none.
// A general "+5%" is 5 % worse, whatever the metric: "-5%" for one that is better when higher. Where the budget names
// the metric, as a key or as the last segment of its glob, the sign is the budget's own.
[[nodiscard]] std::optional<Limit> limit_for(const Budget& budget, const Metric& metric);

}  // namespace perfwarden::gates
