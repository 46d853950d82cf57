#include "trend/partition.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "trend/ramp.hpp"

namespace perfwarden::trend {
namespace {

std::vector<double> normal_values(std::mt19937_64& random, std::size_t n, double sd) {
  std::normal_distribution<double> normal(0, sd);
  std::vector<double> out(n);
  for (double& value : out) value = normal(random);
  return out;
}

TEST(Sums, AreThoseOfTheStretch) {
  std::mt19937_64 random(3);
  const std::vector<double> values = normal_values(random, 40, 1);
  const Sums sums(values);
  for (std::size_t begin = 0; begin < 40; begin += 7) {
    for (std::size_t end = begin + 1; end <= 40; end += 5) {
      const auto n = static_cast<double>(end - begin);
      double mean = 0;
      for (std::size_t i = begin; i < end; ++i) mean += values[i] / n;
      double deviations = 0;
      double from_line = 0;
      for (std::size_t i = begin; i < end; ++i) {
        deviations += (values[i] - mean) * (values[i] - mean);
        const double line = -1 + 3 * static_cast<double>(i - begin + 1) / (n + 1);
        from_line += (values[i] - line) * (values[i] - line);
      }
      EXPECT_NEAR(sums.mean(begin, end), mean, 1e-12);
      EXPECT_NEAR(sums.deviations(begin, end), deviations, 1e-10);
      EXPECT_NEAR(sums.deviations_from_line(begin, end, -1, 2), from_line, 1e-10);
    }
  }
}

// All ways to cut, by plain dynamic programming.
std::vector<std::size_t> cheapest(const Sums& sums, double variance, std::size_t least) {
  const std::size_t n = sums.size();
  const double penalty = 3 * std::log(static_cast<double>(n)) * variance;
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> from(n + 1, 0);
  best[0] = 0;
  for (std::size_t end = least; end <= n; ++end)
    for (std::size_t begin = 0; begin + least <= end; ++begin) {
      const double cost = best[begin] + sums.deviations(begin, end) + penalty;
      if (cost < best[end]) {
        best[end] = cost;
        from[end] = begin;
      }
    }
  std::vector<std::size_t> out{n};
  while (out.back() != 0) out.insert(out.end(), from[out.back()]);
  std::reverse(out.begin(), out.end());
  return out;
}

TEST(Partition, PruningLosesNothing) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> jump(-4, 4);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values = normal_values(random, 30 + random() % 60, 1);
    double level = 0;
    for (double& value : values) {
      if (random() % 12 == 0) level += jump(random);
      value += level;
    }
    const Sums sums(values);
    const std::size_t least = 2 + random() % 4;
    EXPECT_EQ(partition(sums, 1, least), cheapest(sums, 1, least)) << round;
  }
}

TEST(Partition, ANoiselessStepIsCutWhereItIs) {
  std::vector<double> values(20, 1.0);
  std::fill(values.begin() + 12, values.end(), 1.1);
  EXPECT_EQ(partition(Sums(values), 0, 3), (std::vector<std::size_t>{0, 12, 20}));
}

TEST(Ramp, ALineIsARampAndAStepIsNone) {
  std::mt19937_64 random(5);
  std::vector<double> line = normal_values(random, 80, 0.1);
  std::vector<double> step = line;
  for (std::size_t i = 0; i < line.size(); ++i) {
    line[i] += i < 30 ? 0.0 : i < 50 ? static_cast<double>(i - 29) / 20 : 1.0;
    step[i] += i < 40 ? 0.0 : 1.0;
  }
  const Sums lines(line);
  const std::vector<std::size_t> cuts = partition(lines, 0.01, 3);
  ASSERT_GT(cuts.size(), 3U);
  const auto ramp = better_ramp(lines, cuts, 0.01);
  ASSERT_TRUE(ramp);
  EXPECT_NEAR(static_cast<double>(ramp->begin), 30, 4);
  EXPECT_NEAR(static_cast<double>(ramp->end), 50, 4);
  const Sums steps(step);
  EXPECT_FALSE(better_ramp(steps, partition(steps, 0.01, 3), 0.01));
}

}  // namespace
}  // namespace perfwarden::trend
