#pragma once

#include <string_view>

#include "model/series.hpp"
#include "model/unit.hpp"

namespace perfwarden::ingest {

struct GoMetric {
  Metric metric;
  Unit unit;
};

// The metric of a unit that `go test -bench` prints: ns/op, MB/s, B/op, allocs/op, else one of testing.B.ReportMetric,
// which takes any unit; "p99-ns" and "ns/GC" are times by the convention of golang.org/x/perf.
[[nodiscard]] GoMetric go_metric(std::string_view unit);

}  // namespace perfwarden::ingest
