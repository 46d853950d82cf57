#include "app/history/trend.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/background.hpp"
#include "app/history/open.hpp"
#include "app/history/series_file.hpp"
#include "base/text.hpp"
#include "store/store.hpp"
#include "trend/lines.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_least_effect_percent = 0.1;
constexpr double k_most_effect_percent = 1000;

struct TrendOptions {
  ConfigOptions config;
  std::vector<std::string> inputs;
  std::string series = "**", branch, machine, output;
  std::string kind = std::string(name_of(SeriesKind::measured));
  bool all = false, as_json = false;
  double min_effect_percent = trend::ChangePointOptions{}.min_effect * 100;
};

struct Looked {
  std::vector<SeriesHistory> series;
  std::vector<Bump> bumps;
};

Result<Looked> series_on_record(World& world, const TrendOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_if_any(world, options.config));
  Result<std::unique_ptr<store::Store>> store = open_history(world, config, store::Access::read);
  if (!store) {
    Error error = std::move(store).error();
    error.hint += ", or give a file with --input";
    return error;
  }
  const std::string branch = options.all ? "" : options.branch.empty() ? config.baseline.branch : options.branch;
  Looked out;
  PW_TRY_ASSIGN(out.bumps, store::bumps_of(**store));
  PW_TRY_ASSIGN(const std::vector<SeriesHistory> found,
                (*store)->history(
                    {.series = [&](const SeriesId& id) { return text::glob_match_prefix(options.series, id.path()); },
                     .branch = branch,
                     .fingerprint = options.machine,
                     .kind = from_name<SeriesKind>(options.kind).value_or(SeriesKind::measured)}));
  for (const SeriesHistory& history : found)
    for (SeriesHistory& line : trend::lines_of(history, {})) out.series.push_back(std::move(line));
  if (out.series.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no series on record matches '" + text::one_line(options.series) + "'" +
                         (branch.empty() ? "" : " on branch " + text::one_line(branch)),
                 .hint = "`perfwarden baseline history --all` lists the runs; --all looks at every branch"};
  return out;
}

Result<Looked> series_in_files(const std::vector<std::string>& files) {
  Looked out;
  for (const std::string& file : files) {
    PW_TRY_ASSIGN(const std::string text, read_input(file));
    PW_TRY_ASSIGN(SeriesHistory series, read_series(text, file));
    out.series.push_back(std::move(series));
  }
  return out;
}

Result<ExitCode> show_trend(World& world, const TrendOptions& options) {
  PW_TRY_ASSIGN(const Looked all,
                options.inputs.empty() ? series_on_record(world, options) : series_in_files(options.inputs));
  const trend::ChangePointOptions how{.min_effect = options.min_effect_percent / 100};
  PW_TRY(write_result(world, options.output,
                      options.as_json ? trend_json(all.series, all.bumps, how)
                                      : trend_text(all.series, all.bumps, how, world.console.columns())));
  return k_pass;
}

Run declare_trend(Verb& verb) {
  auto options = std::make_shared<TrendOptions>();
  verb.add_option("series", options->series, "Glob of suite/benchmark/metric; default all");
  verb.add_option("--kind", options->kind,
                  "benchmarks; functions: shares of profiles, suite/benchmark/type/function; ratings: run/rating/cpu")
      .one_of({"benchmarks", "functions", "ratings"})
      .show_default();
  verb.add_option("--input", options->inputs,
                  "Series in a CSV file (index, time or commit; value) instead of the history");
  verb.add_option("--min-effect", options->min_effect_percent, "Smallest change of level to report, in percent")
      .within(k_least_effect_percent, k_most_effect_percent)
      .show_default();
  verb.add_option("--branch", options->branch, "Branch; default baseline.branch");
  verb.add_flag("--all", options->all, "Runs of all branches");
  verb.add_option("--machine", options->machine, "Only runs of the machine with this fingerprint");
  verb.add_flag("--json", options->as_json, "As JSON (perfwarden.trend/1)");
  verb.add_option("-o,--output", options->output, "Write to this file instead of standard output");
  add_config_file(verb, options->config);
  return [options](World& world) { return show_trend(world, *options); };
}

}  // namespace

extern const Command k_command_trend{"trend",
                                     "Where the level of a series of runs changed: steps, drifts, spikes",
                                     declare_trend,
                                     "  perfwarden trend --input series.csv --json",
                                     {k_not_measured}};

}  // namespace perfwarden::app
