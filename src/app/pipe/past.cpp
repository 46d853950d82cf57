#include "app/pipe/past.hpp"

#include <algorithm>
#include <vector>

#include "compare/past.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_window = 20;  // runs; older ones tell of other code and other days

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

}  // namespace perfwarden::app
