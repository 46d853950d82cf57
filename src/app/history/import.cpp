#include "app/history/import.hpp"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "ingest/read.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

Status read_file(World& world, const Config& config, const ImportOptions& options, const std::string& file,
                 std::vector<store::RunRecord>& records, std::size_t& without_place) {
  PW_TRY_ASSIGN(std::string text, read_input(file));
  Suite suite;
  suite.name = options.suite;
  PW_TRY_ASSIGN(std::vector<Samples> runs,
                ingest::read_history({file, std::move(text)}, options.format, suite, config));
  std::set<std::string> told;
  for (Samples& samples : runs) {
    for (const Warning& warning : samples.warnings)
      if (warning.code != "aggregates-only" && told.size() < 20 && told.insert(warning.text).second)
        warn(world, warning.text);
    if (samples.run.commit.empty() || samples.run.time.empty()) {
      ++without_place;
      continue;
    }
    if (!options.branch.empty()) samples.run.branch = options.branch;
    if (samples.run.branch.empty()) samples.run.branch = config.baseline.branch;
    store::RunRecord& record = records.emplace_back();
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
  std::vector<store::RunRecord> records;
  std::size_t without_place = 0;
  for (const std::string& file : options.files) PW_TRY(read_file(world, config, options, file, records, without_place));
  if (without_place > 0)
    warn(world, fmt::format("{} runs have no commit or no time, so they cannot be placed in a history; ignored",
                            without_place));
  if (records.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "there is no run to import",
                 .where = options.files.front(),
                 .hint = "give data.js of github-action-benchmark, or samples files whose run has a commit and a time"};
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::write, patience(world)));
  PW_TRY(store->save(records));
  return records.size();
}

}  // namespace perfwarden::app
