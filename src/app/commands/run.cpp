#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
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

// This folder, with the commit and branch that the user names.
Checkouts this_folder(World& world, const RunOptions& options) {
  const checkout::Git git = repository(world);
  Checkouts out;
  out.head_directory = os::absolute_path(".");
  out.head_sha =
      options.commit.empty() ? git.resolve("HEAD").value_or("") : git.resolve(options.commit).value_or(options.commit);
  out.branch = options.branch.empty() ? git.branch().value_or("") : options.branch;
  return out;
}

// Measures this folder alone: what `compare` and `baseline update` read.
Result<ExitCode> measure_here(World& world, const RunOptions& options) {
  PW_TRY_ASSIGN(const config::Loaded loaded, load_config(world, options.config));
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(Selected selected,
                select_plan(world, loaded.config, context, options.select, std::nullopt, {false, 0}));
  if (options.dry_run) {
    world.console.out(plan::describe(selected.plan));
    return k_pass;
  }
  const TunedMachine machine(world, loaded.config);
  PW_TRY_ASSIGN(const Trial trial, measure_trial(world, loaded.config, context, machine, std::move(selected),
                                                 this_folder(world, options)));
  const std::string path = options.output.ends_with(".json") ? options.output : options.output + "/samples.json";
  PW_TRY(os::write_file(path, ingest::write_samples(trial.measured.samples.head)));
  if (trial.measured.interrupted) warn(world, "stopped by a signal: what was measured so far is in " + path);
  world.console.out(path + "\n");
  return k_pass;
}

Run declare_run(Verb& verb) {
  auto options = std::make_shared<RunOptions>();
  add_config_file(verb, options->config);
  add_select_options(verb, options->select);
  verb.add_option("--commit", options->commit, "Commit that the numbers belong to (default: HEAD)");
  verb.add_option("--branch", options->branch, "Branch that the numbers belong to (default: the current one)");
  verb.add_option("-o,--output", options->output, "Folder for samples.json, or a file ending in .json").show_default();
  verb.add_flag("--dry-run", options->dry_run, "Print what would be run, and run nothing");
  return [options](World& world) { return measure_here(world, *options); };
}

}  // namespace

extern const Command k_command_run{"run", "Measure this folder's benchmarks and write a samples file", declare_run};

}  // namespace perfwarden::app
