#include "measure/pace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "measure/step.hpp"

namespace perfwarden::measure {
namespace {

constexpr std::size_t k_deciding_pairs = 10;  // fewer hardly ever decide anything, and are never HIGH

bool is_needed(const Plan& plan, const Step& step) {
  return step.kind == Step::Kind::warmup || step.invocation < plan.suites[step.suite].iterations.min;
}

}  // namespace

Pace::Pace(const Plan& plan) : plan_(plan), suites_(plan.suites.size()) {
  add(plan.steps);
}

void Pace::add(const std::vector<Step>& steps) {
  total_ += steps.size();
  for (const Step& step : steps) {
    if (!is_run(step)) continue;
    ++suites_[step.suite].runs_left;
    if (is_needed(plan_, step)) ++suites_[step.suite].needed_left;
  }
}

void Pace::leave(const Step& step) {
  if (!is_run(step)) return;
  --suites_[step.suite].runs_left;
  if (is_needed(plan_, step)) --suites_[step.suite].needed_left;
}

void Pace::took(const Step& step, double seconds) {
  ++done_;
  leave(step);
  if (!is_run(step)) return;
  suites_[step.suite].spent_s += seconds;
  ++suites_[step.suite].runs_done;
}

void Pace::skipped(const Step& step) {
  --total_;
  leave(step);
}

std::vector<double> Pace::spent_s() const {
  std::vector<double> out;
  for (const OfSuite& suite : suites_) out.push_back(suite.spent_s);
  return out;
}

std::optional<Warning> Pace::too_short(std::size_t suite) {
  const Suite& what = plan_.suites[suite];
  if (!plan_.two_sided || !what.iterations.adaptive() || suites_[suite].is_reach_known) return std::nullopt;
  const std::optional<Reach> reach = reach_of(suite);
  if (!reach) return std::nullopt;
  suites_[suite].is_reach_known = true;
  if (reach->pairs >= k_deciding_pairs) return std::nullopt;
  const double step_s = reach->needed_s < 60 ? 1 : 10;
  return Warning{
      "max-time-short",
      fmt::format("{}: max-time: {:g}s is enough for about {} pair{}; a decision needs at least {}: set max-time: "
                  "{:.0f}s",
                  text::one_line(what.name), what.iterations.max_time_s, reach->pairs, reach->pairs == 1 ? "" : "s",
                  k_deciding_pairs, std::ceil(reach->needed_s / step_s) * step_s)};
}

std::optional<Pace::Reach> Pace::reach_of(std::size_t suite) const {
  const Suite& what = plan_.suites[suite];
  const std::size_t round = std::max<std::size_t>(1, what.cases.size()) * (plan_.two_sided ? 2 : 1);
  const std::size_t warmups = round * static_cast<std::size_t>(std::max(0, what.warmup));
  const std::size_t done = suites_[suite].runs_done;
  if (done < warmups + round) return std::nullopt;
  const double run_s = suites_[suite].spent_s / static_cast<double>(done);
  const double round_s = run_s * static_cast<double>(round);
  const double warm_s = run_s * static_cast<double>(warmups);
  if (!(round_s > 0)) return std::nullopt;
  const double reached = std::floor(std::max(0.0, what.iterations.max_time_s - warm_s) / round_s);
  return Reach{static_cast<std::size_t>(std::min(reached, 1e9)),
               warm_s + static_cast<double>(k_deciding_pairs) * round_s};
}

std::optional<double> Pace::left_s() const {
  double all_spent_s = 0;
  std::size_t all_done = 0;
  for (const OfSuite& suite : suites_) {
    all_spent_s += suite.spent_s;
    all_done += suite.runs_done;
  }
  if (all_done == 0) return std::nullopt;
  double left_s = 0;
  for (std::size_t i = 0; i < suites_.size(); ++i) {
    const OfSuite& suite = suites_[i];
    // A suite that has not begun is guessed from the others.
    const double mean_s = suite.runs_done > 0 ? suite.spent_s / static_cast<double>(suite.runs_done)
                                              : all_spent_s / static_cast<double>(all_done);
    const double uncut_s = mean_s * static_cast<double>(suite.runs_left);
    const double needed_s = mean_s * static_cast<double>(suite.needed_left);
    left_s += std::min(uncut_s, std::max(needed_s, plan_.suites[i].iterations.max_time_s - suite.spent_s));
  }
  return left_s;
}

}  // namespace perfwarden::measure
