#include <memory>
#include <optional>
#include <span>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/history/remember.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/trial.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "github/run_context.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

struct RunOptions {
  ConfigOptions config;
  SelectOptions select;
  std::string commit, branch, output = "samples";
  bool dry_run = false;
};

// What is measured: this folder, or one commit in a worktree of its own.
struct Site {
  Checkouts checkouts;
  std::optional<checkout::OneSide> worktree;
};

Result<Site> this_folder(World& world, const RunOptions& options) {
  const checkout::Git git = repository(world);
  Site site;
  site.checkouts.head_directory = os::absolute_path(".");
  site.checkouts.head_sha = git.resolve("HEAD").value_or("");
  site.checkouts.branch = options.branch.empty() ? git.branch().value_or("") : options.branch;
  return site;
}

// The first of the baseline branch and the current one whose past holds the commit; "" for neither.
std::string branch_with(const checkout::Git& git, const Config& config, const std::string& sha) {
  for (const std::string& branch : {config.baseline.branch, git.branch().value_or("")})
    if (!branch.empty() && git.merge_base(sha, branch).value_or("") == sha) return branch;
  return "";
}

Result<Site> commit_alone(World& world, const Config& config, const RunOptions& options) {
  const checkout::Git git = repository(world);
  Site site;
  Checkouts& sides = site.checkouts;
  PW_TRY_ASSIGN(sides.head_sha, git.resolve(options.commit));
  sides.branch = options.branch.empty() ? branch_with(git, config, sides.head_sha) : options.branch;
  const std::string prefix = git.prefix();
  if (const std::string why = why_not_buildable(git, config, prefix, ""); !why.empty())
    return Error{.kind = ErrorKind::config, .what = "a commit cannot be measured by itself here: " + why};
  PW_TRY_ASSIGN(const std::string work, work_folder());
  PW_TRY_ASSIGN(checkout::OneSide worktree, checkout::check_out_one(git, sides.head_sha, work));
  site.worktree.emplace(std::move(worktree));
  PW_TRY(os::give_to_owner_of(work, "."));
  sides.head_directory = site.worktree->tree.path() + "/" + prefix;
  return site;
}

// Into the history, when the numbers are those of a commit.
Status keep_run(World& world, const Config& config, const RunContext& context, const RunOptions& options,
                const Trial& trial) {
  const Samples& samples = trial.measured.samples.head;
  const bool changed = options.commit.empty() && repository(world).has_changes().value_or(false);
  const bool whole = !trial.measured.interrupted && !samples.run.shard && !samples.series.empty();
  if (config.history.empty() || !whole || samples.run.commit.empty()) return Nothing{};
  if (changed) {
    note(world, "not kept in the history, since there are changes here that are not committed");
    return Nothing{};
  }
  store::RunRecord record;
  record.run = samples.run;
  record.event = context.event;
  record.pull_request = context.pull_request;
  record.head = samples;
  record.parents = repository(world).parents(samples.run.commit).value_or({});
  return remember(world, config, std::span(&record, 1));
}

// Measures one tree: what `compare` and `baseline update` read.
Result<ExitCode> measure_one(World& world, const RunOptions& options) {
  PW_TRY_ASSIGN(const config::Loaded loaded, load_config(world, options.config));
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(Selected selected,
                select_plan(world, loaded.config, context, options.select, std::nullopt, {false, 0}));
  if (options.dry_run) {
    world.console.out(plan::describe(selected.plan));
    return k_pass;
  }
  PW_TRY_ASSIGN(Site site,
                options.commit.empty() ? this_folder(world, options) : commit_alone(world, loaded.config, options));
  const TunedMachine machine(world, loaded.config);
  PW_TRY_ASSIGN(const Trial trial,
                measure_trial(world, loaded.config, context, machine, std::move(selected), std::move(site.checkouts)));
  for (const Warning& warning : trial.warnings)
    if (warning.code == k_no_commit) warn(world, warning.text);
  for (const Warning& warning : trial.measured.samples.head.warnings) note(world, warning.text);
  const std::string path = options.output.ends_with(".json") ? options.output : options.output + "/samples.json";
  PW_TRY(os::write_file(path, ingest::write_samples(trial.measured.samples.head)));
  if (trial.measured.interrupted) warn(world, "stopped by a signal: what was measured so far is in " + path);
  world.console.out(path + "\n");
  const Status kept = keep_run(world, loaded.config, context, options, trial);
  if (!kept) warn(world, kept.error().text());
  return kept ? k_pass : k_not_published;
}

Run declare_run(Verb& verb) {
  auto options = std::make_shared<RunOptions>();
  add_config_file(verb, options->config);
  add_select_options(verb, options->select);
  verb.add_option(
      "--commit", options->commit,
      "Measure this commit in a worktree of its own, its build included (default: measure this folder as it is)");
  verb.add_option("--branch", options->branch,
                  "Branch that the numbers belong to (default: the current one; of --commit, the baseline branch where "
                  "that holds it)");
  verb.add_option("-o,--output", options->output, "Folder for samples.json, or a file ending in .json").show_default();
  verb.add_flag("--dry-run", options->dry_run, "Print what would be run, and run nothing");
  return [options](World& world) { return measure_one(world, *options); };
}

}  // namespace

extern const Command k_command_run{
    "run",
    "Measure the benchmarks of this folder, or of a commit, and write a samples file",
    declare_run,
    "  perfwarden run                             measure this folder; writes samples/samples.json\n"
    "  perfwarden run --commit v1.2 -o v1.2.json  measure a commit in a worktree of its own",
    {k_not_measured, k_not_published}};

}  // namespace perfwarden::app
