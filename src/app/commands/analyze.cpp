#include <memory>

#include "app/bisect/commits.hpp"
#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/background.hpp"
#include "app/history/range.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/text.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct AnalyzeOptions {
  ConfigOptions config;
  std::string range, series = "**", branch, output;
};

Result<ExitCode> analyze(World& world, const AnalyzeOptions& options) {
  const std::size_t dots = options.range.find("..");
  if (dots == std::string::npos || dots == 0 || options.range.find("...") != std::string::npos)
    return wrong_usage("--range '" + text::one_line(options.range) + "' is not A..B",
                       "for example --range v1.9.0..main");
  const std::string to = options.range.substr(dots + 2);
  PW_TRY_ASSIGN(const std::vector<Commit> commits,
                commits_between(repository(world), options.range.substr(0, dots), to.empty() ? "HEAD" : to));
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  bool kept = false;
  if (!config.history.empty()) {
    PW_TRY_ASSIGN(kept, store::exists(config.history));
  }
  if (!kept)
    return Error{.kind = ErrorKind::usage,
                 .what = "there is no history to look at",
                 .where = config.history,
                 .hint =
                     "run `perfwarden check` first, or restore the cached history; without one, `perfwarden bisect` "
                     "measures"};
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::read, patience(world)));
  PW_TRY_ASSIGN(
      const std::vector<SeriesHistory> all,
      store->history({.series = [&](const SeriesId& id) { return text::glob_match_prefix(options.series, id.path()); },
                      .branch = options.branch.empty() ? config.baseline.branch : options.branch}));
  PW_TRY_ASSIGN(const std::vector<Bump> bumps, store::bumps_of(*store));
  PW_TRY(write_result(world, options.output, range_report(all, bumps, commits, {})));
  return k_pass;
}

Run declare_analyze(Verb& verb) {
  auto options = std::make_shared<AnalyzeOptions>();
  verb.add_option("--range", options->range, "The commits, as A..B; A must be an ancestor of B").required();
  verb.add_option("--series", options->series, "Glob of suite/benchmark/metric").show_default();
  verb.add_option("--branch", options->branch, "Runs of this branch (default: the baseline branch)");
  verb.add_option("-o,--output", options->output, "Write the Markdown to this file instead of standard output");
  add_config_file(verb, options->config);
  return [options](World& world) { return analyze(world, *options); };
}

}  // namespace

extern const Command k_command_analyze{
    "analyze",
    "What the history says about a range of commits: levels that changed, and suspects",
    declare_analyze,
    "  perfwarden analyze --range v1.9.0..main --output report.md",
    {k_not_measured}};

}  // namespace perfwarden::app
