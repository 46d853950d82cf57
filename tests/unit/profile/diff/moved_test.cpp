#include "profile/diff/moved.hpp"

#include <gtest/gtest.h>

namespace perfwarden::profile {
namespace {

// What becomes of costs is shown through diff() in diff_test.
TEST(SimilarNames, AreEqualButForTheirScopeOrFewLetters) {
  EXPECT_TRUE(similar_names("json::Parser::next(int)", "json::Reader::next(long)")) << "the same function elsewhere";
  EXPECT_TRUE(similar_names("main.parse", "internal/main.parse"));
  EXPECT_TRUE(similar_names("parse_number", "parse_numbers"));
  EXPECT_TRUE(similar_names("read_line", "readLine"));
}

TEST(SimilarNames, AreNotShortOnesOrThoseThatShareLittle) {
  EXPECT_FALSE(similar_names("ab::go", "xy::go")) << "two letters say nothing";
  EXPECT_FALSE(similar_names("foo", "fob"));
  EXPECT_FALSE(similar_names("parse_number", "print_number"));
  EXPECT_FALSE(similar_names("", "anything"));
}

}  // namespace
}  // namespace perfwarden::profile
