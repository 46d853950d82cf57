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

// Further pairs of one case of one suite, beyond those planned.
struct MorePairs {
  std::size_t suite = 0, case_index = 0;
  int first = 0;                  // number of the first new invocation
  int count = 0;                  // pairs
  std::vector<std::string> only;  // as in Step
};

// Orders everything: builds of both sides (of several suites with the same build command and folder, once), set-ups,
// warm-ups, then rounds. A round holds one pair of every (suite, case) that still has invocations left, in shuffled
// order; within a pair base and head are adjacent, their order by a coin flip from the seed. Then teardowns. Error
// (usage) for a suite name that is not in the config, with the nearest. A suite that is gone runs once, on base alone.
// Of an adaptive suite with two sides only iterations.min are planned; more() follows as needed.
[[nodiscard]] Result<Plan> make(const Config& config, const Request& request);

// The steps of further pairs, in rounds of shuffled order with a coin flip in each pair, as make() orders them. `batch`
// numbers the calls of one run, so that each call draws its own coin flips.
[[nodiscard]] std::vector<Step> more(const Plan& plan, const std::vector<MorePairs>& wanted, std::size_t batch);

// The plan as a person reads it (--dry-run): counts, commands, order of the first round. Hostile
// text made safe.
[[nodiscard]] std::string describe(const Plan& plan);

}  // namespace perfwarden::plan
