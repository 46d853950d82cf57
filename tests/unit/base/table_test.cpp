#include "base/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::text {
namespace {

using Lines = std::vector<std::string>;

TEST(Table, AlignsNumbersToTheRightAndNamesToTheLeft) {
  Table table({{"name"}, {"time", Align::right}});
  table.add({"a", "12.4 ms"});
  table.add({"long name", "3 s"});
  EXPECT_EQ(table.lines(80), (Lines{"name          time", "a          12.4 ms", "long name      3 s"}));
}

TEST(Table, CountsDisplayColumnsNotBytes) {
  Table table({{"name"}, {"n", Align::right}});
  table.add({"日本", "1"});
  table.add({"é", "2"});
  table.add({"e\xCC\x81", "3"});
  EXPECT_EQ(table.lines(80), (Lines{"name  n", "日本  1", "é     2", "e\xCC\x81     3"}));
}

TEST(Table, LeavesOutColumnsThatHoldNothing) {
  Table table({{"name"}, {"empty"}, {"n"}});
  table.add({"a", "", "1"});
  EXPECT_EQ(table.lines(80), (Lines{"name  n", "a     1"}));
}

TEST(Table, CutsNamesInTheMiddleBeforeItLeavesOutColumns) {
  Table table({{"name", Align::left, 7, 9}, {"base", Align::right, 0, 1}, {"head", Align::right, 0, 5}});
  table.add({"beginning_and_end", "10", "11"});
  EXPECT_EQ(table.lines(21), (Lines{"name       base  head", "begi…_end    10    11"}));
  EXPECT_EQ(table.lines(16), (Lines{"name        head", "begin…_end    11"}));
}

TEST(Table, IsNeverWiderThanAsked) {
  Table table({{"benchmark", Align::left, 9, 9}, {"value", Align::right, 0, 2}, {"limit", Align::right, 0, 1}});
  table.add({std::string(200, 'x'), "123456789", "12345"});
  table.add({"ワイドワイドワイドワイド", "1", "2"});
  for (std::size_t width = 1; width < 90; ++width)
    for (const std::string& line : table.lines(width)) EXPECT_LE(display_width(line), width) << line;
}

TEST(Table, MarkersTakeNoWidth) {
  Table table({{"a"}, {"b"}});
  table.add({"\x02red\x07", "x"});
  table.add({"red", "y"});
  const Lines lines = table.lines(80);
  EXPECT_EQ(lines[1], "\x02red\x07  x");
  EXPECT_EQ(lines[2], "red  y");
}

TEST(Table, MissingCellsAreEmptyAndSurplusOnesAreDropped) {
  Table table({{"a"}, {"b"}});
  table.add({"1"});
  table.add({"2", "3", "4"});
  EXPECT_EQ(table.lines(80), (Lines{"a  b", "1", "2  3"}));
}

TEST(TruncateMiddle, KeepsBothEnds) {
  EXPECT_EQ(truncate_middle("abcdefghij", 5), "ab…ij");
  EXPECT_EQ(truncate_middle("abcdefghij", 4), "ab…j");
  EXPECT_EQ(truncate_middle("abcdefghij", 1), "…");
  EXPECT_EQ(truncate_middle("abcdefghij", 0), "");
  EXPECT_EQ(truncate_middle("short", 5), "short");
  EXPECT_EQ(truncate_middle("日本語日本語", 6), "日…語");
  EXPECT_EQ(truncate_middle("ab\x80\xff\xc3yz", 4), "a…z");
}

// Time that grows with the square of the length would run into the test's limit.
TEST(TruncateMiddle, AHugeNameTakesNoTime) {
  const std::string name = std::string(1 << 20, 'x') + "end";
  EXPECT_EQ(truncate_middle(name, 9), "xxxx…xend");
  EXPECT_EQ(wrap(name, 80, 2).size(), (name.size() - 80 + 77) / 78 + 1);
}

TEST(Wrap, BreaksAtSpacesAndHangsTheRest) {
  EXPECT_EQ(wrap("one two three", 8, 2), (Lines{"one two", "  three"}));
  EXPECT_EQ(wrap("  one two three", 9, 4), (Lines{"  one two", "    three"}));
  EXPECT_EQ(wrap("short", 80, 2), (Lines{"short"}));
  EXPECT_EQ(wrap("", 80, 2), (Lines{""}));
}

TEST(Wrap, CutsWordsThatAreLongerThanALine) {
  EXPECT_EQ(wrap("abcdefghij", 4, 1), (Lines{"abcd", " efg", " hij"}));
  for (std::size_t width = 2; width < 30; ++width)
    for (const std::string& line : wrap("a 日本語日本語日本語 of words and anextremelylongword", width, 4))
      EXPECT_LE(display_width(line), std::max<std::size_t>(width, 2)) << line;
}

}  // namespace
}  // namespace perfwarden::text
