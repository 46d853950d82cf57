#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/same_program.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

// Measuring checkouts by a plan: shared by all verbs that run benchmarks.
namespace perfwarden::app {

// Code of the warning that a measured folder is not what its commit holds.
inline constexpr std::string_view k_no_commit = "no-commit";

// A Trial is what was measured, and what to compare it with.
struct Trial {
  Checkouts checkouts;
  // Samples say their commit and branch, and which suites and shard they cover. Nothing was measured when
  // `base_not_built` is not empty.
  Measured measured{};
  std::optional<Samples> base{};    // measured beside head, or a baseline; nullopt = there is nothing to compare with
  std::vector<Warning> warnings{};  // of the machine
  bool whole = true;                // the run measured everything that the config names
  bool kept = true;                 // what was measured is on the disk
  ComparedPrograms programs{};      // of suites whose both sides were traced
};

// Measures the selected suites in the checkouts, on the tuned machine. Builds are restored from and kept in the build
// cache. `next`: as for measure_plan.
[[nodiscard]] Result<Trial> measure_trial(World& world, const Config& config, const RunContext& context,
                                          const TunedMachine& machine, Selected selected, Checkouts checkouts,
                                          const NextSteps& next = {});

// A TrialRequest is what a user or an event asks of a trial of two sides.
struct TrialRequest {
  const Config& config;
  const RunContext& context;
  const CheckoutOptions& checkouts;
  const SelectOptions& select;
  std::string config_file;  // when this file changes, no suite is skipped for its paths
  std::uint64_t seed = 0;   // of the order in which base and head alternate
};
// The suites that the request measures in these checkouts.
[[nodiscard]] Result<Selected> select_for(World& world, const TrialRequest& request, const Checkouts& checkouts);
// Checks out both sides, selects, and measures. When base cannot be built, head is measured alone, to be compared with
// the cached baseline; Error (benchmark) when that base was named.
[[nodiscard]] Result<Trial> measure_two_sides(World& world, const TrialRequest& request, const TunedMachine& machine);

// Where the samples of a side lie in a folder of a run.
[[nodiscard]] std::string samples_file(const std::string& directory, Side side);
// Writes the samples of both sides, or of head alone, into a folder. Call this before anything that can fail: measuring
// is the expensive step and must survive later failures.
[[nodiscard]] Status write_trial(const Trial& trial, const std::string& directory);
struct SampleFiles {
  std::optional<Samples> base;  // nullopt: base was not measured beside head
  Samples head;
};
// Reads what write_trial, or `merge` of shards, wrote into a folder. Error (usage) when it is a single shard.
[[nodiscard]] Result<SampleFiles> read_sample_files(const std::string& directory);
// The trial of such files. Where base was not measured, head is compared with the baseline, if there is any.
[[nodiscard]] Result<Trial> read_trial(World& world, const Config& config, const RunContext& context,
                                       const CheckoutOptions& options, const std::string& directory);

}  // namespace perfwarden::app
