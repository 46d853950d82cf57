#include "trend/tune.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/distributions.hpp"
#include "stats/summary.hpp"

namespace perfwarden::trend {
namespace {

// Budgets that people would write. Below 1 % the layout of the code alone makes a difference.
constexpr std::array k_ladder{0.01, 0.02, 0.03, 0.04, 0.05, 0.07, 0.10, 0.15, 0.20, 0.30, 0.50};
// Tails of benchmarks are heavier than those of a t distribution with many degrees of freedom.
constexpr double k_most_freedom = 10;
constexpr double k_earned = 0.1;  // of its share of false alarms

// Share of unchanged runs whose change is beyond the budget: by the spread, and as counted, whichever is more. Counted
// are both directions, since where nothing changed one is as likely as the other.
double share_beyond(double budget, double spread, std::span<const PastChange> changes) {
  double beyond = 0;
  double unchanged = 0;
  for (const PastChange& change : changes) {
    if (change.distinct) continue;
    ++unchanged;
    beyond += std::abs(change.worse) >= budget ? 0.5 : 0;
  }
  const double counted = unchanged > 0 ? beyond / unchanged : 0;
  if (spread <= 0) return counted;
  const double freedom = std::min(static_cast<double>(changes.size()) - 1, k_most_freedom);
  return std::max(counted, stats::t_upper(budget / spread, freedom));
}

}  // namespace

Proposal tune(const SeriesId& id, std::span<const PastChange> changes, std::size_t series, const TuneOptions& options) {
  Proposal out;
  out.id = id;
  std::vector<PastChange> known;
  std::vector<double> sizes;
  for (const PastChange& change : changes) {
    if (!std::isfinite(change.worse)) continue;
    known.push_back(change);
    sizes.push_back(change.worse);
  }
  out.runs = known.size();
  if (out.runs < k_least_runs_to_tune) return out;
  out.spread = stats::k_mad_to_sigma * stats::median_absolute_deviation(sizes);
  const double share = options.alarms_a_month / static_cast<double>(std::max<std::size_t>(series, 1));
  for (const double budget : k_ladder) {
    const double alarms = options.runs_a_month * share_beyond(budget, out.spread, known);
    if (alarms > share) continue;
    out.budget = budget;
    out.alarms_a_month = alarms;
    out.hard = out.runs >= k_least_runs_for_hard && alarms <= k_earned * share;
    break;
  }
  for (const PastChange& change : known)
    if (change.distinct && change.worse >= out.budget) out.caught.push_back(change);
  return out;
}

}  // namespace perfwarden::trend
