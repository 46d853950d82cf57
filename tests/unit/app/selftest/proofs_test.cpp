#include "app/selftest/proofs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Metric k_wall{"wall_time", "s", Better::lower, false, true};
const Metric k_cpu{"cpu_time", "s", Better::lower, false, true};

void add(Report& report, const std::string& benchmark, const Metric& metric, double ratio, Outcome outcome,
         Level level) {
  Comparison comparison;
  comparison.id = {"core", benchmark, metric.name};
  comparison.metric = metric;
  comparison.ratio = ratio;
  comparison.minimum_detectable = 0.14;
  if (outcome == Outcome::regression) comparison.confidence = Confidence::high;
  report.comparisons.push_back(comparison);
  report.verdict.judgements.push_back({outcome, level, true, false, "+5%"});
  if (level >= Level::soft) report.verdict.conclusion = Conclusion::fail;
}

TEST(Planted, HoldsWhenASeriesOfTimeFailsTheRun) {
  Report report;
  add(report, "parse", k_wall, 1.099, Outcome::regression, Level::soft);
  add(report, "parse", k_cpu, 1.001, Outcome::pass, Level::pass);
  add(report, "io", k_wall, 1.11, Outcome::inconclusive, Level::inconclusive);
  const Proof proof = prove_planted(report, 0.10);
  EXPECT_TRUE(proof.holds);
  EXPECT_EQ(proof.series, 2U) << "a pause does not show in CPU time";
  EXPECT_EQ(proof.flagged, 1U);
  EXPECT_EQ(proof.text, "head slowed by +10.0 %: 1 of 2 gated series of time fail the run (measured +9.9 %)");
  EXPECT_THAT(proof.details, ElementsAre("core/parse/wall_time +9.9 % (HIGH), limit +5%",
                                         "core/io/wall_time is undecided: changes below 14.0 % drown in its noise"));
  EXPECT_EQ(proof.cure, "");
}

TEST(Planted, AFailureForAnotherReasonProvesNothing) {
  Report report;
  add(report, "parse", k_wall, 1.0, Outcome::pass, Level::pass);
  add(report, "parse", k_cpu, 1.2, Outcome::regression, Level::hard);
  const Proof proof = prove_planted(report, 0.10);
  EXPECT_FALSE(proof.holds);
  EXPECT_THAT(proof.cure, HasSubstr("the pauses hardly show"));
}

TEST(Planted, WithoutABudgetForTimeTheCureIsABudget) {
  Report report;
  add(report, "parse", k_cpu, 1.0, Outcome::pass, Level::pass);
  const Proof proof = prove_planted(report, 0.10);
  EXPECT_FALSE(proof.holds);
  EXPECT_EQ(proof.series, 0U);
  EXPECT_THAT(proof.cure, HasSubstr("no budget covers"));
}

TEST(Planted, NoiseIsTheFirstSuspect) {
  Report report;
  add(report, "parse", k_wall, 0.8, Outcome::inconclusive, Level::inconclusive);
  EXPECT_THAT(prove_planted(report, 0.10).cure, HasSubstr("doctor --noise"));
}

TEST(Planted, ASlowdownThatTheBudgetAllowsIsSaidToBe) {
  Report report;
  add(report, "parse", k_wall, 1.10, Outcome::pass, Level::pass);
  EXPECT_THAT(prove_planted(report, 0.10).cure, HasSubstr("--slowdown (20%)"));
}

TEST(Planted, HostileNamesStayOnTheirLineAndLongListsAreCut) {
  Report report;
  for (int i = 0; i < 20; ++i) add(report, "a\n::error::x\x1b[2J", k_wall, 1.1, Outcome::regression, Level::soft);
  const Proof proof = prove_planted(report, 0.10);
  EXPECT_EQ(proof.details.size(), 6U);
  for (const std::string& detail : proof.details) EXPECT_EQ(detail.find_first_of("\n\x1b"), std::string::npos);
}

TEST(Same, HoldsWhenNothingFails) {
  Report report;
  add(report, "parse", k_wall, 1.001, Outcome::pass, Level::pass);
  add(report, "io", k_wall, 1.02, Outcome::inconclusive, Level::inconclusive);
  const Proof proof = prove_same(report);
  EXPECT_TRUE(proof.holds);
  EXPECT_EQ(proof.text, "identical code: 1 of 2 gated series pass, 1 undecided, 0 fail");
}

TEST(Same, AFalseAlarmIsNamed) {
  Report report;
  add(report, "parse", k_wall, 1.061, Outcome::regression, Level::soft);
  const Proof proof = prove_same(report);
  EXPECT_FALSE(proof.holds);
  EXPECT_THAT(proof.details, ElementsAre("core/parse/wall_time +6.1 % (HIGH), limit +5%"));
  EXPECT_THAT(proof.cure, HasSubstr("too noisy"));
}

TEST(Same, DoubtAloneIsNoProof) {
  Report report;
  add(report, "parse", k_wall, 1.0, Outcome::inconclusive, Level::inconclusive);
  EXPECT_FALSE(prove_same(report).holds);
  EXPECT_THAT(prove_same(report).cure, HasSubstr("nothing could be decided"));
  EXPECT_FALSE(prove_same(Report{}).holds);
}

TEST(Slowdown, IsTwiceTheLoosestBudgetOfTimeAndAtLeastTenPercent) {
  const auto budget = [](const std::string& metric, double value) {
    Budget out;
    out.limits[metric].soft = Change{value, true, "", ""};
    return out;
  };
  Config config;
  EXPECT_EQ(default_slowdown(config), 0.10);
  config.budgets = {budget("", 0.03)};
  EXPECT_EQ(default_slowdown(config), 0.10);
  config.budgets.push_back(budget("throughput", -0.08));
  EXPECT_DOUBLE_EQ(default_slowdown(config), 0.16);
  config.budgets.push_back(budget("max_rss", 0.5));
  config.budgets.push_back(budget("cpu_time", 0.5));
  EXPECT_DOUBLE_EQ(default_slowdown(config), 0.16) << "pauses show in neither";
}

TEST(Pauses, ShowInTimeByTheClockAndInRates) {
  EXPECT_TRUE(shows_pauses(k_wall));
  EXPECT_TRUE(shows_pauses({"qps", "op/s", Better::higher, false, true}));
  EXPECT_TRUE(shows_pauses({"latency_p99", "s", Better::lower, false, true}));
  EXPECT_FALSE(shows_pauses(k_cpu));
  EXPECT_FALSE(shows_pauses({"max_rss", "B", Better::lower, false, true}));
  EXPECT_FALSE(shows_pauses({"instructions", "1", Better::lower, false, true}));
}

}  // namespace
}  // namespace perfwarden::app
