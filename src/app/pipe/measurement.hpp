#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "ingest/read.hpp"
#include "measure/run.hpp"
#include "model/config.hpp"
#include "model/hypothesis.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"
#include "model/series.hpp"

namespace perfwarden::app {

// The format that each suite's output was read as; null when it changed from run to run.
using Formats = std::map<std::string, const ingest::Format*>;

// The arguments by which the suite's program runs this benchmark alone; empty where it cannot.
[[nodiscard]] std::vector<std::string> only_of(const Suite& suite, const Formats& formats,
                                               const std::string& benchmark);

struct Measured {
  ingest::SidedSamples
      samples;  // with run.time, machine, tool, config_hash, seed, times and, two-sided, session filled in
  double seconds = 0;
  bool interrupted = false;    // what is in samples was measured before the signal
  std::string base_not_built;  // as in Raw
  Formats formats{};
  std::vector<Error> failed_on_head{};    // suites that fail wholly there (Plan::head_may_fail)
  std::vector<CounterChange> counters{};  // what kernel and processor counted, by suite
};

// What every child process of a run gets: folders, environment, and the workspace's owner when we are root.
[[nodiscard]] measure::Children children_of(World& world, const Config& config, const std::string& base_directory,
                                            const std::string& head_directory);

// Decides what is measured after the plan's own steps, from what was measured so far; no steps end the run.
using NextSteps = std::function<Result<std::vector<Step>>(const Plan&, const Raw&)>;

// Carries out the plan, with progress shown on err, as the workspace's owner when we are root. A plan without suites
// measures nothing and is not an Error.
// Suites that are measured until decided run as long as the budgets need, unless `next` decides. Error (interrupted)
// when a signal came before anything was measured.
[[nodiscard]] Result<Measured> measure_plan(World& world, const Plan& plan, const Config& config,
                                            const std::string& base_directory, const std::string& head_directory,
                                            const Machine& machine, const measure::OnBuilt& on_built = {},
                                            measure::Inspection* inspection = nullptr, const NextSteps& next = {});

}  // namespace perfwarden::app
