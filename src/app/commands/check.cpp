#include <CLI/CLI.hpp>

#include <memory>

#include "app/command.hpp"
#include "app/common.hpp"
#include "app/exit_code.hpp"
#include "app/measuring.hpp"
#include "app/past.hpp"
#include "app/pipeline.hpp"
#include "app/sides.hpp"
#include "app/telling.hpp"
#include "app/trust.hpp"
#include "app/tuning.hpp"
#include "base/hash.hpp"
#include "github/run_context.hpp"
#include "os/files.hpp"
#include "os/machine.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

struct Options {
  ConfigOptions config;
  SideOptions sides;
  std::vector<std::string> suites;
  std::string output;
  std::optional<std::uint64_t> seed;
  bool no_publish = false, dry_run = false, json = false;
};

std::string reproduce_command(const Sides& sides, const Options& options, std::uint64_t seed) {
  std::string command = "perfwarden check";
  for (const std::string& suite : options.suites) command += " --suite " + suite;
  if (!options.sides.base_dir.empty()) {
    command += " --base-dir " + options.sides.base_dir + " --head-dir " + options.sides.head_dir;
  } else if (!sides.base_directory.empty()) {
    command += " --base " + sides.base_sha.substr(0, 10);
  }
  return command + " --seed " + std::to_string(seed);
}

// Kept even when what follows goes wrong: measuring is the dear part.
Status write_samples(const Measured& measured, bool two_sided, const std::string& directory) {
  if (two_sided) PW_TRY(os::write_file(directory + "/samples-base.json", ingest::write_samples(measured.samples.base)));
  return os::write_file(directory + "/samples-head.json", ingest::write_samples(measured.samples.head));
}

void name_sides(Measured& measured, const Sides& sides) {
  measured.samples.base.run.commit = sides.base_sha;
  measured.samples.head.run.commit = sides.head_sha;
  measured.samples.head.run.branch = sides.branch;
}

// The whole page of DESIGN §1, in order. Each step says itself what it does.
Result<int> check(World& world, const Options& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config(world, context, options.config));
  const Config& config = trusted.loaded.config;
  std::optional<TunedMachine> tuned;
  if (!options.dry_run) tuned.emplace(world, config);
  const Machine machine = tuned ? tuned->machine() : os::read_machine();
  const std::uint64_t seed =
      options.seed.value_or(fnv1a(std::to_string(world.clock.unix_s()) + context.run_id) % 1'000'000);

  PW_TRY_ASSIGN(const Sides sides, choose_sides(world, config, context, machine, options.sides));
  const bool two_sided = !sides.base_directory.empty();
  PW_TRY_ASSIGN(Plan plan, plan::make(config, {options.suites, two_sided, seed}));
  if (tuned) tuned->pin(plan);
  if (options.dry_run) {
    world.console.out(plan::describe(plan));
    return static_cast<int>(k_pass);
  }
  const compare::Past past = past_of_baseline(config, machine);
  PW_TRY_ASSIGN(Measured measured,
                measure_plan(world, plan, config, sides.base_directory, sides.head_directory, machine, past));
  name_sides(measured, sides);

  const std::string chosen = options.output.empty() ? input(world, "output") : options.output;
  const std::string directory =
      !chosen.empty() ? chosen : config.report.directory + "/" + (sides.head_sha.empty() ? "local" : sides.head_sha);
  PW_TRY(write_samples(measured, two_sided, directory));
  if (measured.interrupted) {
    give_back(directory);
    return Error{ErrorKind::interrupted, "stopped by a signal; what was measured so far is kept", directory, "", ""};
  }

  Setting setting;
  setting.context = context;
  setting.base_label = sides.base_label;
  setting.head_label = sides.head_label;
  setting.config_file = trusted.file;
  setting.reproduce = reproduce_command(sides, options, seed);
  setting.warnings = trusted.warnings;
  setting.warnings.insert(setting.warnings.end(), sides.warnings.begin(), sides.warnings.end());
  if (tuned) setting.warnings.insert(setting.warnings.end(), tuned->warnings().begin(), tuned->warnings().end());
  setting.measured_s = measured.seconds;
  setting.seed = seed;
  setting.past = past;
  setting.override_ = find_override(world, context, config);
  const std::optional<Samples> base = two_sided ? std::optional(measured.samples.base) : sides.base_samples;
  const Report report = make_report(base, measured.samples.head, config, setting, world.clock);

  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(templates_directory(config, trusted.from_base, sides.base_directory)));
  PW_TRY_ASSIGN(const std::vector<std::string> files, write_reports(world, report, config, templates, directory));
  PW_TRY_ASSIGN(const std::string text, render(world, report, templates, options.json ? "json" : "terminal",
                                               exit_code(report.verdict, config, true)));
  world.console.out(text);
  bool told = keep(world, report, measured.samples.head, config);
  if (context.in_github && !options.no_publish) told = publish(world, report, config, templates, directory) && told;
  for (const std::string& file : files) note(world, "wrote " + file);
  give_back(directory);
  return exit_code(report.verdict, config, told);
}

std::function<int(World&)> declare(CLI::App& verb) {
  auto options = std::make_shared<Options>();
  add_config_options(verb, options->config);
  verb.add_option("--base", options->sides.base,
                  "Commit, branch or tag to compare with (default: merge base with the target branch)");
  verb.add_option("--base-dir", options->sides.base_dir, "Base as an already built folder");
  verb.add_option("--head-dir", options->sides.head_dir, "Head as an already built folder");
  verb.add_option("-s,--suite", options->suites, "Only this suite (may be repeated)");
  verb.add_option("-o,--output", options->output, "Folder for the reports (default: reports/<sha>)");
  verb.add_option("--seed", options->seed,
                  "Seed of the order in which base and head alternate (default: drawn and recorded)");
  verb.add_flag("--json", options->json, "Print perfwarden.report/1 instead of the table");
  verb.add_flag("--no-publish", options->no_publish, "In GitHub: no comment, label, annotation, summary or outputs");
  verb.add_flag("--dry-run", options->dry_run, "Print what would be run, and run nothing");
  return [options](World& world) {
    if (options->sides.base.empty()) options->sides.base = input(world, "base");
    const Result<int> code = check(world, *options);
    return code ? *code : fail(world, code.error());
  };
}

}  // namespace

extern const Command k_command_check{"check", "Measure base and head, judge the budgets, report: the whole job",
                                     declare};

}  // namespace perfwarden::app
