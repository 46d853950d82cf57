#include "compare/sequential.hpp"
#include "support/paths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

namespace perfwarden::compare {
namespace {

using Json = nlohmann::json;

// Gives the machine what it asks for until it is done; `pair(series, k)` is the k-th pair of a series, fresh ones after
// those of screening.
template <class Pair>
void run(Sequential& machine, Pair&& pair) {
  std::vector<std::size_t> given(machine.size(), 0);
  for (int guard = 0; !machine.done() && guard < 100; ++guard) {
    const std::vector<std::size_t> needed = machine.pairs_needed();
    for (std::size_t i = 0; i < machine.size(); ++i)
      for (std::size_t k = 0; k < needed[i]; ++k) machine.observe(i, pair(i, given[i]++));
    machine.look();
  }
  ASSERT_TRUE(machine.done());
}

class Noise {
 public:
  explicit Noise(std::uint64_t seed) : engine_(seed) {}
  double operator()(double mean, double sd) { return mean + sd * normal_(engine_); }

 private:
  std::mt19937_64 engine_;
  std::normal_distribution<double> normal_{0, 1};
};

StatisticsConfig defaults() {
  return {};
}

std::vector<Target> targets(std::size_t n) {
  return std::vector<Target>(n, target_of(0.05));
}

TEST(Procedure, DerivesItsLevelsFromTheFalseAlarmBudget) {
  const Procedure procedure = procedure_of(defaults(), 20);
  EXPECT_NEAR(procedure.alpha, 0.01, 1e-15);
  EXPECT_NEAR(procedure.alpha * procedure.confirm_alpha, 0.0005, 1e-15);
  const std::vector<Look> as_simulated{{6, 0}, {10, 0}, {16, 0.1}, {22, 0.2}, {34, 0.3}, {50, 0.4}};
  ASSERT_EQ(procedure.looks.size(), as_simulated.size());
  for (std::size_t i = 0; i < as_simulated.size(); ++i) {
    EXPECT_EQ(procedure.looks[i].pairs, as_simulated[i].pairs);
    EXPECT_NEAR(procedure.looks[i].weight, as_simulated[i].weight, 1e-15);
  }
}

TEST(Procedure, TheFirstLookWaitsUntilItCouldFindSomething) {
  EXPECT_EQ(procedure_of(defaults(), 100).looks[2].pairs, 18u);  // ⌈log₂(100 / .001)⌉ + 1
  double total = 0;
  for (const Look& look : procedure_of(defaults(), 5000).looks) total += look.weight;
  EXPECT_NEAR(total, 1, 1e-12);
}

TEST(Procedure, FewPairsHandTheirWeightOnOrSayHowManyAreNeeded) {
  for (const std::size_t most : {14u, 20u, 30u}) {
    const Procedure procedure = procedure_of(defaults(), 20, most);
    ASSERT_FALSE(procedure.looks.empty()) << most;
    EXPECT_LE(procedure.looks.back().pairs, most);
    double total = 0;
    for (const Look& look : procedure.looks) total += look.weight;
    EXPECT_NEAR(total, 1, 1e-12);
  }
  const Procedure never = procedure_of(defaults(), 20, 9);
  EXPECT_TRUE(never.looks.empty());
  EXPECT_NE(never.why_not.find("before 12 pairs"), std::string::npos) << never.why_not;
  const Sequential machine(never, targets(2));
  EXPECT_TRUE(machine.done());
  EXPECT_EQ(machine.decision(0).stage, Stage::undecided);
}

TEST(Procedure, ShareOutOneFivePercentOverAllLooksForPasses) {
  for (const std::size_t most : {14u, 20u, 30u, 50u, 80u}) {
    const Procedure procedure = procedure_of(defaults(), 20, most);
    double total = 0;
    for (const Look& look : procedure.looks) {
      total += look.pass;
      EXPECT_GE(look.pass * procedure.pass_alpha, std::ldexp(1.0, -static_cast<int>(look.pairs))) << look.pairs;
    }
    EXPECT_NEAR(total, 1, 1e-12) << most;
  }
}

TEST(Target, TheBarIsSomewhatBelowTheThreshold) {
  EXPECT_NEAR(target_of(0.05).threshold, std::log(1.05), 1e-15);
  EXPECT_NEAR(target_of(0.05).bar, std::log(1.035), 1e-15);
}

// The alerts of every proc_group_sequential case: confirmation and the bound that proves a series fine are not in the
// reference, which stops early by another one. So each series is given all the pairs of a look that the reference used.
TEST(Sequential, RaisesThePrototypesAlertsOnItsVectors) {
  const Json file = Json::parse(std::ifstream(support::source_path("tests/fixtures/stat_vectors.json")));
  std::size_t cases = 0;
  for (const Json& test : file.at("cases")) {
    if (test.at("kind") != "proc_group_sequential") continue;
    ++cases;
    SCOPED_TRACE(test.at("id"));
    const Json& inputs = test["inputs"];
    const auto d = inputs["d"].get<std::vector<std::vector<double>>>();
    Procedure procedure;
    procedure.alpha = inputs["alpha"];
    procedure.pass_alpha = 0;
    procedure.improvements = false;
    for (std::size_t i = 0; i < inputs["looks"].size(); ++i)
      procedure.looks.push_back({inputs["looks"][i], inputs["w"][i], 0});
    // T and tau are fractions there.
    const Target target{std::log1p(inputs["T"].get<double>()), std::log1p(inputs["tau"].get<double>())};
    Sequential machine(procedure, std::vector<Target>(d.size(), target));
    for (std::size_t look = 0; look < procedure.looks.size(); ++look) {
      for (std::size_t i = 0; i < d.size(); ++i) {
        if (machine.decision(i).stage != Stage::screening) continue;
        for (std::size_t k = machine.decision(i).pairs; k < procedure.looks[look].pairs; ++k)
          machine.observe(i, d[i][k]);
      }
      machine.look();
    }
    const Json& want = test["expected"];
    for (std::size_t i = 0; i < d.size(); ++i) {
      const Decision& got = machine.decision(i);
      EXPECT_EQ(got.direction == Direction::slower, want["alert"][i].get<bool>()) << i;
    }
  }
  EXPECT_EQ(cases, 8u);
}

TEST(Sequential, ATenPercentSlowdownIsConfirmedHighAndTheRestIsFineAfterAFewPairs) {
  Noise noise(1);
  Sequential machine(procedure_of(defaults(), 20), targets(20));
  run(machine, [&](std::size_t i, std::size_t) { return noise(i == 7 ? std::log(1.1) : 0, 0.015); });
  for (std::size_t i = 0; i < 20; ++i) {
    const Decision& decision = machine.decision(i);
    if (i == 7) {
      EXPECT_EQ(decision.stage, Stage::confirmed);
      EXPECT_TRUE(decision.high);
      EXPECT_EQ(decision.direction, Direction::slower);
      EXPECT_EQ(decision.fresh_pairs, 16u);
      EXPECT_NEAR(decision.estimate, std::log(1.1), 0.01);
    } else {
      EXPECT_EQ(decision.stage, Stage::fine);
      EXPECT_LE(decision.pairs, 10u);
    }
  }
}

TEST(Sequential, WhatTheFirstPairsProvedIsWithdrawnWhenLaterOnesContradictIt) {
  for (const double later : {0.03, 0.2, 0.6}) {
    Noise noise(5);
    Sequential machine(procedure_of(defaults(), 1), targets(1));
    run(machine, [&](std::size_t, std::size_t k) { return noise(k < 10 ? -0.1 : later, later / 10); });
    const Decision& decision = machine.decision(0);
    EXPECT_FALSE(decision.most < decision.lower) << later;
    if (later > 0.05) {
      EXPECT_EQ(decision.stage, Stage::confirmed) << later;
      EXPECT_EQ(decision.direction, Direction::slower) << later;
    }
  }
}

TEST(Sequential, AnImprovementIsFoundWithTheSameRigour) {
  Noise noise(2);
  Sequential machine(procedure_of(defaults(), 20), targets(20));
  run(machine, [&](std::size_t i, std::size_t) { return noise(i == 0 ? -std::log(1.1) : 0, 0.02); });
  EXPECT_EQ(machine.decision(0).stage, Stage::confirmed);
  EXPECT_EQ(machine.decision(0).direction, Direction::faster);
  EXPECT_TRUE(machine.decision(0).high);
}

TEST(Sequential, MirroredDataGiveTheMirroredDecision) {
  // Only what is slower can be stopped as fine early, so the mirror holds for what ends in an alert.
  for (const double sign : {1.0, -1.0}) {
    Noise noise(3);
    Sequential machine(procedure_of(defaults(), 1), targets(1));
    run(machine, [&](std::size_t, std::size_t) { return sign * noise(0.12, 0.02); });
    EXPECT_EQ(machine.decision(0).direction, sign > 0 ? Direction::slower : Direction::faster);
    EXPECT_EQ(machine.decision(0).pairs, procedure_of(defaults(), 1).looks[2].pairs);
  }
}

TEST(Sequential, AnAlertThatFreshPairsDoNotShareIsDropped) {
  Noise noise(4);
  Sequential machine(procedure_of(defaults(), 2), targets(2));
  run(machine, [&](std::size_t i, std::size_t k) { return noise(i == 0 && k < 16 ? 0.1 : 0, 0.01); });
  EXPECT_EQ(machine.decision(0).stage, Stage::dropped);
  EXPECT_FALSE(machine.decision(0).high);
  EXPECT_GT(machine.decision(0).p_fresh, 0.05);
}

TEST(Sequential, AHopelesslyNoisySeriesStaysUndecidedAndSaysHowMuchMoreItNeeds) {
  Noise noise(5);
  Sequential machine(procedure_of(defaults(), 20), targets(20));
  run(machine, [&](std::size_t i, std::size_t k) {
    if (i > 0) return noise(0, 0.01);
    return k % 2 == 0 ? 0.5 : -0.4;
  });
  EXPECT_EQ(machine.decision(0).stage, Stage::undecided);
  EXPECT_EQ(machine.decision(0).pairs, 50u);
  EXPECT_EQ(machine.pairs_to_decide(0), 0u) << "it lies on its threshold: no number can be promised";
  EXPECT_GT(machine.minimum_detectable(0), 0.1);
  EXPECT_EQ(machine.pairs_to_decide(1), 0u);
  EXPECT_NEAR(machine.minimum_detectable(1), 0.035, 1e-12);
}

TEST(Sequential, WhenTimeIsUpWhatIsThereIsJudgedAtTheBudgetThatIsLeft) {
  Noise noise(9);
  Sequential machine(procedure_of(defaults(), 3), targets(3));
  for (int k = 0; k < 6; ++k) {
    machine.observe(0, noise(0.4, 0.01));
    machine.observe(1, noise(0, 0.005));
    machine.observe(2, noise(0.06, 0.05));
  }
  machine.look(true);
  EXPECT_TRUE(machine.done());
  EXPECT_EQ(machine.decision(0).stage, Stage::confirmed);
  EXPECT_TRUE(machine.decision(0).cut_short);
  EXPECT_FALSE(machine.decision(0).high);
  EXPECT_EQ(machine.decision(1).stage, Stage::fine);
  EXPECT_EQ(machine.decision(2).stage, Stage::undecided);
  EXPECT_EQ(machine.pairs_needed(), (std::vector<std::size_t>{0, 0, 0}));
}

TEST(Sequential, CutShortRunsThatChangeNothingBlameNobody) {
  std::size_t blamed = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Noise noise(5000 + seed);
    Sequential machine(procedure_of(defaults(), 20), targets(20));
    for (std::size_t i = 0; i < 20; ++i)
      for (int k = 0; k < 6; ++k) machine.observe(i, noise(0, 0.14));
    machine.look(true);
    for (std::size_t i = 0; i < 20; ++i) blamed += machine.decision(i).stage == Stage::confirmed ? 1U : 0U;
  }
  EXPECT_EQ(blamed, 0U);
}

TEST(Sequential, ALookThatTimeMovedForwardLeavesItsPairsToBeConfirmed) {
  Noise noise(21);
  std::vector<Target> all = targets(3);
  all[0].last_look = all[1].last_look = 20;  // of one suite; the third goes on as planned
  Sequential machine(procedure_of(defaults(), 3), all);
  run(machine, [&](std::size_t i, std::size_t k) { return i == 1 ? (k % 2 == 0 ? 0.3 : -0.3) : noise(0.055, 0.045); });
  EXPECT_EQ(machine.decision(0).stage, Stage::confirmed);
  EXPECT_LE(machine.decision(0).pairs, 20U);
  EXPECT_FALSE(machine.decision(0).cut_short);
  EXPECT_EQ(machine.decision(1).stage, Stage::undecided);
  EXPECT_EQ(machine.decision(1).pairs, 20U);
}

TEST(Sequential, RunsWhoseLastLookIsMovedBlameNobodyThatDidNotChange) {
  std::size_t blamed = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Noise noise(7000 + seed);
    std::vector<Target> all = targets(20);
    for (std::size_t i = 0; i < 10; ++i) all[i].last_look = 14;
    Sequential machine(procedure_of(defaults(), 20), all);
    run(machine, [&](std::size_t, std::size_t) { return noise(0, 0.14); });
    for (std::size_t i = 0; i < 20; ++i) blamed += machine.decision(i).stage == Stage::confirmed ? 1U : 0U;
  }
  EXPECT_EQ(blamed, 0U);
}

TEST(Sequential, TheNumberThatWouldDecideDoesNotRecedeAndKeepsItsPromise) {
  std::size_t advised = 0;
  std::size_t receded = 0;
  std::size_t kept = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Noise noise(300 + seed);
    std::vector<double> d;
    for (int k = 0; k < 400; ++k) d.push_back(noise(std::log(1.02), 0.06));
    const auto at = [&](std::size_t pairs) {
      Procedure procedure = procedure_of(defaults(), 1, pairs);
      procedure.looks = {{pairs, 1, 1}};
      Sequential machine(procedure, targets(1));
      for (std::size_t k = 0; k < pairs; ++k) machine.observe(0, d[k]);
      machine.look();
      return std::pair{machine.decision(0).stage, machine.pairs_to_decide(0)};
    };
    const auto [stage, number] = at(10);
    if (stage != Stage::undecided || number == 0 || number > d.size()) continue;
    ++advised;
    if (at(number).first == Stage::fine) ++kept;
    const std::size_t later = std::max<std::size_t>(20, number / 2);
    if (later < number && at(later).second > 2 * number) ++receded;
  }
  EXPECT_GE(advised, 20U);
  EXPECT_GE(kept * 4, advised * 3) << kept << " of " << advised;
  EXPECT_LE(receded * 10, advised) << receded << " of " << advised;
}

TEST(Sequential, TooFewPairsProveNothing) {
  Sequential machine(procedure_of(defaults(), 1), targets(1));
  for (int k = 0; k < 4; ++k) machine.observe(0, 0.0001 * k);
  machine.look(true);
  EXPECT_EQ(machine.decision(0).stage, Stage::undecided);
  EXPECT_TRUE(std::isnan(machine.decision(0).most));
}

TEST(Sequential, AChangeOfExactlyTheThresholdIsProvenFineInAtMostOneRunOfTwenty) {
  std::size_t fine = 0;
  constexpr std::size_t k_runs = 400;
  for (std::uint64_t seed = 0; seed < k_runs; ++seed) {
    Noise noise(9000 + seed);
    Sequential machine(procedure_of(defaults(), 1), targets(1));
    run(machine, [&](std::size_t, std::size_t) { return noise(std::log(1.05), 0.05); });
    if (machine.decision(0).most < std::log(1.05)) ++fine;
  }
  EXPECT_LE(fine, k_runs / 20 + 9);  // two standard errors
}

TEST(Sequential, WhatNobodyAskedForIsNotUsed) {
  Sequential machine(procedure_of(defaults(), 1), targets(1));
  for (int k = 0; k < 40; ++k) machine.observe(0, 0.0);
  machine.observe(0, k_nan);
  machine.look();
  EXPECT_EQ(machine.decision(0).pairs, machine.procedure().looks.front().pairs);
  EXPECT_EQ(machine.decision(0).stage, Stage::fine);
}

TEST(Sequential, ASeriesThatGetsNoMorePairsDoesNotHoldTheOthersUpAndIsLookedAtInTheEnd) {
  Noise noise(6);
  Sequential machine(procedure_of(defaults(), 2), targets(2));
  for (int k = 0; k < 6; ++k) machine.observe(1, noise(0, 0.005));
  machine.look();
  EXPECT_EQ(machine.decision(1).stage, Stage::screening);
  for (int k = 0; k < 3; ++k) machine.observe(0, noise(0, 0.1));
  machine.suspend(0);
  EXPECT_FALSE(machine.active(0));
  machine.look();
  EXPECT_EQ(machine.decision(0).stage, Stage::screening);
  EXPECT_EQ(machine.decision(1).stage, Stage::fine);
  machine.look(true);
  EXPECT_EQ(machine.decision(0).stage, Stage::undecided);
  EXPECT_EQ(machine.decision(0).pairs, 3U);
  EXPECT_TRUE(machine.done());
}

TEST(Sequential, AConstantSeriesBesidesChangesNoDecision) {
  const auto result = [](std::size_t constants) {
    Noise noise(7);
    Sequential machine(procedure_of(defaults(), 1 + constants), targets(1 + constants));
    std::vector<double> d;
    for (int k = 0; k < 200; ++k) d.push_back(noise(0.07, 0.03));
    run(machine, [&](std::size_t i, std::size_t k) { return i == 0 ? d.at(k) : 0.0; });
    for (std::size_t i = 1; i <= constants; ++i) EXPECT_EQ(machine.decision(i).stage, Stage::fine);
    return machine.decision(0).stage;
  };
  EXPECT_EQ(result(0), result(3));
}

TEST(Sequential, RunsThatChangeNothingRaiseNoAlert) {
  std::size_t alerts = 0;
  double pairs = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Noise noise(1000 + seed);
    Sequential machine(procedure_of(defaults(), 20), targets(20));
    run(machine, [&](std::size_t, std::size_t) { return noise(0, 0.03 * std::sqrt(2.0)); });
    for (std::size_t i = 0; i < 20; ++i) {
      if (machine.decision(i).stage == Stage::confirmed) ++alerts;
      pairs += static_cast<double>(machine.decision(i).pairs + machine.decision(i).fresh_pairs);
    }
  }
  EXPECT_EQ(alerts, 0u);
  EXPECT_LE(pairs / (60 * 20), 10.5);
}

}  // namespace
}  // namespace perfwarden::compare
