#include "model/report.hpp"

#include <gtest/gtest.h>

namespace perfwarden {
namespace {

TEST(Names, AreTheWordsOfTheReport) {
  EXPECT_EQ(name_of(Outcome::added), "new");
  EXPECT_EQ(name_of(Conclusion::no_baseline), "no-baseline");
  EXPECT_EQ(name_of(Confidence::high), "HIGH");
  EXPECT_EQ(name_of(Level::inconclusive), "inconclusive");
  EXPECT_EQ(name_of(Design::same_machine), "same-machine");
  EXPECT_LT(Level::inconclusive, Level::soft);
  EXPECT_LT(Level::warn, Level::inconclusive);
}

}  // namespace
}  // namespace perfwarden
