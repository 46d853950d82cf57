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
// The time of a pair is its invocation's time in `times` multiplied by the number of invocations (of a side measured
// alone, where that number is not fixed); unknown times count as the mean of the known ones. Equal suites and times
// give the same cut on every shard.
[[nodiscard]] Cut cut(const std::vector<Suite>& suites, const std::vector<UnitTime>& times, Shard shard);

}  // namespace perfwarden::plan
