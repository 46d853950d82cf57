#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/placement.hpp"

// What placement does to the benchmarks, kept beside the cached baselines, a file for each machine:
//   <directory>/placement/<fingerprint>.json   {"schema": "perfwarden.placement/1", commit, time, fingerprint, layouts,
//                                               "ranges": [{suite, benchmark, parameters, metric, low, high, error}]}
// Read as hostile: anybody may have written a cache.
namespace perfwarden::baseline {

[[nodiscard]] Status keep_placement(const std::string& directory, const PlacementRanges& ranges);
// nullopt when none was kept for machines of this fingerprint. Error (parse) for a file that is damaged.
[[nodiscard]] Result<std::optional<PlacementRanges>> read_placement(const std::string& directory,
                                                                    const std::string& fingerprint);

}  // namespace perfwarden::baseline
