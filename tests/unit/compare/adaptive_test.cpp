#include "compare/adaptive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "compare/compare.hpp"
#include "unit/compare/samples.hpp"

namespace perfwarden::compare {
namespace {

const StatisticsConfig k_statistics;

// A Bench stands for machine and runner: benchmarks of a known true change, measured as long as the procedure asks.
class Bench {
 public:
  explicit Bench(std::uint64_t seed, std::size_t most_pairs = 50) : engine_(seed), most_pairs_(most_pairs) {}

  void add(const std::string& name, double change, double cv, Metric metric = {}) {
    if (metric.name.empty()) metric = {"wall_time", "s", Better::lower, false, true};
    base_.series.push_back(test::series(name, {}, metric));
    head_.series.push_back(test::series(name, {}, metric));
    base_.series.back().adaptive_pairs = head_.series.back().adaptive_pairs = most_pairs_;
    base_.run = head_.run = test::run();
    truths_[base_.series.back().id] = {change, cv};
  }

  void measure(const SeriesId& id, std::size_t pairs) {
    for (std::size_t i = 0; i < base_.series.size(); ++i) {
      if (base_.series[i].id != id) continue;
      for (std::size_t k = 0; k < pairs; ++k) {
        base_.series[i].invocations.push_back({0.01 * noise(truths_.at(id).cv)});
        head_.series[i].invocations.push_back({0.01 * (1 + truths_.at(id).change) * noise(truths_.at(id).cv)});
      }
    }
  }
  void measure_all(std::size_t pairs) {
    for (const auto& [id, truth] : truths_) measure(id, pairs);
  }

  // Until nothing more is wanted; the most that was asked for at once is returned.
  std::size_t run(const Demands& demands = {}, const std::set<SeriesId>& out_of_reach = {}) {
    std::size_t rounds = 0;
    for (; rounds < 1000; ++rounds) {
      const Progress progress = progress_of(base_, head_, k_statistics, demands, out_of_reach);
      std::size_t measured = 0;
      for (const Wanted& wanted : progress.wanted) {
        if (out_of_reach.contains(wanted.id)) continue;
        measure(wanted.id, wanted.pairs);
        ++measured;
      }
      if (measured == 0) break;
    }
    return rounds;
  }

  [[nodiscard]] Comparison result(const std::string& name, const Demands& demands = {}) const {
    for (const Comparison& one : all(base_, head_, k_statistics, {}, demands))
      if (one.id.benchmark == name && one.metric.primary) return one;
    ADD_FAILURE() << "no " << name;
    return {};
  }
  [[nodiscard]] const Samples& base() const { return base_; }
  [[nodiscard]] const Samples& head() const { return head_; }

 private:
  double noise(double cv) {
    std::normal_distribution<double> normal(0, std::sqrt(std::log1p(cv * cv)));
    return std::exp(normal(engine_));
  }
  struct Truth {
    double change = 0, cv = 0;
  };
  std::mt19937_64 engine_;
  std::size_t most_pairs_;
  std::map<SeriesId, Truth> truths_;
  Samples base_, head_;
};

Bench bench_of_six(std::uint64_t seed, double change, double cv = 0.02) {
  Bench bench(seed);
  for (int i = 0; i < 5; ++i) bench.add("same" + std::to_string(i), 0, cv);
  bench.add("changed", change, cv);
  bench.measure_all(6);
  return bench;
}

bool warns(const Comparison& comparison, const std::string& code) {
  return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

TEST(Adaptive, TenPercentIsConfirmedHighAndItsNeighboursStopEarly) {
  Bench bench = bench_of_six(1, 0.10);
  bench.run();
  const Comparison changed = bench.result("changed");
  EXPECT_EQ(changed.significance, Significance::distinct);
  EXPECT_EQ(changed.confidence, Confidence::high);
  EXPECT_NEAR(changed.ratio, 1.10, 0.015);
  EXPECT_GE(changed.pairs, 28U);  // 14 at the least, and as many fresh ones
  EXPECT_GE(changed.ratio_interval.confidence, 0.99);
  ASSERT_EQ(changed.criteria.size(), 5U);
  for (const Criterion& criterion : changed.criteria) EXPECT_TRUE(criterion.met) << criterion.name << criterion.detail;
  EXPECT_NE(changed.criteria[1].detail.find("confirmed by"), std::string::npos) << changed.criteria[1].detail;
  for (int i = 0; i < 5; ++i) {
    const Comparison same = bench.result("same" + std::to_string(i));
    EXPECT_EQ(same.significance, Significance::indistinct);
    EXPECT_FALSE(same.confidence);
    EXPECT_LE(same.pairs, 22U);
    EXPECT_LT(same.worse_bounds().high, 0.05);
    EXPECT_DOUBLE_EQ(same.ratio_interval.confidence, 0.90);
  }
}

TEST(Adaptive, FivePercentIsMediumMostly) {
  int medium = 0;
  int high = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Bench bench = bench_of_six(100 + seed, 0.05, 0.01);
    bench.run();
    const Comparison changed = bench.result("changed");
    if (changed.confidence == Confidence::medium) ++medium;
    if (changed.confidence == Confidence::high) ++high;
  }
  EXPECT_GE(medium, 17);
  EXPECT_LE(high, 3);
}

TEST(Adaptive, TwoPercentIsNothing) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Bench bench = bench_of_six(200 + seed, 0.02, 0.01);
    bench.run();
    const Comparison changed = bench.result("changed");
    EXPECT_FALSE(changed.confidence);
    EXPECT_NE(changed.significance, Significance::distinct);
  }
}

TEST(Adaptive, AThroughputThatFallsIsWorseAndOneThatRisesIsBetter) {
  const Metric throughput{"throughput", "op/s", Better::higher, false, true};
  for (const double change : {-0.12, 0.12}) {
    Bench bench(3);
    bench.add("rate", change, 0.01, throughput);
    bench.measure_all(6);
    bench.run();
    const Comparison c = bench.result("rate");
    EXPECT_EQ(c.confidence, Confidence::high) << change;
    EXPECT_NEAR(c.worse_by(), -change, 0.02);
  }
}

TEST(Adaptive, WhoeverHasTheSamplesComesToTheSameDecision) {
  Bench bench = bench_of_six(4, 0.07);
  bench.run();
  const std::vector<Comparison> first = all(bench.base(), bench.head(), k_statistics);
  const std::vector<Comparison> again = all(bench.base(), bench.head(), k_statistics);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].significance, again[i].significance);
    EXPECT_EQ(first[i].confidence, again[i].confidence);
  }
  EXPECT_TRUE(progress_of(bench.base(), bench.head(), k_statistics, {}, {}).wanted.empty());
}

TEST(Adaptive, SwappedSidesTurnTheDecisionAround) {
  Bench bench = bench_of_six(5, 0.10);
  bench.run();
  for (const Comparison& c : all(bench.head(), bench.base(), k_statistics)) {
    if (c.id.benchmark != "changed") continue;
    EXPECT_EQ(c.significance, Significance::distinct);
    EXPECT_LT(c.worse_by(), 0);
    EXPECT_NEAR(c.ratio, 1 / 1.10, 0.02);
  }
}

TEST(Adaptive, WhatTimeCutShortIsJudgedAtTheBudgetThatIsLeftAndIsMediumAtMost) {
  Bench bench = bench_of_six(6, 0.20);
  bench.measure({"core", "changed", "wall_time"}, 12);  // 18 pairs: alerted, no fresh ones
  const Comparison changed = bench.result("changed");
  EXPECT_EQ(changed.significance, Significance::distinct);
  EXPECT_EQ(changed.confidence, Confidence::medium);
  EXPECT_EQ(changed.strongest, Confidence::medium);
  EXPECT_NE(changed.criteria[1].detail.find("without fresh ones"), std::string::npos) << changed.criteria[1].detail;
}

TEST(Adaptive, SixPairsOfHalfAsMuchAgainAreEnough) {
  Bench bench(15);
  bench.add("slow", 0.5, 0.005);
  bench.measure_all(6);
  const Comparison slow = bench.result("slow");
  EXPECT_EQ(slow.significance, Significance::distinct);
  EXPECT_EQ(slow.confidence, Confidence::medium);
}

TEST(Adaptive, WithoutTimeToConfirmWhatIsNotSureStaysSuspected) {
  Bench bench(16);
  for (int i = 0; i < 5; ++i) bench.add("same" + std::to_string(i), 0, 0.06);
  bench.add("changed", 0.09, 0.06);
  bench.measure_all(12);
  const Comparison changed = bench.result("changed");
  EXPECT_EQ(changed.significance, Significance::undecidable);
  EXPECT_NE(changed.confidence, Confidence::medium);
}

TEST(Adaptive, WhatTimeCutShortCouldNotHaveSeenWhatTheWholeWould) {
  Bench bench(14);
  bench.add("cut", 0.05, 0.03);
  bench.add("other", 0.05, 0.03);
  bench.measure_all(8);
  const double cut = bench.result("cut").minimum_detectable;
  bench.run();
  EXPECT_GT(cut, 1.5 * bench.result("cut").minimum_detectable);
}

TEST(Adaptive, AFlashThatFreshPairsDoNotShowIsDropped) {
  Bench bench(7);
  bench.add("flash", 0, 0.01);
  bench.add("same", 0, 0.01);
  Samples base = bench.base();
  Samples head = bench.head();
  for (std::size_t k = 0; k < 40; ++k) {
    const double wobble = 1 + 0.001 * static_cast<double>(k % 5);
    for (std::size_t i = 0; i < 2; ++i) {
      base.series[i].invocations.push_back({0.01 * wobble});
      // The first 16 pairs are 20 % slower; after that nothing is.
      head.series[i].invocations.push_back({i == 0 && k < 16 ? 0.012 : 0.01 * (2.004 - wobble)});
    }
  }
  const std::vector<Comparison> said = all(base, head, k_statistics);
  const auto flash = std::find_if(said.begin(), said.end(), [](const Comparison& one) { return one.metric.primary; });
  EXPECT_EQ(flash->significance, Significance::undecidable);
  EXPECT_FALSE(flash->confidence);
  EXPECT_TRUE(warns(*flash, "not-confirmed"));
}

TEST(Adaptive, WhatIsNoisyIsUndecidedAndSaysWhatWouldDecideIt) {
  Bench bench(8);
  bench.add("wild", 0.05, 0.30);
  bench.measure_all(6);
  bench.run();
  const Comparison wild = bench.result("wild");
  EXPECT_EQ(wild.pairs, 50U);
  EXPECT_EQ(wild.significance, Significance::undecidable);
  EXPECT_TRUE(warns(wild, "undecided"));
  EXPECT_GT(wild.minimum_detectable, 0.1);
}

TEST(Adaptive, ABudgetOfItsOwnSetsWhatIsLookedFor) {
  const Demands wide = [](const SeriesId&, const Metric&, double) { return Demand{0.30, true}; };
  Bench bench = bench_of_six(9, 0.10);
  bench.run(wide);
  EXPECT_EQ(bench.result("changed", wide).significance, Significance::indistinct);
  EXPECT_EQ(bench.result("changed", wide).pairs, 6U);
  const Demands tight = [](const SeriesId&, const Metric&, double) { return Demand{0.02, true}; };
  Bench close = bench_of_six(9, 0.03, 0.003);
  close.run(tight);
  EXPECT_EQ(close.result("changed", tight).significance, Significance::distinct);
}

TEST(Adaptive, WhatNobodyAskedForIsNotMeasuredForItself) {
  const Demands demands = [](const SeriesId& id, const Metric&, double) {
    return Demand{0.05, id.benchmark != "idle"};
  };
  Bench bench(10);
  bench.add("asked", 0, 0.01);
  bench.add("idle", 0.2, 0.05);
  bench.measure_all(6);
  const Progress progress = progress_of(bench.base(), bench.head(), k_statistics, demands, {});
  EXPECT_TRUE(std::none_of(progress.wanted.begin(), progress.wanted.end(),
                           [](const Wanted& wanted) { return wanted.id.benchmark == "idle"; }));
  const Comparison idle = bench.result("idle", demands);
  EXPECT_NE(idle.significance, Significance::distinct);  // six pairs prove no change
}

TEST(Adaptive, WhatIsOutOfReachDoesNotHoldTheOthersUp) {
  const SeriesId dead{"core", "dead", "wall_time"};
  Bench bench(11);
  bench.add("alive", 0.15, 0.01);
  bench.add("dead", 0.15, 0.01);
  bench.measure_all(6);
  bench.run({}, {dead});
  EXPECT_EQ(bench.result("alive").significance, Significance::distinct);
  // Its six pairs are judged at the budget that is left.
  EXPECT_EQ(bench.result("dead").pairs, 6U);
  EXPECT_EQ(bench.result("dead").confidence, Confidence::medium);
}

TEST(Adaptive, TooFewPairsAllowedAreJudgedAsAFixedNumber) {
  Bench bench(12, 8);
  for (int i = 0; i < 20; ++i) bench.add("b" + std::to_string(i), 0, 0.01);
  bench.measure_all(8);
  EXPECT_FALSE(progress_of(bench.base(), bench.head(), k_statistics, {}, {}).possible);
  EXPECT_EQ(bench.result("b1").method.find("group-sequential"), std::string::npos);
}

TEST(Adaptive, ValuesThatHaveNoLogsGetAsManyPairsAsDecideByThemselves) {
  Samples base = test::samples({test::series("net", {0, 1, -1, 2, 0, 1})});
  base.series[0].adaptive_pairs = 50;
  const Samples head = base;
  const Progress progress = progress_of(base, head, k_statistics, {}, {});
  ASSERT_EQ(progress.wanted.size(), 1U);
  EXPECT_EQ(progress.wanted[0].pairs, 4U);
  EXPECT_TRUE(progress_of(base, head, k_statistics, {}, {base.series[0].id}).wanted.empty());
}

TEST(Adaptive, AConstantBenchmarkBesideChangesNoVerdict) {
  Bench bench = bench_of_six(13, 0.10);
  bench.run();
  const Comparison alone = bench.result("changed");
  Samples base = bench.base();
  Samples head = bench.head();
  Series constant = test::series("zz", std::vector<double>(60, 1.0));
  constant.adaptive_pairs = 50;
  base.series.push_back(constant);
  head.series.push_back(constant);
  for (const Comparison& c : all(base, head, k_statistics)) {
    if (c.id.benchmark == "changed") {
      EXPECT_EQ(c.confidence, alone.confidence);
    } else if (c.id.benchmark == "zz") {
      EXPECT_TRUE(warns(c, "coarse-clock"));
    }
  }
}

}  // namespace
}  // namespace perfwarden::compare
