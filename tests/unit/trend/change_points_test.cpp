#include "trend/change_points.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace perfwarden::trend {
namespace {

// A Maker makes runs of a benchmark whose noise is AR(1) about a level, in seconds.
class Maker {
 public:
  explicit Maker(std::uint64_t seed, double sd = 0.01, double autocorrelation = 0)
      : random_(seed), sd_(sd), autocorrelation_(autocorrelation), last_(sd * normal_(random_)) {}

  double next(double level) {
    last_ = autocorrelation_ * last_ + std::sqrt(1 - autocorrelation_ * autocorrelation_) * sd_ * normal_(random_);
    return level * std::exp(last_);
  }
  std::vector<double> runs(std::size_t n, double level = 1e-3) {
    std::vector<double> out(n);
    for (double& value : out) value = next(level);
    return out;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  double sd_, autocorrelation_, last_;
};

Segmentation changes_of(const std::vector<double>& values, const std::vector<std::size_t>& epochs = {}) {
  return find_changes(values, epochs, {});
}

void scale_from(std::vector<double>& values, std::size_t begin, double factor) {
  for (std::size_t i = begin; i < values.size(); ++i) values[i] *= factor;
}

TEST(ChangePoints, AStepIsFoundWhereItIsWithItsSize) {
  for (const double factor : {1.05, 0.95, 2.0}) {
    std::vector<double> values = Maker(1).runs(120);
    scale_from(values, 70, factor);
    const Segmentation found = changes_of(values);
    ASSERT_EQ(found.changes.size(), 1U);
    EXPECT_EQ(found.changes[0].shape, Shape::step);
    EXPECT_EQ(found.changes[0].index, 70U);
    EXPECT_NEAR(found.changes[0].ratio, factor, 0.01 * factor);
    EXPECT_LE(found.changes[0].low, factor);
    EXPECT_GE(found.changes[0].high, factor);
    ASSERT_EQ(found.segments.size(), 2U);
    EXPECT_EQ(found.segments[1].begin, 70U);
    EXPECT_EQ(found.segments[1].end, 120U);
    EXPECT_NEAR(found.spread, 0.01, 0.004);
  }
}

TEST(ChangePoints, UnchangedSeriesHaveNoneWhateverTheirNoise) {
  std::size_t flagged = 0;
  for (const double autocorrelation : {0.0, 0.3, 0.5})
    for (const double sd : {0.002, 0.01, 0.05})
      for (std::uint64_t seed = 0; seed < 40; ++seed)
        flagged += changes_of(Maker(seed, sd, autocorrelation).runs(100)).changes.empty() ? 0U : 1U;
  EXPECT_EQ(flagged, 0U);
}

TEST(ChangePoints, AStepIsKnownFourRunsAfterIt) {
  std::size_t late = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<double> values = Maker(seed).runs(74);
    scale_from(values, 70, 1.10);
    late += changes_of(values).changes.empty() ? 1U : 0U;
  }
  EXPECT_LE(late, 2U);
}

TEST(ChangePoints, OneOrTwoFarValuesAreASpikeAndNoChange) {
  std::vector<double> values = Maker(3).runs(80);
  values[40] *= 3;
  values[60] *= 1.5;
  values[61] *= 1.6;
  const Segmentation found = changes_of(values);
  EXPECT_TRUE(found.changes.empty());
  ASSERT_EQ(found.spikes.size(), 2U);
  EXPECT_EQ(found.spikes[0].index, 40U);
  EXPECT_NEAR(found.spikes[0].ratio, 3, 0.1);
  EXPECT_EQ(found.spikes[1].index, 61U);
}

TEST(ChangePoints, ManySmallStepsAreOneDrift) {
  std::size_t drifts = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    std::vector<double> values = Maker(seed).runs(120);
    for (std::size_t i = 50; i < 120; ++i)
      values[i] *= std::pow(1.003, std::min<double>(static_cast<double>(i) - 49, 20));
    const Segmentation found = changes_of(values);
    ASSERT_FALSE(found.changes.empty()) << seed;
    if (found.changes.size() == 1 && found.changes[0].shape == Shape::drift) {
      ++drifts;
      EXPECT_NEAR(found.changes[0].ratio, std::pow(1.003, 20), 0.015);
      EXPECT_LT(found.changes[0].index, found.changes[0].end);
    }
  }
  EXPECT_GE(drifts, 24U);
}

TEST(ChangePoints, AChangeOfTheEnvironmentIsNotAChangeOfTheCode) {
  std::vector<double> values = Maker(4).runs(100);
  scale_from(values, 50, 1.3);
  EXPECT_TRUE(changes_of(values, {50}).changes.empty());
  scale_from(values, 80, 1.1);
  const Segmentation found = changes_of(values, {50});
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes[0].index, 80U);
}

TEST(ChangePoints, ScaleOfTheValuesDoesNotMatter) {
  std::vector<double> values = Maker(5).runs(90);
  scale_from(values, 40, 1.07);
  std::vector<double> large = values;
  for (double& value : large) value *= 1e12;
  const Segmentation a = changes_of(values);
  const Segmentation b = changes_of(large);
  ASSERT_EQ(a.changes.size(), b.changes.size());
  ASSERT_EQ(a.changes.size(), 1U);
  EXPECT_EQ(a.changes[0].index, b.changes[0].index);
  EXPECT_NEAR(a.changes[0].ratio, b.changes[0].ratio, 1e-9);
}

TEST(ChangePoints, CountsThatNeverVaryChangeExactlyWhereTheyDo) {
  std::vector<double> values(30, 120.0);
  EXPECT_TRUE(changes_of(values).changes.empty());
  std::fill(values.begin() + 20, values.end(), 130.0);
  const Segmentation found = changes_of(values);
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes[0].index, 20U);
  EXPECT_DOUBLE_EQ(found.changes[0].ratio, 130.0 / 120.0);
}

TEST(ChangePoints, SegmentsTileTheSeriesHoweverItWanders) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  const auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random() % 1000) / 1000;
  };
  for (int round = 0; round < 4000; ++round) {
    const double sd = between(0, 0.01);
    double level = 0;
    double slope = 0;
    std::vector<double> values(10 + random() % 120);
    for (double& value : values) {
      if (random() % 9 == 0) slope = random() % 2 == 0 ? 0 : between(-0.05, 0.05);
      if (random() % 25 == 0) level += between(-0.3, 0.3);
      level += slope;
      value = std::exp(level + sd * normal(random));
    }
    std::size_t at = 0;
    for (const Segment& segment : changes_of(values).segments) {
      ASSERT_EQ(segment.begin, at) << round;
      ASSERT_GT(segment.end, segment.begin) << round;
      at = segment.end;
    }
    ASSERT_EQ(at, values.size()) << round;
  }
}

TEST(ChangePoints, ShortEmptyAndBrokenSeriesAreReadAsFarAsTheyGo) {
  EXPECT_TRUE(changes_of({}).segments.empty());
  EXPECT_EQ(changes_of({1.0}).segments.size(), 1U);
  EXPECT_TRUE(changes_of({1.0, 1.0, 9.0}).changes.empty());
  std::vector<double> values = Maker(6).runs(60);
  scale_from(values, 30, 1.2);
  values[10] = std::numeric_limits<double>::quiet_NaN();
  values[11] = std::numeric_limits<double>::infinity();
  const Segmentation found = changes_of(values);
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_EQ(found.changes[0].index, 30U);  // of what was given
  std::vector<double> zeros(40, 0.0);
  EXPECT_TRUE(changes_of(zeros).changes.empty());
  std::fill(zeros.begin() + 20, zeros.end(), 5.0);
  ASSERT_EQ(changes_of(zeros).changes.size(), 1U);
  EXPECT_TRUE(std::isnan(changes_of(zeros).changes[0].ratio));
}

TEST(ChangePoints, TheIntervalOfASeriesWithZerosIsOfTheSameRatio) {
  std::vector<double> values = Maker(9).runs(60);
  scale_from(values, 30, 1.5);
  values[5] = 0;
  const Segmentation found = changes_of(values);
  ASSERT_EQ(found.changes.size(), 1U);
  EXPECT_NEAR(found.changes[0].ratio, 1.5, 0.02);
  EXPECT_LT(found.changes[0].low, 1.5);
  EXPECT_GT(found.changes[0].high, 1.5);
}

}  // namespace
}  // namespace perfwarden::trend
