#include "app/selftest/layouts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Report layout_of(double sort, double size) {
  Report report;
  Comparison one;
  one.id = {"core", "sort", "wall_time"};
  one.metric = {"wall_time", "s", Better::lower, false, true};
  one.ratio = sort;
  one.ratio_interval = {sort - 0.01, sort + 0.01, 0.99};
  report.comparisons.push_back(one);
  one.id.metric = "binary_size";
  one.metric = {"binary_size", "B", Better::lower, true, true};
  one.ratio = size;
  report.comparisons.push_back(one);
  return report;
}

TEST(Layouts, TheRangeHoldsTheReferenceAndEveryLayoutOfWhatIsTimed) {
  const std::vector<PlacementRange> ranges = ranges_of({layout_of(1.18, 1.5), layout_of(1.02, 1.5)});
  ASSERT_THAT(ranges, SizeIs(1)) << "a size does not depend on where code lies";
  EXPECT_EQ(ranges[0].id.benchmark, "sort");
  EXPECT_EQ(ranges[0].low, 0) << "the reference";
  EXPECT_NEAR(ranges[0].high, 0.18, 1e-9);
  EXPECT_NEAR(ranges[0].error, 0.01, 1e-9);
  const std::vector<PlacementRange> both = ranges_of({layout_of(0.97, 1), layout_of(1.04, 1)});
  EXPECT_NEAR(both[0].low, -0.03, 1e-9);
  EXPECT_NEAR(both[0].high, 0.04, 1e-9);
}

TEST(Layouts, AreSaidBenchmarkByBenchmark) {
  MeasuredLayouts measured;
  measured.ranges.layouts = 2;
  measured.ranges.ranges = ranges_of({layout_of(1.18, 1.5), layout_of(1.02, 1.5)});
  measured.not_moved = {"go"};
  const std::string text = text_of(measured);
  EXPECT_THAT(text, HasSubstr("over 2 layouts"));
  EXPECT_THAT(text, HasSubstr("core/sort wall_time"));
  EXPECT_THAT(text, HasSubstr("a change below 18.0 % cannot be told from placement"));
  EXPECT_THAT(text, HasSubstr("go: not known"));
}

}  // namespace
}  // namespace perfwarden::app
