#include <algorithm>
#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/input.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/kept_builds.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/past.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/sides.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "app/profile/worse.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "os/files/files.hpp"
#include "os/machine/facts.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

struct CheckOptions {
  ConfigOptions config;
  SideOptions sides;
  SelectOptions select;
  std::string output, measured;
  std::optional<std::uint64_t> seed;
  bool no_publish = false, dry_run = false, json = false;
};

// Where everything about this run comes from and goes to.
struct Job {
  RunContext context;
  TrustedConfig trusted;
  std::uint64_t seed = 0;
  [[nodiscard]] const Config& config() const { return trusted.loaded.config; }
};

// What was measured, and beside what.
struct Taken {
  Checkouts sides;
  Measured measured;
  std::optional<Samples> base;
  Past past;
  std::vector<Warning> warnings;  // of the machine
  bool whole = true;              // everything that the config names
};

constexpr std::string_view k_base_file = "/samples-base.json";
constexpr std::string_view k_head_file = "/samples-head.json";

std::string reproduce_command(const Checkouts& sides, const CheckOptions& options, std::uint64_t seed) {
  std::string command = "perfwarden check";
  for (const std::string& suite : options.select.suites) command += " --suite " + suite;
  if (!options.sides.base_dir.empty()) {
    command += " --base-dir " + options.sides.base_dir + " --head-dir " + options.sides.head_dir;
  } else if (!sides.base_directory.empty()) {
    command += " --base " + sides.base_sha.substr(0, 10);
  }
  return command + " --seed " + std::to_string(seed);
}

// Drawn, but for shards: those must come to the same one.
std::uint64_t seed_of(World& world, const CheckOptions& options, const RunContext& context) {
  const bool sharded = !options.select.shard.empty() || !input(world, "shard").empty();
  const std::string salt = sharded ? context.head_sha : std::to_string(world.clock.unix_s());
  return options.seed.value_or(fnv1a(salt + context.run_id) % 1'000'000);
}

// Kept even when what follows goes wrong: measuring is the dear part.
Status write_samples(const Measured& measured, bool two_sided, const std::string& directory) {
  if (two_sided)
    PW_TRY(os::write_file(directory + std::string(k_base_file), ingest::write_samples(measured.samples.base)));
  return os::write_file(directory + std::string(k_head_file), ingest::write_samples(measured.samples.head));
}

void name_sides(Measured& measured, const Checkouts& sides) {
  measured.samples.base.run.commit = sides.base_sha;
  measured.samples.head.run.commit = sides.head_sha;
  measured.samples.head.run.branch = sides.branch;
}

std::string directory_of(World& world, const CheckOptions& options, const Config& config, const std::string& head_sha) {
  const std::string chosen = options.output.empty() ? input(world, "output") : options.output;
  return !chosen.empty() ? chosen : config.report.directory + "/" + (head_sha.empty() ? "local" : head_sha);
}

// What shards measured and `merge` put together.
Result<Taken> read_measured(World& world, const CheckOptions& options, const Job& job) {
  Measured measured;
  Samples& head = measured.samples.head;
  PW_TRY_ASSIGN(head, read_samples(options.measured + std::string(k_head_file)));
  if (head.run.shard)
    return Error{.kind = ErrorKind::usage,
                 .what = "this is one shard of a run",
                 .where = options.measured + std::string(k_head_file),
                 .hint = "put all of them together first: perfwarden merge FILE… -o OUT"};
  const bool whole = std::all_of(job.config().suites.begin(), job.config().suites.end(), [&head](const Suite& suite) {
    return std::any_of(head.series.begin(), head.series.end(),
                       [&suite](const Series& series) { return series.id.suite == suite.name; });
  });
  const auto name_head = [&head](Checkouts& sides) {
    sides.head_sha = head.run.commit;
    sides.branch = sides.head_label = head.run.branch;
  };
  if (const std::string file = options.measured + std::string(k_base_file); os::exists(file)) {
    PW_TRY_ASSIGN(Samples base, read_samples(file));
    Checkouts sides;
    sides.base_sha = base.run.commit;
    sides.base_label = "measured beside it";
    name_head(sides);
    Past past = past_of_baseline(job.config(), head.run.machine);
    return Taken{std::move(sides), std::move(measured), std::move(base), std::move(past), {}, whole};
  }
  SideOptions alone = options.sides;
  alone.head_is_measured = true;
  PW_TRY_ASSIGN(Checkouts sides, choose_sides(world, job.config(), job.context, head.run.machine, alone));
  name_head(sides);
  std::optional<Samples> base = sides.base_samples;
  Past past = past_of_baseline(job.config(), head.run.machine);
  return Taken{std::move(sides), std::move(measured), std::move(base), std::move(past), {}, whole};
}

// Samples of this run on disk; Error (interrupted) once what was measured before a signal is there.
Status keep_samples(World& world, const CheckOptions& options, const Job& job, const Checkouts& sides,
                    const Selected& selected, Measured& measured) {
  name_sides(measured, sides);
  add_selection(selected, measured);
  if (measured.interrupted)  // half a shard must not be merged for a whole one
    measured.samples.base.run.shard = measured.samples.head.run.shard = std::nullopt;
  const std::string directory = directory_of(world, options, job.config(), sides.head_sha);
  PW_TRY(write_samples(measured, !sides.base_directory.empty(), directory));
  if (measured.interrupted || selected.shard) give_back(directory);
  if (measured.interrupted)
    return Error{.kind = ErrorKind::interrupted,
                 .what = "stopped by a signal; what was measured so far is kept",
                 .where = directory};
  if (!selected.shard) return Nothing{};
  world.console.out(directory + "\n");
  note(world, "a shard is not judged: `perfwarden merge` the shards' samples, then `perfwarden check --measured`");
  return Nothing{};
}

// Shards do not see each other's benchmarks: each measures for its part of the false alarms that the whole may have.
Config config_for(Config config, const std::optional<Shard>& shard) {
  if (shard) config.statistics.false_alarms /= shard->count;
  return config;
}

// Head alone, against the cached baseline, since base cannot be built; unless somebody insisted on that base.
Result<Checkouts> fall_back(World& world, const CheckOptions& options, const Job& job, const Machine& machine,
                            Checkouts sides, const std::string& base_not_built) {
  if (!options.sides.base.empty() || !options.sides.base_dir.empty())
    return Error{.kind = ErrorKind::benchmark,
                 .what = base_not_built,
                 .hint = "name another base, or leave it out to use the cached baseline"};
  warn(world, base_not_built);
  const std::string why = base_not_built.substr(0, base_not_built.find('\n'));
  return without_base(world, job.config(), machine, std::move(sides), why);
}

// nullopt when the job ends here: a dry run, or a shard, which nobody can judge alone. `tuned`: null for a dry run.
Result<std::optional<Taken>> measure_sides(World& world, const CheckOptions& options, const Job& job,
                                           const TunedMachine* tuned, const Machine& machine, Checkouts sides) {
  const bool two_sided = !sides.base_directory.empty();
  const bool named = !options.sides.base_dir.empty();  // built trees, maybe of no commit at all
  PW_TRY_ASSIGN(Selected selected,
                select_plan(world, job.config(), job.context, options.select,
                            named ? std::nullopt : changed_files(world, job.config(), sides, job.trusted.file),
                            {two_sided, job.seed}));
  if (tuned == nullptr) {
    world.console.out(plan::describe(selected.plan));
    return std::optional<Taken>();
  }
  tuned->pin(selected.plan);
  Past past = past_of_baseline(job.config(), machine);
  PW_TRY_ASSIGN(const KeptBuilds builds, KeptBuilds::look_up(world, job.config(), job.context, sides, selected.plan));
  PW_TRY_ASSIGN(Measured measured,
                measure_plan(world, selected.plan, config_for(job.config(), selected.shard), sides.base_directory,
                             sides.head_directory, machine,
                             [&](const std::map<Side, double>& build_s) { builds.keep(world, build_s); }));
  if (!measured.base_not_built.empty()) {
    PW_TRY_ASSIGN(Checkouts alone, fall_back(world, options, job, machine, std::move(sides), measured.base_not_built));
    return measure_sides(world, options, job, tuned, machine, std::move(alone));
  }
  PW_TRY(keep_samples(world, options, job, sides, selected, measured));
  if (selected.shard) return std::optional<Taken>();
  if (sides.base_samples) forget_left_out(*sides.base_samples, job.config(), selected.plan);
  std::optional<Samples> base = two_sided ? std::optional(measured.samples.base) : sides.base_samples;
  return std::optional<Taken>(Taken{std::move(sides), std::move(measured), std::move(base), std::move(past),
                                    tuned->warnings(), selected.whole});
}

Result<std::optional<Taken>> measure(World& world, const CheckOptions& options, const Job& job) {
  std::optional<TunedMachine> tuned;
  if (!options.dry_run) tuned.emplace(world, job.config());
  const Machine machine = tuned ? tuned->machine() : os::read_machine();
  PW_TRY_ASSIGN(Checkouts sides, choose_sides(world, job.config(), job.context, machine, options.sides));
  return measure_sides(world, options, job, tuned ? &*tuned : nullptr, machine, std::move(sides));
}

std::uint64_t seed_in(const Samples& samples) {
  return static_cast<std::uint64_t>(std::max(0LL, text::to_integer(samples.run.seed).value_or(0)));
}

Report report_of(World& world, const CheckOptions& options, const Job& job, const Taken& taken,
                 const Override& accepted) {
  ReportFacts setting;
  setting.context = job.context;
  setting.base_label = taken.sides.base_label;
  setting.head_label = taken.sides.head_label;
  setting.config_file = job.trusted.file;
  setting.reproduce = reproduce_command(taken.sides, options, job.seed);
  setting.warnings = job.trusted.warnings;
  setting.warnings.insert(setting.warnings.end(), taken.sides.warnings.begin(), taken.sides.warnings.end());
  setting.warnings.insert(setting.warnings.end(), taken.warnings.begin(), taken.warnings.end());
  setting.measured_s = taken.measured.seconds;
  setting.past = taken.past;
  setting.seed = options.measured.empty() ? job.seed : seed_in(taken.measured.samples.head);
  setting.accepted = accepted;
  return make_report(taken.base, taken.measured.samples.head, job.config(), setting, world.clock);
}

// Judges, profiles what got worse and judges again; writes, stores and publishes it; says it last, with the exit code
// that all of that comes to.
Result<ExitCode> conclude(World& world, const CheckOptions& options, const Job& job, const Taken& taken) {
  const Config& config = job.config();
  Report report = report_of(world, options, job, taken, find_override(world, job.context, config));
  const std::string directory = directory_of(world, options, config, taken.sides.head_sha);
  const bool profiles =
      std::any_of(config.suites.begin(), config.suites.end(), [](const Suite& suite) { return suite.profile.on(); });
  if (options.measured.empty()) {
    PW_TRY(profile_worse(world, config, taken.sides, taken.measured.formats, directory, report));
    judge(report, config);
  } else if (profiles) {
    report.warnings.push_back({"not-profiled",
                               "nothing was profiled, so no gate on profiles was judged: --measured runs no program; "
                               "compare profiles with perfwarden profile diff --gate"});
  }
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(templates_directory(config, job.trusted.from_base, taken.sides.base_directory)));
  PW_TRY_ASSIGN(const std::vector<std::string> files, write_reports(world, report, config, templates, directory));
  bool told = keep(world, report, taken.measured.samples.head, config, taken.whole);
  if (job.context.in_github && !options.no_publish) told = publish(world, report, config, templates, directory) && told;
  give_back(directory);
  const ExitCode code = exit_code(report.verdict, config, told);
  PW_TRY_ASSIGN(const std::string text, render(world, report, templates, options.json ? "json" : "terminal", code));
  world.console.out(text);
  for (const std::string& file : files) note(world, "wrote " + file);
  return code;
}

// The whole pipe of docs/architecture.md#the-idea, in order. Each step says itself what it does.
Result<ExitCode> check(World& world, const CheckOptions& options) {
  Job job;
  PW_TRY_ASSIGN(job.context, github::run_context(world.environment));
  PW_TRY_ASSIGN(job.trusted, trusted_config(world, job.context, options.config));
  job.seed = seed_of(world, options, job.context);
  if (!options.measured.empty()) {
    PW_TRY_ASSIGN(const Taken taken, read_measured(world, options, job));
    return conclude(world, options, job, taken);
  }
  PW_TRY_ASSIGN(const std::optional<Taken> taken, measure(world, options, job));
  if (!taken) return k_pass;
  return conclude(world, options, job, *taken);
}

Run declare_check(Verb& verb) {
  auto options = std::make_shared<CheckOptions>();
  add_config_options(verb, options->config);
  verb.add_option("--base", options->sides.base,
                  "Commit, branch or tag to compare with (default: merge base with the target branch)");
  verb.add_option("--base-dir", options->sides.base_dir, "Base as an already built folder");
  verb.add_option("--head-dir", options->sides.head_dir, "Head as an already built folder");
  add_select_options(verb, options->select);
  verb.add_option(
      "--measured", options->measured,
      "Measure nothing: judge samples-head.json and samples-base.json of this folder, as merged from shards");
  verb.add_option("-o,--output", options->output, "Folder for the reports (default: reports/<sha>)");
  verb.add_option("--seed", options->seed,
                  "Seed of the order in which base and head alternate (default: drawn and recorded)");
  verb.add_flag("--json", options->json, "Print perfwarden.report/1 instead of the table");
  verb.add_flag("--no-publish", options->no_publish, "In GitHub: no comment, label, annotation, summary or outputs");
  verb.add_flag("--dry-run", options->dry_run, "Print what would be run, and run nothing");
  return [options](World& world) {
    if (options->sides.base.empty()) options->sides.base = input(world, "base");
    return check(world, *options);
  };
}

}  // namespace

extern const Command k_command_check{"check", "Measure base and head, judge the budgets, report: the whole job",
                                     declare_check};

}  // namespace perfwarden::app
