#include "profile/diff/classify.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "unit/profile/diff/counts.hpp"

namespace perfwarden::profile {
namespace {

using test::counts;

class Classes : public testing::Test {
 protected:
  [[nodiscard]] Class of(double base, double head, double dilution = 1) const {
    const Samples2 cost = counts(base, head);
    Share share = yardstick_.compare(cost, 1);
    share.p_adjusted = share.p;
    return class_of(share, cost, 1, dilution, yardstick_, Thresholds(options_));
  }

  DiffOptions options_;
  Yardstick yardstick_{counts(10'000, 10'000), Normalization::share, {1, 1}, false};
};

TEST_F(Classes, AreByDirectionAndByWhatIsOnOneSideOnly) {
  EXPECT_EQ(of(1000, 2000).change, FrameChange::regression);
  EXPECT_EQ(of(2000, 1000).change, FrameChange::improvement);
  EXPECT_EQ(of(0, 1000).change, FrameChange::added);
  EXPECT_EQ(of(1000, 0).change, FrameChange::removed);
  EXPECT_EQ(of(1, 1000).change, FrameChange::added) << "one stray sample is as good as none";
  EXPECT_EQ(of(1000, 1000).change, FrameChange::unchanged);
}

TEST_F(Classes, NeedAChangeThatIsWorthTelling) {
  EXPECT_EQ(of(10, 100).change, FrameChange::unchanged) << "sure, but 0.9 points";
  EXPECT_EQ(of(10, 120).change, FrameChange::regression);
}

TEST_F(Classes, AreInDoubtWhereALargeChangeIsNotSure) {
  yardstick_ = Yardstick(counts(50, 50), Normalization::share, {1, 1}, false);
  EXPECT_EQ(of(10, 15).change, FrameChange::inconclusive);
  EXPECT_EQ(of(10, 11).change, FrameChange::unchanged);
}

TEST_F(Classes, OfWhatIsInStepWithAllOthersAreDiluted) {
  const Class in_step = of(2000, 1000, 0.5);
  EXPECT_EQ(in_step.change, FrameChange::unchanged);
  EXPECT_TRUE(in_step.diluted);
  EXPECT_EQ(of(2000, 500, 0.5).change, FrameChange::improvement) << "it fell by more than the others";
  EXPECT_EQ(of(1000, 2000, 0.5).change, FrameChange::regression) << "a rise is not excused by a fall of others";
}

TEST_F(Classes, OfExactCostsAreNeverInDoubt) {
  yardstick_ = Yardstick(counts(50, 50), Normalization::absolute, {1, 1}, true);
  EXPECT_EQ(of(10, 15).change, FrameChange::regression);
  EXPECT_EQ(of(10, 10).change, FrameChange::unchanged);
}

std::vector<Share> all_by(double ratio, std::size_t n) {
  std::vector<Share> shares;
  for (std::size_t i = 0; i < n; ++i) shares.push_back({0.08, 0.08 * ratio, {-0.001, 0.001, 0.95}});
  return shares;
}

TEST(Dilution, IsToldByTheBenchmarkWhereThatIsKnown) {
  EXPECT_DOUBLE_EQ(dilution_of(all_by(0.9, 10), 1.25), 0.8);
  EXPECT_DOUBLE_EQ(dilution_of(all_by(0.9, 10), 0), 0.9) << "a ratio of no use";
}

TEST(Dilution, IsWhatMostAgreeOnElseNone) {
  EXPECT_NEAR(dilution_of(all_by(0.9, 10), std::nullopt), 0.9, 1e-12);
  EXPECT_EQ(dilution_of(all_by(0.9, 4), std::nullopt), 1) << "too few to ask";
  std::vector<Share> torn;
  for (const double ratio : {0.3, 0.5, 0.8, 1.2, 1.9, 3.0}) torn.push_back(all_by(ratio, 1).front());
  EXPECT_EQ(dilution_of(torn, std::nullopt), 1) << "they do not agree";
}

FrameDelta delta_of(std::string name, FrameChange change, double delta, bool by_total = false) {
  FrameDelta f;
  f.name = std::move(name);
  f.change = change;
  f.by_total = by_total;
  (by_total ? f.total : f.self) = {0.1, 0.1 + delta};
  return f;
}

TEST(ReadingOrderOfFrames, IsRisesThenDoubtsThenFallsThenWhatMoved) {
  std::vector<FrameDelta> frames{
      delta_of("moved", FrameChange::moved, 0.2),        delta_of("fell", FrameChange::improvement, -0.09),
      delta_of("doubt", FrameChange::inconclusive, 0.3), delta_of("callee", FrameChange::regression, 0.4, true),
      delta_of("small", FrameChange::regression, 0.01),  delta_of("new", FrameChange::added, 0.05),
      delta_of("b", FrameChange::unchanged, 0),          delta_of("a", FrameChange::unchanged, 0)};
  put_in_reading_order(frames);
  std::string order;
  for (const FrameDelta& f : frames) order += f.name + " ";
  EXPECT_EQ(order, "new small callee doubt fell moved a b ");
}

}  // namespace
}  // namespace perfwarden::profile
