#pragma once

#include <vector>

#include "gates/judge.hpp"
#include "model/config.hpp"

namespace perfwarden::gates {

// Budget keys that do nothing in this run, one warning each: a glob that matches no series, a metric name that none of
// its series has, a key that later keys overrule everywhere. With the nearest name where one is near.
// Code k_budget_unmatched: it could never match, neither in a suite that was not measured nor in another shard, and is
// not optional.
[[nodiscard]] std::vector<Warning> idle_budgets(const Subject& subject, const Config& config);

}  // namespace perfwarden::gates
