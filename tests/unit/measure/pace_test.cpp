#include "measure/pace.hpp"

#include <gtest/gtest.h>

namespace perfwarden::measure {
namespace {

using Kind = Step::Kind;

// Two suites of a build and `runs` runs each. Two of the runs are needed, however long they take.
Plan two_suites(int runs, double max_time_s) {
  Plan plan;
  plan.suites.resize(2);
  for (std::size_t suite = 0; suite < 2; ++suite) {
    plan.suites[suite].iterations = {2, runs, max_time_s};
    plan.steps.push_back({Kind::build, Side::head, suite, 0, 0});
    for (int i = 0; i < runs; ++i) plan.steps.push_back({Kind::measure, Side::head, suite, 0, i});
  }
  return plan;
}

TEST(Pace, KnowsNothingUntilARunGivesAMeasure) {
  const Plan plan = two_suites(4, 300);
  Pace pace(plan);
  EXPECT_EQ(pace.total(), 10U);
  pace.took(plan.steps[0], 60);
  EXPECT_EQ(pace.done(), 1U);
  EXPECT_EQ(pace.left_s(), std::nullopt) << "a build is not a measure of runs";
  EXPECT_EQ(pace.spent_s()[0], 0);
}

TEST(Pace, GuessesASuiteThatHasNotBegunFromTheOthers) {
  const Plan plan = two_suites(4, 300);
  Pace pace(plan);
  pace.took(plan.steps[1], 10);
  EXPECT_EQ(pace.left_s(), 3 * 10 + 4 * 10);
  pace.took(plan.steps[2], 20);
  EXPECT_EQ(pace.left_s(), 2 * 15 + 4 * 15);
  EXPECT_EQ(pace.spent_s()[0], 30);
}

TEST(Pace, IsCutByTheTimeOfASuiteButNotBelowWhatItNeeds) {
  const Plan plan = two_suites(10, 25);
  Pace pace(plan);
  pace.took(plan.steps[1], 10);
  EXPECT_EQ(pace.left_s(), 15 + 25) << "of 90 and 100 seconds";
  pace.took(plan.steps[2], 30);
  EXPECT_EQ(pace.left_s(), 0 + 2 * 20) << "its time is used up; the other needs two runs of 20 s";
}

TEST(Pace, ForgetsWhatIsSkippedAndLearnsWhatIsAdded) {
  const Plan plan = two_suites(3, 300);
  Pace pace(plan);
  pace.took(plan.steps[1], 10);
  pace.skipped(plan.steps[3]);
  EXPECT_EQ(pace.total(), 7U);
  EXPECT_EQ(pace.left_s(), 10 + 30);
  pace.add({{Kind::measure, Side::head, 0, 0, 3}, {Kind::measure, Side::head, 0, 0, 4}});
  EXPECT_EQ(pace.total(), 9U);
  EXPECT_EQ(pace.left_s(), 30 + 30);
}

}  // namespace
}  // namespace perfwarden::measure
