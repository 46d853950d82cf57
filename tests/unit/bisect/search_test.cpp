#include "bisect/search.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>
#include <vector>

#include "bisect/belief.hpp"

namespace perfwarden::bisect {
namespace {

using Levels = std::vector<double>;  // by commit, in logs against the good one

class Truth {
 public:
  explicit Truth(Levels levels, double noise = 0.01, unsigned seed = 1)
      : levels_(std::move(levels)), random_(seed), noise_(0, noise) {}
  double pair(std::size_t commit) { return levels_[commit] + noise_(random_); }
  [[nodiscard]] Range range() {
    Range out(levels_.size());
    for (int i = 0; i < 20; ++i) out.back().pairs.push_back(pair(levels_.size() - 1));
    return out;
  }
  // Does what the search asks for; returns how it ended.
  Next run(Range& range) {
    for (int visits = 0; visits < 200; ++visits) {
      const Next now = next(range);
      if (now.kind != Next::Kind::measure) return now;
      visited.insert(now.commit);
      const std::size_t before = range[now.commit].pairs.size();
      while (!is_enough(range, now.commit, before)) range[now.commit].pairs.push_back(pair(now.commit));
    }
    ADD_FAILURE() << "the search does not end";
    return {};
  }
  std::set<std::size_t> visited;

 private:
  Levels levels_;
  std::mt19937_64 random_;
  std::normal_distribution<double> noise_;
};

Levels step_at(std::size_t commit, std::size_t commits, double size) {
  Levels out(commits + 1, 0);
  for (std::size_t i = commit; i <= commits; ++i) out[i] = size;
  return out;
}

TEST(Search, AStepThatIsHardlyKnownIsMeasuredOn) {
  Truth truth(step_at(3, 8, 0.03), 0.033);
  Range range = truth.range();
  EXPECT_FALSE(knows_step(range));
  while (!knows_step(range)) range.back().pairs.push_back(truth.pair(8));
  EXPECT_GT(range.back().pairs.size(), 50U);
  EXPECT_LE(range.back().pairs.size(), k_most_of_step);
  Range clear = Truth(step_at(3, 8, 0.3), 0.033).range();
  EXPECT_TRUE(knows_step(clear));
  Range endless(2);
  endless.back().pairs.assign(k_most_of_step / 2, 0.03);
  endless.back().pairs.resize(k_most_of_step, -0.03);
  EXPECT_TRUE(knows_step(endless)) << "there is an end to it";
  Range told(2);
  told.back().told = Told::bad;
  EXPECT_TRUE(knows_step(told)) << "without numbers there is nothing to know";
}

TEST(Search, NamesTheCommitAndIsSure) {
  Truth truth(step_at(37, 64, 0.1));
  Range range = truth.range();
  const Next found = truth.run(range);
  EXPECT_EQ(found.kind, Next::Kind::found);
  EXPECT_EQ(found.commit, 37U);
  EXPECT_EQ(found.first, 37U);
  EXPECT_GE(found.probability, k_sure);
  EXPECT_LT(truth.visited.size(), 20U);
}

TEST(Search, FindsTheFirstAndTheLastCommitToo) {
  for (const std::size_t commit : {1U, 2U, 31U, 32U}) {
    Truth truth(step_at(commit, 32, 0.05), 0.01, 5);
    Range range = truth.range();
    EXPECT_EQ(truth.run(range).commit, commit);
  }
}

TEST(Search, OfTwoCommitsTheSecondIsKnownAtOnce) {
  Truth truth(step_at(1, 1, 0.1));
  Range range = truth.range();
  const Next found = next(range);
  EXPECT_EQ(found.kind, Next::Kind::found);
  EXPECT_EQ(found.commit, 1U);
}

TEST(Search, DependsOnTheRangeAlone) {
  Truth truth(step_at(11, 40, 0.05));
  Range range = truth.range();
  truth.run(range);
  const Range copy = range;
  EXPECT_EQ(next(copy).commit, next(range).commit);
  EXPECT_EQ(next(copy).probability, next(range).probability);
}

TEST(Search, NamesThoseBeforeItThatCannotBeTested) {
  Truth truth(step_at(19, 40, 0.1));
  Range range = truth.range();
  for (const std::size_t broken : {17U, 18U, 19U, 20U}) range[broken].testable = false;
  const Next found = truth.run(range);
  EXPECT_EQ(found.kind, Next::Kind::found);
  EXPECT_EQ(found.first, 17U);
  EXPECT_EQ(found.commit, 21U);
  for (const std::size_t broken : {17U, 18U, 19U, 20U}) EXPECT_FALSE(truth.visited.contains(broken));
}

TEST(Search, CommitsThatChangeNothingCostNothing) {
  Truth truth(step_at(30, 1000, 0.1));
  Range range = truth.range();
  for (std::size_t i = 1; i < range.size(); ++i) range[i].changes = i % 250 == 30;
  const Next found = truth.run(range);
  EXPECT_EQ(found.commit, 30U);
  EXPECT_LE(truth.visited.size(), 5U);
}

TEST(Search, OfARangeInWhichNothingChangesNothingIsNamed) {
  Truth truth(step_at(3, 8, 0.1));
  Range range = truth.range();
  for (Candidate& candidate : range) candidate.changes = false;
  const Next found = next(range);
  EXPECT_EQ(found.kind, Next::Kind::stuck);
  EXPECT_EQ(found.probability, 0);
}

TEST(Search, AnOutlyingPairDoesNotDecide) {
  Truth truth(step_at(40, 64, 0.1));
  Range range = truth.range();
  // Looks bad by its mean, good by the rest.
  range[32].pairs = {0.001, 0.9, -0.004, 0.003};
  EXPECT_EQ(truth.run(range).commit, 40U);
}

TEST(Search, ACommitThatIsSlowForItselfIsNotTheCause) {
  Levels levels = step_at(50, 64, 0.1);
  levels[32] = 0.1;  // exactly as the bad one, and where a bisection looks first
  Truth truth(levels);
  Range range = truth.range();
  EXPECT_EQ(truth.run(range).commit, 50U);
}

TEST(Search, OfAChangeThatWasRevertedTheLaterOneCounts) {
  Levels levels = step_at(50, 64, 0.1);
  for (std::size_t i = 20; i < 40; ++i) levels[i] = 0.1;
  Truth truth(levels);
  Range range = truth.range();
  EXPECT_EQ(truth.run(range).commit, 50U);
}

TEST(Search, OfTwoStepsTheLastIsFoundAndTheOtherIsLeft) {
  Levels levels = step_at(50, 64, 0.1);
  for (std::size_t i = 20; i < 50; ++i) levels[i] = 0.05;
  Truth truth(levels, 0.005);
  Range range = truth.range();
  const Next last = truth.run(range);
  EXPECT_EQ(last.kind, Next::Kind::found);
  EXPECT_EQ(last.commit, 50U);
  Range before(range.begin(), range.begin() + 50);
  for (int i = 0; i < 10; ++i) before.back().pairs.push_back(truth.pair(49));
  EXPECT_EQ(truth.run(before).commit, 20U);
}

TEST(Search, ADriftIsNotTakenForItsLargestPart) {
  Levels levels(65);
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = 0.1 * static_cast<double>(i) / 64;
  Truth truth(levels, 0.003);
  Range range = truth.range();
  const Next found = truth.run(range);
  EXPECT_LT(found.probability, k_sure);
}

TEST(Search, WhatPeopleSayIsEnough) {
  Range range(17);
  for (int asked = 0; asked < 17; ++asked) {
    const Next now = next(range);
    if (now.kind != Next::Kind::measure) {
      EXPECT_EQ(now.kind, Next::Kind::found);
      EXPECT_EQ(now.commit, 9U);
      EXPECT_LE(asked, 9);
      return;
    }
    range[now.commit].told = now.commit < 9 ? Told::good : Told::bad;
  }
  ADD_FAILURE();
}

TEST(Search, ACommitWithTheGoodProgramIsGoodWhateverElse) {
  Truth truth(step_at(20, 32, 0.1));
  Range range = truth.range();
  range[19].told = Told::same_as_good;
  const Belief belief = believe(range, learn(range));
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(belief.cause[i], 0) << i;
}

TEST(Search, APriorIsWeighed) {
  Range range(11);
  for (int i = 0; i < 20; ++i) range.back().pairs.push_back(0.1 + 0.001 * (i % 3));
  range[4].prior = 100;
  const Belief belief = believe(range, learn(range));
  EXPECT_GT(belief.cause[4], 0.8);
}

TEST(Search, APlanForSeveralMachinesPartsTheRange) {
  Range range(65);
  for (int i = 0; i < 20; ++i) range.back().pairs.push_back(0.1 + 0.001 * (i % 3));
  const std::vector<std::size_t> plan = spread(range, 3);
  ASSERT_EQ(plan.size(), 3U);
  EXPECT_NEAR(static_cast<double>(plan[0]), 16, 5);
  EXPECT_NEAR(static_cast<double>(plan[1]), 32, 5);
  EXPECT_NEAR(static_cast<double>(plan[2]), 48, 5);
  EXPECT_EQ(spread(range, 1), std::vector<std::size_t>{next(range).commit});
  range[16].told = Told::good;
  range[32].told = Told::bad;
  for (const std::size_t commit : spread(range, 4)) {
    EXPECT_GT(commit, 16U);
    EXPECT_LT(commit, 32U);
  }
  EXPECT_TRUE(spread(range, 0).empty());
}

TEST(Search, SurvivesContradictionsAndSilence) {
  Range range(5);
  range.back().pairs = {0.1, 0.1, 0.1};  // a clock without noise
  range[1].told = Told::bad;
  range[2].told = Told::same_as_good;
  range[3].pairs = {5.0, -5.0};
  range[3].changes = false;
  for (const double probability : believe(range, learn(range)).cause) EXPECT_TRUE(probability >= 0 && probability <= 1);
  (void)next(range);
}

}  // namespace
}  // namespace perfwarden::bisect
