#include "app/pipe/past.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "compare/past.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "store/store.hpp"

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

std::vector<UnitTime> times_in_history(const Config& config) {
  if (config.history.empty() || !store::exists(config.history).value_or(false)) return {};
  const Result<std::unique_ptr<store::Store>> store = store::open(config.history, store::Access::read);
  if (!store) return {};
  return (*store)->times(config.baseline.branch).value_or({});
}

}  // namespace

Result<Samples> read_baseline(const Config& config, const baseline::Entry& entry) {
  PW_TRY_ASSIGN(const std::string text, os::read_file_below(config.baseline.directory, entry.file));
  return ingest::parse_samples(text, entry.file);
}

Past past_of_baseline(const Config& config, const Machine& machine) {
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

Result<std::vector<UnitTime>> recorded_times(World& world, const Config& config, const std::string& file) {
  if (!file.empty()) {
    PW_TRY_ASSIGN(const Samples samples, read_samples(file));
    return samples.run.times;
  }
  std::vector<UnitTime> times = times_in_baseline(config);
  if (times.empty()) times = times_in_history(config);
  if (times.empty()) note(world, "no recorded times: shards are cut as if every case took equally long");
  return times;
}

}  // namespace perfwarden::app
