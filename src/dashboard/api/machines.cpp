#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "trend/change_points.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_machines = 20;
constexpr std::size_t k_machine_runs = 60;     // the newest
constexpr std::size_t k_machine_series = 200;  // that are looked at, spread over all
constexpr std::size_t k_most_placements = 20;
constexpr double k_least_drift = 0.01;  // of a machine, that is shown

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return k_nan;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::vector<std::int64_t> some_series(const Overview& overview) {
  std::vector<std::int64_t> out;
  const std::size_t step = std::max<std::size_t>(1, overview.lines.size() / k_machine_series);
  for (std::size_t i = 0; i < overview.lines.size() && out.size() < k_machine_series; i += step)
    out.push_back(overview.lines[i].series.number);
  return out;
}

// What some series measured in the newest runs on one machine.
struct OnMachine {
  std::vector<store::BranchRun> runs;                  // oldest first
  std::map<std::int64_t, std::vector<double>> values;  // by series, one a run, NaN where not measured
};

Result<OnMachine> measured_on(const Desk& desk, const std::string& machine, const std::vector<std::int64_t>& series) {
  store::Browser& history = desk.store.browser();
  OnMachine out;
  PW_TRY_ASSIGN(out.runs, history.runs_on(machine, k_machine_runs));
  std::reverse(out.runs.begin(), out.runs.end());
  for (std::size_t i = 0; i < out.runs.size(); ++i) {
    PW_TRY_ASSIGN(const std::vector<store::Statistics> medians, history.medians(out.runs[i].id, series));
    for (const store::Statistics& one : medians) {
      if (one.metric.deterministic) continue;
      std::vector<double>& values = out.values[one.number];
      values.resize(i, k_nan);
      values.push_back(one.median);
    }
  }
  for (auto& [number, values] : out.values) values.resize(out.runs.size(), k_nan);
  return out;
}

Json noise_of_machine(const OnMachine& measured) {
  std::vector<double> spreads;
  for (const auto& [number, values] : measured.values) {
    const auto known = std::count_if(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    if (known < 5) continue;
    const double spread = trend::find_changes(values, {}, {}).spread;
    if (std::isfinite(spread)) spreads.push_back(spread);
  }
  return {{"series", spreads.size()},
          {"median", json::number(quantile(spreads, 0.5))},
          {"p90", json::number(quantile(spreads, 0.9))}};
}

// The machine itself: in each run, the median over the series of their values relative to their own medians. Code
// changes one series; a machine changes all of them.
Json drift_of_machine(const OnMachine& measured) {
  std::vector<std::vector<double>> relative(measured.runs.size());
  for (const auto& [number, values] : measured.values) {
    std::vector<double> known;
    std::copy_if(values.begin(), values.end(), std::back_inserter(known), [](double v) { return v > 0; });
    const double level = quantile(known, 0.5);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] > 0) relative[i].push_back(values[i] / level);
  }
  std::vector<double> index;
  std::vector<const store::BranchRun*> runs;
  for (std::size_t i = 0; i < relative.size(); ++i) {
    if (relative[i].empty()) continue;
    index.push_back(quantile(relative[i], 0.5));
    runs.push_back(&measured.runs[i]);
  }
  Json out{{"t", Json::array()}, {"index", Json::array()}, {"commit", Json::array()}, {"changes", Json::array()}};
  for (std::size_t i = 0; i < index.size(); ++i) {
    out["t"].push_back(unix_of(runs[i]->time));
    out["index"].push_back(json::number(index[i]));
    out["commit"].push_back(runs[i]->commit);
  }
  for (const trend::Change& change : trend::find_changes(index, {}, {.min_effect = k_least_drift}).changes)
    out["changes"].push_back({{"index", change.index},
                              {"t", unix_of(runs[change.index]->time)},
                              {"commit", runs[change.index]->commit},
                              {"change", json::number(change.ratio - 1)}});
  return out;
}

// Those that placement moves furthest come first; null when nobody measured it.
Json placement_of_machine(const Desk& desk, const std::string& fingerprint, const Numbers& numbers) {
  const auto found = desk.setting.placement_of(fingerprint);
  if (found && !*found) return {};
  PlacementRanges kept = found ? **found : PlacementRanges{};
  std::sort(kept.ranges.begin(), kept.ranges.end(), [](const PlacementRange& a, const PlacementRange& b) {
    return std::make_pair(b.high - b.low, a.id) < std::make_pair(a.high - a.low, b.id);
  });
  Json ranges = Json::array();
  for (std::size_t i = 0; i < std::min(kept.ranges.size(), k_most_placements); ++i)
    ranges.push_back({{"series", numbers.ref(kept.ranges[i].id)},
                      {"low", json::number(kept.ranges[i].low)},
                      {"high", json::number(kept.ranges[i].high)},
                      {"error", json::number(kept.ranges[i].error)}});
  return {{"problem", found ? "" : found.error().what},
          {"commit", kept.commit},
          {"time", kept.time},
          {"layouts", kept.layouts},
          {"total", kept.ranges.size()},
          {"ranges", ranges}};
}

}  // namespace

Result<Json> machines_answer(const Desk& desk, const Question& /*question*/) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const auto machines, desk.machines());
  const std::vector<std::int64_t> series = some_series(*overview);
  const Numbers numbers(*overview);
  Json out = Json::array();
  for (std::size_t i = 0; i < std::min(machines->size(), k_most_machines); ++i) {
    const store::MachineSummary& one = (*machines)[i];
    PW_TRY_ASSIGN(const OnMachine measured, measured_on(desk, one.machine.fingerprint, series));
    Json facts = Json::array();
    for (const auto& [name, value] : one.machine.facts) facts.push_back({name, value});
    out.push_back({{"fingerprint", one.machine.fingerprint},
                   {"label", label_of(one.machine)},
                   {"facts", facts},
                   {"runs", one.runs},
                   {"first", one.first},
                   {"last", one.last},
                   {"placement", placement_of_machine(desk, one.machine.fingerprint, numbers)},
                   {"noise", noise_of_machine(measured)},
                   {"drift", drift_of_machine(measured)}});
  }
  return Json{{"total", machines->size()}, {"machines", out}};
}

}  // namespace perfwarden::dashboard
