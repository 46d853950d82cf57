#pragma once

#include <span>
#include <vector>

#include "model/pattern.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::explain {

// What rules of Pattern::Where::chain find: functions that are new in head at the end of a long chain, most of which is
// new with them. The largest first.
[[nodiscard]] std::vector<PatternHit> find_chains(const ProfileDiff& evidence, const DiffTree& tree,
                                                  std::span<const Pattern> patterns);

}  // namespace perfwarden::explain
