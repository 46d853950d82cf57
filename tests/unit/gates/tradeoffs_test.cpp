#include "gates/tradeoffs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gates/judge.hpp"

namespace perfwarden::gates {
namespace {

// A comparison that changed by `low`..`high` for certain, fractions as measured.
Comparison moved(const std::string& metric, bool primary, double low, double high) {
  Comparison c;
  c.id = {"core", "parse", metric};
  c.metric = {metric, metric == "wall_time" ? "s" : "B", Better::lower, false, primary};
  c.base = {10, 1, 1, 1, 1, 0, 0};
  const double middle = (low + high) / 2;
  c.head = {10, 1 + middle, 1 + middle, 1, 1, 0, 0};
  c.pairs = 10;
  c.ratio = 1 + middle;
  c.ratio_interval = c.ratio_bounds = {1 + low, 1 + high, 0.99};
  c.difference = middle;
  c.difference_interval = c.difference_bounds = {low, high, 0.99};
  c.effect_d = 2;
  c.significance = low > 0 || high < 0 ? Significance::distinct : Significance::indistinct;
  if (c.significance == Significance::distinct) c.confidence = Confidence::high;
  c.minimum_detectable = 0.01;
  for (const std::string_view name : k_criteria) c.criteria.push_back({name, true, ""});
  return c;
}

Config budgets(Level level = Level::soft) {
  Config config;
  Budget budget;
  budget.glob = "**";
  for (const char* metric : {"wall_time", "max_rss"}) {
    Limit limit;
    (level == Level::soft ? limit.soft : limit.hard) = Change{0.05, true, "", "+5%"};
    budget.limits[metric] = limit;
  }
  config.budgets.push_back(budget);
  return config;
}

Verdict judged(const std::vector<Comparison>& comparisons, const Config& config) {
  return gates::judge(Subject{.comparisons = comparisons}, config);
}

const Comparison k_quicker = moved("wall_time", true, -0.12, -0.10);
const Comparison k_larger = moved("max_rss", false, 0.14, 0.18);

TEST(Tradeoffs, AGainAndItsCostAreOneStatementAndTheCostFailsAllTheSame) {
  const Verdict verdict = judged({k_larger, k_quicker}, budgets());
  EXPECT_EQ(verdict.conclusion, Conclusion::fail);
  ASSERT_EQ(verdict.tradeoffs.size(), 1U);
  const Tradeoff& one = verdict.tradeoffs[0];
  EXPECT_EQ(one.suite + " " + one.benchmark + " " + one.gain + " " + one.cost, "core parse wall_time max_rss");
  EXPECT_NEAR(one.better_by, 0.11, 1e-9);
  EXPECT_NEAR(one.worse_by, 0.16, 1e-9);
  EXPECT_EQ(one.rule, "");
}

TEST(Tradeoffs, ARuleAcceptsTheCostOfASureGainThatIsLargeEnough) {
  Config config = budgets();
  config.tradeoffs = {
      {.name = "memory for time", .match = "core/**", .gain = "wall_time", .cost = "max_rss", .rate = 2}};
  const Verdict verdict = judged({k_larger, k_quicker}, config);
  EXPECT_EQ(verdict.conclusion, Conclusion::pass);
  EXPECT_EQ(verdict.tradeoffs.at(0).rule, "memory for time");
  EXPECT_EQ(verdict.counts.soft, 0U);
  EXPECT_EQ(verdict.counts.warned, 1U);
  EXPECT_EQ(verdict.judgements[0].level, Level::warn);
  EXPECT_EQ(verdict.judgements[0].outcome, Outcome::regression) << "it is still worse";
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_NE(verdict.findings[0].reason.find("the trade-off 'memory for time' accepts it"), std::string::npos)
      << verdict.findings[0].reason;
}

TEST(Tradeoffs, WhatIsNotSurelyWorthItStillFails) {
  const TradeoffRule rule{.name = "r", .match = "core/**", .gain = "wall_time", .cost = "max_rss", .rate = 1.7};
  // 18 % of cost at most, against 1.7 times a gain of 10 % at least: 17 %.
  Config config = budgets();
  config.tradeoffs = {rule};
  EXPECT_EQ(judged({k_larger, k_quicker}, config).conclusion, Conclusion::fail);
  config.tradeoffs[0].rate = 1.81;
  EXPECT_EQ(judged({k_larger, k_quicker}, config).conclusion, Conclusion::pass);
  for (const auto change :
       {+[](TradeoffRule& one) { one.match = "other/**"; }, +[](TradeoffRule& one) { one.gain = "cpu_time"; },
        +[](TradeoffRule& one) { one.cost = "peak_heap"; }}) {
    config.tradeoffs = {rule};
    config.tradeoffs[0].rate = 100;
    change(config.tradeoffs[0]);
    EXPECT_EQ(judged({k_larger, k_quicker}, config).conclusion, Conclusion::fail);
  }
  config.tradeoffs = {rule};
  config.tradeoffs[0].rate = 100;
  EXPECT_EQ(judged({k_larger, moved("wall_time", true, -0.03, 0.02)}, config).conclusion, Conclusion::fail)
      << "a gain that is not sure buys nothing";
  EXPECT_EQ(judged({k_larger, moved("wall_time", true, 0.06, 0.08)}, config).tradeoffs.size(), 0U);
}

TEST(Tradeoffs, ARuleAboutAMetricThatNobodyHasIsSaid) {
  Config config = budgets();
  config.tradeoffs = {{.name = "typo", .match = "**", .gain = "wal_time", .cost = "max_rss", .rate = 2},
                      {.name = "elsewhere", .match = "cli/**", .gain = "x", .cost = "y", .rate = 2}};
  const Verdict verdict = judged({k_larger, k_quicker}, config);
  const Warning* const warning = verdict.warning_of("tradeoff-unmatched");
  ASSERT_NE(warning, nullptr);
  EXPECT_NE(warning->text.find("'typo' accepts nothing"), std::string::npos) << warning->text;
  EXPECT_NE(warning->text.find("'wal_time'"), std::string::npos) << warning->text;
  EXPECT_EQ(std::count_if(verdict.warnings.begin(), verdict.warnings.end(),
                          [](const Warning& one) { return one.code == "tradeoff-unmatched"; }),
            1)
      << "what is about no benchmark of this run may be about another run's";
}

TEST(Tradeoffs, AHardLimitIsNotForSale) {
  Config config = budgets(Level::hard);
  config.tradeoffs = {{.name = "r", .match = "**", .gain = "wall_time", .cost = "max_rss", .rate = 100}};
  EXPECT_EQ(judged({k_larger, k_quicker}, config).conclusion, Conclusion::fail);
}

TEST(Tradeoffs, ACostWithoutAGainIsSaidWhereNoLimitSaysIt) {
  const std::vector<Comparison> both = {k_larger, moved("wall_time", true, -0.01, 0.01)};
  EXPECT_TRUE(judged(both, budgets()).tradeoffs.empty()) << "its own limit fails";
  Config config = budgets();
  config.budgets[0].limits.erase("max_rss");
  const Verdict verdict = judged(both, config);
  ASSERT_EQ(verdict.tradeoffs.size(), 1U);
  EXPECT_EQ(verdict.tradeoffs[0].gain, "wall_time");
  EXPECT_EQ(verdict.tradeoffs[0].cost, "max_rss");
  EXPECT_EQ(verdict.tradeoffs[0].better_by, 0);
}

}  // namespace
}  // namespace perfwarden::gates
