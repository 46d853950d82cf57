#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/series.hpp"

namespace perfwarden::ingest {

struct NamedSamples {
  std::string name;  // file, for messages
  Samples samples;
};

// Samples of one side that were measured in parts → one. Error (usage) naming the two files when they cannot be one
// side of one run: another commit, another config, another seed or another cut of shards; shards that are missing; a
// series that two of them hold; or parts of several machines whose two sides were not measured together. Parts of
// several machines that were (interleaved ones: all have a session) are joined, with a warning. The session of the
// result depends only on the parts' sessions, so that base and head of the same parts stay paired.
[[nodiscard]] Result<Samples> merge(std::vector<NamedSamples> parts);

}  // namespace perfwarden::ingest
