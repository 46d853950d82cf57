#include "app/init/rehearsal.hpp"

#include <utility>

#include "app/cli/vocabulary.hpp"
#include "app/init/config_text.hpp"
#include "app/pipe/first_runs.hpp"
#include "app/pipe/measurement.hpp"
#include "config/load.hpp"
#include "os/files/files.hpp"
#include "os/machine/facts.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

Result<Rehearsal> run_once(World& world, const std::string& directory, const Proposal& proposal) {
  PW_TRY_ASSIGN(config::Loaded loaded, config::parse(config_text({proposal}, ""), "perfwarden.yml", vocabulary()));
  Config& config = loaded.config;
  const Suite as_checked = config.suites.front();
  config.suites.front().iterations = {1, 1, as_checked.iterations.max_time_s};
  config.suites.front().warmup = 0;
  PW_TRY_ASSIGN(const Plan plan, plan::make(config, {{}, false, 0}));
  World silent = world;
  silent.quiet = true;
  PW_TRY_ASSIGN(const Measured measured,
                measure_plan(silent, plan, config, "", os::absolute_path(directory), os::read_machine()));
  const Samples& samples = measured.samples.head;
  const double run_s = samples.run.times.empty() ? 0 : samples.run.times.front().seconds;
  Rehearsal out;
  out.text = first_run_text(samples, run_s) + ": a check takes about " +
             rough_time(span_of(as_checked, true, run_s).usual_s) + " after the build";
  const auto format = measured.formats.find(proposal.suite);
  out.parser = format == measured.formats.end() || format->second == nullptr ? proposal.parser
                                                                             : std::string(format->second->name);
  return out;
}

}  // namespace

Result<Rehearsal> rehearse(World& world, const std::string& directory, const Proposal& suite) {
  Result<Rehearsal> first = run_once(world, directory, suite);
  if (first || suite.parser != "auto") return first;
  Proposal timed = suite;
  timed.parser = "time";
  Result<Rehearsal> second = run_once(world, directory, timed);
  return second ? std::move(second) : std::move(first);
}

}  // namespace perfwarden::app
