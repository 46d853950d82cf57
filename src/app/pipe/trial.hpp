#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

// The measuring of checkouts by a plan: what every verb does that runs benchmarks.
namespace perfwarden::app {

// A Trial is what was measured, and what it is to be compared with.
struct Trial {
  Checkouts checkouts;
  // Samples say their commit and branch, and which suites and shard they cover. Nothing was measured when
  // `base_not_built` is not empty.
  Measured measured{};
  std::optional<Samples> base{};    // measured beside head, or a baseline; nullopt = there is nothing to compare with
  std::vector<Warning> warnings{};  // of the machine
  bool whole = true;                // everything that the config names was measured
};

// Measures what is selected in the checkouts, on the tuned machine. Builds come from the build cache, and go there.
[[nodiscard]] Result<Trial> measure_trial(World& world, const Config& config, const RunContext& context,
                                          const TunedMachine& machine, Selected selected, Checkouts checkouts);

// A TrialRequest is what a user or an event asks of a trial of two sides.
struct TrialRequest {
  const Config& config;
  const RunContext& context;
  const CheckoutOptions& checkouts;
  const SelectOptions& select;
  std::string config_file;  // where this changes, no suite is left out for its paths
  std::uint64_t seed = 0;   // of the order in which base and head alternate
};
// Which suites it measures in these checkouts.
[[nodiscard]] Result<Selected> select_for(World& world, const TrialRequest& request, const Checkouts& checkouts);
// Checks out both sides, selects, and measures. When base cannot be built, head is measured alone, to be compared with
// the cached baseline; Error (benchmark) when that base was named.
[[nodiscard]] Result<Trial> measure_two_sides(World& world, const TrialRequest& request, const TunedMachine& machine);

// Writes the samples into a folder: both sides', or head's alone. To be called first: measuring is the expensive step
// and must survive later failures.
[[nodiscard]] Status write_trial(const Trial& trial, const std::string& directory);
// What write_trial, or `merge` from shards, left in a folder. Error (usage) when that is one shard alone.
[[nodiscard]] Result<Trial> read_trial(World& world, const Config& config, const RunContext& context,
                                       const CheckoutOptions& options, const std::string& directory);

}  // namespace perfwarden::app
