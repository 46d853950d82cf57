#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/export.hpp"
#include "app/history/import.hpp"
#include "app/history/open.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/event_base.hpp"
#include "app/pipe/fetched_baseline.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/profile/kept.hpp"
#include "base/text.hpp"
#include "baseline/directory.hpp"
#include "github/run_context.hpp"
#include "ingest/read.hpp"
#include "json/write.hpp"
#include "model/history.hpp"
#include "model/unit.hpp"
#include "os/clock.hpp"
#include "os/machine/facts.hpp"
#include "report/renderer.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct BaselineOptions {
  ConfigOptions config;
  bool as_json = false;
  std::string samples, reason, report;  // update
  bool force = false;
  std::string series, branch, machine;  // history
  bool all = false;
  std::size_t most = 20;
  ImportOptions importing;
  std::string output;  // export
  FetchRequest fetching;
};

std::string shown_sha(const std::string& sha) {
  return sha.empty() ? "–" : text::one_line(sha.substr(0, 10));
}

std::string day_and_minute(const std::string& time) {
  return text::replace_all(text::one_line(time.substr(0, 16)), "T", " ");
}

// The config that `check` would apply here; the defaults without one.
Result<Config> config_here(World& world, const ConfigOptions& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options));
  if (found) return std::move(found->loaded.config);
  Config none;
  none.baseline.branch = usual_branch(repository(world), context);
  return none;
}

// What `check` would compare HEAD with, here and now, without measuring anything.
struct Shown {
  std::string head, base, base_of, why_no_base;
  std::vector<baseline::Entry> entries;  // all on record
  std::optional<baseline::Found> cached;
  std::string why_not_cached;
};

void find_base(World& world, const Config& config, const RunContext& context, Shown& shown) {
  const checkout::Git git = repository(world);
  shown.head = git.resolve("HEAD").value_or("");
  const Result<Base> found = base_commit(git, config, context, "");
  if (!found) {
    shown.why_no_base = found.error().what + (found.error().hint.empty() ? "" : " (" + found.error().hint + ")");
    return;
  }
  shown.base_of = (found->itself ? "" : "the merge base with ") + found->of;
  if (found->sha == shown.head)
    shown.why_no_base = "HEAD is part of " + found->of + ", so there is no base to measure beside it";
  else
    shown.base = found->sha;
}

Result<Shown> look(World& world, const Config& config) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  Shown shown;
  find_base(world, config, context, shown);
  PW_TRY_ASSIGN(shown.entries, baseline::entries(config.baseline.directory));
  baseline::Wanted wanted;
  wanted.commit = shown.base;
  wanted.branch = config.baseline.branch;
  wanted.machine = with_builds(os::read_machine(), config);
  wanted.fingerprint = wanted.machine.fingerprint;
  wanted.any_machine = config.baseline.match_machine == MatchMachine::any;
  if (const auto log = repository(world).run({"log", "--format=%H", "-n", "200", "HEAD"}); log)
    for (const std::string_view line : text::lines(*log))
      if (line != shown.head) wanted.ancestors.emplace_back(line);
  PW_TRY_ASSIGN(shown.cached, baseline::find(config.baseline.directory, wanted, shown.why_not_cached));
  return shown;
}

nlohmann::json entry_json(const baseline::Entry& e) {
  return {{"commit", e.commit},       {"branch", e.branch}, {"time", e.time},
          {"machine", e.fingerprint}, {"file", e.file},     {"reason", e.reason}};
}

std::string show_json(const Shown& shown, const Config& config) {
  nlohmann::json out{{"head", shown.head},
                     {"strategy", name_of(config.baseline.strategy)},
                     {"merge_base", shown.base},
                     {"why_no_merge_base", shown.why_no_base},
                     {"file", config.baseline.file},
                     {"cached", nullptr},
                     {"why_not_cached", shown.why_not_cached},
                     {"entries", nlohmann::json::array()}};
  if (shown.cached) {
    out["cached"] = entry_json(shown.cached->entry);
    out["cached"]["note"] = shown.cached->note;
  }
  for (const baseline::Entry& entry : shown.entries) out["entries"].push_back(entry_json(entry));
  return json::pretty(out);
}

std::string cached_line(const Shown& shown, const Config& config) {
  if (!shown.cached) return fmt::format("none usable in {}: {}", config.baseline.directory, shown.why_not_cached);
  const baseline::Entry& entry = shown.cached->entry;
  return fmt::format("{} of {}{}{}", shown_sha(entry.commit), day_and_minute(entry.time),
                     shown.cached->note.empty() ? "" : "; it ", shown.cached->note);
}

std::string show_text(const Shown& shown, const Config& config) {
  std::string first;
  if (config.baseline.strategy == BaselineStrategy::file) {
    first = fmt::format("The samples file {} (`baseline.strategy: file`)", text::one_line(config.baseline.file));
  } else if (config.baseline.strategy != BaselineStrategy::cached && !shown.base.empty()) {
    first = fmt::format("Commit {}, {}, measured beside HEAD", shown_sha(shown.base), text::one_line(shown.base_of));
  } else if (shown.cached) {
    first = "The cached baseline " + cached_line(shown, config);
  } else {
    first = "Nothing";
  }
  std::string out = fmt::format("{} is what HEAD {} would be compared with.\n\n", first, shown_sha(shown.head));
  out += fmt::format("  base        {}\n", shown.base.empty()
                                               ? text::one_line(shown.why_no_base)
                                               : shown_sha(shown.base) + ", " + text::one_line(shown.base_of));
  out += fmt::format("  cached      {}\n", text::one_line(cached_line(shown, config)));
  out += fmt::format("  on record   {} in {}\n", shown.entries.size(), text::one_line(config.baseline.directory));
  if (shown.entries.empty()) return out;
  out += "\n  commit      branch            time              machine   reason\n";
  for (const baseline::Entry& e : shown.entries)
    out += fmt::format("  {}  {}  {}  {}  {}\n", text::fit(shown_sha(e.commit), 10),
                       text::fit(text::one_line(e.branch), 16), text::fit(day_and_minute(e.time), 16),
                       text::fit(text::one_line(e.fingerprint), 8), text::truncate(text::one_line(e.reason), 40));
  return out;
}

Result<ExitCode> show(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  PW_TRY_ASSIGN(const Shown shown, look(world, config));
  world.console.out(options.as_json ? show_json(shown, config) : show_text(shown, config));
  return k_pass;
}

// Why these samples must not become the baseline; nullopt when they may.
Result<std::optional<Error>> objection(const BaselineOptions& options, const Samples& samples) {
  if (options.report.empty()) return std::optional<Error>();
  PW_TRY_ASSIGN(const std::string text, read_input(options.report));
  PW_TRY_ASSIGN(const Report report, report::read_json(text, options.report));
  if (report.head.run.commit != samples.run.commit)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("the report is of commit {}, the samples are of {}",
                                     shown_sha(report.head.run.commit), shown_sha(samples.run.commit)),
                 .where = options.report,
                 .hint = "give the report of the run that measured these samples"};
  if (report.verdict.counts.failed > 0)
    return std::optional<Error>(Error{.kind = ErrorKind::gate,
                                      .what = "benchmarks failed in this run, so it does not become the baseline",
                                      .where = options.report,
                                      .hint = "mend the benchmarks and measure again"});
  if (report.verdict.conclusion != Conclusion::fail) return std::optional<Error>();
  return std::optional<Error>(Error{.kind = ErrorKind::gate,
                                    .what = "the gate failed on this run, so it does not become the baseline",
                                    .where = options.report,
                                    .hint = "fix the regression, or use --force to accept it as the new baseline"});
}

Result<ExitCode> update(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  PW_TRY_ASSIGN(const Samples samples, read_samples(options.samples));
  if (samples.series.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "these samples are empty",
                 .where = options.samples,
                 .hint = "measure again, and look at the warnings"};
  PW_TRY_ASSIGN(const std::optional<Error> refused, objection(options, samples));
  if (refused && !options.force) return *refused;
  if (refused) warn(world, "the gate failed on this run; it becomes the baseline because of --force");
  if (options.report.empty())
    note(world, "no --report was given, so whether the gate failed on this run is not checked");
  const checkout::Git git = repository(world);
  if (git.has_changes().value_or(false))
    warn(world, "there are uncommitted changes here; the samples are recorded as those of commit " +
                    shown_sha(samples.run.commit));
  baseline::Entry entry;
  entry.commit = samples.run.commit;
  entry.branch = samples.run.branch;
  entry.time = samples.run.time.empty() ? os::rfc3339(world.clock.unix_s()) : samples.run.time;
  entry.fingerprint = samples.run.machine.fingerprint;
  entry.reason = options.reason;
  if (entry.fingerprint.empty())
    warn(world, "the samples do not say which machine they come from, so they are used only with `match-machine: any`");
  PW_TRY_ASSIGN(const std::string profiles, read_kept_beside(options.samples));
  PW_TRY(baseline::update(config.baseline.directory, entry, ingest::write_samples(samples), profiles, patience(world)));
  give_back(config.baseline.directory);
  world.console.out(fmt::format("{} is on record in {}: {} series, {}\n", shown_sha(entry.commit),
                                config.baseline.directory, samples.series.size(), text::one_line(entry.reason)));
  return k_pass;
}

nlohmann::json point_json(const HistoryPoint& p) {
  return {{"commit", p.commit}, {"time", p.time}, {"median", p.median}, {"q1", p.low},
          {"q3", p.high},       {"n", p.n},       {"unit", p.unit},     {"machine", p.fingerprint}};
}

std::string runs_text(const std::vector<store::RunSummary>& runs) {
  std::string out = "time              commit      branch                verdict       series  findings  machine\n";
  for (const store::RunSummary& run : runs) {
    const std::string branch =
        run.pull_request == 0 ? run.branch : fmt::format("pull/{} {}", run.pull_request, run.branch);
    out += fmt::format("{}  {}  {}  {}  {:>6}  {:>8}  {}\n", text::fit(day_and_minute(run.time), 16),
                       text::fit(shown_sha(run.commit), 10), text::fit(text::one_line(branch), 20),
                       text::fit(run.conclusion.empty() ? "–" : text::one_line(run.conclusion), 12), run.series,
                       run.findings, text::fit(text::one_line(run.fingerprint), 8));
  }
  return out;
}

// Points of another machine or unit than the newest are not part of its line.
std::string spark_of(const std::vector<HistoryPoint>& points) {
  std::vector<double> values;
  for (const HistoryPoint& p : points) {
    const bool alike = p.unit == points.back().unit && p.fingerprint == points.back().fingerprint;
    values.push_back(alike ? p.median : k_nan);
  }
  return text::sparkline(values);
}

std::string line_text(const SeriesHistory& line) {
  std::string out = fmt::format("{}  {}\n", text::one_line(line.id.path()), spark_of(line.points));
  for (const HistoryPoint& p : line.points)
    out += fmt::format("  {}  {}  {}  {} to {}  n={}  {}\n", text::fit(day_and_minute(p.time), 16),
                       text::fit(shown_sha(p.commit), 10), text::fit(format_value(p.median, p.unit), 12),
                       format_value(p.low, p.unit), format_value(p.high, p.unit), p.n,
                       text::fit(text::one_line(p.fingerprint), 8));
  return out;
}

std::string nothing_text(const BaselineOptions& options, const std::string& branch) {
  if (!options.series.empty())
    return fmt::format("No series matches '{}'{}.\n", text::one_line(options.series),
                       branch.empty() ? "" : " on " + text::one_line(branch) + "; --all looks at every branch");
  return branch.empty()
             ? "No runs are on record.\n"
             : fmt::format("No runs of {} are on record; --all shows those of every branch.\n", text::one_line(branch));
}

Result<std::vector<SeriesHistory>> lines_of(store::Store& store, const Config& config, const BaselineOptions& options,
                                            const std::string& branch) {
  return store.history(
      {.series = [&](const SeriesId& id) { return text::glob_match_prefix(options.series, id.path()); },
       .branch = branch,
       .fingerprint = options.machine == "this" ? with_builds(os::read_machine(), config).fingerprint : options.machine,
       .most = options.most});
}

Result<std::string> history_text(store::Store& store, const Config& config, const BaselineOptions& options,
                                 const std::string& branch) {
  if (options.series.empty()) {
    PW_TRY_ASSIGN(const std::vector<store::RunSummary> runs, store.runs(branch, options.most));
    if (!options.as_json) return runs.empty() ? nothing_text(options, branch) : runs_text(runs);
    nlohmann::json out = nlohmann::json::array();
    for (const store::RunSummary& r : runs)
      out.push_back({{"commit", r.commit},
                     {"branch", r.branch},
                     {"pull_request", r.pull_request},
                     {"time", r.time},
                     {"machine", r.fingerprint},
                     {"config_hash", r.config_hash},
                     {"verdict", r.conclusion},
                     {"series", r.series},
                     {"findings", r.findings}});
    return json::pretty(nlohmann::json{{"branch", branch}, {"runs", out}});
  }
  PW_TRY_ASSIGN(const std::vector<SeriesHistory> lines, lines_of(store, config, options, branch));
  if (options.as_json) {
    nlohmann::json out = nlohmann::json::array();
    for (const SeriesHistory& line : lines) {
      nlohmann::json points = nlohmann::json::array();
      for (const HistoryPoint& p : line.points) points.push_back(point_json(p));
      out.push_back(
          {{"suite", line.id.suite}, {"benchmark", line.id.benchmark}, {"metric", line.id.metric}, {"points", points}});
    }
    return json::pretty(nlohmann::json{{"branch", branch}, {"series", out}});
  }
  std::string out;
  for (const SeriesHistory& line : lines) out += (out.empty() ? "" : "\n") + line_text(line);
  return lines.empty() ? nothing_text(options, branch) : out;
}

Result<ExitCode> history(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  if (config.history.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no history is kept",
                 .hint = "set `history: sqlite:.perfwarden/history.db` in the config"};
  const std::string branch = options.all ? "" : options.branch.empty() ? config.baseline.branch : options.branch;
  PW_TRY_ASSIGN(const bool kept, store::exists(config.history));  // opening would make it
  if (!kept) {
    note(world, "no history is kept at " + text::one_line(config.history) +
                    " yet: run `perfwarden check`, or restore the cache");
    const char* kind = options.series.empty() ? "runs" : "series";
    if (options.as_json)
      world.console.out(json::pretty(nlohmann::json{{"branch", branch}, {kind, nlohmann::json::array()}}));
    return k_pass;
  }
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                store::open(config.history, store::Access::read, patience(world)));
  PW_TRY_ASSIGN(const std::string text, history_text(*store, config, options, branch));
  world.console.out(text);
  return k_pass;
}

Result<ExitCode> import_runs(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  PW_TRY_ASSIGN(const std::size_t runs, import_history(world, config, options.importing));
  world.console.out(fmt::format("read {} run{} into {}\n", runs, runs == 1 ? "" : "s", text::one_line(config.history)));
  return k_pass;
}

Result<ExitCode> export_all(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store, open_history(world, config, store::Access::read));
  PW_TRY(export_history(world, *store, options.output));
  return k_pass;
}

Result<ExitCode> fetch(World& world, const BaselineOptions& options) {
  PW_TRY_ASSIGN(const Config config, config_here(world, options.config));
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY(fetch_baseline(world, config, context, options.fetching));  // whether one is needed is for `check` to say
  return k_pass;
}

using BaselineWork = Result<ExitCode> (*)(World&, const BaselineOptions&);

Run declare_baseline(Verb& verb) {
  auto options = std::make_shared<BaselineOptions>();
  auto chosen = std::make_shared<BaselineWork>(show);
  verb.require_subcommand();
  const auto add = [&](const char* name, const char* summary, BaselineWork work) {
    Verb sub = verb.add_subcommand(name, summary, [chosen, work] { *chosen = work; });
    add_config_file(sub, options->config);
    return sub;
  };
  add("show", "What HEAD would be compared with here, and why", show)
      .add_flag("--json", options->as_json, "Print it as JSON");

  Verb updating = add("update", "Record a samples file as the baseline of its commit", update);
  updating.add_option("samples", options->samples, "Samples file of the commit").required();
  updating.add_option("--reason", options->reason, "Why, for people who look at the baseline later").required();
  updating.add_option("--report", options->report, "The run's report.json; the update is refused when its gate failed");
  updating.add_flag("--force", options->force, "Accept a run even if its gate failed");

  Verb fetching = add("fetch", "Take the baseline from the artifact of an earlier run on GitHub", fetch);
  fetching.add_option("--artifact", options->fetching.artifact,
                      "Name of the artifact, also with -1, -2 or -3 behind it (default: perfwarden)");
  fetching.add_option("--entry", options->fetching.entry,
                      "Name of the samples file in it (default: samples-head.json)");

  Verb telling = add("history", "Runs on record, or the points of a series", history);
  telling.add_option("series", options->series, "Glob of series, written as in budgets: core/parse/*");
  const Option branch = telling.add_option("--branch", options->branch,
                                           "Only runs of this branch, or of pull/N (default: the baseline branch)");
  telling.add_flag("--all", options->all, "Runs of every branch and pull request").excludes(branch);
  telling.add_option("--machine", options->machine,
                     "Only points of the machine with this fingerprint, or of 'this' one");
  telling.add_option("-n,--most", options->most, "Show at most this many runs, or points a series (default: 20)")
      .within(1, 100000);
  telling.add_flag("--json", options->as_json, "Print it as JSON");

  Verb importing = add("import", "Import the runs of files into the history", import_runs);
  importing
      .add_option("files", options->importing.files,
                  "data.js of github-action-benchmark, what `baseline export` wrote, samples files, or results of "
                  "any format with --commit and --time")
      .required();
  importing.add_option("-f,--format", options->importing.format,
                       "A format that `ingest --list` prints, or auto (default: auto)");
  importing.add_option("-s,--suite", options->importing.suite,
                       "Suite that the benchmarks belong to (default: default)");
  importing.add_option("--branch", options->importing.branch,
                       "Branch that the runs belong to (default: what the file says, else the baseline branch)");
  importing.add_option("--commit", options->importing.commit, "Commit of a run whose file does not say, in full");
  importing.add_option("--time", options->importing.time, "Its time (RFC 3339, UTC)");

  add("export", "Print the whole history, a JSON object a line", export_all)
      .add_option("-o,--output", options->output, "Write to this file instead of standard output");
  return [options, chosen](World& world) { return (*chosen)(world, *options); };
}

}  // namespace

extern const Command k_command_baseline{
    "baseline",
    "Show and update what head is compared with, and the history",
    declare_baseline,
    "  perfwarden baseline show                               what HEAD would be compared with, and why\n"
    "  perfwarden baseline update samples.json --reason \"new compiler\"\n"
    "  perfwarden baseline history                            runs on record",
    {k_gate_failed, k_not_measured, k_not_published}};

}  // namespace perfwarden::app
