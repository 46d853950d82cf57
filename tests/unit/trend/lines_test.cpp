#include "trend/lines.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::trend {
namespace {

TEST(LinesOf, MachinesAndUnitsAreApart) {
  SeriesHistory history;
  history.id = {"core", "parse", "wall_time"};
  for (int i = 0; i < 12; ++i) {
    HistoryPoint& point = history.points.emplace_back();
    point.median = i;
    point.fingerprint = i % 2 == 0 ? "a" : "b";
    point.unit = i < 8 ? "s" : "B";
  }
  const auto lines = lines_of(history, {});
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[1].points.size(), 4U);
  EXPECT_EQ(lines[1].points[1].median, 2);
  EXPECT_EQ(lines[0].points[0].median, 8);
}

TEST(LinesOf, ABumpBeginsALineOfTheSeriesThatItNames) {
  SeriesHistory history;
  history.id = {"core", "parse", "wall_time"};
  for (int i = 0; i < 12; ++i) {
    HistoryPoint& point = history.points.emplace_back();
    point.commit = "c" + std::to_string(i);
    point.time = "2026-09-" + std::to_string(10 + i);
  }
  const std::string name = history.id.path();
  EXPECT_EQ(cuts_of(history, std::vector<Bump>{{"c4", "2026-09-01", "other/**", "ann", ""}}),
            std::vector<std::size_t>());
  const std::vector<Bump> bumps{{"c4", "2026-09-30", name, "ann", ""},       // measured
                                {"x", "2026-09-17", "**", "ann", ""},        // not measured: by its time
                                {"y", "2026-10-01", "**", "ann", "later"}};  // of nothing yet
  EXPECT_EQ(cuts_of(history, bumps), (std::vector<std::size_t>{4, 7}));
  const auto lines = lines_of(history, bumps);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].bumped) << "what comes after the bump is not about these points";
  EXPECT_TRUE(lines[1].bumped);
  EXPECT_FALSE(lines_of(history, {})[0].bumped);
  EXPECT_EQ(lines[1].points.front().commit, "c4");
  EXPECT_EQ(lines[2].points.size(), 5U);
}

}  // namespace
}  // namespace perfwarden::trend
