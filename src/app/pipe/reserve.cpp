#include "app/pipe/reserve.hpp"

#include <algorithm>
#include <set>

namespace perfwarden::app {
namespace {

constexpr std::size_t k_latest = 6;  // processes that show how long one takes now: fewer benchmarks run later on

// Of both sides together; 0 when it never ran.
double pair_s(const Unit& unit, const Raw& raw) {
  double sum = 0;
  std::size_t count = 0;
  for (auto one = raw.invocations.rbegin(); one != raw.invocations.rend() && count < k_latest; ++one) {
    if (Unit{one->step.suite, one->step.case_index} != unit) continue;
    sum += one->usage.wall_s;
    ++count;
  }
  return count == 0 ? 0 : 2 * sum / static_cast<double>(count);
}

// What a suite wants before its next look.
struct Ahead {
  std::set<Unit> units;
  std::size_t had = 0, look = 0;  // pairs now, and at the look
};

}  // namespace

bool Reserve::move_looks(const compare::Progress& progress, const Raw& raw,
                         const std::function<Unit(const SeriesId&)>& unit_of) {
  std::map<std::size_t, Ahead> suites;
  for (const compare::Wanted& one : progress.wanted) {
    if (!one.screening) continue;
    const Unit unit = unit_of(one.id);
    Ahead& ahead = suites[unit.first];
    ahead.units.insert(unit);
    ahead.had = std::max(ahead.had, one.had);
    ahead.look = std::max(ahead.look, one.had + one.pairs);
  }
  bool moved = false;
  for (const auto& [suite, ahead] : suites) {
    if (last_looks_.contains(suite) || suite >= raw.spent_s.size()) continue;
    double round_s = 0;
    for (const Unit& unit : ahead.units) round_s += pair_s(unit, raw);
    const double left_s = std::max(0.0, plan_.suites[suite].iterations.max_time_s - raw.spent_s[suite]);
    if (!(round_s > 0) || left_s / round_s > 1e6) continue;
    const std::size_t all = ahead.had + static_cast<std::size_t>(left_s / round_s);
    if (ahead.look + compare::fresh_pairs_for(progress.procedure, ahead.look) <= all) continue;
    const std::size_t last = compare::screening_within(progress.procedure, all);
    if (last < std::max(ahead.had, progress.least_last_look)) continue;
    last_looks_[suite] = last;
    moved = true;
  }
  return moved;
}

void Reserve::mark(Samples& samples) const {
  for (const auto& [suite, pairs] : last_looks_)
    for (Series& series : samples.series)
      if (series.adaptive_pairs > 0 && series.id.suite == plan_.suites[suite].name) series.last_look = pairs;
}

}  // namespace perfwarden::app
