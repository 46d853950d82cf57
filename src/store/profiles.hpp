#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/profile_summary.hpp"
#include "store/sql.hpp"

// Profiles in a history. Stacks are in a table of their own by their digest, so that equal ones are there once; those
// that no profile names any more go when the history is pruned.
namespace perfwarden::store {

// The number of a run, and what is saved of it; of two summaries of one benchmark and type, the first counts.
using ProfilesOfRun = std::pair<std::int64_t, std::span<const ProfileSummary>>;
[[nodiscard]] Status save_profiles(Connection& connection, std::span<const ProfilesOfRun> runs);
// Appends those of the run, with their stacks; by benchmark and type. Error (store) when stacks are damaged.
[[nodiscard]] Status load_profiles(Connection& connection, std::int64_t run, std::vector<ProfileSummary>& out);
// Within a transaction: removes stacks of these runs (a SELECT of their ids with parameter $1), and all that nobody
// names.
[[nodiscard]] Status forget_stacks(Connection& connection, const std::string& runs, const std::string& parameter);

}  // namespace perfwarden::store
