#pragma once

#include <cstddef>
#include <vector>

#include "model/report.hpp"

namespace perfwarden::report {

// A Geomean is the geometric mean of head / base over the benchmarks of one metric (and unit): what the metric changed
// by if every benchmark counts the same.
struct Geomean {
  Metric metric;
  std::size_t benchmarks = 0;  // at least 2
  double ratio = 1;
};

// Of every metric that two or more benchmarks have on both sides, by name. Only series whose change is known and whose
// values are above 0 count: not what is new, gone or failed. Undecided changes count by their estimates.
[[nodiscard]] std::vector<Geomean> geomeans_of(const Report& report);

}  // namespace perfwarden::report
