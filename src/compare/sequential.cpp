#include "compare/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stats/hodges_lehmann.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"
#include "stats/signed_rank.hpp"
#include "stats/summary.hpp"
#include "stats/t_tests.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_open_label = 1.4;       // × threshold: above it an alert earns one more look for HIGH
constexpr std::size_t k_least_fresh = 5;   // fewer fresh pairs than this confirm nothing: 2⁻⁵ < 0.05
constexpr std::size_t k_least_spread = 2;  // pairs that have a spread
constexpr double k_interval = 0.95;        // of an estimate whose interval is not used

double sign_of(Direction direction) {
  return direction == Direction::faster ? -1 : 1;
}

std::vector<double> turned(std::span<const double> d, Direction direction) {
  std::vector<double> result(d.begin(), d.end());
  if (direction == Direction::faster)
    for (double& value : result) value = -value;
  return result;
}

// One-sided, of a change in `direction`, trimmed.
double p_of(std::span<const double> d, Direction direction, stats::NullCache& nulls) {
  return stats::signed_rank(stats::trimmed(turned(d, direction)), nulls).p_greater;
}

bool all_point(const std::vector<double>& batches, double sign) {
  return std::all_of(batches.begin(), batches.end(), [sign](double batch) { return sign * batch > 0; });
}

}  // namespace

Sequential::Sequential(Procedure procedure, const std::vector<Target>& targets) : procedure_(std::move(procedure)) {
  for (const Target& target : targets) {
    State& state = states_.emplace_back();
    state.target = target;
    if (procedure_.looks.empty()) state.decision.stage = Stage::undecided;
  }
}

std::size_t Sequential::fresh_wanted(const State& state) const {
  return std::clamp(state.decision.pairs, procedure_.confirm_least, procedure_.confirm_most);
}

std::vector<std::size_t> Sequential::pairs_needed() const {
  std::vector<std::size_t> needed;
  for (const State& state : states_) {
    std::size_t have = 0;
    std::size_t want = 0;
    if (screening(state)) {
      have = state.screening.size();
      want = procedure_.looks[next_].pairs;
    } else if (state.decision.stage == Stage::confirming) {
      have = state.fresh.size();
      want = fresh_wanted(state);
    }
    needed.push_back(want > have ? want - have : 0);
  }
  return needed;
}

void Sequential::observe(std::size_t series, double log_ratio) {
  State& state = states_[series];
  if (!std::isfinite(log_ratio)) return;
  if (screening(state) && state.screening.size() < procedure_.looks[next_].pairs)
    state.screening.push_back(log_ratio);
  else if (state.decision.stage == Stage::confirming && state.fresh.size() < fresh_wanted(state))
    state.fresh.push_back(log_ratio);
}

void Sequential::suspend(std::size_t series) {
  states_[series].suspended = true;
}

bool Sequential::active(std::size_t series) const {
  const State& state = states_[series];
  return !state.suspended && (screening(state) || state.decision.stage == Stage::confirming);
}

// Numbers that need no decision: bounds, estimate, the newest batch.
void Sequential::describe(State& state) {
  Decision& decision = state.decision;
  const std::span<const double> d(state.screening);
  decision.pairs = d.size();
  if (d.empty()) return;
  const stats::TTest t = stats::one_sample_t(stats::trimmed(d));
  decision.lower = t.lower_bound(procedure_.bound_confidence);
  decision.upper = t.upper_bound(procedure_.bound_confidence);
  decision.estimate = stats::pseudomedian(d, k_interval, nulls_).estimate;
  decision.p = p_of(d, decision.estimate < 0 ? Direction::faster : Direction::slower, nulls_);
  if (d.size() > state.looked) state.batches.push_back(stats::median(d.subspan(state.looked)));
  state.looked = d.size();
  decision.batches = state.batches.size();
  const double sign = decision.estimate < 0 ? -1 : 1;
  decision.batches_agreeing = static_cast<std::size_t>(
      std::count_if(state.batches.begin(), state.batches.end(), [sign](double batch) { return sign * batch > 0; }));
}

void Sequential::find_alerts(double level, Direction direction, bool last) {
  const double sign = sign_of(direction);
  std::vector<double> p(states_.size(), 1.0);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    // What was alerted stays in the family as found; what was stopped as fine, as not found.
    if (state.decision.direction == direction)
      p[i] = 0;
    else if (looked_at(state, last) && state.decision.direction == Direction::none)
      p[i] = p_of(state.screening, direction, nulls_);
  }
  const std::vector<double> adjusted = stats::p_adjust(p, stats::Adjustment::benjamini_hochberg);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (!looked_at(state, last)) continue;
    Decision& decision = state.decision;
    const bool open = decision.direction == Direction::none;
    if (open && sign * decision.estimate >= 0) decision.p_adjusted = adjusted[i];
    if (open && adjusted[i] <= level && sign * decision.estimate >= state.target.bar) decision.direction = direction;
    if (decision.direction == direction) decision.estimate_at_alert = decision.estimate;
  }
}

void Sequential::settle(State& state, bool last) {
  Decision& decision = state.decision;
  const Target& target = state.target;
  const stats::TTest t = stats::one_sample_t(stats::trimmed(state.screening));
  if (decision.direction != Direction::none) {
    const double sign = sign_of(decision.direction);
    const double nearest = sign > 0 ? decision.lower : -decision.upper;
    if (nearest >= target.threshold && all_point(state.batches, sign)) decision.high = true;
    // Large, but not yet surely above the threshold: one more look may earn it the label.
    const bool open = !decision.high && sign * t.estimate >= k_open_label * target.threshold && !state.labelled;
    state.labelled = true;
    if (!open || last) decision.stage = Stage::confirming;
    return;
  }
  if (!state.only_faster && decision.upper < target.bar) {
    state.only_faster = procedure_.improvements && t.estimate <= -target.bar;
    if (!state.only_faster || last) decision.stage = Stage::fine;
  } else if (state.only_faster && (decision.lower > -target.bar || last)) {
    decision.stage = Stage::fine;
  } else if (last) {
    decision.stage = Stage::undecided;
  }
}

void Sequential::confirm(State& state, bool last) {
  const bool complete = state.fresh.size() >= fresh_wanted(state);
  if (!complete && !last) return;
  Decision& decision = state.decision;
  decision.fresh_pairs = state.fresh.size();
  if (!complete && state.fresh.size() < k_least_fresh) {
    decision.stage = Stage::undecided;
    return;
  }
  decision.p_fresh = p_of(state.fresh, decision.direction, nulls_);
  if (decision.p_fresh <= procedure_.confirm_alpha)
    decision.stage = Stage::confirmed;
  else
    decision.stage = complete ? Stage::dropped : Stage::undecided;
  decision.high = decision.high && decision.stage == Stage::confirmed;
  std::vector<double> all = state.screening;
  all.insert(all.end(), state.fresh.begin(), state.fresh.end());
  decision.estimate = stats::pseudomedian(all, k_interval, nulls_).estimate;
}

void Sequential::look(bool last) {
  const auto in_play = [&](const State& state) { return looked_at(state, last); };
  const bool any_screening = std::any_of(states_.begin(), states_.end(), in_play);
  const bool complete = std::all_of(states_.begin(), states_.end(), [&](const State& state) {
    return !in_play(state) || state.screening.size() >= procedure_.looks[next_].pairs;
  });
  for (State& state : states_)
    if (state.decision.stage == Stage::confirming && (last || !state.suspended)) confirm(state, last);
  if (!any_screening || !(complete || last)) return;
  double weight = procedure_.looks[next_].weight;
  if (last)
    for (std::size_t i = next_ + 1; i < procedure_.looks.size(); ++i) weight += procedure_.looks[i].weight;
  const bool final_look = last || next_ + 1 == procedure_.looks.size();
  for (State& state : states_)
    if (in_play(state)) describe(state);
  if (weight > 0) {
    find_alerts(procedure_.alpha * weight, Direction::slower, last);
    if (procedure_.improvements) find_alerts(procedure_.alpha * weight, Direction::faster, last);
  }
  for (State& state : states_) {
    if (!in_play(state)) continue;
    if (state.screening.size() < k_least_spread)
      state.decision.stage = final_look ? Stage::undecided : Stage::screening;
    else
      settle(state, final_look);
    if (last && state.decision.stage == Stage::confirming) confirm(state, true);
  }
  if (!final_look) ++next_;
}

bool Sequential::done() const {
  return std::none_of(states_.begin(), states_.end(), [&](const State& state) {
    return screening(state) || state.decision.stage == Stage::confirming;
  });
}

double Sequential::lone_level() const {
  const double weight = procedure_.looks.empty() ? 1 : procedure_.looks.back().weight;
  return procedure_.alpha * weight / static_cast<double>(std::max<std::size_t>(1, states_.size()));
}

std::size_t Sequential::pairs_to_decide(std::size_t series) const {
  const State& state = states_[series];
  if (state.decision.stage != Stage::undecided && !screening(state)) return 0;
  if (state.screening.size() < k_least_spread) return stats::pairs_for_level(lone_level()) + 1;
  const std::vector<double> kept = stats::trimmed(state.screening);
  const double spread = stats::standard_deviation(kept);
  const double estimate = std::fabs(stats::mean(kept));
  const std::size_t to_find = stats::pairs_needed(spread, std::max(estimate, state.target.bar), lone_level());
  if (estimate >= state.target.bar) return to_find;
  // Nearer to nothing than to the bar: pairs until the bound falls below it.
  return std::min(to_find, stats::pairs_needed(spread, state.target.bar - estimate, 1 - procedure_.bound_confidence));
}

double Sequential::minimum_detectable(std::size_t series) const {
  const State& state = states_[series];
  if (state.screening.size() < k_least_spread || procedure_.looks.empty()) return k_nan;
  const double spread = stats::standard_deviation(stats::trimmed(state.screening));
  const std::size_t pairs = state.suspended ? state.screening.size() : procedure_.looks.back().pairs;
  const double found = stats::detectable_paired(spread, pairs, lone_level());
  return std::max(found, std::expm1(state.target.bar));
}

}  // namespace perfwarden::compare
