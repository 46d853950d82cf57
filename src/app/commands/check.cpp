#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/assistance.hpp"
#include "app/pipe/builds.hpp"
#include "app/pipe/causes.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/endpoints.hpp"
#include "app/pipe/event_base.hpp"
#include "app/pipe/layouts.hpp"
#include "app/pipe/past.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/range_commits.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/trial.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "app/profile/comparison.hpp"
#include "app/profile/kept.hpp"
#include "app/profile/worse.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "baseline/placement.hpp"
#include "github/run_context.hpp"
#include "os/files/files.hpp"
#include "os/machine/facts.hpp"
#include "os/random.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

struct CheckOptions {
  ConfigOptions config;
  CheckoutOptions checkouts;
  SelectOptions select;
  std::string output, measured;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> command;  // after "--": measured by itself, without a config
  std::string build;                 // for it
  bool no_publish = false, dry_run = false, json = false, quick = false;
};

// The inputs and outputs of this run.
struct Job {
  RunContext context;
  TrustedConfig trusted;
  report::Templates templates;                 // read before any measured code runs
  std::optional<PlacementRanges> placement{};  // so is what placement is known to do here
  std::uint64_t seed = 0;
  [[nodiscard]] const Config& config() const { return trusted.loaded.config; }
};

std::string reproduce_command(const Checkouts& checkouts, const CheckOptions& options, std::uint64_t seed) {
  std::string command = "perfwarden check";
  if (options.quick) command += " --quick";
  if (options.checkouts.worktree) command += " --worktree";
  if (!options.checkouts.head.empty()) command += " --head " + checkouts.head_sha.substr(0, 10);
  for (const std::string& suite : options.select.suites) command += " --suite " + suite;
  if (!options.checkouts.base_dir.empty()) {
    command += " --base-dir " + options.checkouts.base_dir + " --head-dir " + options.checkouts.head_dir;
  } else if (!checkouts.base_directory.empty()) {
    command += " --base " + checkouts.base_sha.substr(0, 10);
  }
  command += " --seed " + std::to_string(seed);
  return options.command.empty() ? command : command + " -- " + text::join(options.command, " ");
}

constexpr double k_quick_s = 30;
constexpr int k_quick_pairs = 20;

// For --quick: what of each suite fits into 30 s, all suites together. Profiles that nobody asked for would take longer
// than that.
void hurry(Config& config) {
  for (Suite& suite : config.suites) {
    if (!suite.profile.judged()) suite.profile.when = ProfileWhen::never;
    suite.iterations.max = std::clamp(suite.iterations.max, suite.iterations.min, k_quick_pairs);
    suite.iterations.max_time_s =
        std::min(suite.iterations.max_time_s, k_quick_s / static_cast<double>(config.suites.size()));
  }
}

// The config of `check -- COMMAND`: the command, timed, may get 5 % slower.
Result<TrustedConfig> config_of_command(World& world, const CheckOptions& options, const RunContext& context) {
  if (context.in_github)
    return wrong_usage("`check -- COMMAND` has no config that could be trusted in a workflow",
                       "write the command into perfwarden.yml: perfwarden init --run 'COMMAND'");
  const auto quoted = [](const std::string& word) { return "'" + text::replace_all(word, "'", "''") + "'"; };
  std::vector<std::string> words;
  for (const std::string& word : options.command) words.push_back(quoted(word));
  const std::string yaml =
      "version: 1\nsuites:\n  command:\n    run: [" + text::join(words, ", ") + "]\n" +
      (options.build.empty() ? "" : "    build: { command: " + quoted(options.build) + ", shell: true }\n") +
      "    parser: time\n    metrics: [wall_time, cpu_time, max_rss]\nbudgets:\n  \"*\": +5%\n";
  TrustedConfig out;
  PW_TRY_ASSIGN(out.loaded, load_config_text(world, options.config, yaml, "the command line"));
  out.loaded.config.baseline.branch = usual_branch(repository(world), context);
  out.loaded.config.history.clear();  // of commands that come and go
  return out;
}

// Random, except for shards: all shards must use the same seed.
std::uint64_t seed_of(World& world, const CheckOptions& options, const RunContext& context) {
  constexpr std::uint64_t k_seeds = 1'000'000;  // short enough to be typed
  const bool sharded = !options.select.shard.empty() || !input(world, "shard").empty();
  const std::uint64_t drawn = sharded ? fnv1a(context.head_sha + context.run_id) : os::random_bits();
  return options.seed.value_or(drawn % k_seeds);
}

std::string directory_of(World& world, const CheckOptions& options, const Config& config, const std::string& head_sha) {
  const std::string chosen = options.output.empty() ? input(world, "output") : options.output;
  return !chosen.empty() ? chosen : config.report.directory + "/" + (head_sha.empty() ? "local" : head_sha);
}

// Removes a report that the pull request has committed, or that its code has written while it was measured: a later
// step would publish it as ours. Where the folder is named by the commit, it cannot be known to anybody before.
Status forget_report(World& world, const CheckOptions& options) {
  const std::string chosen = options.output.empty() ? input(world, "output") : options.output;
  const std::string report = chosen + "/report.json";
  return chosen.empty() || !os::exists(report) ? Status(Nothing{}) : os::remove_all(report);
}

// Puts the samples on the disk. False when the run ends there: a shard cannot be judged alone. Error (interrupted) once
// what was measured before a signal is there. A run that can be judged goes on without its files.
Result<bool> keep_samples(World& world, const CheckOptions& options, const Job& job, Trial& trial) {
  const std::string directory = directory_of(world, options, job.config(), trial.checkouts.head_sha);
  const bool is_shard = trial.measured.samples.head.run.shard.has_value();
  const Status written = write_trial(trial, directory);
  trial.kept = written.has_value();
  if (!written && (trial.measured.interrupted || is_shard)) return written.error();
  if (!written) warn(world, written.error().text());
  if (trial.measured.interrupted || is_shard) give_back(directory);
  if (trial.measured.interrupted)
    return Error{.kind = ErrorKind::interrupted,
                 .what = "stopped by a signal; what was measured so far is kept",
                 .where = directory};
  if (!is_shard) return true;
  world.console.out(directory + "\n");
  note(world, "a shard is not judged: `perfwarden merge` the shards' samples, then `perfwarden check --measured`");
  return false;
}

// What killed runs of any commit left half-written.
void sweep_reports(const Config& config) {
  const std::string& directory = config.report.directory;
  for (const std::string& name : os::list_directory(directory).value_or({}))
    os::sweep_unfinished(fmt::format("{}/{}", directory, name));
}

void read_placement(World& world, const Machine& machine, Job& job) {
  Result<std::optional<PlacementRanges>> known =
      baseline::read_placement(job.config().baseline.directory, machine.fingerprint);
  if (known)
    job.placement = *std::move(known);
  else
    warn(world, known.error().text());
}

// nullopt when the run ends here: a dry run, or a shard.
Result<std::optional<Trial>> measure(World& world, const CheckOptions& options, Job& job) {
  const TrialRequest request{job.config(), job.context, options.checkouts, options.select, job.trusted.file, job.seed};
  if (options.dry_run) {
    PW_TRY_ASSIGN(const Checkouts checkouts,
                  choose_checkouts(world, job.config(), job.context, with_builds(os::read_machine(), job.config()),
                                   options.checkouts));
    PW_TRY_ASSIGN(const Selected selected, select_for(world, request, checkouts));
    world.console.out(plan::describe(selected.plan));
    return std::optional<Trial>();
  }
  sweep_reports(job.config());
  const TunedMachine machine(world, job.config());
  read_placement(world, machine.machine(), job);
  PW_TRY_ASSIGN(Trial trial, measure_two_sides(world, request, machine));
  PW_TRY_ASSIGN(const bool goes_on, keep_samples(world, options, job, trial));
  return goes_on ? std::optional(std::move(trial)) : std::nullopt;
}

std::uint64_t seed_in(const Samples& samples) {
  return static_cast<std::uint64_t>(std::max(0LL, text::to_integer(samples.run.seed).value_or(0)));
}

Report report_of(World& world, const CheckOptions& options, const Job& job, const Trial& trial,
                 std::vector<Override> accepted) {
  ReportFacts facts;
  facts.context = job.context;
  facts.base_label = trial.checkouts.base_label;
  facts.head_label = trial.checkouts.head_label;
  facts.config_file = job.trusted.file;
  facts.reproduce = reproduce_command(trial.checkouts, options, job.seed);
  facts.warnings = job.trusted.warnings;
  facts.warnings.insert(facts.warnings.end(), trial.checkouts.warnings.begin(), trial.checkouts.warnings.end());
  facts.warnings.insert(facts.warnings.end(), trial.warnings.begin(), trial.warnings.end());
  facts.measured_s = trial.measured.seconds;
  facts.past = past_of_runs(world, job.config(), trial.base, trial.measured.samples.head);
  facts.placement = job.placement;
  facts.seed = options.measured.empty() ? job.seed : seed_in(trial.measured.samples.head);
  facts.accepted = std::move(accepted);
  return make_report(trial.base, trial.measured.samples.head, job.config(), facts, world.clock);
}

bool lost_pictures(const Report& report) {
  return std::any_of(report.evidence.begin(), report.evidence.end(), [](const ProfileDiff& diff) {
    return std::any_of(diff.warnings.begin(), diff.warnings.end(),
                       [](const Warning& warning) { return warning.code == k_picture_lost; });
  });
}

// Why, of what was measured elsewhere: by the profiles beside the samples. Returns those of head.
std::string explain_measured(World& world, const CheckOptions& options, const Job& job, const Trial& trial,
                             const std::string& directory, Report& report) {
  const auto read = [&](Side side) {
    Result<std::string> text = read_kept_beside(samples_file(options.measured, side));
    if (!text) report.warnings.push_back({"not-profiled", text.error().text()});
    return text ? *std::move(text) : std::string();
  };
  KeptTexts kept{trial.checkouts.base_profiles, read(Side::head)};
  if (kept.base.empty()) kept.base = read(Side::base);
  const bool compared =
      compare_kept(world, job.config(), trial.checkouts, job.trusted.base_sha, kept, directory, report);
  const std::vector<Suite>& suites = job.config().suites;
  if (!compared && std::any_of(suites.begin(), suites.end(), [](const Suite& one) { return one.profile.judged(); }))
    report.warnings.push_back(
        {"not-profiled",
         "--measured runs no program, and both sides' profiles do not lie beside their samples, "
         "so no profile gate was judged; compare profiles with `perfwarden profile diff --gate`"});
  if (compared) judge(report, job.config());
  return std::move(kept.head);
}

// Why, of what was measured here: the same program, placement, or the functions that a profile names. Returns the
// profiles of head, and their summaries by `summaries`. Error (interrupted).
Result<std::string> explain_trial(World& world, const Job& job, const Trial& trial, const std::string& directory,
                                  ProfiledSides& summaries, Report& report) {
  const Config& config = job.config();
  report.counters = trial.measured.counters;
  report.build_differences = compare_builds(trial);
  PW_TRY(find_causes(world, config, trial, report));
  if (!report.causes.empty()) judge(report, config);
  PW_TRY_ASSIGN(const bool settled_some, settle_placement(world, config, job.context, trial, report));
  if (settled_some) judge(report, config);
  const bool for_later = config.baseline.strategy == BaselineStrategy::cached &&
                         is_of_baseline_branch(job.context, trial.checkouts.branch, config);
  PW_TRY_ASSIGN(RecordedSides recorded, profile_worse(world,
                                                      {config, trial.checkouts, job.trusted.base_sha,
                                                       trial.measured.formats, directory, for_later},
                                                      report));
  summaries = std::move(recorded.summaries);
  judge(report, config);
  (void)keep_beside(samples_file(directory, Side::base), {report.base.run.commit, std::move(recorded.base)}, report);
  return keep_beside(samples_file(directory, Side::head), {report.head.run.commit, std::move(recorded.head)}, report);
}

// Judges, profiles what got worse and judges again; writes, stores and publishes the report; prints the verdict last,
// with the exit code that results from all of this. Where files or the history cannot be written, the verdict is
// printed all the same.
Result<ExitCode> conclude(World& world, const CheckOptions& options, const Job& job, const Trial& trial) {
  const Config& config = job.config();
  Report report = report_of(world, options, job, trial, find_overrides(world, job.context, config));
  const std::string directory = directory_of(world, options, config, trial.checkouts.head_sha);
  std::string profiles;
  ProfiledSides summaries;
  if (options.measured.empty()) {
    PW_TRY_ASSIGN(profiles, explain_trial(world, job, trial, directory, summaries, report));
  } else {
    profiles = explain_measured(world, options, job, trial, directory, report);
  }
  add_recent_runs(world, config, report);
  tell_range(world, report);
  tell_endpoints("", config, report);
  assist(world, config, directory, report);
  PW_TRY_ASSIGN(const WrittenReports written, write_reports(world, report, config, job.templates, directory));
  for (const Error& failure : written.failures) warn(world, failure.text());
  bool told = trial.kept && written.failures.empty() && !lost_pictures(report);
  told =
      keep(world, report, {trial.base, trial.measured.samples.head, profiles, summaries, trial.whole}, config) && told;
  if (job.context.in_github && !options.no_publish && options.checkouts.head.empty())
    told = publish(world, report, config, job.templates, directory) && told;
  give_back(directory);
  const ExitCode code = settled(exit_code(report.verdict, config, told));
  PW_TRY_ASSIGN(const std::string text, render(world, report, job.templates, options.json ? "json" : "terminal", code));
  world.console.out(text);
  for (const std::string& file : written.files) note(world, "wrote " + file);
  return code;
}

// The whole pipe of docs/architecture.md#the-idea, in order.
Result<ExitCode> check(World& world, CheckOptions& options) {
  const CheckoutOptions& sides = options.checkouts;
  if (!sides.head.empty() &&
      (sides.worktree || !sides.base_dir.empty() || !sides.head_dir.empty() || !options.measured.empty()))
    return wrong_usage(
        "--head names the commit to check, so --worktree, --base-dir, --head-dir and --measured name another",
        "give --head, or one of the others");
  Job job;
  PW_TRY_ASSIGN(job.context, github::run_context(world.environment));
  PW_TRY_ASSIGN(job.trusted, options.command.empty() ? trusted_config(world, job.context, options.config)
                                                     : config_of_command(world, options, job.context));
  if (options.quick) hurry(job.trusted.loaded.config);
  options.checkouts.trusted_sha = job.trusted.base_sha;
  PW_TRY(refuse_tracked_baseline(world, job.config()));
  PW_TRY_ASSIGN(job.templates,
                load_templates(TrustedFiles(world, job.trusted.base_sha), job.config().report.templates));
  job.seed = seed_of(world, options, job.context);
  if (!options.measured.empty()) {
    PW_TRY_ASSIGN(const Trial trial, read_trial(world, job.config(), job.context, options.checkouts, options.measured));
    read_placement(world, trial.measured.samples.head.run.machine, job);
    return conclude(world, options, job, trial);
  }
  if (!options.dry_run) PW_TRY(forget_report(world, options));
  const Result<std::optional<Trial>> trial = measure(world, options, job);
  if (!trial && !options.dry_run) PW_TRY(forget_report(world, options));
  if (!trial) return trial.error();
  return *trial ? conclude(world, options, job, **trial) : k_pass;
}

Run declare_check(Verb& verb) {
  auto options = std::make_shared<CheckOptions>();
  add_config_options(verb, options->config);
  verb.add_option("--base", options->checkouts.base,
                  "Commit, branch or tag to compare with (default: merge base with the target branch)");
  verb.add_option("--head", options->checkouts.head,
                  "Commit, branch or tag to check, against its parent or --base; nothing is published (default: HEAD)");
  verb.add_flag("--worktree", options->checkouts.worktree,
                "Measure this folder as it is, with what is not committed yet (default: HEAD)");
  verb.add_flag(
      "--quick", options->quick,
      "Measure for about 30 s in all, and record no profiles unless a suite names a profiler: large changes are "
      "found, small ones stay undecided");
  verb.add_flag("--keep", options->checkouts.keep,
                "When a benchmark fails, leave the checkouts of base and head, to try it by hand there");
  verb.add_option("--base-dir", options->checkouts.base_dir, "Base as an already built folder");
  verb.add_option("--head-dir", options->checkouts.head_dir, "Head as an already built folder");
  add_select_options(verb, options->select);
  verb.add_option(
      "--measured", options->measured,
      "Measure nothing: judge samples-head.json and samples-base.json in this folder, such as merged shards");
  verb.add_option("-o,--output", options->output, "Folder for the reports (default: reports/<sha>)");
  verb.add_option("--seed", options->seed,
                  "Seed of the order in which base and head alternate (default: drawn and recorded)");
  verb.add_flag("--json", options->json, "Print perfwarden.report/1 instead of the table");
  verb.add_flag("--no-publish", options->no_publish,
                "On GitHub: write no comment, label, annotation, summary or outputs");
  verb.add_flag("--dry-run", options->dry_run, "Print what would be run, and run nothing");
  verb.add_option("command", options->command, "After `--`: time this command at both commits; no config is read");
  verb.add_option("--build", options->build,
                  "With `-- COMMAND`: the line that builds it on each side, given to a shell")
      .needs("command");
  return [options](World& world) {
    if (options->checkouts.base.empty()) options->checkouts.base = input(world, "base");
    return check(world, *options);
  };
}

}  // namespace

extern const Command k_command_check{
    "check",
    "Measure base and head, judge the budgets, report: the whole job",
    declare_check,
    "  perfwarden check                             compare with where this branch left main\n"
    "  perfwarden check --base v1.9.0               compare with a tag\n"
    "  perfwarden check --worktree                  what is not committed yet, too\n"
    "  perfwarden check --head 3f2a91c              a commit against its parent\n"
    "  perfwarden check --quick                     30 s in all: large changes only\n"
    "  perfwarden check -- ./app --input big.json   no config: time a command at two commits",
    {k_gate_failed, k_not_measured, k_inconclusive, k_no_baseline, k_not_published}};

}  // namespace perfwarden::app
