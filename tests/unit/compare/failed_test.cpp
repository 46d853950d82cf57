#include "compare/failed.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "compare/compare.hpp"
#include "unit/compare/samples.hpp"

namespace perfwarden::compare {
namespace {

using test::noisy;
using test::run;
using test::samples;
using test::series;
using testing::HasSubstr;

const StatisticsConfig k_plain;

Failure failure(const std::string& benchmark, std::size_t failed, std::size_t runs, bool dropped = true) {
  Failure out;
  out.suite = test::series("a", {1}).id.suite;
  out.benchmark = benchmark;
  out.failed = failed;
  out.runs = runs;
  out.dropped = dropped;
  out.reason = "timed out after 1 s";
  return out;
}

struct Sides {
  Samples base = samples({series("a", noisy(12, 1, 0.01, 1)), series("b", noisy(12, 1, 0.01, 2))}, run());
  Samples head = samples({series("a", noisy(12, 1, 0.01, 3)), series("b", noisy(12, 1, 0.01, 4))}, run());
  [[nodiscard]] std::vector<Comparison> compared() const { return all(base, head, k_plain); }
};

TEST(FailedOnHead, IsABenchmarkThatFailsWhereBaseDoesNot) {
  Sides sides;
  sides.head.failures = {failure("a", 1, 12)};
  const auto comparisons = sides.compared();
  EXPECT_EQ(comparisons.at(0).presence, Presence::failed_on_head);
  EXPECT_EQ(comparisons.at(0).failure,
            "failed in 1 of 12 runs on head and in none on base; first: timed out after 1 s");
  EXPECT_EQ(comparisons.at(1).presence, Presence::both);
}

TEST(FailedOnHead, AreAllBenchmarksOfAProcessThatFails) {
  Sides sides;
  sides.head.failures = {failure("", 8, 13)};
  for (const Comparison& one : sides.compared()) EXPECT_EQ(one.presence, Presence::failed_on_head);
}

TEST(FailedOnHead, IsABenchmarkThatNeverGaveAValue) {
  Sides sides;
  sides.head.failures = {failure("never", 3, 3)};
  sides.head.series.pop_back();
  sides.head.failures.push_back(failure("b", 3, 3));
  const auto comparisons = sides.compared();
  ASSERT_EQ(comparisons.size(), 3U);
  EXPECT_EQ(comparisons[1].id.benchmark, "b");
  EXPECT_EQ(comparisons[1].presence, Presence::failed_on_head);
  EXPECT_EQ(comparisons[2].id.benchmark, "never");
  EXPECT_EQ(comparisons[2].presence, Presence::failed_on_head);
}

TEST(FailedOnHead, IsNotWhatFailsAlikeOnBaseWhichIsUndecidedAndSaid) {
  Sides sides;
  sides.base.failures = {failure("a", 2, 12)};
  sides.head.failures = {failure("a", 3, 12)};
  const Comparison one = sides.compared().at(0);
  EXPECT_EQ(one.presence, Presence::both);
  EXPECT_EQ(one.significance, Significance::undecidable);
  EXPECT_THAT(one.warnings.back().text, HasSubstr("failed in 3 of 12 runs on head and in 2 of 12 on base"));
}

TEST(FailedOnHead, IsWhatFailsMoreOftenThanChanceExplains) {
  Sides sides;
  sides.base.failures = {failure("a", 1, 13)};
  sides.head.failures = {failure("a", 8, 13)};
  EXPECT_EQ(sides.compared().at(0).presence, Presence::failed_on_head);
}

TEST(FailedOnHead, IsNotACommandThatIsMeantToFailOnBothSides) {
  Sides sides;
  sides.base.failures = {failure("a", 36, 36, false)};
  sides.head.failures = {failure("a", 36, 36, false)};
  const Comparison one = sides.compared().at(0);
  EXPECT_EQ(one.presence, Presence::both);
  EXPECT_NE(one.significance, Significance::undecidable);
}

TEST(FailedOnHead, StandsOnceForAllMetricsOfTheBenchmark) {
  Sides sides;
  const Metric rss = *known_metric("max_rss");
  sides.head.series.push_back(series("a", {1, 2}, rss));
  sides.head.failures = {failure("a", 1, 12)};
  const auto comparisons = sides.compared();
  ASSERT_EQ(comparisons.size(), 2U);
  EXPECT_TRUE(comparisons[0].metric.primary);
}

TEST(Directions, ThatNobodyGaveAreAskedForAndNeverGuessed) {
  const Metric score{"score", "1", Better::unknown, false, true};
  const Samples base = samples({series("a", noisy(12, 100, 0.001, 1), score)}, run());
  const Samples head = samples({series("a", noisy(12, 150, 0.001, 2), score)}, run());
  const Comparison one = all(base, head, k_plain).at(0);
  EXPECT_EQ(one.significance, Significance::distinct);
  EXPECT_FALSE(one.confidence);
  EXPECT_TRUE(std::isnan(one.worse_by()));
  EXPECT_THAT(one.warnings.back().text, HasSubstr("metrics: { 'score': { better: higher } }"));
}

TEST(Directions, OfOneSideAreThoseOfTheOther) {
  const Metric unknown{"score", "1", Better::unknown, false, true};
  const Metric higher{"score", "1", Better::higher, false, true};
  const Samples base = samples({series("a", noisy(12, 100, 0.001, 1), higher)}, run());
  const Samples head = samples({series("a", noisy(12, 150, 0.001, 2), unknown)}, run());
  EXPECT_EQ(all(base, head, k_plain).at(0).metric.better, Better::higher);
}

}  // namespace
}  // namespace perfwarden::compare
