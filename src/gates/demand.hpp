#pragma once

#include "model/comparison.hpp"
#include "model/config.hpp"

namespace perfwarden::gates {

// What the budgets ask about each series: the smallest change that would break its tightest limit, else
// statistics.high_effect; and to decide what is primary or has a limit, but nothing whose budget is off. `config` must
// outlive the result.
[[nodiscard]] Demands demands_of(const Config& config);

}  // namespace perfwarden::gates
