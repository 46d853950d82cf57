#include "trend/alerts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "trend/lines.hpp"

namespace perfwarden::trend {
namespace {

// A night is one run of the branch, and what is made of the alerts after it.
class Nights {
 public:
  explicit Nights(Better better = Better::lower) {
    line_.id = {"core", "parse", "wall_time"};
    line_.better = better;
  }

  // Runs at that level, with noise of half a percent.
  Nights& run(int times, double level) {
    for (int i = 0; i < times; ++i) night(level);
    return *this;
  }
  // A fraction more each time.
  Nights& creep(int times, double by) {
    for (int i = 0; i < times; ++i) night(level_ * (1 + by));
    return *this;
  }
  void decide(std::size_t alert, AlertStatus status, Resolution how) {
    alerts_.at(alert).events.push_back({alerts_[alert].state().version + 1, now(), "ada", status, how, "because"});
  }
  // What the events of one alert came to: "OPEN RESOLVED/recovered".
  [[nodiscard]] std::string story(std::size_t alert) const {
    std::string out;
    for (const AlertEvent& event : alerts_.at(alert).events) {
      out += (out.empty() ? "" : " ") + std::string(name_of(event.status));
      if (event.resolution != Resolution::none) out += "/" + std::string(name_of(event.resolution));
    }
    return out;
  }
  [[nodiscard]] const std::vector<Alert>& alerts() const { return alerts_; }
  [[nodiscard]] const SeriesHistory& line() const { return line_; }
  [[nodiscard]] std::vector<Alert> again() const {
    std::vector<double> values;
    for (const HistoryPoint& point : line_.points) values.push_back(point.median);
    return review(line_, "main", find_changes(values, {}, {}), alerts_, {.now = now()});
  }

 private:
  void night(double level) {
    level_ = level;
    // Sum of uniforms: near enough to a normal, and the same everywhere.
    double noise = -6;
    for (int i = 0; i < 12; ++i) noise += random_.uniform();
    HistoryPoint& point = line_.points.emplace_back();
    point.commit = fmt::format("{:040x}", line_.points.size());
    point.median = level * (1 + 0.005 * noise);
    point.unit = "s";
    point.fingerprint = "machine";
    for (Alert& alert : again()) {
      const auto known = std::find_if(alerts_.begin(), alerts_.end(),
                                      [&](const Alert& one) { return one.fingerprint == alert.fingerprint; });
      if (known == alerts_.end())
        alerts_.push_back(alert), alerts_.back().id = static_cast<std::int64_t>(alerts_.size());
      else
        *known = alert;
    }
  }
  [[nodiscard]] std::string now() const { return fmt::format("day {}", line_.points.size()); }

  SeriesHistory line_;
  std::vector<Alert> alerts_;
  SplitMix64 random_{20261129};
  double level_ = 1;
};

TEST(Review, NothingChangedIsNothingToSay) {
  EXPECT_TRUE(Nights().run(120, 1).alerts().empty());
}

TEST(Review, AStepIsOneAlertHoweverOftenItIsLookedAt) {
  Nights nights;
  nights.run(30, 1).run(40, 1.1);
  ASSERT_EQ(nights.alerts().size(), 1U);
  const Alert& alert = nights.alerts()[0];
  EXPECT_EQ(nights.story(0), "OPEN");
  EXPECT_EQ(alert.direction, Direction::regression);
  EXPECT_EQ(alert.shape, "step");
  EXPECT_EQ(alert.last_before, nights.line().points[29].commit);
  EXPECT_EQ(alert.first_changed, nights.line().points[30].commit);
  EXPECT_NEAR(alert.after / alert.before, 1.1, 0.02);
  EXPECT_LE(alert.detected_at, "day 45") << "within fifteen runs";
  EXPECT_TRUE(nights.again().empty());
}

TEST(Review, WhatIsFixedRecoversByItselfAndIsOpenAgainWhenItComesBack) {
  Nights nights;
  nights.run(30, 1).run(20, 1.12).run(20, 1);
  ASSERT_EQ(nights.alerts().size(), 1U) << "the way back is no alert of its own";
  EXPECT_EQ(nights.story(0), "OPEN RESOLVED/recovered");
  nights.run(20, 1.12);
  ASSERT_EQ(nights.alerts().size(), 1U) << "nor is the relapse";
  EXPECT_EQ(nights.story(0), "OPEN RESOLVED/recovered OPEN");
  nights.run(20, 1);
  EXPECT_EQ(nights.story(0), "OPEN RESOLVED/recovered OPEN RESOLVED/recovered");
}

TEST(Review, AnotherStretchBetweenBumpsSaysNothingAboutAnAlert) {
  Nights nights;
  nights.run(30, 1).run(30, 1.12).run(30, 1.25);  // the second alert began at the level that the first one ended at
  ASSERT_EQ(nights.alerts().size(), 2U);
  const std::vector<Bump> bumps{{nights.line().points[45].commit, "", "**", "ada", "a larger corpus"}};
  for (const SeriesHistory& stretch : lines_of(nights.line(), bumps)) {
    std::vector<double> values;
    for (const HistoryPoint& point : stretch.points) values.push_back(point.median);
    EXPECT_TRUE(review(stretch, "main", find_changes(values, {}, {}), nights.alerts(), {}).empty())
        << stretch.points.size();
  }
}

TEST(Review, WhatAPersonSaidStays) {
  Nights nights;
  nights.run(30, 1).run(20, 1.12);
  nights.decide(0, AlertStatus::acknowledged, Resolution::none);
  nights.run(20, 1.12);
  EXPECT_EQ(nights.story(0), "OPEN ACKNOWLEDGED");
  nights.decide(0, AlertStatus::resolved, Resolution::fixed);
  nights.run(5, 1.12);
  EXPECT_EQ(nights.story(0), "OPEN ACKNOWLEDGED RESOLVED/fixed") << "the fix has not landed yet: no relapse";
  nights.run(20, 1).run(20, 1.12);
  EXPECT_EQ(nights.story(0), "OPEN ACKNOWLEDGED RESOLVED/fixed OPEN");
  EXPECT_EQ(nights.alerts().size(), 1U);
}

TEST(Review, WhatWasAcceptedIsNewWhenItHappensAnotherTime) {
  Nights nights;
  nights.run(30, 1).run(20, 1.12);
  nights.decide(0, AlertStatus::resolved, Resolution::accepted);
  nights.run(20, 1).run(20, 1.12);
  ASSERT_EQ(nights.alerts().size(), 2U);
  EXPECT_EQ(nights.story(0), "OPEN RESOLVED/accepted");
  EXPECT_EQ(nights.story(1), "OPEN");
}

TEST(Review, AFurtherStepIsAnotherAlert) {
  Nights nights;
  nights.run(30, 1).run(30, 1.1).run(30, 1.21);
  ASSERT_EQ(nights.alerts().size(), 2U);
  EXPECT_EQ(nights.story(0), "OPEN");
  EXPECT_EQ(nights.story(1), "OPEN");
}

TEST(Review, TheEndOfAnImprovementIsARegression) {
  Nights nights;
  nights.run(30, 1).run(30, 0.85).run(30, 1);
  ASSERT_EQ(nights.alerts().size(), 2U);
  EXPECT_EQ(nights.alerts()[0].direction, Direction::improvement);
  EXPECT_EQ(nights.alerts()[1].direction, Direction::regression);
}

TEST(Review, ManySmallStepsAreOneAlertOfTheirRange) {
  Nights nights;
  nights.run(40, 1).creep(20, 0.006).run(30, 1.127);
  ASSERT_FALSE(nights.alerts().empty());
  const auto open =
      std::count_if(nights.alerts().begin(), nights.alerts().end(), [](const Alert& a) { return a.is_live(); });
  EXPECT_LE(open, 2);
  EXPECT_TRUE(nights.again().empty());
}

TEST(Review, SpikesAreNoAlerts) {
  Nights nights;
  nights.run(30, 1).run(1, 3).run(30, 1).run(2, 2).run(30, 1);
  EXPECT_TRUE(nights.alerts().empty());
}

TEST(Review, KnowsWhichWayIsWorse) {
  Nights throughput(Better::higher);
  throughput.run(30, 100).run(20, 85);
  ASSERT_EQ(throughput.alerts().size(), 1U);
  EXPECT_EQ(throughput.alerts()[0].direction, Direction::regression);
  Nights unknown(Better::unknown);
  unknown.run(30, 100).run(20, 85);
  EXPECT_EQ(unknown.alerts().at(0).direction, Direction::change);
}

TEST(Review, WhatWasZeroAndIsNotAnyMoreIsARegression) {
  Nights allocations;
  allocations.run(30, 0).run(20, 100);
  ASSERT_EQ(allocations.alerts().size(), 1U);
  EXPECT_EQ(allocations.alerts()[0].direction, Direction::regression);
  EXPECT_EQ(allocations.alerts()[0].before, 0);
  EXPECT_EQ(allocations.story(0), "OPEN");
  EXPECT_EQ(allocations.run(20, 0).story(0), "OPEN RESOLVED/recovered");
}

TEST(Review, ThresholdAndConfidenceDecideWhatIsWorthAnAlert) {
  Nights nights;
  nights.run(40, 1).run(40, 1.055);
  std::vector<double> values;
  for (const HistoryPoint& point : nights.line().points) values.push_back(point.median);
  const Segmentation found = find_changes(values, {}, {});
  EXPECT_EQ(review(nights.line(), "main", found, {}, {.threshold = 0.05}).size(), 1U);
  EXPECT_EQ(review(nights.line(), "main", found, {}, {.threshold = 0.10}).size(), 0U);
  EXPECT_EQ(review(nights.line(), "main", found, {}, {.threshold = 0.054, .confidence = Confidence::high}).size(), 0U);
  const auto sure = review(nights.line(), "main", found, {}, {.threshold = 0.03, .confidence = Confidence::high});
  ASSERT_EQ(sure.size(), 1U);
  EXPECT_EQ(sure[0].confidence, Confidence::high);
}

Alert ranged(const std::string& from, const std::string& to, Direction direction = Direction::regression) {
  Alert alert;
  alert.branch = "main";
  alert.direction = direction;
  alert.last_before = from;
  alert.first_changed = to;
  alert.events.emplace_back();
  return alert;
}

TEST(Groups, AreOfOverlappingRangesOfCommits) {
  const std::map<std::string, std::size_t> rank{{"a", 0}, {"b", 1}, {"c", 2}, {"d", 3}, {"e", 4}};
  const std::vector<Alert> alerts{ranged("a", "b"), ranged("b", "c"), ranged("b", "d"),
                                  ranged("a", "b"), ranged("c", "e"), ranged("a", "b", Direction::improvement),
                                  ranged("x", "y"), ranged("x", "y")};
  EXPECT_EQ(groups_of(alerts, rank), (std::vector<std::vector<std::size_t>>{{0, 3}, {1, 2, 4}, {5}, {6}, {7}}));
}

TEST(DoubtfulSeries, HaveHadThreeFalsePositives) {
  std::vector<Alert> alerts(5);
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    alerts[i].series = {"core", i < 3 ? "noisy" : "good", "wall_time"};
    alerts[i].events.push_back({1, "", "", AlertStatus::false_positive, Resolution::noise, ""});
  }
  EXPECT_EQ(doubtful_series(alerts), (std::vector<SeriesId>{{"core", "noisy", "wall_time"}}));
}

}  // namespace
}  // namespace perfwarden::trend
