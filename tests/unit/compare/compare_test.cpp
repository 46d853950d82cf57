#include "compare/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "compare/past.hpp"
#include "unit/compare/samples.hpp"

namespace perfwarden::compare {
namespace {

using test::noisy;
using test::run;
using test::samples;
using test::series;

constexpr double k_inf = std::numeric_limits<double>::infinity();
const StatisticsConfig k_defaults;

Comparison one(const std::vector<double>& base, const std::vector<double>& head, const Metric& metric = {},
               const RunInfo& base_run = run(), const RunInfo& head_run = run()) {
  const auto all_of =
      all(samples({series("a", base, metric)}, base_run), samples({series("a", head, metric)}, head_run), k_defaults);
  return all_of.at(0);
}

std::vector<double> times(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

bool has_warning(const Comparison& comparison, const std::string& code) {
  return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

const Criterion& criterion(const Comparison& comparison, std::string_view name) {
  return *std::find_if(comparison.criteria.begin(), comparison.criteria.end(),
                       [&](const Criterion& c) { return c.name == name; });
}

TEST(Compare, WithoutABaseTheValuesOfHeadAreThere) {
  const std::vector<Comparison> alone = all({}, samples({series("a", {1, 2})}), k_defaults);
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_EQ(alone[0].presence, Presence::only_head);
  EXPECT_EQ(alone[0].head.n, 2U);
}

TEST(Compare, APlantedTenPercentIsHighAndItsNeighboursAreNot) {
  std::vector<Series> base;
  std::vector<Series> head;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::string name = "bench" + std::to_string(i);
    base.push_back(series(name, noisy(12, 0.01, 0.01, 2 * i)));
    head.push_back(series(name, times(noisy(12, 0.01, 0.01, 2 * i + 1), i == 3 ? 1.1 : 1)));
  }
  const auto comparisons = all(samples(base), samples(head), k_defaults);
  ASSERT_EQ(comparisons.size(), 6u);
  for (const Comparison& c : comparisons) {
    ASSERT_EQ(c.criteria.size(), 5u);
    if (c.id.benchmark != "bench3") {
      EXPECT_EQ(c.significance, Significance::indistinct);
      EXPECT_FALSE(c.confidence);
      continue;
    }
    EXPECT_EQ(c.significance, Significance::distinct);
    EXPECT_EQ(c.confidence, Confidence::high);
    EXPECT_NEAR(c.ratio, 1.1, 0.02);
    EXPECT_LT(c.ratio_interval.low, 1.1);
    EXPECT_GT(c.ratio_interval.high, c.ratio);
    EXPECT_GE(c.ratio_interval.confidence, 0.99);
    EXPECT_NEAR(c.difference, 0.001, 0.0003);
    EXPECT_LT(c.p_worse, c.p);
    EXPECT_DOUBLE_EQ(c.p_adjusted, 6 * c.p);
    EXPECT_EQ(c.method, "paired rank test and moderated t");
    EXPECT_EQ(c.pairs, 12u);
    EXPECT_GT(c.effect_d, 0.5);
    EXPECT_LT(c.minimum_detectable, 0.05);
  }
}

TEST(Compare, TheFiveCriteriaCarryTheirNumbers) {
  const Comparison c = one(noisy(12, 1, 0.01, 1), times(noisy(12, 1, 0.01, 2), 1.1));
  ASSERT_EQ(c.criteria.size(), 5u);
  EXPECT_EQ(c.criteria[0].name, "magnitude");
  EXPECT_EQ(c.criteria[1].name, "significance");
  EXPECT_EQ(c.criteria[2].name, "consistency");
  EXPECT_EQ(c.criteria[3].name, "baseline-stable");
  EXPECT_EQ(c.criteria[4].name, "environment");
  EXPECT_NE(c.criteria[0].detail.find("≥ +5.0 %"), std::string::npos) << c.criteria[0].detail;
  EXPECT_NE(c.criteria[1].detail.find("≤ 0.01"), std::string::npos) << c.criteria[1].detail;
  EXPECT_NE(c.criteria[1].detail.find("Mann–Whitney p = "), std::string::npos) << c.criteria[1].detail;
  EXPECT_EQ(c.criteria[2].detail, "3 of 3 batches higher");
  EXPECT_NE(c.criteria[3].detail.find("< 15 %"), std::string::npos) << c.criteria[3].detail;
  EXPECT_TRUE(c.criteria[4].met);
}

TEST(Compare, SwappingSidesInvertsTheRatioAndMirrorsP) {
  const auto base = noisy(13, 1, 0.03, 3);
  const auto head = times(noisy(13, 1, 0.03, 4), 1.04);
  for (const std::string session : {"s1", ""}) {
    const Comparison there = one(base, head, {}, run(session), run(session));
    const Comparison back = one(head, base, {}, run(session), run(session));
    EXPECT_NEAR(there.ratio * back.ratio, 1, 1e-11);
    EXPECT_NEAR(there.ratio_interval.low * back.ratio_interval.high, 1, 1e-11);
    EXPECT_DOUBLE_EQ(there.p, back.p);
    EXPECT_NEAR(there.difference, -back.difference, 1e-15);
    EXPECT_NEAR(there.effect_d, -back.effect_d, 1e-9);
    EXPECT_GT(back.p_worse, 0.9);
    EXPECT_EQ(there.significance, back.significance);
  }
}

TEST(Compare, TheUnitOfTheValuesChangesNothing) {
  // Coarse values: ties and equal pairs must stay ties in every unit.
  std::vector<double> base;
  std::vector<double> head;
  for (const double v : noisy(16, 100, 0.03, 5)) base.push_back(std::round(v));
  for (const double v : noisy(16, 104, 0.03, 6)) head.push_back(std::round(v));
  for (const std::string session : {"s1", ""}) {
    const Comparison plain = one(base, head, {}, run(session), run(session));
    for (const double unit : {1e-9, 1e-3, 0.1, 1000.0, 7.7e11}) {
      const Comparison scaled = one(times(base, unit), times(head, unit), {}, run(session), run(session));
      EXPECT_NEAR(plain.p, scaled.p, 1e-12) << unit;
      EXPECT_NEAR(plain.ratio, scaled.ratio, 1e-11);
      EXPECT_NEAR(plain.difference * unit, scaled.difference, 1e-11 * unit);
      EXPECT_EQ(plain.significance, scaled.significance);
      EXPECT_EQ(plain.confidence, scaled.confidence);
    }
  }
}

TEST(Compare, PermutingPairsChangesNoNumber) {
  auto base = noisy(14, 1, 0.05, 7);
  auto head = times(noisy(14, 1, 0.05, 8), 1.08);
  const Comparison before = one(base, head);
  std::vector<std::size_t> order(base.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(9));
  std::vector<double> b;
  std::vector<double> h;
  for (const std::size_t i : order) {
    b.push_back(base[i]);
    h.push_back(head[i]);
  }
  const Comparison after = one(b, h);
  EXPECT_EQ(before.p, after.p);
  EXPECT_EQ(before.ratio, after.ratio);
  EXPECT_EQ(before.ratio_interval.low, after.ratio_interval.low);
  EXPECT_EQ(before.effect_d, after.effect_d);
  EXPECT_EQ(before.significance, after.significance);
}

TEST(Compare, AConstantBenchmarkChangesNoVerdict) {
  std::vector<Series> base{series("a", noisy(10, 1, 0.02, 10)), series("b", noisy(10, 1, 0.02, 11))};
  std::vector<Series> head{series("a", times(noisy(10, 1, 0.02, 12), 1.035)), series("b", noisy(10, 1, 0.02, 13))};
  const auto before = all(samples(base), samples(head), k_defaults);
  for (int i = 0; i < 50; ++i) {
    base.push_back(series("z" + std::to_string(i), std::vector<double>(10, 3.5)));
    head.push_back(series("z" + std::to_string(i), std::vector<double>(10, 3.5)));
  }
  const auto after = all(samples(base), samples(head), k_defaults);
  ASSERT_EQ(after.size(), 52u);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].p_adjusted, after[i].p_adjusted);
    EXPECT_EQ(before[i].significance, after[i].significance);
    EXPECT_EQ(before[i].confidence, after[i].confidence);
  }
  EXPECT_EQ(after.back().ratio, 1);
  EXPECT_EQ(after.back().p, 1);
}

TEST(Compare, PresenceSaysWhichSideHasIt) {
  const auto comparisons =
      all(samples({series("both", {1, 2}), series("gone", {5, 6})}),
          samples({series("both", {1, 2}), series("new thing altogether", {100, 110})}), k_defaults);
  ASSERT_EQ(comparisons.size(), 3u);
  EXPECT_EQ(comparisons[0].presence, Presence::both);
  EXPECT_EQ(comparisons[1].presence, Presence::only_base);
  EXPECT_EQ(comparisons[1].base.median, 5.5);
  EXPECT_EQ(comparisons[1].head.n, 0u);
  EXPECT_TRUE(comparisons[1].renamed_to.empty());
  EXPECT_EQ(comparisons[2].presence, Presence::only_head);
  EXPECT_EQ(comparisons[2].head.n, 2u);
  EXPECT_EQ(comparisons[2].head_interval.low, 100);
  EXPECT_EQ(comparisons[2].head_interval.confidence, 0.5);
  EXPECT_TRUE(std::isnan(comparisons[2].ratio));
  EXPECT_TRUE(comparisons[2].criteria.empty());
}

TEST(Compare, ASimilarNameWithSimilarValuesLooksRenamed) {
  const auto comparisons = all(samples({series("parse/large", {5, 6}), series("x", {1, 1})}),
                               samples({series("parse/Large_v2", {5.2, 6.1}), series("x", {1, 1})}), k_defaults);
  ASSERT_EQ(comparisons.size(), 3u);
  EXPECT_EQ(comparisons[1].id.benchmark, "parse/large");
  EXPECT_EQ(comparisons[1].renamed_to, "parse/Large_v2");
  EXPECT_TRUE(has_warning(comparisons[0], "renamed") && has_warning(comparisons[1], "renamed"));
  const auto faster =
      all(samples({series("parse/large", {5, 6})}), samples({series("parse/large2", {2, 2})}), k_defaults);
  EXPECT_TRUE(faster[0].renamed_to.empty());
}

TEST(Compare, AChangedUnitOrDirectionIsNeverComparedSilently) {
  const Metric seconds{"wall_time", "s", Better::lower, false, true};
  Metric other = seconds;
  other.unit = "1";
  const auto values = noisy(12, 1, 0.01, 20);
  auto c = all(samples({series("a", values, seconds)}), samples({series("a", times(values, 2), other)}), k_defaults)[0];
  EXPECT_EQ(c.significance, Significance::undecidable);
  EXPECT_TRUE(has_warning(c, "unit-changed"));
  EXPECT_TRUE(std::isnan(c.ratio) && std::isnan(c.p));
  ASSERT_EQ(c.criteria.size(), 5u);
  EXPECT_FALSE(c.criteria[1].met);
  other = seconds;
  other.better = Better::higher;
  c = all(samples({series("a", values, seconds)}), samples({series("a", times(values, 2), other)}), k_defaults)[0];
  EXPECT_EQ(c.significance, Significance::undecidable);
  EXPECT_TRUE(has_warning(c, "direction-changed"));
}

TEST(Compare, DeterministicMetricsCompareExactly) {
  const Metric size{"binary_size", "B", Better::lower, true, true};
  const Comparison same = one({4096, 4096}, {4096}, size);
  EXPECT_EQ(same.significance, Significance::indistinct);
  EXPECT_EQ(same.p, 1);
  EXPECT_EQ(same.ratio, 1);
  const Comparison grown = one({4096}, {4506}, size);
  EXPECT_EQ(grown.significance, Significance::distinct);
  EXPECT_EQ(grown.method, "exact");
  EXPECT_EQ(grown.p, 0);
  EXPECT_EQ(grown.p_worse, 0);
  EXPECT_EQ(grown.ratio_interval.low, grown.ratio_interval.high);
  EXPECT_EQ(grown.difference, 410);
  EXPECT_EQ(grown.confidence, Confidence::high);
  EXPECT_EQ(grown.minimum_detectable, 0);
  EXPECT_EQ(one({4096}, {4097}, size).significance, Significance::distinct);
  EXPECT_EQ(one({4096}, {4097}, size).confidence, std::nullopt);
  const Comparison wobbly = one({4096, 4197}, {4096, 4299}, size);
  EXPECT_TRUE(has_warning(wobbly, "not-deterministic"));
  EXPECT_NE(wobbly.method, "exact");
}

TEST(Compare, CountsThatHardlyJitterAreDecidedByTwoRuns) {
  const Metric instructions{"instructions", "1", Better::lower, true, true};
  const Comparison same = one({1'000'000, 1'000'001}, {1'000'001, 1'000'000}, instructions);
  EXPECT_EQ(same.significance, Significance::indistinct);
  EXPECT_LT(same.worse_bounds().high, 1e-4);
  const Comparison more = one({1'000'000, 1'000'001}, {1'060'001, 1'060'000}, instructions);
  EXPECT_EQ(more.significance, Significance::distinct);
  EXPECT_EQ(more.confidence, Confidence::high);
  EXPECT_GT(more.worse_bounds().low, 0.0599);
}

TEST(Compare, ManyEqualCountsOfTwoFilesAreExact) {
  const Metric objects{"objects", "1", Better::lower, false, true};
  const std::vector<double> base(20, 1000.0);
  const std::vector<double> head(20, 1100.0);
  EXPECT_EQ(one(base, head, objects, run("s1"), run("s2")).confidence, Confidence::high);
  EXPECT_EQ(one(base, base, objects, run("s1"), run("s2")).significance, Significance::indistinct);
  EXPECT_NE(one(base, head, {}, run("s1"), run("s2")).method, "exact") << "times are measured by a clock";
}

TEST(Compare, HigherIsBetterTurnsWorseAround) {
  const Metric throughput{"throughput", "op/s", Better::higher, false, true};
  const auto base = noisy(12, 1000, 0.01, 21);
  const Comparison c = one(base, times(noisy(12, 1000, 0.01, 22), 0.88), throughput);
  EXPECT_NEAR(c.worse_by(), 0.12, 0.02);
  EXPECT_LT(c.p_worse, 0.001);
  EXPECT_EQ(c.confidence, Confidence::high);
  EXPECT_NE(criterion(c, "magnitude").detail.find("≤ −4.8 %"), std::string::npos) << criterion(c, "magnitude").detail;
}

TEST(Compare, TooFewPairsSayHowManyAreNeeded) {
  const Comparison three = one(noisy(3, 1, 0.01, 30), times(noisy(3, 1, 0.01, 31), 1.5));
  EXPECT_EQ(three.significance, Significance::undecidable);
  ASSERT_TRUE(has_warning(three, "few-samples"));
  EXPECT_NE(three.warnings.back().text.find("needs 8 pairs"), std::string::npos) << three.warnings.back().text;
  EXPECT_NE(three.warnings.back().text.find("has 3"), std::string::npos);
  EXPECT_TRUE(std::isnan(three.minimum_detectable));
  EXPECT_TRUE(std::isnan(three.ratio_bounds.high));
}

// Twenty-six benchmarks that all got slower by half: nine pairs must not find what ten do not.
TEST(Compare, MorePairsFindNoLessHoweverManySeriesThereAre) {
  for (const std::size_t family : {1U, 4U, 5U, 26U, 200U}) {
    bool found = false;
    for (std::size_t pairs = 4; pairs <= 60; pairs += family > 26 ? 4 : pairs < 14 ? 1 : 23) {
      std::vector<Series> base;
      std::vector<Series> head;
      for (std::size_t i = 0; i < family; ++i) {
        const std::string name = "b" + std::to_string(i);
        base.push_back(series(name, noisy(pairs, 1, 0.01, 2 * i)));
        head.push_back(series(name, times(noisy(pairs, 1, 0.01, 2 * i + 1), 1.5)));
      }
      const auto comparisons = all(samples(base), samples(head), k_defaults);
      const bool all_found = std::all_of(comparisons.begin(), comparisons.end(),
                                         [](const Comparison& c) { return c.significance == Significance::distinct; });
      EXPECT_TRUE(all_found || !found) << family << " series, " << pairs << " pairs";
      found = found || all_found;
    }
    EXPECT_TRUE(found) << family;
  }
}

TEST(Compare, PairsOfAConstantRatioAreFoundFromSomeNumberOn) {
  for (const std::size_t family : {1U, 6U, 200U}) {
    bool found = false;
    for (std::size_t pairs = 4; pairs <= 60; pairs += family > 6 ? 4 : 1) {
      std::vector<Series> base;
      std::vector<Series> head;
      for (std::size_t i = 0; i < family; ++i) {
        base.push_back(series("b" + std::to_string(i), noisy(pairs, 1, 0.02, i)));
        head.push_back(series("b" + std::to_string(i), times(noisy(pairs, 1, 0.02, i), i == 0 ? 1.5 : 1)));
      }
      const bool now = all(samples(base), samples(head), k_defaults)[0].significance == Significance::distinct;
      EXPECT_TRUE(now || !found) << family << " series, " << pairs << " pairs";
      found = found || now;
    }
    EXPECT_TRUE(found) << family;
  }
}

TEST(Compare, AnOutlierInAnotherBenchmarkSilencesNobody) {
  std::vector<Series> base;
  std::vector<Series> head;
  for (std::uint64_t i = 0; i < 20; ++i) {
    base.push_back(series("b" + std::to_string(10 + i), noisy(5, 1, 0.01, 700 + i)));
    head.push_back(series("b" + std::to_string(10 + i), times(noisy(5, 1, 0.01, 800 + i), i == 4 ? 1.3 : 1)));
  }
  EXPECT_EQ(all(samples(base), samples(head), k_defaults)[4].significance, Significance::distinct);
  head[9].invocations[2][0] *= 40;
  base[11].invocations[0][0] *= 9;
  EXPECT_EQ(all(samples(base), samples(head), k_defaults)[4].significance, Significance::distinct);
}

TEST(Compare, FewPairsBorrowTheSpreadOfTheRunAndAreAtMostMedium) {
  std::vector<Series> base;
  std::vector<Series> head;
  for (std::uint64_t i = 0; i < 12; ++i) {
    base.push_back(series("b" + std::to_string(i), noisy(5, 1, 0.01, 500 + i)));
    head.push_back(series("b" + std::to_string(i), times(noisy(5, 1, 0.01, 600 + i), i == 4 ? 1.15 : 1)));
  }
  for (const Comparison& c : all(samples(base), samples(head), k_defaults)) {
    EXPECT_TRUE(has_warning(c, "few-pairs"));
    if (c.id.benchmark == "b4")
      EXPECT_EQ(c.confidence, Confidence::medium);
    else
      EXPECT_NE(c.significance, Significance::distinct);
  }
  // Alone there is only its own spread, which does when the change is far beyond it.
  EXPECT_EQ(all(samples({base[4]}), samples({head[4]}), k_defaults)[0].confidence, Confidence::medium);
}

TEST(Compare, WhatCouldNotHaveBeenSeenIsNotNothing) {
  const Comparison c = one(noisy(12, 1, 0.25, 61), noisy(12, 1, 0.25, 62));
  EXPECT_EQ(c.significance, Significance::undecidable);
  EXPECT_GT(c.minimum_detectable, 0.1);
  EXPECT_TRUE(has_warning(c, "too-noisy"));
}

TEST(Compare, AJustReachedThresholdIsMediumNotHigh) {
  const Comparison c = one(noisy(30, 1, 0.02, 63), times(noisy(30, 1, 0.02, 64), 1.05));
  EXPECT_EQ(c.significance, Significance::distinct);
  EXPECT_EQ(c.confidence, Confidence::medium);
  EXPECT_FALSE(criterion(c, "magnitude").met);
  EXPECT_NE(criterion(c, "magnitude").detail.find("at least"), std::string::npos);
}

TEST(Compare, TwoModesAndColdStartsAreNamed) {
  std::vector<double> base;
  std::vector<double> head;
  for (const double v : noisy(20, 1, 0.005, 65)) base.push_back(base.size() % 3 == 0 ? v * 1.3 : v);
  for (const double v : noisy(20, 1, 0.005, 66)) head.push_back(v);
  const Comparison c = one(base, head);
  EXPECT_TRUE(has_warning(c, "multi-modal"));
  EXPECT_FALSE(has_warning(one(head, head), "multi-modal"));
  std::size_t named = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    if (has_warning(one(noisy(12, 1, 0.03, 1000 + seed), noisy(12, 1, 0.03, 5000 + seed)), "multi-modal")) ++named;
  EXPECT_LE(named, 6u);  // of 400 sides that have one mode
  Series cold = series("a", {});
  for (const double v : noisy(10, 1, 0.001, 67)) cold.invocations.push_back({v * 1.5, v * 1.4, v, v, v, v});
  const Comparison unsteady = all(samples({cold}), samples({cold}), k_defaults)[0];
  EXPECT_TRUE(has_warning(unsteady, "not-steady"));
}

TEST(Compare, OneValueASideIsUndecidable) {
  const Comparison c = one({1.0}, {2.0});
  EXPECT_EQ(c.significance, Significance::undecidable);
  EXPECT_NEAR(c.ratio, 2, 1e-11);
  EXPECT_TRUE(std::isnan(c.ratio_interval.low));
  EXPECT_FALSE(c.confidence);
  EXPECT_TRUE(has_warning(c, "few-samples"));
}

TEST(Compare, EqualTimesProveNothingAndTheStepOfTheClockIsNamed) {
  const Comparison c = one(std::vector<double>(12, 2.0), std::vector<double>(12, 2.0));
  EXPECT_EQ(c.significance, Significance::undecidable);
  EXPECT_EQ(c.ratio, 1);
  EXPECT_EQ(c.ratio_interval.low, 1);
  EXPECT_EQ(c.ratio_interval.high, 1);
  EXPECT_EQ(c.ratio_bounds.high, 2);
  EXPECT_EQ(c.minimum_detectable, 1) << "what could hide";
  ASSERT_TRUE(has_warning(c, "coarse-clock"));
  EXPECT_NE(c.warnings.back().text.find("steps by up to 2 s"), std::string::npos) << c.warnings.back().text;
  EXPECT_EQ(c.effect_d, 0);
  EXPECT_EQ(c.base.coefficient_of_variation, 0);
}

TEST(Compare, ATimeOfZeroOrLessIsNotFast) {
  const auto base = noisy(12, 1, 0.01, 61);
  for (const double nothing : {0.0, -1.0}) {
    const Comparison c = one(base, std::vector<double>(12, nothing));
    EXPECT_EQ(c.significance, Significance::undecidable) << nothing;
    EXPECT_FALSE(c.confidence) << nothing;
    ASSERT_TRUE(has_warning(c, "coarse-clock")) << nothing;
    EXPECT_NE(c.warnings.back().text.find("head's wall_time is 0 or less"), std::string::npos)
        << c.warnings.back().text;
  }
  const std::vector<double> none(12, 0.0);
  const Comparison both = one(none, none);
  EXPECT_EQ(both.significance, Significance::undecidable) << "a clock that reads 0 proves nothing";
  ASSERT_FALSE(both.warnings.empty());
  EXPECT_NE(both.warnings.back().text.find("both sides' wall_time"), std::string::npos) << both.warnings.back().text;
  const Metric rate{"throughput", "op/s", Better::higher, false, true};
  EXPECT_EQ(one(base, none, rate).significance, Significance::distinct) << "no work at all is slower";
  const Metric errors{"errors", "op/s", Better::lower, false, true};
  EXPECT_EQ(one(none, none, errors).significance, Significance::indistinct) << "no errors are a good number";
}

// A rate is work over a time that a clock measured: what the clock hides of the one, it hides of the other.
TEST(Compare, EqualRatesProveNoMoreThanEqualTimes) {
  for (const char* unit : {"op/s", "B/s", "fps", "tokens/s"}) {
    const Metric rate{"rate", unit, Better::higher, false, true};
    const Comparison c = one(std::vector<double>(12, 64.0), std::vector<double>(12, 64.0), rate);
    EXPECT_EQ(c.significance, Significance::undecidable) << unit;
    EXPECT_EQ(c.worse_bounds().high, 0.5) << unit;
    ASSERT_TRUE(has_warning(c, "coarse-clock")) << unit;
    EXPECT_NE(c.warnings.back().text.find("steps by up to 100 % of a run"), std::string::npos)
        << c.warnings.back().text;
  }
  const Metric frames{"frames", "1", Better::higher, false, true};
  EXPECT_EQ(one(std::vector<double>(12, 64.0), std::vector<double>(12, 64.0), frames).significance,
            Significance::indistinct)
      << "counts are not clocked";
}

// Programs that print constants, and clocks of few steps: no spread is known, and yet no chance makes such pairs.
TEST(Compare, PairsThatAllSayTheSameChangeAreFoundWhereNoisyOnesAre) {
  for (const std::size_t pairs : {5U, 6U, 7U, 12U}) {
    const Comparison slower = one(std::vector<double>(pairs, 10.0), std::vector<double>(pairs, 15.0));
    EXPECT_EQ(slower.significance, Significance::distinct) << pairs;
    EXPECT_EQ(slower.confidence, pairs < 10 ? Confidence::medium : Confidence::high) << pairs;
    EXPECT_FALSE(has_warning(slower, "coarse-clock")) << pairs;
    const Comparison same = one(std::vector<double>(pairs, 10.0), std::vector<double>(pairs, 10.0));
    EXPECT_EQ(same.significance, Significance::undecidable) << pairs;
  }
  EXPECT_EQ(one(std::vector<double>(4, 10.0), std::vector<double>(4, 15.0)).significance, Significance::undecidable);
}

TEST(Compare, AFineStepHidesNothingThatMatters) {
  std::vector<double> base;
  std::vector<double> head;
  for (int i = 0; i < 20; ++i) {
    base.push_back(i % 2 == 0 ? 1.000 : 1.001);
    head.push_back(i % 3 == 0 ? 1.001 : 1.002);
  }
  const Comparison c = one(base, head);
  EXPECT_EQ(c.significance, Significance::indistinct);
  EXPECT_FALSE(has_warning(c, "coarse-clock"));
  EXPECT_LT(c.worse_bounds().high, 0.004);
}

TEST(Compare, ZeroBaseHasADifferenceButNoRatio) {
  const Metric allocations{"allocations", "1", Better::lower, false, true};
  const std::vector<double> none(12, 0.0);
  const Comparison risen = one(none, std::vector<double>(12, 3.0), allocations);
  EXPECT_TRUE(std::isnan(risen.ratio));
  EXPECT_TRUE(std::isnan(risen.ratio_interval.low));
  EXPECT_EQ(risen.difference, 3);
  EXPECT_EQ(risen.difference_interval.low, 3);
  EXPECT_EQ(risen.significance, Significance::distinct);
  const Comparison still = one(none, none, allocations);
  EXPECT_EQ(still.ratio, 1);
  EXPECT_EQ(still.significance, Significance::indistinct);
}

TEST(Compare, NegativeValuesUseTheShift) {
  const Metric score{"score", "1", Better::higher, false, true};
  std::vector<double> base;
  std::vector<double> head;
  for (const double v : noisy(12, 1, 0.01, 40)) base.push_back(-10 * v);
  for (const double v : noisy(12, 1, 0.01, 41)) head.push_back(-12 * v);
  const Comparison c = one(base, head, score);
  EXPECT_NEAR(c.ratio, 0.8, 0.02);  // head's value is smaller
  EXPECT_NEAR(c.difference, -2, 0.2);
  EXPECT_EQ(c.significance, Significance::distinct);
  EXPECT_GT(c.worse_by(), 0);
}

TEST(Compare, NaNAndInfinityAreLeftOutAndSaid) {
  auto base = noisy(12, 1, 0.01, 42);
  auto head = noisy(12, 1, 0.01, 43);
  base[2] = std::nan("");
  head[5] = k_inf;
  const Comparison c = one(base, head);
  EXPECT_EQ(c.pairs, 10u);
  EXPECT_TRUE(has_warning(c, "unusable-values"));
  EXPECT_TRUE(has_warning(c, "pairs-dropped"));
  EXPECT_EQ(c.significance, Significance::indistinct);
  const Comparison nothing = one({std::nan(""), k_inf}, {1, 2});
  EXPECT_EQ(nothing.significance, Significance::undecidable);
  EXPECT_TRUE(has_warning(nothing, "no-values"));
  EXPECT_FALSE(nothing.confidence);
}

TEST(Compare, HugeValuesDoNotOverflowIntoAVerdict) {
  const Comparison c = one(std::vector<double>(12, 1.7e308), std::vector<double>(12, 1e308));
  EXPECT_EQ(c.significance, Significance::undecidable);
  const Comparison large = one(noisy(12, 1e299, 0.01, 44), noisy(12, 1e299, 0.01, 45));
  EXPECT_TRUE(std::isfinite(large.ratio));
  EXPECT_TRUE(std::isfinite(large.p));
}

TEST(Compare, InvocationsThatFailedKeepTheirPartnersApart) {
  Series base = series("a", noisy(12, 1, 0.001, 46));
  Series head = base;
  // Without keeping places, every pair after the hole would be wrong.
  for (std::size_t i = 0; i < 12; ++i) {
    base.invocations[i][0] *= 1 + 0.2 * static_cast<double>(i);
    head.invocations[i][0] = base.invocations[i][0] * 1.001;
  }
  head.invocations[4].clear();
  const Comparison c = all(samples({base}), samples({head}), k_defaults)[0];
  EXPECT_EQ(c.pairs, 11u);
  EXPECT_NEAR(c.ratio, 1.001, 1e-6);
  EXPECT_LT(c.ratio_interval.high, 1.0011);
  // A tenth of a percent is beneath min_effect, however sure it is.
  EXPECT_EQ(c.significance, Significance::indistinct);
  EXPECT_LT(c.p, 0.01);
}

TEST(Compare, RepetitionsOfAProcessCountOnce) {
  Series base = series("a", {});
  Series head = base;
  for (int i = 0; i < 10; ++i) {
    base.invocations.push_back({5.0, 1.0 + i * 0.01, 7.0});
    head.invocations.push_back({1.2 + i * 0.01, 1.3, 9.0});
  }
  Comparison c = all(samples({base}), samples({head}), k_defaults)[0];
  EXPECT_EQ(c.base.n, 10u);
  EXPECT_EQ(c.base_values[3], 1.03) << "the fastest: delays only add";
  base.metric = head.metric = {"throughput", "op/s", Better::higher, false, true};
  EXPECT_EQ(all(samples({base}), samples({head}), k_defaults)[0].base_values[3], 7.0);
  base.metric = head.metric = {"max_rss", "B", Better::lower, false, true};
  EXPECT_EQ(all(samples({base}), samples({head}), k_defaults)[0].base_values[3], 5.0) << "the median";
}

TEST(Compare, TheBestOfFiveIsNotComparedWithTheBestOfOne) {
  Series base = series("a", {});
  Series head = base;
  std::mt19937_64 engine(77);
  std::normal_distribution<double> normal(0, 0.08);
  for (int i = 0; i < 40; ++i) {
    base.invocations.push_back({});
    for (int k = 0; k < 5; ++k) base.invocations.back().push_back(std::exp(normal(engine)));
    head.invocations.push_back({std::exp(normal(engine))});
  }
  for (const std::string session : {"s1", "s2"}) {
    const Comparison c = all(samples({base}), samples({head}, run(session)), k_defaults)[0];
    EXPECT_NE(c.significance, Significance::distinct) << session;
    EXPECT_TRUE(has_warning(c, "unequal-repetitions")) << session;
    EXPECT_EQ(c.base_values[7], base.invocations[7][0]) << session;
  }
}

TEST(Compare, OneProcessASideIsAtMostLow) {
  Series base = series("a", {});
  Series head = base;
  base.invocations.push_back(noisy(20, 1, 0.01, 47));
  head.invocations.push_back(times(noisy(20, 1, 0.01, 48), 1.2));
  const Comparison c = all(samples({base}), samples({head}), k_defaults)[0];
  EXPECT_EQ(c.confidence, Confidence::low);
  EXPECT_TRUE(has_warning(c, "one-process"));
  EXPECT_EQ(c.base.n, 20u);
}

TEST(Compare, AnEarlierBaselineIsBoundedByWhatHistoryKnows) {
  const auto base = noisy(12, 1, 0.01, 49);
  const auto head = times(noisy(12, 1, 0.01, 50), 1.1);
  // Nothing known: neither a change nor its absence.
  const Comparison unknown = one(base, head, {}, run("s1"), run("s2"));
  EXPECT_EQ(unknown.design, Design::cached);
  EXPECT_EQ(unknown.significance, Significance::undecidable);
  EXPECT_FALSE(unknown.confidence);
  EXPECT_LT(unknown.ratio_interval.low, 0.8);
  EXPECT_GT(unknown.ratio_interval.high, 1.5);
  EXPECT_TRUE(has_warning(unknown, "not-interleaved"));
  // Runs that differ by half a percent by themselves: ten percent stands out. By five percent: it does not.
  Past past;
  past[{"core", "a", "wall_time"}] = {10, 0.005};
  const auto bounded = [&] {
    return all(samples({series("a", base)}, run("s1")), samples({series("a", head)}, run("s2")), k_defaults, past)[0];
  };
  EXPECT_EQ(bounded().confidence, Confidence::medium);
  EXPECT_EQ(bounded().method, "exact Mann–Whitney U");
  past.begin()->second.run_sd = 0.05;
  EXPECT_FALSE(bounded().confidence);
  EXPECT_NE(bounded().significance, Significance::distinct);
}

TEST(Compare, WithoutHistoryOnlyWhatUnchangedCodeNeverDoesCounts) {
  const auto two_runs = [](std::size_t n, double factor, const RunInfo& later = run("s2")) {
    return one(noisy(n, 1, 0.02, 71), times(noisy(n, 1, 0.02, 72), factor), {}, run("s1"), later);
  };
  const Comparison triple = two_runs(60, 3);
  EXPECT_EQ(triple.significance, Significance::distinct);
  EXPECT_EQ(triple.confidence, Confidence::medium);
  EXPECT_EQ(two_runs(5, 3).confidence, Confidence::medium);
  for (const Comparison& c : {two_runs(60, 1.9), two_runs(60, 1), two_runs(4, 3), two_runs(1, 5)}) {
    EXPECT_EQ(c.significance, Significance::undecidable);
    EXPECT_EQ(c.strongest, Confidence::low);
    EXPECT_TRUE(std::isnan(c.worse_bounds().high));
    EXPECT_TRUE(has_warning(c, "not-interleaved"));
  }
  EXPECT_EQ(two_runs(60, 3, run("s2", "fedcba9876543210")).strongest, Confidence::low);
}

TEST(Compare, FiveEarlierRunsDecideAlsoOneValue) {
  const Past past{{{"core", "a", "wall_time"}, {65, 0.02}}};
  const auto against = [&](double factor) {
    return all(samples({series("a", {1.0})}, run("s1")), samples({series("a", {factor})}, run("s2")), k_defaults,
               past)[0];
  };
  EXPECT_EQ(against(1.7).significance, Significance::distinct);
  EXPECT_EQ(against(1.7).confidence, Confidence::medium);
  EXPECT_EQ(against(1.04).significance, Significance::undecidable);
  EXPECT_GT(against(1.04).worse_bounds().high, 0.05);
  EXPECT_LT(against(1.7).ratio_interval.low, 1.7);
}

TEST(Compare, OneOccasionOnOneMachineIsAtMostLowUntilHistoryKnowsItsDrift) {
  RunInfo before = run("s1");
  RunInfo after = run("s2");
  before.time = "2026-11-21T10:00:00Z";
  after.time = "2026-11-21T10:05:00Z";
  const Comparison c = one(noisy(12, 1, 0.01, 49), times(noisy(12, 1, 0.01, 50), 1.1), {}, before, after);
  EXPECT_EQ(c.design, Design::same_machine);
  EXPECT_NE(c.significance, Significance::distinct);
  EXPECT_FALSE(c.confidence);  // 4 % a side are assumed: +10 % might be drift
  EXPECT_TRUE(has_warning(c, "not-interleaved"));
  const Past past{{c.id, {20, 0.01}}};
  const auto known = all(samples({series("a", noisy(12, 1, 0.01, 49))}, before),
                         samples({series("a", times(noisy(12, 1, 0.01, 50), 1.1))}, after), k_defaults, past);
  EXPECT_EQ(known[0].confidence, Confidence::medium);
}

TEST(PastOf, IsTheSpreadOfRunMediansWithoutStepsAndOutliers) {
  std::vector<Samples> runs;
  for (int i = 0; i < 12; ++i) {
    const double level = (i < 6 ? 1 : 2) * (1 + 0.01 * (i % 3));
    runs.push_back(samples({series("a", {level, level, i == 4 ? 90.0 : level})}));
  }
  const Past past = past_of(runs);
  const SeriesPast& a = past.at({"core", "a", "wall_time"});
  EXPECT_EQ(a.runs, 12u);
  EXPECT_GT(a.run_sd, 0.003);
  EXPECT_LT(a.run_sd, 0.05);
  EXPECT_NEAR(between_runs_df(a), 22.0 / 3, 1e-12);
  EXPECT_TRUE(std::isnan(past_of(std::span(runs).first(3)).at({"core", "a", "wall_time"}).run_sd));
}

TEST(Compare, AnotherMachineIsAtMostLowAndSaysWhatDiffers) {
  RunInfo there = run("s1");
  RunInfo here = run("s2", "fedcba9876543210");
  there.machine.facts = {{"cpu", "old"}};
  here.machine.facts = {{"cpu", "new\x1b[31m"}};
  const Comparison c = one(noisy(12, 1, 0.01, 51), times(noisy(12, 1, 0.01, 52), 2.5), {}, there, here);
  EXPECT_EQ(c.confidence, Confidence::low);
  EXPECT_EQ(c.significance, Significance::distinct);
  EXPECT_FALSE(criterion(c, "environment").met);
  EXPECT_NE(criterion(c, "environment").detail.find("cpu differs: 'old' and 'new"), std::string::npos);
  EXPECT_EQ(criterion(c, "environment").detail.find('\x1b'), std::string::npos);
}

TEST(Compare, AnUnstableBaselineIsAtMostMedium) {
  const auto base = noisy(40, 1, 0.3, 53);
  const auto head = times(noisy(40, 1, 0.3, 54), 2);
  const Comparison c = one(base, head);
  EXPECT_EQ(c.significance, Significance::distinct);
  EXPECT_FALSE(criterion(c, "baseline-stable").met);
  EXPECT_EQ(c.confidence, Confidence::medium);
}

TEST(Compare, SharedDriftDoesNotHideOrMakeAChange) {
  std::vector<double> base;
  std::vector<double> head;
  for (int i = 0; i < 16; ++i) {
    const double drift = 1 + 0.1 * i;
    base.push_back(drift * (1 + 0.002 * (i % 3)));
    head.push_back(drift * (1 + 0.002 * ((i + 1) % 3)) * 1.08);
  }
  const Comparison c = one(base, head);
  EXPECT_EQ(c.confidence, Confidence::high);
  EXPECT_NEAR(c.ratio, 1.08, 0.005);
  EXPECT_GT(one(base, head, {}, run("x"), run("y")).p, 0.05);
}

TEST(Compare, ASpikeOfTheBaselineMakesNoFinding) {
  auto base = noisy(12, 1, 0.01, 55);
  const auto head = noisy(12, 1, 0.01, 56);
  base[5] *= 8;
  const Comparison c = one(base, head);
  EXPECT_NE(c.significance, Significance::distinct);
  EXPECT_FALSE(c.confidence);
}

TEST(Compare, SecondaryMetricsDoNotDiluteThePrimaryOnes) {
  const Metric faults{"page_faults", "1", Better::lower, false, false};
  std::vector<Series> base{series("a", noisy(10, 1, 0.02, 57))};
  std::vector<Series> head{series("a", times(noisy(10, 1, 0.02, 58), 1.05))};
  const auto alone = all(samples(base), samples(head), k_defaults);
  for (std::uint64_t i = 0; i < 30; ++i) {
    base.push_back(series("f" + std::to_string(i), noisy(10, 500, 0.02, 100 + i), faults));
    head.push_back(series("f" + std::to_string(i), noisy(10, 500, 0.02, 200 + i), faults));
  }
  const auto among = all(samples(base), samples(head), k_defaults);
  EXPECT_EQ(alone[0].p_adjusted, among[0].p_adjusted);
  EXPECT_GT(among[1].p_adjusted, among[1].p);
}

TEST(Compare, CorrectionIsAsConfigured) {
  std::vector<Series> base;
  std::vector<Series> head;
  for (std::uint64_t i = 0; i < 4; ++i) {
    base.push_back(series("b" + std::to_string(i), noisy(12, 1, 0.02, 300 + i)));
    head.push_back(series("b" + std::to_string(i), times(noisy(12, 1, 0.02, 400 + i), 1.02)));
  }
  StatisticsConfig statistics;
  statistics.correction = Correction::none;
  for (const Comparison& c : all(samples(base), samples(head), statistics)) EXPECT_EQ(c.p, c.p_adjusted);
  statistics.correction = Correction::benjamini_hochberg;
  const auto fdr = all(samples(base), samples(head), statistics);
  statistics.correction = Correction::holm;
  const auto holm = all(samples(base), samples(head), statistics);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LE(fdr[i].p_adjusted, holm[i].p_adjusted);
}

TEST(Compare, UnsortedAndDoubledSeriesAreSorted) {
  const auto comparisons = all(samples({series("b", {1}), series("a", {1}), series("b", {9})}),
                               samples({series("b", {1}), series("a", {1})}), k_defaults);
  ASSERT_EQ(comparisons.size(), 2u);
  EXPECT_EQ(comparisons[0].id.benchmark, "a");
  EXPECT_EQ(comparisons[1].base.median, 1);
}

TEST(DesignOf, NeedsTheSameSessionToBeInterleaved) {
  EXPECT_EQ(design_of(run("x"), run("x")), Design::interleaved);
  EXPECT_EQ(design_of(run(""), run("")), Design::cached);
  RunInfo base = run("x");
  RunInfo head = run("y");
  base.time = "2026-11-21T10:00:00Z";
  head.time = "2026-11-21T10:14:59Z";
  EXPECT_EQ(design_of(base, head), Design::same_machine);
  head.time = "2026-11-21T10:15:01Z";
  EXPECT_EQ(design_of(base, head), Design::cached);
  head.time = "2026-13-21T10:00:00Z";
  EXPECT_EQ(design_of(base, head), Design::cached);
  head.time = base.time;
  head.machine.fingerprint = "other";
  EXPECT_EQ(design_of(base, head), Design::cached);
}

}  // namespace
}  // namespace perfwarden::compare
