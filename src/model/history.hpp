#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/comparison.hpp"
#include "model/series.hpp"

// What is known from earlier runs: points to plot, and the noise to expect.
namespace perfwarden {

// A HistoryPoint is one run's result for one series. Base units.
struct HistoryPoint {
  std::string commit, time;
  double median = 0, low = 0, high = 0;  // of the run's invocations; low/high are the quartiles
  std::size_t n = 0;
  std::string unit;         // base unit; it may change along a history
  std::string fingerprint;  // of the machine
};

struct SeriesHistory {
  SeriesId id;
  std::vector<HistoryPoint> points;  // oldest first
  Better better = Better::lower;     // of its newest point
};

// A SeriesPast is the noise of one benchmark, estimated from earlier runs on machines of this kind. In logs; NaN where
// unknown.
struct SeriesPast {
  std::size_t runs = 0;   // runs that gave run_sd
  double run_sd = k_nan;  // of the median from run to run without changes, which no single run can show
};
using Past = std::map<SeriesId, SeriesPast>;

}  // namespace perfwarden
