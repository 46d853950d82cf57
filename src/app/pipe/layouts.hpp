#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/trial.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/report.hpp"
#include "model/run_context.hpp"

// A layout is one build of a side with unused code of a random size linked in front of all of its own, so that its
// functions lie elsewhere (docs/statistics.md, Placement).
namespace perfwarden::app {

// Makes object files of unused code, of other sizes each time.
class UnusedCode {
 public:
  UnusedCode(World& world, std::uint64_t seed) : world_(world), random_(seed) {}
  // The path of an object file below the work folder. Error (benchmark) when it cannot be assembled here.
  [[nodiscard]] Result<std::string> next();

 private:
  World& world_;
  std::mt19937_64 random_;
};

// Every timed invocation of these suites, `pairs` times, decided or not, and also where both sides run the same
// program.
[[nodiscard]] Config with_pairs(Config config, std::size_t pairs);

// Builds both checkouts, each with its object in front (none where it has none), measures them and compares them.
// `sides`: fresh checkouts, of no commit, so that no build of them is kept for later runs.
// Error (benchmark) when a side cannot be built, (interrupted) after a signal.
struct Layout {
  Report report;
  Checkouts sides;
};
[[nodiscard]] Result<Layout> measure_layout(World& world, const Config& config, const RunContext& context,
                                            const TunedMachine& machine, Checkouts sides,
                                            std::map<Side, std::string> objects, std::uint64_t seed);

// Settles what is flagged, but may be placement. Suites with `layouts` are built and measured again in so many layouts
// of both sides, and their flagged benchmarks rest on those. What is then left within the range that `selftest
// --placement` saw becomes undecided. True when a comparison changed, so that the report has to be judged again. What
// cannot be measured is a warning; the only Error is (interrupted).
[[nodiscard]] Result<bool> settle_placement(World& world, const Config& config, const RunContext& context,
                                            const Trial& trial, Report& report);

}  // namespace perfwarden::app
