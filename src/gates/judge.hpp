#pragma once

#include <vector>

#include "gates/rule.hpp"
#include "model/report.hpp"

namespace perfwarden::gates {

// What a person did on the pull request to accept soft findings. `by` empty: nobody.
struct Override {
  std::string by;
  std::string reason;
};

// Applies every rule to every comparison. `has_baseline` false: only absolute limits can be judged
// (head_only comparisons carry presence only_head) and the conclusion is no_baseline unless one of
// those fails. Unmatched budget keys become warnings with the nearest names. An empty comparisons
// list is never a pass: it is no_baseline, or inconclusive when there is a baseline.
[[nodiscard]] Verdict judge(const std::vector<Comparison>& comparisons, const Config& config, bool has_baseline,
                            const Override& override_ = {});

// Adds what was found later, about profiles, to a verdict; its conclusion can only get worse.
void add_findings(std::vector<Finding> findings, const Config& config, const Override& override_, Verdict& verdict);

// The budget that applies to a series: the last key that matches and either is `off` or has a row for this metric. A
// later key that names only other metrics does not take an earlier one away. Null when none does.
[[nodiscard]] const Budget* budget_for(const SeriesId& id, const Metric& metric, const Config& config);
// Its limit for that metric: the one by the metric's name, else the general one when the metric is
// primary, else null.
[[nodiscard]] const Limit* limit_for(const Budget& budget, const Metric& metric);

}  // namespace perfwarden::gates
