#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/measurement.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

// Decides which of the config's suites a run measures: the named suites, else those whose `when` fits; of these only
// one shard, if there are several.
namespace perfwarden::app {

struct SelectOptions {
  std::vector<std::string> suites;
  std::string tier, shard, times;
};
// Declares --suite, --tier, --shard and --times.
void add_select_options(Verb& verb, SelectOptions& options);

struct Selected {
  Plan plan;                     // without suites when there is nothing to measure
  std::vector<Warning> skipped;  // suites whose `when` does not fit
  std::optional<Shard> shard;
  bool whole = true;  // the run measures everything that the config names
};

// The request of a plan that is not about suites.
struct Order {
  bool two_sided = false;
  std::uint64_t seed = 0;
};

// `changed`: files that differ between base and head; nullopt: unknown, so `when.paths` skips nothing.
[[nodiscard]] Result<Selected> select_plan(World& world, const Config& config, const RunContext& context,
                                           const SelectOptions& options,
                                           const std::optional<std::vector<std::string>>& changed, const Order& order);

// The files that differ between the sides, for select_plan; nullopt when no suite asks for them, when they cannot be
// known, or when the config is one of them.
[[nodiscard]] std::optional<std::vector<std::string>> changed_files(World& world, const Config& config,
                                                                    const Checkouts& sides,
                                                                    const std::string& config_file);

// Names of the suites that a run for a pull request measures whatever it changes, by their `when` and the input `tier`.
// Error (usage) for an unknown tier.
[[nodiscard]] Result<std::vector<std::string>> always_measured(const World& world, const Config& config);

// Records in the samples which suites and which shard they cover.
void add_selection(const Selected& selected, Measured& measured);

// Removes from a baseline what this run skips on purpose, so that it does not look vanished.
void forget_left_out(Samples& base, const Config& config, const Plan& plan);

}  // namespace perfwarden::app
