#include "app/past.hpp"

#include <algorithm>
#include <vector>

#include "baseline/cache.hpp"
#include "ingest/limits.hpp"
#include "ingest/read.hpp"
#include "os/files.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_window = 20;  // runs; older ones tell of other code and other days

}  // namespace

compare::Past past_of_baseline(const Config& config, const Machine& machine) {
  const Result<std::vector<baseline::Entry>> entries = baseline::entries(config.baseline.directory);
  std::vector<Samples> runs;
  if (!entries || machine.fingerprint.empty()) return {};
  for (const baseline::Entry& entry : *entries) {
    if (runs.size() == k_window) break;
    if (entry.fingerprint != machine.fingerprint || entry.branch != config.baseline.branch) continue;
    const std::string path = config.baseline.directory + "/" + entry.file;
    const Result<std::string> text = os::read_file(path, ingest::k_max_text_bytes);
    Result<Samples> samples = text ? ingest::parse_samples(*text, path) : Result<Samples>(text.error());
    if (samples) runs.push_back(std::move(*samples));
  }
  std::reverse(runs.begin(), runs.end());  // entries come newest first
  return compare::past_of(runs);
}

}  // namespace perfwarden::app
