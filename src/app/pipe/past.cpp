#include "app/pipe/past.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/history/background.hpp"
#include "app/pipe/trusted_files.hpp"
#include "compare/compare.hpp"
#include "compare/past.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "store/store.hpp"
#include "trend/lines.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_window = 20;  // runs; older ones measured other code on other days

std::vector<UnitTime> times_in_baseline(const Config& config) {
  const Result<std::vector<baseline::Entry>> entries = baseline::entries(config.baseline.directory);
  if (!entries) return {};
  for (const baseline::Entry& entry : *entries) {
    if (entry.branch != config.baseline.branch) continue;
    const Result<Samples> samples = read_baseline(config, entry);
    if (samples && !samples->run.times.empty()) return samples->run.times;
  }
  return {};
}

// Null when there is none that can be read, or a change could have edited it.
std::unique_ptr<store::Store> history_if_any(World& world, const Config& config) {
  if (config.history.empty() || !store::exists(config.history).value_or(false)) return nullptr;
  if (is_tracked_history(world, config.history)) return nullptr;
  Result<std::unique_ptr<store::Store>> store = store::open(config.history, store::Access::read, patience(world));
  return store ? *std::move(store) : nullptr;
}

std::vector<UnitTime> times_in_history(World& world, const Config& config) {
  const std::unique_ptr<store::Store> store = history_if_any(world, config);
  return store ? store->times(config.baseline.branch).value_or({}) : std::vector<UnitTime>();
}

// The newest points of the baseline branch on machines of this kind, in the unit of the newest one.
std::vector<SeriesHistory> newest_points(World& world, const Config& config, const Machine& machine, std::size_t most,
                                         std::function<bool(const SeriesId&)> wanted) {
  const std::unique_ptr<store::Store> store = history_if_any(world, config);
  if (!store || machine.fingerprint.empty()) return {};
  std::vector<SeriesHistory> all = store
                                       ->history({.series = std::move(wanted),
                                                  .branch = config.baseline.branch,
                                                  .fingerprint = machine.fingerprint,
                                                  .most = most})
                                       .value_or({});
  const std::vector<Bump> bumps = bumps_of(*store).value_or({});
  for (SeriesHistory& one : all) {
    const std::vector<std::size_t> cuts = trend::cuts_of(one, bumps);
    if (!cuts.empty())
      one.points.erase(one.points.begin(), one.points.begin() + static_cast<std::ptrdiff_t>(cuts.back()));
  }
  return all;
}

Past past_in_baseline(const Config& config, const Machine& machine) {
  const Result<std::vector<baseline::Entry>> entries = baseline::entries(config.baseline.directory);
  std::vector<Samples> runs;
  if (!entries || machine.fingerprint.empty()) return {};
  for (const baseline::Entry& entry : *entries) {
    if (runs.size() == k_window) break;
    if (entry.fingerprint != machine.fingerprint || entry.branch != config.baseline.branch) continue;
    Result<Samples> samples = read_baseline(config, entry);
    if (samples) runs.push_back(std::move(*samples));
  }
  std::reverse(runs.begin(), runs.end());  // entries come newest first
  return compare::past_of(runs);
}

}  // namespace

Result<Samples> read_baseline(const Config& config, const baseline::Entry& entry) {
  PW_TRY_ASSIGN(const std::string text, os::read_file_below(config.baseline.directory, entry.file));
  return ingest::parse_samples(text, entry.file);
}

Past past_of_runs(World& world, const Config& config, const std::optional<Samples>& base, const Samples& head) {
  if (!base || compare::design_of(base->run, head.run) == Design::interleaved) return {};
  const Machine& machine = head.run.machine;
  Past past = past_in_baseline(config, machine);
  const std::vector<SeriesHistory> points = newest_points(world, config, machine, k_window, nullptr);
  for (const auto& [id, one] : compare::past_of(points))
    if (SeriesPast& known = past[id]; one.runs > known.runs) known = one;
  return past;
}

void add_recent_runs(World& world, const Config& config, Report& report) {
  constexpr std::size_t k_runs = 30;
  constexpr std::size_t k_most_series = 200;
  std::set<SeriesId> wanted;
  for (std::size_t i = 0; i < report.comparisons.size() && wanted.size() < k_most_series; ++i) {
    const Outcome outcome = report.verdict.judgements[i].outcome;
    if (outcome == Outcome::regression || outcome == Outcome::improvement || outcome == Outcome::inconclusive ||
        outcome == Outcome::placement)
      wanted.insert(report.comparisons[i].id);
  }
  if (wanted.empty()) return;
  const auto points = newest_points(world, config, report.head.run.machine, k_runs,
                                    [&](const SeriesId& id) { return wanted.contains(id); });
  for (const SeriesHistory& one : points)
    for (const HistoryPoint& point : one.points)
      if (point.commit != report.head.run.commit) report.recent[one.id].push_back(point.median);
}

Result<std::vector<UnitTime>> recorded_times(World& world, const Config& config, const std::string& file) {
  if (!file.empty()) {
    PW_TRY_ASSIGN(const Samples samples, read_samples(file));
    return samples.run.times;
  }
  std::vector<UnitTime> times = times_in_baseline(config);
  if (times.empty()) times = times_in_history(world, config);
  if (times.empty()) note(world, "no recorded times: shards are cut as if every case took equally long");
  return times;
}

}  // namespace perfwarden::app
