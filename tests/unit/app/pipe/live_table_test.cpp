#include "app/pipe/live_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

using compare::Stage;
using compare::Standing;
using testing::ElementsAre;
using testing::IsEmpty;

Standing standing(const std::string& benchmark, double change, Stage stage) {
  Standing one;
  one.id = {"core", benchmark, "wall_time"};
  one.metric = {"wall_time", "s"};
  one.pairs = 6;
  one.change = change;
  one.stage = stage;
  one.worse = change > 0;
  return one;
}

TEST(LiveTable, WhatIsUndecidedComesFirstAndTheWorstOfItBeforeAll) {
  const std::vector<Standing> standings{standing("a", 0.2, Stage::confirmed), standing("b", 0.01, Stage::screening),
                                        standing("c", 0.09, Stage::confirming), standing("d", -0.05, Stage::fine)};
  EXPECT_THAT(live_table(standings, 80, 20),
              ElementsAre("benchmark  pairs   so far  state",  //
                          "core/c         6   +9.0 %  looks worse, confirming",
                          "core/b         6   +1.0 %  measuring",  //
                          "core/a         6  +20.0 %  worse",      //
                          "core/d         6   −5.0 %  within its limit"));
}

TEST(LiveTable, WhatGetsNoMorePairsIsNotMeasuredAnyMore) {
  Standing late = standing("a", k_nan, Stage::screening);
  late.ended = true;
  EXPECT_THAT(live_table({late}, 80, 20), ElementsAre(testing::_, "core/a         6  undecided, no time left"));
}

TEST(LiveTable, WhatFindsNoRoomIsCounted) {
  std::vector<Standing> standings(30, standing("a", 0.01, Stage::screening));
  standings[0].stage = Stage::fine;
  const std::vector<std::string> lines = live_table(standings, 80, 6);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines.back(), "… and 26 more; 1 of 30 decided");
  EXPECT_THAT(live_table(standings, 80, 100), testing::SizeIs(12));
}

TEST(LiveTable, IsNeverWiderThanTheTerminalAndHostileNamesStayOnOneLine) {
  const std::vector<Standing> standings(3,
                                        standing("x\n\x1b[2J" + std::string(300, 'y') + "日本", 0.1, Stage::screening));
  for (const std::size_t columns : {2U, 10U, 20U, 40U, 80U, 200U})
    for (const std::string& line : live_table(standings, columns, 20)) {
      EXPECT_LT(text::display_width(line), columns) << line;
      EXPECT_EQ(line.find_first_of("\n\x1b"), std::string::npos);
    }
}

TEST(LiveTable, IsEmptyWithoutStandingsOrRoom) {
  EXPECT_THAT(live_table({}, 80, 20), IsEmpty());
  EXPECT_THAT(live_table({standing("a", 0, Stage::fine)}, 80, 2), IsEmpty());
  EXPECT_THAT(live_table({standing("a", 0, Stage::fine)}, 1, 20), IsEmpty());
}

}  // namespace
}  // namespace perfwarden::app
