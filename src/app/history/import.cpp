#include "app/history/import.hpp"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "app/cli/common.hpp"
#include "ingest/read.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct Counts {
  std::size_t kept = 0, without_place = 0;
};

Status import_file(World& world, const Config& config, const ImportOptions& options, const std::string& file,
                   store::Store& store, Counts& counts) {
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
      ++counts.without_place;
      continue;
    }
    if (!options.branch.empty()) samples.run.branch = options.branch;
    if (samples.run.branch.empty()) samples.run.branch = config.baseline.branch;
    store::RunRecord record;
    record.run = samples.run;
    record.head = std::move(samples);
    PW_TRY(store.save(record));
    ++counts.kept;
  }
  return Nothing{};
}

}  // namespace

Result<std::size_t> import_history(World& world, const Config& config, const ImportOptions& options) {
  if (config.history.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no history is kept",
                 .hint = "set `history: sqlite:.perfwarden/history.db` in the config"};
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, store::open(config.history));
  Counts counts;
  for (const std::string& file : options.files) PW_TRY(import_file(world, config, options, file, *store, counts));
  if (counts.without_place > 0)
    warn(world, fmt::format("{} runs name no commit or no time, so they have no place in a history; left out",
                            counts.without_place));
  if (counts.kept == 0)
    return Error{.kind = ErrorKind::usage,
                 .what = "there is no run to import",
                 .where = options.files.front(),
                 .hint = "give data.js of github-action-benchmark, or samples files whose run has a commit and a time"};
  return counts.kept;
}

}  // namespace perfwarden::app
