#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/names.hpp"
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
  bool bumped = false;               // a stretch between bumps: these points say nothing about changes that lie outside
};

// What points are of. Hot functions and ratings are kinds of their own: a change of them follows from one of a
// benchmark, or explains it, so that nothing looks for alerts in them.
enum class SeriesKind {
  measured,  // what benchmarks measured
  function,  // self shares of hot functions, as {suite, benchmark, "TYPE/FUNCTION"}; 0 where a profile does not list it
  rating,    // {"run", "rating", "cpu" or "memory"}
};
template <>
inline constexpr Names<SeriesKind, 3> k_names<SeriesKind>{
    {{"benchmarks", SeriesKind::measured}, {"functions", SeriesKind::function}, {"ratings", SeriesKind::rating}}};
inline constexpr double k_hot_share = 0.02;              // that a function has in one of the runs, to be a series
inline constexpr std::size_t k_most_hot_functions = 50;  // of a benchmark and type

// A Bump says that levels before it and after it are not to be compared: from `commit` on, of the series that `series`
// matches, something changed that is not the code (a data set, a compiler, what the benchmark does).
struct Bump {
  std::string commit, time;  // RFC 3339: when it was said; the place where no run measured the commit
  std::string series;        // glob of suite/benchmark/metric
  std::string who, reason;   // hostile text
};

// A Deployment is one commit that went to one environment.
struct Deployment {
  std::string time;         // RFC 3339, UTC
  std::string environment;  // "production"
  std::string commit;
  std::string name;  // "v1.4", an address; may be empty. Hostile text
  friend bool operator==(const Deployment&, const Deployment&) = default;
};

// What one run said about one series, compared with the run's own base.
struct RunWord {
  std::string commit, base_commit;
  std::string time;
  double worse_by = k_nan;  // a fraction; above 0 is worse. NaN where it is not known
  bool confirmed = false;   // the run found a soft or hard limit broken
};

struct SeriesWords {
  SeriesId id;
  std::vector<RunWord> runs;  // oldest first
};

// Runs in a row, the first included, after which a regression counts as persistent.
inline constexpr std::size_t k_persistent_runs = 3;

// A Persistence is a regression of a branch, and how long it lasted.
struct Persistence {
  SeriesId id;
  std::string good, bad;   // commits between which it came: the last without it, and the first with it
  std::string newest;      // commit of the newest run that says anything about it
  std::size_t runs = 0;    // in a row with it, so far or until it went
  double worse_by = 0;     // a fraction, when it came
  bool recovered = false;  // the newest run is without it
  [[nodiscard]] bool lasts() const { return !recovered && runs >= k_persistent_runs; }
};

// A SeriesPast is the noise of one benchmark, estimated from earlier runs on machines of this kind. In logs; NaN where
// unknown.
struct SeriesPast {
  std::size_t runs = 0;   // runs that gave run_sd
  double run_sd = k_nan;  // of the median from run to run without changes, which no single run can show
};
using Past = std::map<SeriesId, SeriesPast>;

}  // namespace perfwarden
