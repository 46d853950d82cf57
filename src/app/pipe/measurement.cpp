#include "app/pipe/measurement.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/cli/messages.hpp"
#include "app/cli/version.hpp"
#include "app/pipe/aligned_builds.hpp"
#include "app/pipe/first_runs.hpp"
#include "app/pipe/foreign_code.hpp"
#include "app/pipe/live_table.hpp"
#include "app/pipe/sampler.hpp"
#include "base/hash.hpp"
#include "ingest/parts.hpp"
#include "measure/count.hpp"
#include "measure/progress.hpp"
#include "os/machine/control.hpp"
#include "os/process/user.hpp"
#include "os/random.hpp"
#include "stats/summary.hpp"

namespace perfwarden::app {
namespace {

// Medians over the invocations of each side, of what both sides have.
std::vector<CounterChange> counters_of(const Raw& raw, const Plan& plan) {
  std::map<std::pair<std::size_t, std::string>, std::array<std::vector<double>, 2>> values;
  for (const RawInvocation& one : raw.invocations) {
    if (!one.ok) continue;
    for (const auto& [metric, value] : ingest::accounting(one.usage))
      values[{one.step.suite, metric.name}][one.step.side == Side::head ? 1 : 0].push_back(value);
  }
  std::vector<CounterChange> out;
  for (const auto& [key, sides] : values)
    if (!sides[0].empty() && !sides[1].empty())
      out.push_back({plan.suites[key.first].name, key.second, stats::median(sides[0]), stats::median(sides[1])});
  return out;
}

// What one whole invocation of each (suite, case) took on average, both sides together.
std::vector<UnitTime> times_of(const Raw& raw, const Plan& plan) {
  std::map<std::pair<std::size_t, std::size_t>, std::pair<double, double>> sums;
  for (const RawInvocation& one : raw.invocations) {
    if (!one.step.only.empty()) continue;  // some of its benchmarks alone
    auto& [seconds, count] = sums[{one.step.suite, one.step.case_index}];
    seconds += one.usage.wall_s;
    ++count;
  }
  std::vector<UnitTime> out;
  for (const auto& [unit, sum] : sums) {
    const Suite& suite = plan.suites[unit.first];
    out.push_back(
        {suite.name, unit.second < suite.cases.size() ? suite.cases[unit.second] : "", sum.first / sum.second});
  }
  return out;
}

// Two jobs of one commit may start in the same second on equal machines.
std::string session_of(const World& world) {
  std::string job;
  for (const char* name : {"GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"})
    job += world.environment.get(name).value_or("") + "/";
  return hex16(os::random_bits()) + hex16(fnv1a(job, os::random_bits()));
}

// A person looks at err: a terminal that can move its cursor, and that is not the log of a CI.
bool is_watched(const World& world) {
  const std::string ci = world.environment.get("CI").value_or("");
  return world.console.err_is_terminal() && (ci.empty() || ci == "false") &&
         world.environment.get("TERM").value_or("") != "dumb";
}

}  // namespace

std::vector<std::string> only_of(const Suite& suite, const Formats& formats, const std::string& benchmark) {
  const auto found = formats.find(suite.name);
  const ingest::Format* format = found == formats.end() ? nullptr : found->second;
  const bool can = format != nullptr && format->only != nullptr && suite.cases.empty() && !suite.run.argv.empty();
  return can ? format->only(suite.run.argv, {benchmark}) : std::vector<std::string>();
}

measure::Children children_of(World& world, const Config& config, const std::string& base_directory,
                              const std::string& head_directory) {
  measure::Children sides{
      base_directory, head_directory, world.environment.for_children(), std::nullopt, std::nullopt, false, {}};
  if (const std::optional<os::User> user = os::unprivileged_owner_of(".")) {
    sides.uid = user->uid;
    sides.gid = user->gid;
  }
  sides.no_aslr = config.machine.aslr_off && os::may_turn_aslr_off();
  return sides;
}

Result<Measured> measure_plan(World& world, const Plan& plan, const Config& config, const std::string& base_directory,
                              const std::string& head_directory, const Machine& machine,
                              const measure::OnBuilt& on_built, measure::Inspection* inspection,
                              const NextSteps& next) {
  for (const Suite& suite : plan.suites) PW_TRY(ingest::check_parser(suite));
  measure::Children children = children_of(world, config, base_directory, head_directory);
  std::vector<Warning> of_builds;
  children.compilers = aligned_compilers(plan, children.env, of_builds);
  for (const Warning& warning : of_builds) warn(world, warning.text);
  PW_TRY_ASSIGN(ForeignCode foreign, ForeignCode::begin(world, std::move(children)));
  const measure::Children& sides = foreign.children();
  PW_TRY(measure::check_tools(plan, sides, world.processes));
  const double start_s = world.clock.monotonic_s();
  RunInfo run;
  run.time = os::rfc3339(world.clock.unix_s());
  run.machine = machine;
  run.tool = "perfwarden " + std::string(version());
  run.config_hash = config.hash;
  run.seed = std::to_string(plan.seed);
  if (plan.two_sided) run.session = session_of(world);

  if (plan.suites.empty()) {
    Measured nothing;
    nothing.samples.base.run = nothing.samples.head.run = run;
    return nothing;
  }

  measure::ProgressView view(world.console, world.clock, is_watched(world));
  Sampler sampler(plan, config);
  FirstRuns first_runs(plan, config);
  os::MachineWatch watch;
  measure::Hooks hooks;
  hooks.progress = [&](const measure::Progress& progress) {
    if (!world.quiet) view.show(progress);
  };
  hooks.more = [&](const Raw& so_far) {
    if (next) return next(plan, so_far);
    Result<std::vector<Step>> steps = sampler.next(so_far);
    view.set_above(
        [&sampler](std::size_t columns, std::size_t rows) { return live_table(sampler.standings(), columns, rows); });
    return steps;
  };
  hooks.built = [&](const std::map<Side, double>& build_s) {
    view.clear();
    if (on_built) on_built(build_s);
  };
  hooks.warning = [&](const Warning& warning) {
    view.clear();
    note(world, warning.text);
  };
  hooks.first_run = [&](const RawInvocation& first) -> Status {
    PW_TRY_ASSIGN(const std::optional<std::string> estimate, first_runs.take(first));
    if (!estimate) return Nothing{};
    view.clear();
    note(world, *estimate);
    return Nothing{};
  };
  hooks.watch = &watch;
  hooks.inspection = inspection;
  Result<Raw> raw = measure::run(plan, sides, world.processes, world.clock, hooks);
  view.clear();
  PW_TRY(foreign.end());
  if (!raw) return std::move(raw).error();
  std::vector<Error> failed;
  for (auto& [suite, failure] : raw->failed_on_head) failed.push_back(failure.error);
  if (raw->interrupted && raw->invocations.empty())
    return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal before anything was measured"};
  if (!raw->base_not_built.empty()) return Measured{{}, 0, false, raw->base_not_built, {}, {}, {}};
  Result<ingest::SidedSamples> read = ingest::read(*raw, plan, config);
  if (!read) {  // no report will say these
    for (const Warning& warning : raw->warnings) note(world, warning.text);
    return std::move(read).error();
  }
  ingest::SidedSamples samples = *std::move(read);
  sampler.mark(samples);
  samples.head.warnings.insert(samples.head.warnings.end(), of_builds.begin(), of_builds.end());
  run.times = times_of(*raw, plan);
  samples.base.run = run;
  samples.head.run = run;
  Formats formats;
  for (std::size_t i = 0; i < plan.suites.size(); ++i) formats[plan.suites[i].name] = samples.formats[i];
  return Measured{std::move(samples),     world.clock.monotonic_s() - start_s,
                  raw->interrupted,       "",
                  std::move(formats),     std::move(failed),
                  counters_of(*raw, plan)};
}

}  // namespace perfwarden::app
