#include "compare/layouts.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <vector>

namespace perfwarden::compare {
namespace {

Comparison slower_as_built(double ratio) {
  Comparison one;
  one.id = {"core", "sort", "wall_time"};
  one.metric = {"wall_time", "s", Better::lower, false, true};
  one.ratio = ratio;
  one.base.n = one.head.n = one.pairs = 20;
  one.base.median = 2;
  one.significance = Significance::distinct;
  one.confidence = Confidence::high;
  one.criteria = {{"magnitude", true, ""},
                  {"significance", true, ""},
                  {"consistency", true, ""},
                  {"baseline-stable", true, ""},
                  {"environment", true, ""}};
  return one;
}

TEST(RestOnLayouts, ADifferenceThatEveryLayoutShowsStaysOne) {
  Comparison one = slower_as_built(1.16);
  rest_on_layouts(one, std::vector<double>{1.10, 1.11, 1.09, 1.10}, 0.05);
  EXPECT_EQ(one.significance, Significance::distinct);
  EXPECT_NEAR(one.ratio, 1.1, 1e-3);
  EXPECT_NEAR(one.difference, 0.2, 2e-3);
  EXPECT_GT(one.ratio_bounds.low, 1.08);
  EXPECT_LT(one.ratio_bounds.high, 1.12);
  EXPECT_EQ(one.criteria[0].met, true);
  one.effect_d = 3;
  rest_on_layouts(one, std::vector<double>{1.10, 1.11, 1.09, 1.10}, 0.05);
  EXPECT_EQ(one.confidence, Confidence::high);
  rest_on_layouts(one, std::vector<double>{1.10, 1.11, 1.09, 1.10}, 0.095);
  EXPECT_FALSE(one.criteria[0].met) << "HIGH as built, and the bound over layouts is not beyond the limit";
  EXPECT_EQ(one.confidence, Confidence::medium);
}

TEST(RestOnLayouts, ADifferenceOfOneLayoutAloneIsBoundedBelowIt) {
  Comparison one = slower_as_built(1.16);
  rest_on_layouts(one, std::vector<double>{1.01, 0.99, 1.00, 1.01, 0.98, 1.00}, 0.05);
  EXPECT_EQ(one.significance, Significance::undecidable);
  EXPECT_LT(one.ratio_bounds.high, 1.05);
  EXPECT_FALSE(one.confidence);
  ASSERT_THAT(one.warnings, testing::SizeIs(1));
  EXPECT_THAT(one.warnings[0].text, testing::HasSubstr("as built it is +16.0 %; over 6 layouts"));
}

TEST(RestOnLayouts, OfFewerIsWorseWhatShrinks) {
  Comparison one = slower_as_built(0.9);
  one.metric.better = Better::higher;
  rest_on_layouts(one, std::vector<double>{0.9, 0.91, 0.9, 0.89}, 0.05);
  EXPECT_LT(one.p_worse, 0.01);
  EXPECT_NEAR(one.worse_by(), 0.1, 0.01);
}

// What a limit of +5 % makes of flagged changes where placement moves the ratio by up to ± 10 %.
struct Rates {
  double red = 0, found = 0;  // of all runs; of those that were flagged as built
};
Rates rates_of(double change, int runs, std::size_t layouts, std::mt19937_64& random) {
  std::uniform_real_distribution<double> placement(-0.1, 0.1);
  std::normal_distribution<double> noise(0, 0.008);
  double flagged = 0, red = 0;
  for (int i = 0; i < runs; ++i) {
    const double as_built = std::exp(std::log1p(change) + placement(random) + noise(random) / 2);
    if (as_built <= 1.05) continue;
    ++flagged;
    Comparison one = slower_as_built(as_built);
    std::vector<double> ratios;
    for (std::size_t layout = 0; layout < layouts; ++layout)
      ratios.push_back(std::exp(std::log1p(change) + placement(random) + noise(random)));
    rest_on_layouts(one, ratios, 0.05);
    red += one.significance == Significance::distinct && one.ratio > 1.05 ? 1 : 0;
  }
  return {red / runs, red / flagged};
}

TEST(RestOnLayouts, EightOfThemBlameOneInnocentOfAHundredAtMostAndFindTenPercent) {
  std::mt19937_64 random(11);
  EXPECT_LE(rates_of(0, 4000, 8, random).red, 0.01);
  const Rates found = rates_of(0.1, 2000, 8, random);
  EXPECT_GE(found.found, 0.9);
  EXPECT_GT(found.red, 0.6) << "a quarter is not flagged as built";
}

}  // namespace
}  // namespace perfwarden::compare
