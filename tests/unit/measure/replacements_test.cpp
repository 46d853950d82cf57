#include "measure/replacements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::measure {
namespace {

using testing::HasSubstr;

TEST(Replacements, ReplacesAFifthAndThenLeavesThemStanding) {
  Replacements replacements(15);
  os::Disturbance disturbed;
  disturbed.reasons = {"other programs used 0.40 CPUs at the same time"};
  EXPECT_FALSE(replacements.take({}, {}));
  EXPECT_EQ(replacements.warning("core"), std::nullopt);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(replacements.take(i % 2 == 0 ? disturbed : os::Disturbance{}, disturbed));
  EXPECT_EQ(replacements.warning("core")->text,
            "core: 3 disturbed pairs were measured again (other programs used 0.40 CPUs at the same time)");
  EXPECT_FALSE(replacements.take(disturbed, {}));
  EXPECT_EQ(replacements.disturbed(), 4U);
  EXPECT_EQ(replacements.replaced(), 3U);
  EXPECT_THAT(replacements.warning("co\nre")->text, HasSubstr("co re: 4 pairs were disturbed"));
}

TEST(Replacements, AtLeastTwoAreReplaced) {
  Replacements replacements(1);
  os::Disturbance disturbed;
  disturbed.reasons = {"x"};
  EXPECT_TRUE(replacements.take(disturbed, {}));
  EXPECT_EQ(replacements.warning("core")->text, "core: 1 disturbed pair was measured again (x)");
  EXPECT_TRUE(replacements.take(disturbed, {}));
  EXPECT_FALSE(replacements.take(disturbed, {}));
}

}  // namespace
}  // namespace perfwarden::measure
