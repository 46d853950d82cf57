#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "compare/compare.hpp"
#include "unit/compare/samples.hpp"

// More pairs never find less, whatever the family.
namespace perfwarden::compare {
namespace {

constexpr std::array<std::size_t, 17> k_pairs{4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 22, 30, 45, 60};

Samples of(const std::vector<std::vector<double>>& values, std::size_t pairs) {
  std::vector<Series> all;
  for (std::size_t i = 0; i < values.size(); ++i)
    all.push_back(test::series("b" + std::to_string(1000 + i),
                               {values[i].begin(), values[i].begin() + static_cast<std::ptrdiff_t>(pairs)}));
  return test::samples(std::move(all));
}

std::vector<std::vector<double>> drawn(std::size_t family, std::size_t pairs, double cv, std::mt19937_64& engine) {
  std::vector<std::vector<double>> out;
  for (std::size_t i = 0; i < family; ++i) out.push_back(test::noisy(pairs, 0.01, cv, engine()));
  return out;
}

std::size_t found(const std::vector<std::vector<double>>& base, const std::vector<std::vector<double>>& head,
                  std::size_t pairs, std::size_t among) {
  std::size_t count = 0;
  const std::vector<Comparison> all = compare::all(of(base, pairs), of(head, pairs), {});
  for (std::size_t i = 0; i < among; ++i)
    if (all[i].significance == Significance::distinct) ++count;
  return count;
}

// A ratio that is the same in every pair but for the last digits, or to the last digit.
class Monotone : public ::testing::TestWithParam<std::pair<std::size_t, double>> {};

TEST_P(Monotone, MorePairsOfAConstantRatioNeverFindLess) {
  const auto [family, jitter] = GetParam();
  std::mt19937_64 engine(7);
  const std::vector<std::vector<double>> base = drawn(family, k_pairs.back(), 0.02, engine);
  std::vector<std::vector<double>> head = base;
  const std::vector<std::vector<double>> wobble = drawn(family, k_pairs.back(), 0.001, engine);
  for (std::size_t i = 0; i < family; ++i)
    for (std::size_t k = 0; k < head[i].size(); ++k) head[i][k] *= 1.5 * std::pow(wobble[i][k] / 0.01, jitter);
  std::size_t before = 0;
  for (const std::size_t pairs : k_pairs) {
    if (family > 30 && pairs > 22 && pairs < 60) continue;
    const std::size_t now = found(base, head, pairs, family);
    EXPECT_GE(now, before) << pairs << " pairs of " << family;
    before = now;
  }
  EXPECT_EQ(before, family);
}

INSTANTIATE_TEST_SUITE_P(Families, Monotone,
                         ::testing::Values(std::pair<std::size_t, double>{1, 1}, std::pair<std::size_t, double>{1, 0},
                                           std::pair<std::size_t, double>{3, 1}, std::pair<std::size_t, double>{26, 1},
                                           std::pair<std::size_t, double>{26, 0},
                                           std::pair<std::size_t, double>{200, 1}),
                         [](const auto& one) {
                           return std::to_string(one.param.first) + (one.param.second > 0 ? "WithJitter" : "Exactly");
                         });

TEST(Power, GrowsWithThePairsWithinMonteCarloError) {
  constexpr std::size_t k_runs = 30;
  constexpr std::size_t k_family = 8;
  constexpr std::array<std::size_t, 7> k_steps{5, 8, 9, 10, 11, 16, 30};
  std::array<double, k_steps.size()> power{};
  std::mt19937_64 engine(11);
  for (std::size_t run = 0; run < k_runs; ++run) {
    const std::vector<std::vector<double>> base = drawn(k_family, k_steps.back(), 0.03, engine);
    std::vector<std::vector<double>> head = drawn(k_family, k_steps.back(), 0.03, engine);
    for (double& value : head[0]) value *= 1.08;
    for (std::size_t step = 0; step < k_steps.size(); ++step)
      power.at(step) += static_cast<double>(found(base, head, k_steps.at(step), 1)) / k_runs;
  }
  // The runs are the same ones at each step, so that their differences err less than a tenth.
  for (std::size_t step = 1; step < k_steps.size(); ++step)
    EXPECT_GE(power.at(step), power.at(step - 1) - 0.1) << k_steps.at(step);
  EXPECT_GE(power.back(), 0.9);
}

TEST(Power, OneOutlyingPairOfAnotherBenchmarkSilencesNobody) {
  std::mt19937_64 engine(13);
  std::vector<std::vector<double>> base = drawn(8, 5, 0.01, engine);
  std::vector<std::vector<double>> head = drawn(8, 5, 0.01, engine);
  for (std::size_t i = 0; i < 7; ++i)
    for (double& value : head[i]) value *= 1.5;
  EXPECT_EQ(found(base, head, 5, 7), 7U);
  head[7][2] *= 20;
  EXPECT_EQ(found(base, head, 5, 7), 7U);
}

}  // namespace
}  // namespace perfwarden::compare
