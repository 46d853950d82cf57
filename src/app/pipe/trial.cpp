#include "app/pipe/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/coming_suites.hpp"
#include "app/pipe/kept_builds.hpp"
#include "app/pipe/tokens_in_reach.hpp"
#include "base/text.hpp"
#include "ingest/read.hpp"
#include "measure/step.hpp"
#include "os/files/files.hpp"
#include "os/process/user.hpp"

namespace perfwarden::app {
namespace {

// Shards do not see each other's benchmarks: each measures for its part of the false alarms that the whole may have.
Config config_for(Config config, const std::optional<Shard>& shard) {
  if (shard) config.statistics.false_alarms /= shard->count;
  return config;
}

struct Names {
  std::string base_commit, head_commit;
};

// The commits whose trees are measured. A folder with uncommitted changes, or one that only lies in some repository, is
// of none: its numbers must not be taken for a commit's.
Names names_of(World& world, const Checkouts& sides, std::vector<Warning>& warnings) {
  if (sides.worktrees) return {sides.base_sha, sides.head_sha};  // head's is empty where it is of no commit
  const auto commit_in = [&](const std::string& directory, const std::string& sha, const char* side) -> std::string {
    if (directory.empty() || sha.empty()) return sha;
    const checkout::Git git(world.processes, directory, world.environment.for_children());
    if (git.is_head()) return sha;
    warnings.push_back(
        {std::string(k_no_commit), fmt::format("{} is not what commit {} holds, so its numbers are recorded under no "
                                               "commit: commit the changes first",
                                               side, sha.substr(0, 10))});
    return "";
  };
  return {commit_in(sides.base_directory, sides.base_sha, "base"),
          commit_in(sides.head_directory, sides.head_sha, "head")};
}

// The error of a benchmark with what a person needs to try it by hand: the folder, which goes away unless it is kept,
// and the variables that benchmarks do not get.
Error with_cure(World& world, Checkouts& sides, Error error) {
  if (error.kind != ErrorKind::benchmark) return error;
  if (sides.worktrees && sides.keep) {
    sides.worktrees->base.leave();
    sides.worktrees->head.leave();
  } else if (sides.worktrees && error.hint.starts_with(measure::k_by_hand)) {
    error.hint = "run it again with --keep, which leaves the checkouts where they are, and " + error.hint;
  }
  for (const Warning& warning : sides.warnings)
    if (warning.code == k_empty_submodules || warning.code == k_lfs_pointers) error.hint += "\n" + warning.text;
  constexpr std::size_t k_named = 8;
  std::vector<std::string> withheld = world.environment.withheld();
  const std::size_t all = withheld.size();
  if (all > k_named) withheld.resize(k_named);
  for (std::string& name : withheld) name = text::one_line(name);
  if (all > 0)
    error.hint += (error.hint.empty() ? "" : "\n") +
                  ("kept from builds and benchmarks, since they look like secrets: " + text::join(withheld, ", ") +
                   (all > k_named ? ", …" : "") + "; what is not a secret can be set in the suite's `env:`");
  return error;
}

bool covers_all(const Config& config, const Samples& samples) {
  return std::all_of(config.suites.begin(), config.suites.end(), [&samples](const Suite& suite) {
    return std::any_of(samples.series.begin(), samples.series.end(),
                       [&suite](const Series& series) { return series.id.suite == suite.name; });
  });
}

// Head alone, to be compared with the cached baseline, since base cannot be built; Error when that base was named.
Result<Checkouts> fall_back(World& world, const TrialRequest& request, const Machine& machine, Trial failed) {
  const std::string& why = failed.measured.base_not_built;
  const CheckoutOptions& named = request.checkouts;
  if (!named.base.empty() || !named.base_dir.empty() || !named.head.empty())
    return with_cure(
        world, failed.checkouts,
        {.kind = ErrorKind::benchmark, .what = why, .hint = "name another base, or none to use the cached baseline"});
  warn(world, why);
  return without_base(world, request.config, machine, std::move(failed.checkouts), why.substr(0, why.find('\n')));
}

// A trial whose base was measured beside its head.
Result<Trial> beside(Samples base) {
  Trial trial;
  trial.checkouts.base_sha = base.run.commit;
  trial.checkouts.base_label = "measured beside it";
  trial.base = std::move(base);
  return trial;
}

// A trial of head alone, which is compared with the baseline, if there is any.
Result<Trial> against_baseline(World& world, const Config& config, const RunContext& context, const Machine& machine,
                               CheckoutOptions options) {
  options.head_is_measured = true;
  PW_TRY_ASSIGN(Checkouts checkouts, choose_checkouts(world, config, context, machine, options));
  Trial trial{std::move(checkouts)};
  trial.base = std::move(trial.checkouts.base_samples);
  return trial;
}

}  // namespace

Result<Trial> measure_trial(World& world, const Config& config, const RunContext& context, const TunedMachine& machine,
                            Selected selected, Checkouts checkouts, const NextSteps& next) {
  PW_TRY(look_for_tokens(world, context, os::unprivileged_owner_of(".")));
  Trial trial{std::move(checkouts)};
  Checkouts& sides = trial.checkouts;
  const Names names = names_of(world, sides, trial.warnings);
  machine.pin(selected.plan);
  const bool two_sided = selected.plan.two_sided;
  PW_TRY_ASSIGN(const KeptBuilds builds, KeptBuilds::look_up(world, config, context, sides, selected.plan));
  const WhenIdentical when = config.identity.identical;
  const bool skips = when == WhenIdentical::skip || (when == WhenIdentical::automatic && context.is_pull_request());
  std::optional<ProgramCheck> guard;
  if (two_sided) guard.emplace(world, selected.plan, places_of(world, sides), config, skips);
  Result<Measured> measured = measure_plan(
      world, selected.plan, config_for(config, selected.shard), sides.base_directory, sides.head_directory,
      machine.machine(), [&](const std::map<Side, double>& build_s) { builds.keep(world, build_s); },
      guard ? &*guard : nullptr, next);
  if (!measured) return with_cure(world, sides, std::move(measured).error());
  trial.measured = *std::move(measured);
  for (const Error& failure : trial.measured.failed_on_head) warn(world, with_cure(world, sides, failure).text());
  trial.warnings.insert(trial.warnings.end(), machine.warnings().begin(), machine.warnings().end());
  trial.whole = selected.whole;
  if (trial.measured.interrupted) selected.shard.reset();  // half a shard must not be merged for a whole one
  trial.measured.samples.base.run.commit = names.base_commit;
  trial.measured.samples.head.run.commit = names.head_commit;
  trial.measured.samples.head.run.branch = sides.branch;
  add_selection(selected, trial.measured);
  if (guard) {
    trial.measured.samples.head.run.identities = guard->take_identities();
    trial.measured.samples.base.run.identities = trial.measured.samples.head.run.identities;
    trial.programs = guard->take_programs();
  }
  const std::vector<Warning> alignment = look_at_alignment(config, selected.plan, sides);
  std::vector<Warning>& said = trial.measured.samples.head.warnings;
  said.insert(said.end(), alignment.begin(), alignment.end());
  if (two_sided) {
    trial.base = trial.measured.samples.base;
  } else if (sides.base_samples) {
    trial.base = std::move(sides.base_samples);
    forget_left_out(*trial.base, config, selected.plan);
  }
  return trial;
}

Result<Selected> select_for(World& world, const TrialRequest& request, const Checkouts& checkouts) {
  const bool named = !request.checkouts.base_dir.empty();  // built trees, maybe of no commit at all
  const Config config =
      with_coming_suites(request.config, checkouts, request.config_file, request.select.suites.empty());
  PW_TRY_ASSIGN(Selected selected,
                select_plan(world, config, request.context, request.select,
                            named ? std::nullopt : changed_files(world, request.config, checkouts, request.config_file),
                            {!checkouts.base_directory.empty(), request.seed}));
  // Only beside base's numbers is it known which benchmarks fail.
  selected.plan.head_may_fail = selected.plan.two_sided || checkouts.base_samples.has_value();
  return selected;
}

Result<Trial> measure_two_sides(World& world, const TrialRequest& request, const TunedMachine& machine) {
  PW_TRY_ASSIGN(Checkouts both,
                choose_checkouts(world, request.config, request.context, machine.machine(), request.checkouts));
  PW_TRY_ASSIGN(Selected selected, select_for(world, request, both));
  PW_TRY_ASSIGN(Trial trial,
                measure_trial(world, request.config, request.context, machine, std::move(selected), std::move(both)));
  if (trial.measured.base_not_built.empty()) return trial;
  PW_TRY_ASSIGN(Checkouts alone, fall_back(world, request, machine.machine(), std::move(trial)));
  PW_TRY_ASSIGN(Selected of_head, select_for(world, request, alone));
  return measure_trial(world, request.config, request.context, machine, std::move(of_head), std::move(alone));
}

std::string samples_file(const std::string& directory, Side side) {
  return fmt::format("{}/samples-{}.json", directory, name_of(side));
}

Status write_trial(const Trial& trial, const std::string& directory) {
  const ingest::SidedSamples& samples = trial.measured.samples;
  if (!trial.checkouts.base_directory.empty())
    PW_TRY(os::write_file(samples_file(directory, Side::base), ingest::write_samples(samples.base)));
  return os::write_file(samples_file(directory, Side::head), ingest::write_samples(samples.head));
}

Result<SampleFiles> read_sample_files(const std::string& directory) {
  SampleFiles files;
  const std::string head_file = samples_file(directory, Side::head);
  const std::string base_file = samples_file(directory, Side::base);
  PW_TRY_ASSIGN(files.head, read_samples(head_file));
  if (files.head.run.shard)
    return Error{.kind = ErrorKind::usage,
                 .what = "this is one shard of a run",
                 .where = head_file,
                 .hint = "merge all shards first: perfwarden merge FILE… -o OUT"};
  if (os::exists(base_file)) {
    PW_TRY_ASSIGN(files.base, read_samples(base_file));
  }
  return files;
}

Result<Trial> read_trial(World& world, const Config& config, const RunContext& context, const CheckoutOptions& options,
                         const std::string& directory) {
  PW_TRY_ASSIGN(SampleFiles files, read_sample_files(directory));
  PW_TRY_ASSIGN(Trial trial, files.base ? beside(*std::move(files.base))
                                        : against_baseline(world, config, context, files.head.run.machine, options));
  trial.checkouts.head_sha = files.head.run.commit;
  trial.checkouts.branch = trial.checkouts.head_label = files.head.run.branch;
  trial.whole = covers_all(config, files.head);
  trial.measured.samples.head = std::move(files.head);
  return trial;
}

}  // namespace perfwarden::app
