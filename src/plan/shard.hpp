#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "model/series.hpp"

namespace perfwarden::plan {

// "2/5" → the second of five, with no cut yet. Error (usage).
[[nodiscard]] Result<Shard> parse_shard(std::string_view text);

struct Cut {
  std::vector<Suite> suites;  // what this shard measures: suites with the cases that are its own; may be empty
  Shard shard;                // with `cut` filled in
};
// Deals (suite, case) pairs out to `shard.count` shards: the longest first, each to the shard with the least so far.
// Time is what one invocation took by `times`, times the invocations (those of a side measured alone, where their
// number is not fixed); what is not known there counts as the mean of what is. Every shard that is given the same
// suites and times comes to the same cut.
[[nodiscard]] Cut cut(const std::vector<Suite>& suites, const std::vector<UnitTime>& times, Shard shard);

}  // namespace perfwarden::plan
