#pragma once

#include <span>
#include <vector>

#include "model/comparison.hpp"
#include "model/config.hpp"

namespace perfwarden::gates {

// Budget keys that do nothing in this run, one warning each: a glob that matches no series, a metric name that none of
// its series has, a key that later keys overrule everywhere. With the nearest name where one is near.
[[nodiscard]] std::vector<Warning> idle_budgets(std::span<const Comparison> comparisons, const Config& config);

}  // namespace perfwarden::gates
