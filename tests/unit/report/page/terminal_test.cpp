#include "report/page/terminal.hpp"

#include <gtest/gtest.h>

namespace perfwarden::report {
namespace {

TEST(PrintPage, TurnsMarksIntoColoursOrIntoNothing) {
  const std::string page = painted("slower", "red") + " " + mark("bold") + "x" + mark("off") + "\n";
  EXPECT_EQ(print_page(page, 80, false), "slower x\n");
  EXPECT_EQ(print_page(page, 80, true), "\x1b[31mslower\x1b[0m \x1b[1mx\x1b[0m\n");
}

TEST(PrintPage, WrapsUnderTheIndentAndCountsNoMarkAsAColumn) {
  EXPECT_EQ(print_page("  one two three\n", 11, false), "  one two\n    three\n");
  EXPECT_EQ(print_page("  " + painted("one two", "cyan") + "\n", 9, false), "  one two\n");
}

TEST(PrintPage, HasNoBlankLineInFrontAndNeverTwo) {
  EXPECT_EQ(print_page("\n \na\n\n\n\nb\n", 80, false), "a\n\nb\n");
}

TEST(Styles, OfEveryLoudStateAreMarksAndQuietOnesHaveNone) {
  for (const char* state :
       {"failed", "broken", "fail", "warned", "observed", "worse", "undecided", "better", "pass", "accepted"})
    EXPECT_EQ(mark(style_of(state)).size(), 1U) << state;
  for (const char* state : {"ok", "new", "gone", "unknown"}) EXPECT_EQ(style_of(state), "") << state;
  EXPECT_EQ(painted("ok", ""), "ok");
  EXPECT_EQ(mark("mauve"), "");
}

}  // namespace
}  // namespace perfwarden::report
