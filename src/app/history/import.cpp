#include "app/history/import.hpp"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/history/lines.hpp"
#include "app/history/remember.hpp"
#include "base/text.hpp"
#include "ingest/read.hpp"
#include "os/clock.hpp"

namespace perfwarden::app {
namespace {

Status read_file(World& world, const Config& config, const ImportOptions& options, const std::string& file,
                 HistoryText& found, std::size_t& without_place) {
  PW_TRY_ASSIGN(std::string text, read_input(file));
  if (is_history_text(text)) {
    PW_TRY_ASSIGN(HistoryText history, read_history_text(text, file));
    found.runs.insert(found.runs.end(), std::make_move_iterator(history.runs.begin()),
                      std::make_move_iterator(history.runs.end()));
    found.alerts.insert(found.alerts.end(), history.alerts.begin(), history.alerts.end());
    found.events.insert(found.events.end(), history.events.begin(), history.events.end());
    found.deployments.insert(found.deployments.end(), history.deployments.begin(), history.deployments.end());
    return Nothing{};
  }
  Suite suite;
  suite.name = options.suite;
  PW_TRY_ASSIGN(std::vector<Samples> runs,
                ingest::read_history({file, std::move(text)}, options.format, suite, config));
  std::set<std::string> told;
  for (Samples& samples : runs) {
    for (const Warning& warning : samples.warnings)
      if (warning.code != "aggregates-only" && told.size() < 20 && told.insert(warning.text).second)
        warn(world, warning.text);
    if (samples.run.commit.empty()) samples.run.commit = options.commit;
    if (samples.run.time.empty()) samples.run.time = options.time;
    if (samples.run.commit.empty() || samples.run.time.empty()) {
      ++without_place;
      continue;
    }
    // Runs are sorted by this text, and kept as long as it says.
    if (!os::read_rfc3339(samples.run.time))
      return Error{
          .kind = ErrorKind::usage,
          .what = fmt::format("the time of a run is '{}', which is not a time in UTC like 2026-11-21T10:00:00Z",
                              text::one_line(samples.run.time)),
          .where = file,
          .hint = "correct run.time in the file, or remove it and give --time"};
    if (!options.branch.empty()) samples.run.branch = options.branch;
    if (samples.run.branch.empty()) samples.run.branch = config.baseline.branch;
    store::RunRecord& record = found.runs.emplace_back();
    record.run = samples.run;
    record.head = std::move(samples);
  }
  return Nothing{};
}

}  // namespace

Result<std::size_t> import_history(World& world, const Config& config, const ImportOptions& options) {
  if (config.history.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no history is kept",
                 .hint = "set `history: sqlite:.perfwarden/history.db` in the config"};
  HistoryText found;
  std::size_t without_place = 0;
  for (const std::string& file : options.files) PW_TRY(read_file(world, config, options, file, found, without_place));
  if (without_place > 0)
    warn(world, fmt::format("{} runs have no commit or no time, so they cannot be placed in a history; ignored",
                            without_place));
  if (found.runs.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "there is no run to import",
                 .where = options.files.front(),
                 .hint =
                     "give data.js of github-action-benchmark, what `baseline export` wrote, samples files whose run "
                     "has a commit and a time, or results of one run with --commit and --time"};
  PW_TRY(remember(world, config, found.runs));
  if (!found.alerts.empty() || !found.events.empty() || !found.deployments.empty()) {
    PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                  store::open(config.history, store::Access::write, patience(world)));
    PW_TRY(store->save_alerts(found.alerts));
    for (const store::Event& event : found.events) PW_TRY(store->add_event(event));
    PW_TRY(store->add_deployments(found.deployments));
  }
  return found.runs.size();
}

}  // namespace perfwarden::app
