#include "gates/demand.hpp"

#include <gtest/gtest.h>

namespace perfwarden::gates {
namespace {

const SeriesId k_id{"core", "parse", "wall_time"};
const Metric k_demanded_time{"wall_time", "s", Better::lower, false, true};

Demand demand(const Limit& limit, const Metric& metric = k_demanded_time, double base = k_nan) {
  Config config;
  config.budgets.push_back({"*", {{"", limit}}, false, {}});
  return demands_of(config)(k_id, metric, base);
}

TEST(Demands, AreTheTightestLimit) {
  Limit limit;
  limit.warn = Change{0.02, true, "", "+2%"};
  limit.hard = Change{0.10, true, "", "+10%"};
  EXPECT_DOUBLE_EQ(demand(limit).threshold, 0.02);
  EXPECT_TRUE(demand(limit).decide);
}

TEST(Demands, OfALimitInAUnitAreInTermsOfBase) {
  Limit limit;
  limit.soft = Change{0.002, false, "s", "+2 ms"};
  EXPECT_DOUBLE_EQ(demand(limit, k_demanded_time, 0.1).threshold, 0.02);
  EXPECT_DOUBLE_EQ(demand(limit, k_demanded_time, k_nan).threshold, 0.05);
  EXPECT_DOUBLE_EQ(demand(limit, {"max_rss", "B", Better::lower, false, true}, 100).threshold, 0.05);
}

TEST(Demands, IgnoreALimitThatNothingCanBreak) {
  Limit limit;
  limit.soft = Change{-0.2, true, "", "-20%"};
  EXPECT_DOUBLE_EQ(demand(limit, k_demanded_time).threshold, 0.05);
}

TEST(Demands, OfARateAreWhatAGeneralLimitLetsItFallBy) {
  const Metric rate{"throughput", "op/s", Better::higher, false, true};
  Limit limit;
  for (const double change : {0.2, -0.2}) {
    limit.soft = Change{change, true, "", change > 0 ? "+20%" : "-20%"};
    EXPECT_DOUBLE_EQ(demand(limit, rate).threshold, 0.2);
  }
}

TEST(Demands, MeasureForWhatIsPrimaryOrLimitedButNotForWhatIsOff) {
  Config config;
  Limit limit;
  limit.soft = Change{0.05, true, "", "+5%"};
  const Metric side{"cpu_time", "s", Better::lower, false, false};
  EXPECT_TRUE(demands_of(config)(k_id, k_demanded_time, 1).decide);
  EXPECT_FALSE(demands_of(config)(k_id, side, 1).decide);
  config.budgets.push_back({"*", {{"cpu_time", limit}}, false, {}});
  EXPECT_TRUE(demands_of(config)({"core", "parse", "cpu_time"}, side, 1).decide);
  config.budgets.push_back({"core", {}, true, {}});
  EXPECT_FALSE(demands_of(config)(k_id, k_demanded_time, 1).decide);
}

}  // namespace
}  // namespace perfwarden::gates
