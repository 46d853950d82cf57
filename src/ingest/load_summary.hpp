#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {

// A LoadSummary is what a load generator says of all its requests, all of which are one benchmark.
struct LoadSummary {
  struct Percentile {
    double percent = 0, seconds = 0;
  };
  std::vector<Percentile> percentiles;
  std::optional<double> mean_s, max_s;
  std::optional<double> per_second;               // requests
  std::size_t requests = 0, failed_requests = 0;  // failed ones are among them
  int line = 0;                                   // where it stands
};

// Adds p50, p99 and so on (p50 and p99 are primary; where there are none, the mean is), mean, max, errors (a share,
// primary), and throughput. Times are ignored when every request failed: they are not those of the work. Failed
// requests are also a failure of the benchmark.
[[nodiscard]] Status add_load(Table& table, const Document& document, const LoadSummary& load,
                              std::string_view generator);

}  // namespace perfwarden::ingest
