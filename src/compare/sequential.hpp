#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "compare/procedure.hpp"
#include "model/comparison.hpp"
#include "stats/null_tables.hpp"

namespace perfwarden::compare {

// The progress of one series. "Slower" means a log-ratio above 0: metrics that are better higher must be negated first.
enum class Stage {
  screening,   // needs more pairs
  confirming,  // alerted; needs fresh pairs
  fine,        // proven below its bar
  confirmed,   // alerted, and the fresh pairs agree
  dropped,     // alerted, and the fresh pairs do not agree
  undecided,   // neither, and no pairs are left
};
enum class Direction { none, slower, faster };

// A Decision is the result for one series so far. Bounds are in logs.
struct Decision {
  Stage stage = Stage::screening;
  Direction direction = Direction::none;  // of an alert
  bool high = false;                      // lower bound ≥ threshold, every batch the same way, and confirmed
  bool cut_short = false;                 // confirmed without fresh pairs, at the remaining error budget
  std::size_t pairs = 0;                  // of screening
  std::size_t fresh_pairs = 0;            // of confirmation
  double estimate = k_nan;                // Hodges–Lehmann over all pairs, fresh ones too
  double estimate_at_alert = k_nan;       // over the pairs of screening when the alert was raised
  double estimate_fresh = k_nan;          // over the fresh pairs
  double lower = k_nan, upper = k_nan;    // one-sided bounds over all pairs, each at bound_error; NaN with too few
  double most =
      k_nan;  // upper bound at pass_alpha over all looks together, never below the estimate; NaN while there is none
  double p = k_nan;           // one-sided in the direction of the estimate, at the last look
  double p_adjusted = k_nan;  // p over all series (Benjamini–Hochberg); NaN before a look that can find
  double p_fresh = k_nan;
  std::size_t batches = 0;           // pairs between two looks
  std::size_t batches_agreeing = 0;  // of those, with a median in the direction of the estimate
};

// A Sequential is the group-sequential procedure as a state machine without a clock or a process in it: ask
// `pairs_needed`, measure, `observe` each, then `look`; until `done`. Pairs must have been run in an order drawn by a
// fair coin each, every process fresh. Deterministic.
class Sequential {
 public:
  Sequential(Procedure procedure, const std::vector<Target>& targets);

  // Pairs still wanted of each series before the next look(); all 0 when everything is decided.
  [[nodiscard]] std::vector<std::size_t> pairs_needed() const;
  // One pair's ln(head / base). Values that were not asked for or are not finite are ignored.
  void observe(std::size_t series, double log_ratio);
  // This series gets no more pairs, for a reason that is independent of the measured values: the others need not wait
  // for it, and its pairs are evaluated once, with `last`.
  void suspend(std::size_t series);
  // Needs pairs and may get them.
  [[nodiscard]] bool active(std::size_t series) const;
  // Evaluates the pairs so far; does nothing while pairs are missing. With `last` no more pairs will come at all, for a
  // reason that is independent of the measured values (time is up): the remaining error budget is spent on the pairs so
  // far, at alpha · confirm_alpha, since no fresh pairs can confirm them.
  void look(bool last = false);

  [[nodiscard]] bool done() const;
  [[nodiscard]] std::size_t size() const { return states_.size(); }
  [[nodiscard]] const Decision& decision(std::size_t series) const { return states_[series].decision; }
  [[nodiscard]] const Procedure& procedure() const { return procedure_; }
  // Fewer pairs than this cannot raise an alert, though all looks to come were one.
  [[nodiscard]] std::size_t least_last_look() const;
  // About how many pairs would decide a series that is `undecided`, at the spread seen and for an estimate that errs as
  // in one of five runs; 0 when it is decided, or when it is too near to its threshold to promise any number.
  [[nodiscard]] std::size_t pairs_to_decide(std::size_t series) const;
  // Smallest change, a fraction, that the whole procedure finds with 80 % power at the spread seen; of a suspended
  // series the change that its own pairs can find. NaN before 2 pairs.
  [[nodiscard]] double minimum_detectable(std::size_t series) const;

 private:
  struct State {
    Target target;
    std::vector<double> screening, fresh;
    std::vector<double> batches;  // median of the pairs between two looks
    std::size_t looked = 0;       // pairs at the last look
    bool labelled = false;        // its one more look for the label is used up
    bool suspended = false;
    bool only_faster = false;  // proven fine; goes on because it looks faster
    double pass_spent = 0;     // of pass_alpha
    double weight = 0;         // share of alpha that it has at this look
    double alert_weight = 0;   // of the look that raised the alert
    bool spent = false;        // its last look has been
    Decision decision;
  };
  [[nodiscard]] static bool screening(const State& state) { return state.decision.stage == Stage::screening; }
  [[nodiscard]] static bool open(const State& state) {
    return screening(state) || state.decision.stage == Stage::confirming;
  }
  [[nodiscard]] static bool looked_at(const State& state, bool last) {
    return screening(state) && (last || !state.suspended);
  }
  [[nodiscard]] static std::vector<double> all_of(const State& state);
  [[nodiscard]] std::size_t fresh_wanted(const State& state) const;
  // The last one again when all are over: a suspended series may still be open.
  [[nodiscard]] const Look& next_look() const { return procedure_.looks[std::min(next_, procedure_.looks.size() - 1)]; }
  [[nodiscard]] std::size_t screening_wanted(const State& state) const;
  [[nodiscard]] bool is_final(const State& state) const;   // the next look is its last
  [[nodiscard]] double unspent(const State& state) const;  // share of alpha that its looks to come have
  [[nodiscard]] static bool surely_beyond(const State& state);
  void bound(State& state, std::span<const double> pairs, double pass_share);
  void describe(State& state, double pass_share);
  void screen(bool last);
  void find_alerts(Direction direction, bool last);
  void settle(State& state, bool final_look);
  void confirm(State& state, bool last);
  void judge_cut_short();
  void end();
  [[nodiscard]] double lone_level() const;

  Procedure procedure_;
  std::size_t next_ = 0;  // of procedure_.looks
  std::vector<State> states_;
  stats::NullCache nulls_;
};

}  // namespace perfwarden::compare
