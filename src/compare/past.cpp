#include "compare/past.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "compare/values.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

// A clock cannot tell runs apart that agree to the last digit; no machine is that steady.
constexpr double k_least_sd = 1e-4;

constexpr double k_far = 3;  // sigmas; beyond it a step between neighbours counts as this far

// From differences of neighbours, so that a lasting step of the history counts once; winsorised, so that it and a
// spoilt run count little.
double run_sd_of(const std::vector<double>& logs) {
  std::vector<double> steps;
  steps.reserve(logs.size());
  for (std::size_t i = 1; i < logs.size(); ++i) steps.push_back(logs[i] - logs[i - 1]);
  std::vector<double> sizes;
  sizes.reserve(steps.size());
  for (const double step : steps) sizes.push_back(std::fabs(step));
  const double reach = std::max(k_least_sd, k_far * stats::k_mad_to_sigma * stats::median(sizes));
  for (double& step : steps) step = std::clamp(step, -reach, reach);
  return std::max(k_least_sd, stats::standard_deviation(steps) / std::numbers::sqrt2);
}

Past past_of_logs(const std::map<SeriesId, std::vector<double>>& medians) {
  Past past;
  for (const auto& [id, logs] : medians) {
    SeriesPast& one = past[id];
    one.runs = logs.size();
    if (logs.size() >= k_least_runs) one.run_sd = run_sd_of(logs);
  }
  return past;
}

}  // namespace

Past past_of(std::span<const Samples> runs) {
  std::map<SeriesId, std::vector<double>> medians;
  for (const Samples& run : runs)
    for (const Series& series : run.series) {
      const double median = stats::median(values_of_side(series).values);
      if (median > 0) medians[series.id].push_back(std::log(median));
    }
  return past_of_logs(medians);
}

Past past_of(std::span<const SeriesHistory> histories) {
  std::map<SeriesId, std::vector<double>> medians;
  for (const SeriesHistory& history : histories)
    for (const HistoryPoint& point : history.points)
      if (point.median > 0) medians[history.id].push_back(std::log(point.median));
  return past_of_logs(medians);
}

double between_runs_df(const SeriesPast& past) {
  // Neighbouring differences share a run: n of them are worth about two thirds of n independent ones (von Neumann
  // 1941).
  return std::max(1.0, 2.0 / 3 * (static_cast<double>(past.runs) - 1));
}

}  // namespace perfwarden::compare
