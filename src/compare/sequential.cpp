#include "compare/sequential.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "compare/moderated.hpp"
#include "stats/hodges_lehmann.hpp"
#include "stats/p_adjust.hpp"
#include "stats/power.hpp"
#include "stats/signed_rank.hpp"
#include "stats/summary.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_open_label = 1.4;       // × threshold: above it an alert earns one more look for HIGH
constexpr std::size_t k_least_fresh = 5;   // fewer fresh pairs than this confirm nothing: 2⁻⁵ < 0.05
constexpr std::size_t k_least_spread = 2;  // pairs that have a spread

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
  return fresh_pairs_for(procedure_, state.decision.pairs);
}

std::size_t Sequential::screening_wanted(const State& state) const {
  const std::size_t pairs = next_look().pairs;
  return state.target.last_look > 0 ? std::min(pairs, state.target.last_look) : pairs;
}

bool Sequential::is_final(const State& state) const {
  const bool own = state.target.last_look > 0 && state.target.last_look <= next_look().pairs;
  return own || next_ + 1 >= procedure_.looks.size();
}

std::vector<std::size_t> Sequential::pairs_needed() const {
  std::vector<std::size_t> needed;
  for (const State& state : states_) {
    std::size_t have = 0;
    std::size_t want = 0;
    if (screening(state)) {
      have = state.screening.size();
      want = screening_wanted(state);
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
  if (screening(state) && state.screening.size() < screening_wanted(state))
    state.screening.push_back(log_ratio);
  else if (state.decision.stage == Stage::confirming && state.fresh.size() < fresh_wanted(state))
    state.fresh.push_back(log_ratio);
}

void Sequential::suspend(std::size_t series) {
  states_[series].suspended = true;
}

bool Sequential::active(std::size_t series) const {
  return !states_[series].suspended && open(states_[series]);
}

std::vector<double> Sequential::all_of(const State& state) {
  std::vector<double> all = state.screening;
  all.insert(all.end(), state.fresh.begin(), state.fresh.end());
  return all;
}

// Estimate and bounds from all pairs at hand; `pass_share` of pass_alpha is spent on the bound that can prove it fine.
void Sequential::bound(State& state, std::span<const double> pairs, double pass_share) {
  Decision& decision = state.decision;
  const double error = procedure_.bound_error;
  const stats::LocationEstimate location = stats::pseudomedian(pairs, stats::two_sided(error), nulls_);
  decision.estimate = location.estimate;
  decision.lower = location.holds(stats::two_sided(error)) ? location.low : k_nan;
  decision.upper = location.holds(stats::two_sided(error)) ? location.high : k_nan;
  // Pairs that move while they are measured may contradict what the first of them proved: that proof is withdrawn.
  if (decision.estimate > decision.most) decision.most = k_nan;
  const double pass = procedure_.pass_alpha * std::min(pass_share, 1 - state.pass_spent);
  if (!(pass > 0)) return;
  const stats::LocationEstimate proof = stats::pseudomedian(pairs, stats::two_sided(pass), nulls_);
  if (!proof.holds(stats::two_sided(pass))) return;  // nothing was claimed, so nothing is spent
  state.pass_spent += pass / procedure_.pass_alpha;
  decision.most = std::fmin(decision.most, proof.high);
}

// Numbers that need no decision: bounds, estimate, the newest batch.
void Sequential::describe(State& state, double pass_share) {
  Decision& decision = state.decision;
  const std::span<const double> d(state.screening);
  decision.pairs = d.size();
  if (d.empty()) return;
  bound(state, d, pass_share);
  decision.p = p_of(d, decision.estimate < 0 ? Direction::faster : Direction::slower, nulls_);
  if (d.size() > state.looked) state.batches.push_back(stats::median(d.subspan(state.looked)));
  state.looked = d.size();
  decision.batches = state.batches.size();
  const double sign = decision.estimate < 0 ? -1 : 1;
  decision.batches_agreeing = static_cast<std::size_t>(
      std::count_if(state.batches.begin(), state.batches.end(), [sign](double batch) { return sign * batch > 0; }));
}

// Each p is over its share of alpha: with shares that differ this is the weighted procedure of Genovese, Roeder and
// Wasserman 2006, whose error is alpha times their mean.
void Sequential::find_alerts(Direction direction, bool last) {
  const double sign = sign_of(direction);
  std::vector<double> p(states_.size(), 1.0);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    // What was alerted stays in the family as found; what was stopped as fine, as not found.
    if (state.decision.direction == direction)
      p[i] = 0;
    else if (looked_at(state, last) && state.decision.direction == Direction::none)
      p[i] = state.weight > 0 ? std::min(1.0, p_of(state.screening, direction, nulls_) / state.weight) : 1;
  }
  const std::vector<double> adjusted = stats::p_adjust(p, stats::Adjustment::benjamini_hochberg);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (!looked_at(state, last)) continue;
    Decision& decision = state.decision;
    const bool open = decision.direction == Direction::none;
    if (open && state.weight > 0 && sign * decision.estimate >= 0) decision.p_adjusted = adjusted[i] * state.weight;
    const bool proven = direction == Direction::slower && decision.most < state.target.threshold;
    if (open && !proven && adjusted[i] <= procedure_.alpha && sign * decision.estimate >= state.target.bar) {
      decision.direction = direction;
      if (!last) state.alert_weight = state.weight;
    }
    if (decision.direction == direction) decision.estimate_at_alert = decision.estimate;
  }
}

void Sequential::settle(State& state, bool final_look) {
  Decision& decision = state.decision;
  const Target& target = state.target;
  if (decision.direction != Direction::none) {
    // Large, but not yet surely above the threshold: one more look may earn it the label.
    const bool open = !surely_beyond(state) && !state.labelled &&
                      sign_of(decision.direction) * decision.estimate >= k_open_label * target.threshold;
    state.labelled = true;
    if (!open || final_look) decision.stage = Stage::confirming;
    return;
  }
  if (!(decision.most < target.threshold)) state.only_faster = false;
  if (!state.only_faster && decision.most < target.threshold) {
    state.only_faster = procedure_.improvements && decision.estimate <= -target.bar;
    if (!state.only_faster || final_look) decision.stage = Stage::fine;
  } else if (state.only_faster && (decision.lower > -target.bar || final_look)) {
    decision.stage = Stage::fine;
  } else if (final_look) {
    decision.stage = Stage::undecided;
  }
}

bool Sequential::surely_beyond(const State& state) {
  const Decision& decision = state.decision;
  const double sign = sign_of(decision.direction);
  const double nearest = sign > 0 ? decision.lower : -decision.upper;
  return nearest >= state.target.threshold && all_point(state.batches, sign);
}

void Sequential::confirm(State& state, bool last) {
  const bool complete = state.fresh.size() >= fresh_wanted(state);
  if (!complete && !last) return;
  Decision& decision = state.decision;
  if (!complete && state.fresh.size() < k_least_fresh) return;  // judge_cut_short's
  decision.fresh_pairs = state.fresh.size();
  decision.p_fresh = p_of(state.fresh, decision.direction, nulls_);
  if (decision.p_fresh <= procedure_.confirm_alpha)
    decision.stage = Stage::confirmed;
  else
    decision.stage = complete ? Stage::dropped : Stage::undecided;
  decision.estimate_fresh = stats::pseudomedian(state.fresh, stats::two_sided(procedure_.bound_error), nulls_).estimate;
  bound(state, all_of(state), 1);
  decision.high = decision.stage == Stage::confirmed && surely_beyond(state);
}

// What is still open gets no fresh pairs. Whatever is at hand is judged once, so that no run as a whole blames more
// often than it promised: at the share of the budget that no look has spent, and for an alert also at the share of its
// look, which was to be spent on its fresh pairs.
void Sequential::judge_cut_short() {
  std::vector<std::vector<double>> pairs;
  for (const State& state : states_) pairs.push_back(stats::trimmed(all_of(state)));
  const stats::PriorVariance prior = prior_of(pairs);
  const double budget = procedure_.alpha * procedure_.confirm_alpha;
  for (const Direction direction : {Direction::slower, Direction::faster}) {
    if (direction == Direction::faster && !procedure_.improvements) continue;
    const double sign = sign_of(direction);
    std::vector<double> p(states_.size(), 1.0);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const Decision& decision = states_[i].decision;
      if (decision.stage == Stage::confirmed && decision.direction == direction) p[i] = 0;
      if (!open(states_[i])) continue;
      const stats::SignedRank exact = stats::signed_rank(pairs[i], nulls_);
      const OneSided both = beside_exact({exact.p_less, exact.p_greater}, pairs[i], prior);
      p[i] = direction == Direction::slower ? both.greater : both.less;
    }
    const std::vector<double> adjusted = stats::p_adjust(p, stats::Adjustment::holm);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      State& state = states_[i];
      Decision& decision = state.decision;
      if (!open(state) || !(sign * decision.estimate >= 0)) continue;
      decision.p_adjusted = adjusted[i];
      const double share = unspent(state) + (decision.direction == direction ? state.alert_weight : 0);
      if (!(adjusted[i] <= budget * share) || !(sign * decision.estimate >= state.target.bar)) continue;
      decision.stage = Stage::confirmed;
      decision.direction = direction;
      decision.cut_short = true;
    }
  }
}

void Sequential::look(bool last) {
  const auto in_play = [&](const State& state) { return looked_at(state, last); };
  const bool any_screening = std::any_of(states_.begin(), states_.end(), in_play);
  const bool complete = std::all_of(states_.begin(), states_.end(), [&](const State& state) {
    return !in_play(state) || state.screening.size() >= screening_wanted(state);
  });
  for (State& state : states_)
    if (state.decision.stage == Stage::confirming && (last || !state.suspended)) confirm(state, last);
  if (any_screening && (complete || last)) screen(last);
  if (last) end();
}

void Sequential::screen(bool last) {
  const Look& now = next_look();
  bool any = false;
  for (State& state : states_) {
    if (!looked_at(state, last)) continue;
    state.weight = last || is_final(state) ? unspent(state) : now.weight;
    any = any || state.weight > 0;
    describe(state, last || is_final(state) ? 1 : now.pass);
  }
  if (any) {
    find_alerts(Direction::slower, last);
    if (procedure_.improvements) find_alerts(Direction::faster, last);
  }
  for (State& state : states_) {
    if (!looked_at(state, last)) continue;
    if (!last && is_final(state)) state.spent = true;
    if (state.screening.size() >= k_least_spread) settle(state, is_final(state));
  }
  if (!last) ++next_;
}

// No pairs will come any more.
void Sequential::end() {
  for (State& state : states_) {
    if (state.decision.stage != Stage::confirming) continue;
    state.decision.fresh_pairs = state.fresh.size();
    bound(state, all_of(state), 1);
  }
  judge_cut_short();
  for (State& state : states_)
    if (open(state))
      state.decision.stage = state.decision.most < state.target.threshold ? Stage::fine : Stage::undecided;
}

double Sequential::unspent(const State& state) const {
  double weight = 0;
  if (state.spent) return weight;
  for (std::size_t i = next_; i < procedure_.looks.size(); ++i) weight += procedure_.looks[i].weight;
  return weight;
}

bool Sequential::done() const {
  return std::none_of(states_.begin(), states_.end(), [&](const State& state) { return open(state); });
}

std::size_t Sequential::least_last_look() const {
  double weight = 0;
  for (std::size_t i = next_; i < procedure_.looks.size(); ++i) weight += procedure_.looks[i].weight;
  if (!(weight > 0)) return std::numeric_limits<std::size_t>::max();
  return stats::pairs_for_level(procedure_.alpha * weight / static_cast<double>(states_.size())) + 1;
}

double Sequential::lone_level() const {
  const double weight = procedure_.looks.empty() ? 1 : procedure_.looks.back().weight;
  return procedure_.alpha * weight / static_cast<double>(std::max<std::size_t>(1, states_.size()));
}

std::size_t Sequential::pairs_to_decide(std::size_t series) const {
  const State& state = states_[series];
  if (state.decision.stage != Stage::undecided && !screening(state)) return 0;
  if (state.screening.size() < k_least_spread || std::isnan(state.decision.estimate))
    return stats::pairs_for_level(lone_level()) + 1;
  const std::vector<double> kept = stats::trimmed(state.screening);
  const double spread = stats::standard_deviation(kept);
  const double estimate = state.decision.estimate;
  const double threshold = state.target.threshold;
  // Beyond the limit it has to be found; within, only a proof of that decides anything.
  const bool beyond = estimate >= threshold;
  const double distance = stats::sure_distance(beyond ? estimate : threshold - estimate, spread, kept.size());
  const double level = beyond ? lone_level() : procedure_.pass_alpha * procedure_.looks.back().pass;
  return distance > 0 ? stats::pairs_needed(spread, distance, level) : 0;
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
