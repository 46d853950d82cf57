#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/plan.hpp"

namespace perfwarden::plan {

struct Request {
  std::vector<std::string> suites;  // names; empty = all
  bool two_sided = true;            // base and head alternate
  std::uint64_t seed = 0;
};

// Orders everything: builds of both sides, set-ups, warm-ups, then rounds. A round holds one pair
// of every (suite, case) that still has invocations left, in shuffled order; within a pair base and
// head are adjacent, their order by a coin flip from the seed. Then teardowns. Error (usage) for a
// suite name that is not in the config, with the nearest.
[[nodiscard]] Result<Plan> make(const Config& config, const Request& request);

// The plan as a person reads it (--dry-run): counts, commands, order of the first round. Hostile
// text made safe.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace perfwarden::plan
