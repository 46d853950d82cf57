#include "plan/make.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace perfwarden::plan {
namespace {

constexpr std::size_t k_most_steps = 1'000'000;

struct Unit {
  std::size_t suite = 0, case_index = 0;
};

// A Builder writes steps down in order; it owns the coin.
class Builder {
 public:
  explicit Builder(Plan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}

  void once_a_side(Step::Kind kind, CommandLine Suite::*command) {
    for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite) {
      if ((plan_.suites[suite].*command).empty()) continue;
      if (plan_.two_sided) plan_.steps.push_back({kind, Side::base, suite, 0, 0});
      plan_.steps.push_back({kind, Side::head, suite, 0, 0});
    }
  }

  // Round `number` has one pair of every unit that still has one left.
  void rounds(Step::Kind kind, const std::function<int(const Suite&)>& count) {
    int longest = 0;
    for (const Suite& suite : plan_.suites) longest = std::max(longest, count(suite));
    for (int number = 0; number < longest; ++number) {
      std::vector<Unit> units;
      for (std::size_t suite = 0; suite < plan_.suites.size(); ++suite)
        for (std::size_t c = 0; number < count(plan_.suites[suite]) && c < cases_of(plan_.suites[suite]); ++c)
          units.push_back({suite, c});
      shuffle(units);
      for (const Unit& unit : units) pair(kind, unit, number);
    }
  }

  static std::size_t cases_of(const Suite& suite) { return std::max<std::size_t>(1, suite.cases.size()); }

 private:
  void shuffle(std::vector<Unit>& units) {  // Fisher and Yates, from the end
    for (std::size_t left = units.size(); left > 1; --left) std::swap(units[left - 1], units[random_.below(left)]);
  }

  void pair(Step::Kind kind, const Unit& unit, int number) {
    const Step head{kind, Side::head, unit.suite, unit.case_index, number};
    if (!plan_.two_sided) {
      plan_.steps.push_back(head);
      return;
    }
    Step base = head;
    base.side = Side::base;
    const bool base_first = random_.below(2) == 0;
    plan_.steps.push_back(base_first ? base : head);
    plan_.steps.push_back(base_first ? head : base);
  }

  Plan& plan_;
  SplitMix64 random_;
};

Result<std::vector<Suite>> chosen_suites(const Config& config, const std::vector<std::string>& names) {
  if (config.suites.empty())
    return Error{ErrorKind::config, "no suite is configured", "", "add one under `suites:`, or run `perfwarden init`",
                 ""};
  std::vector<std::string> known;
  for (const Suite& suite : config.suites) known.push_back(suite.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto near = text::nearest(name, known);
    return Error{
        ErrorKind::usage, fmt::format("there is no suite '{}'", text::one_line(name)), "",
        near ? fmt::format("did you mean '{}'?", *near) : fmt::format("suites are: {}", text::join(known, ", ")), ""};
  }
  if (names.empty()) return config.suites;
  std::vector<Suite> out;
  for (const Suite& suite : config.suites)
    if (std::find(names.begin(), names.end(), suite.name) != names.end()) out.push_back(suite);
  return out;
}

int runs_of(const Suite& suite) {
  return std::max(suite.iterations.min, suite.iterations.max);
}

// Before anything is laid out, so that absurd numbers cost no memory.
Status refuse_too_large(const std::vector<Suite>& suites, bool two_sided) {
  double steps = 0;
  for (const Suite& suite : suites) {
    const double runs = static_cast<double>(std::max(0, suite.warmup)) + std::max(0, runs_of(suite));
    steps += (3 + static_cast<double>(Builder::cases_of(suite)) * runs) * (two_sided ? 2 : 1);
  }
  if (steps <= static_cast<double>(k_most_steps)) return Nothing{};
  return Error{ErrorKind::config, fmt::format("the plan would have {:.0f} steps; {} is the limit", steps, k_most_steps),
               "", "lower iterations, warmup, or the number of cases", ""};
}

}  // namespace

Result<Plan> make(const Config& config, const Request& request) {
  Plan plan;
  PW_TRY_ASSIGN(plan.suites, chosen_suites(config, request.suites));
  PW_TRY(refuse_too_large(plan.suites, request.two_sided));
  plan.two_sided = request.two_sided;
  plan.seed = request.seed;
  Builder builder(plan, request.seed);
  builder.once_a_side(Step::Kind::build, &Suite::build);
  builder.once_a_side(Step::Kind::setup, &Suite::setup);
  builder.rounds(Step::Kind::warmup, [](const Suite& suite) { return suite.warmup; });
  builder.rounds(Step::Kind::measure, runs_of);
  builder.once_a_side(Step::Kind::teardown, &Suite::teardown);
  return plan;
}

}  // namespace perfwarden::plan
