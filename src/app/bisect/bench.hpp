#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/bisect/state.hpp"
#include "app/cli/world.hpp"
#include "app/pipe/measurement.hpp"
#include "app/pipe/trial.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/result.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// The numbers of two commits, measured side by side until the config's own procedure has decided.
struct BisectComparison {
  std::vector<Comparison> all;
  std::vector<SuiteIdentity> identities;
  Formats formats;
  std::string failed;  // head cannot be built or run: why; empty = it can
  double seconds = 0;

  [[nodiscard]] const Comparison* find(const SeriesId& id) const;
};

// What a visit to a commit brought.
struct BisectVisit {
  std::vector<double> pairs;  // ln(commit / good) of each, > 0 is worse
  bool same_program = false;  // as the good commit: nothing was measured
  std::string why_not;        // it cannot be built or run, or has no such benchmark; empty = it can
  bool interrupted = false;   // `pairs` were measured before the signal
  double seconds = 0;
};

// A BisectBench measures pairs of commits on this machine, for one config. Suites whose programs are the same on both
// sides are not measured.
class BisectBench {
 public:
  // Builds are kept in the config's build cache, else in one of the user's, so that no tree is built twice.
  BisectBench(World& world, Config config, RunContext context);
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Machine machine() const { return machine_.machine(); }

  // `suites`: names; empty = those that a run by hand measures.
  [[nodiscard]] Result<BisectComparison> compare(const std::string& base, const std::string& head,
                                                 const std::vector<std::string>& suites);
  // Measures one series of `commit` against `good`, two pairs at first, until `is_enough` says so of the pairs so far.
  [[nodiscard]] Result<BisectVisit> visit(const std::string& good, const std::string& commit, const SeriesId& id,
                                          const std::vector<std::string>& only,
                                          const std::function<bool(const std::vector<double>&)>& is_enough);

 private:
  [[nodiscard]] Result<Checkouts> check_out(const std::string& base, const std::string& head);
  [[nodiscard]] Result<Selected> select(const Config& config, const std::vector<std::string>& suites,
                                        const Checkouts& sides);

  World world_;  // without notes: a visit is told in one line
  Config config_;
  RunContext context_;
  TunedMachine machine_;
};

// ln(head / base) of each pair, > 0 is worse. Error (benchmark) when a number is not above 0.
[[nodiscard]] Result<std::vector<double>> logs_of(const SeriesId& id, const Metric& metric,
                                                  const std::vector<double>& base, const std::vector<double>& head);

}  // namespace perfwarden::app
