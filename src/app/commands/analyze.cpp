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
#include "app/profile/analysis.hpp"
#include "base/text.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct AnalyzeOptions {
  AnalysisFiles files;
  std::vector<std::string> profiles;  // base and head, without an option
  std::string range, series = "**", branch;
};

Result<ExitCode> analyze_range(World& world, const AnalyzeOptions& options) {
  const std::size_t dots = options.range.find("..");
  if (dots == std::string::npos || dots == 0 || options.range.find("...") != std::string::npos)
    return wrong_usage("--range '" + text::one_line(options.range) + "' is not A..B",
                       "for example --range v1.9.0..main");
  const std::string to = options.range.substr(dots + 2);
  PW_TRY_ASSIGN(const std::vector<Commit> commits,
                commits_between(repository(world), options.range.substr(0, dots), to.empty() ? "HEAD" : to,
                                {"the beginning of --range", "its end"}));
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.files.config));
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
  PW_TRY(write_result(world, options.files.output, range_report(all, bumps, commits, {})));
  return k_pass;
}

Result<ExitCode> analyze(World& world, AnalyzeOptions& options) {
  AnalysisFiles& files = options.files;
  if (!options.profiles.empty()) {
    if (options.profiles.size() != 2 || !files.cpu.empty())
      return wrong_usage("analyze takes two profiles, of base and of head", "perfwarden analyze BASE HEAD");
    files.cpu = options.profiles;
  }
  const bool any = !files.cpu.empty() || !files.alloc.empty() || !files.bench.empty();
  if (any && !options.range.empty())
    return wrong_usage("--range looks at the history, and the other options at files", "give one or the other");
  if (!any && options.range.empty())
    return wrong_usage("there is nothing to analyze",
                       "perfwarden analyze BASE HEAD, --cpu BASE HEAD, --alloc BASE HEAD, --bench OLD NEW, or --range "
                       "A..B");
  return any ? analyze_files(world, files) : analyze_range(world, options);
}

Run declare_analyze(Verb& verb) {
  auto options = std::make_shared<AnalyzeOptions>();
  AnalysisFiles& files = options->files;
  verb.add_option("profiles", options->profiles, "Two profiles, of base and of head; the same as --cpu BASE HEAD");
  verb.add_option("--cpu", files.cpu, "Profiles of base and head: of any format, or texts of `go tool pprof -top`")
      .values(2, 2);
  verb.add_option("--alloc", files.alloc, "The same of what was allocated").values(2, 2);
  verb.add_option("--bench", files.bench, "Benchmark outputs of base and head, or one table that benchstat printed")
      .values(1, 2);
  verb.add_option("--spans", files.spans,
                  "Spans of a run as OTLP JSON: says which endpoints the changed functions serve");
  verb.add_flag("--gate", files.gate, "Exit by the verdict; without --gate a finished analysis exits 0");
  verb.add_option("--range", options->range, "Commits of the history, as A..B; A must be an ancestor of B");
  verb.add_option("--series", options->series, "With --range: glob of suite/benchmark/metric").show_default();
  verb.add_option("--branch", options->branch, "With --range: runs of this branch (default: the baseline branch)");
  verb.add_option("-o,--output", files.output,
                  "Folder for report.json and report.md; with --range the file for the Markdown (default: stdout)");
  add_config_options(verb, files.config);
  return [options](World& world) { return analyze(world, *options); };
}

}  // namespace

extern const Command k_command_analyze{
    "analyze",
    "Analyze existing files (profiles, benchmark outputs), or a range of commits by the history",
    declare_analyze,
    "  perfwarden analyze base.perf-folded head.perf-folded\n"
    "  perfwarden analyze --cpu base.pb.gz head.pb.gz --bench old.txt new.txt -o analysis\n"
    "  perfwarden analyze --range v1.9.0..main --output report.md",
    {k_gate_failed, k_not_measured, k_inconclusive}};

}  // namespace perfwarden::app
