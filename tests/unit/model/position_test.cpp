#include "model/position.hpp"

#include <gtest/gtest.h>

namespace perfwarden {
namespace {

TEST(Position, IsShorterWhereAPartIsUnknown) {
  EXPECT_EQ((Position{"f.yml", 7, 5}).text(), "f.yml:7:5");
  EXPECT_EQ((Position{"f.yml", 7, 0}).text(), "f.yml:7");
  EXPECT_EQ((Position{"f.yml", 0, 5}).text(), "f.yml");
  EXPECT_EQ(Position{}.text(), "");
}

}  // namespace
}  // namespace perfwarden
