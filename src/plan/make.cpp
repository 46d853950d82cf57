#include "plan/make.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace perfwarden::plan {
namespace {

constexpr std::size_t k_most_steps = 1'000'000;

// Pairs of one case of one suite that are to be spread over rounds.
using Unit = MorePairs;

// A Builder writes steps down in order; it owns the coin.
class Builder {
 public:
  Builder(const Plan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}
  [[nodiscard]] std::vector<Step> take() { return std::move(steps_); }

  void once_a_side(Step::Kind kind, CommandLine Suite::*command) {
    for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite) {
      if ((plan_.suites[suite].*command).empty()) continue;
      if (kind == Step::Kind::build && is_built_before(suite)) continue;
      if (plan_.two_sided) steps_.push_back({kind, Side::base, suite, 0, 0, {}});
      if (!is_gone(plan_.suites[suite])) steps_.push_back({kind, Side::head, suite, 0, 0, {}});
    }
  }

  void rounds(Step::Kind kind, const std::function<int(const Suite&)>& count) {
    std::vector<Unit> units;
    for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite)
      for (std::size_t c = 0; c < cases_of(plan_.suites[suite]); ++c)
        units.push_back({suite, c, 0, is_gone(plan_.suites[suite]) ? gone_runs(kind) : count(plan_.suites[suite]), {}});
    rounds(kind, units);
  }

  // A round has one pair of every unit that still has one left.
  void rounds(Step::Kind kind, const std::vector<Unit>& units) {
    int longest = 0;
    for (const Unit& unit : units) longest = std::max(longest, unit.count);
    for (int number = 0; number < longest; ++number) {
      std::vector<const Unit*> left;
      for (const Unit& unit : units)
        if (number < unit.count) left.push_back(&unit);
      shuffle(left);
      for (const Unit* unit : left) pair(kind, *unit, number);
    }
  }

  static std::size_t cases_of(const Suite& suite) { return std::max<std::size_t>(1, suite.cases.size()); }

 private:
  // By the same command, in the same folder and environment, of a suite that is on the same sides.
  [[nodiscard]] bool is_built_before(std::size_t index) const {
    const Suite& suite = plan_.suites[index];
    return std::any_of(plan_.suites.begin(), plan_.suites.begin() + static_cast<std::ptrdiff_t>(index),
                       [&](const Suite& earlier) {
                         return earlier.build == suite.build && earlier.env == suite.env &&
                                earlier.working_directory == suite.working_directory && earlier.life == Life::stays &&
                                suite.life == Life::stays;
                       });
  }
  static bool is_gone(const Suite& suite) { return suite.life == Life::gone; }
  // Enough to know its benchmarks by name.
  static int gone_runs(Step::Kind kind) { return kind == Step::Kind::measure ? 1 : 0; }

  void shuffle(std::vector<const Unit*>& units) {  // Fisher and Yates, from the end
    for (std::size_t left = units.size(); left > 1; --left) std::swap(units[left - 1], units[random_.below(left)]);
  }

  void pair(Step::Kind kind, const Unit& unit, int number) {
    const Step head{kind, Side::head, unit.suite, unit.case_index, unit.first + number, unit.only};
    if (!plan_.two_sided) {
      steps_.push_back(head);
      return;
    }
    Step base = head;
    base.side = Side::base;
    if (is_gone(plan_.suites[unit.suite])) {
      steps_.push_back(base);
      return;
    }
    const bool base_first = random_.below(2) == 0;
    steps_.push_back(base_first ? base : head);
    steps_.push_back(base_first ? head : base);
  }

  const Plan& plan_;
  SplitMix64 random_;
  std::vector<Step> steps_;
};

Result<std::vector<Suite>> chosen_suites(const Config& config, const std::vector<std::string>& names) {
  if (config.suites.empty())
    return Error{.kind = ErrorKind::config,
                 .what = "no suite is configured",
                 .hint = "add one under `suites:`, or run `perfwarden init`"};
  std::vector<std::string> known;
  for (const Suite& suite : config.suites) known.push_back(suite.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = text::nearest(name, known);
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("there is no suite '{}'", text::one_line(name)),
                 .hint = near ? fmt::format("did you mean '{}'?", *near)
                              : fmt::format("suites are: {}", text::join(known, ", "))};
  }
  if (names.empty()) return config.suites;
  std::vector<Suite> out;
  for (const Suite& suite : config.suites)
    if (std::find(names.begin(), names.end(), suite.name) != names.end()) out.push_back(suite);
  return out;
}

int runs_of(const Suite& suite, bool two_sided) {
  return two_sided ? suite.iterations.min : suite.iterations.alone();
}

int most_runs_of(const Suite& suite) {
  return std::max(suite.iterations.min, suite.iterations.max);
}

// Before anything is laid out, so that absurd numbers cost no memory.
Status refuse_too_large(const std::vector<Suite>& suites, bool two_sided) {
  double steps = 0;
  for (const Suite& suite : suites) {
    const double runs = static_cast<double>(std::max(0, suite.warmup)) + std::max(0, most_runs_of(suite));
    steps += (3 + static_cast<double>(Builder::cases_of(suite)) * runs) * (two_sided ? 2 : 1);
  }
  if (steps <= static_cast<double>(k_most_steps)) return Nothing{};
  return Error{.kind = ErrorKind::config,
               .what = fmt::format("the plan would have {:.0f} steps; {} is the limit", steps, k_most_steps),
               .hint = "lower iterations, warmup, or the number of cases"};
}

bool builds_anything(const std::vector<Suite>& suites) {
  return std::any_of(suites.begin(), suites.end(),
                     [](const Suite& suite) { return !suite.build.empty() || !suite.setup.empty(); });
}

}  // namespace

Result<Plan> make(const Config& config, const Request& request) {
  Plan plan;
  PW_TRY_ASSIGN(plan.suites, chosen_suites(config, request.suites));
  PW_TRY(refuse_too_large(plan.suites, request.two_sided));
  plan.two_sided = request.two_sided;
  plan.seed = request.seed;
  plan.align_functions = config.placement.align && builds_anything(plan.suites);
  Builder builder(plan, request.seed);
  builder.once_a_side(Step::Kind::build, &Suite::build);
  builder.once_a_side(Step::Kind::setup, &Suite::setup);
  builder.rounds(Step::Kind::warmup, [](const Suite& suite) { return suite.warmup; });
  builder.rounds(Step::Kind::measure, [&](const Suite& suite) { return runs_of(suite, request.two_sided); });
  builder.once_a_side(Step::Kind::teardown, &Suite::teardown);
  plan.steps = builder.take();
  return plan;
}

std::vector<Step> more(const Plan& plan, const std::vector<MorePairs>& wanted, std::size_t batch) {
  Builder builder(plan, fnv1a(fmt::format("batch {}", batch), plan.seed));
  std::vector<MorePairs> pairs;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(pairs),
               [&plan](const MorePairs& more) { return plan.suites[more.suite].life != Life::gone; });
  builder.rounds(Step::Kind::measure, pairs);
  return builder.take();
}

}  // namespace perfwarden::plan
