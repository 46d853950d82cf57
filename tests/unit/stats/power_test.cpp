#include "stats/power.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace perfwarden::stats {
namespace {

TEST(Power, PairsNeededIsTheWorkedExampleOfTheProcedure) {
  // 20 benchmarks, α = .01 spent .1 at the first look … .4 at the last; CV 3 % a run, +5 %, 80 %.
  EXPECT_EQ(pairs_needed(0.03 * std::sqrt(2.0), std::log(1.05), 0.01 * 0.4 / 20, 0.8), 16u);
  EXPECT_EQ(pairs_needed(0.001, 0.05, 0.01 / 20, 0.8), 11u);  // held up by the resolution 2⁻ⁿ
  EXPECT_EQ(samples_needed(0.001, 0.05, 0.05 / 20, 0.8), samples_for_level(0.05 / 20));
  EXPECT_EQ(pairs_for_level(0), 1'000'000'000u);
}

TEST(Power, DetectableEffectShrinksWithSamplesAndIsNaNWithoutSpreadKnown) {
  EXPECT_GT(detectable_paired(0.03, 10, 0.001), detectable_paired(0.03, 40, 0.001));
  EXPECT_GT(detectable_unpaired(0.03, 10, 10, 0.001), detectable_paired(0.03, 10, 0.001));
  EXPECT_TRUE(std::isnan(detectable_paired(0.03, 1, 0.001)));
  EXPECT_EQ(detectable_paired(0, 10, 0.001), 0);
}

}  // namespace
}  // namespace perfwarden::stats
