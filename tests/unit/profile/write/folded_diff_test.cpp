#include "profile/write/folded_diff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::profile {
namespace {

struct Told {
  std::string text;
  FoldedDiff diff;
};

Result<Told> diffed(std::string_view base, std::string_view head, const FoldedDiffOptions& options = {}) {
  Told told;
  PW_TRY_ASSIGN(told.diff, diff_folded(base, head, options, [&](std::string_view piece) { told.text += piece; }));
  return told;
}

std::string text_of(std::string_view base, std::string_view head, const FoldedDiffOptions& options = {}) {
  const auto told = diffed(base, head, options);
  return told ? told->text : told.error().text();
}

TEST(FoldedDiff, PutsBothCountsBehindEachStackInTheOrderFirstSeen) {
  EXPECT_EQ(text_of("b;c 3\na;b 10\n", "d 4\na;b 12\n"), "b;c 3 0\na;b 10 12\nd 0 4\n");
}

TEST(FoldedDiff, SumsStacksThatComeTwice) {
  EXPECT_EQ(text_of("a 1\nb 2\na 3\n", "a 5\na 6"), "a 4 11\nb 2 0\n");
}

TEST(FoldedDiff, KeepsSpacesAndEmptyFramesOfAStack) {
  EXPECT_EQ(text_of("a;b c  5\n;x 1\na;; 2\n", ";x\t7\n"), "a;b c  5 0\n;x 1 7\na;; 2 0\n");
}

TEST(FoldedDiff, TakesTheLastNumberOnly) {
  EXPECT_EQ(text_of("a 1 2\n", "a 1 3\n"), "a 1 2 3\n");
}

TEST(FoldedDiff, SumsFractionsWithFifteenDigits) {
  EXPECT_EQ(text_of("a 1.5\na 20.\nb 0.1\nb 0.2\n", "a 7\n"), "a 21.5 7\nb 0.3 0\n");
  EXPECT_EQ(text_of("a 2\nb 3\n", "b 0.5\n"), "a 2 0\nb 3 0.5\n") << "what was counted before the first fraction stays";
}

TEST(FoldedDiff, KeepsWholeNumbersExactBeyondADouble) {
  EXPECT_EQ(text_of("a 9007199254740993\n", "a 9007199254740992\na 1\n"), "a 9007199254740993 9007199254740993\n");
  EXPECT_EQ(text_of("a 18446744073709551615\n", "a 1\n"), "a 1.84467440737096e+19 1\n");
}

TEST(FoldedDiff, NormalizesBaseToTheTotalOfHead) {
  EXPECT_EQ(text_of("a 10\nb 20\n", "a 31\nc 30\n", {.normalize = true}), "a 20 31\nb 40 0\nc 0 30\n");
  EXPECT_EQ(text_of("a 10.5\nb 10.5\n", "a 30\n", {.normalize = true}), "a 15 30\nb 15 0\n");
  EXPECT_EQ(text_of("a 5\nb 1\n", "a 6\n", {.normalize = true}), "a 5 6\nb 1 0\n") << "equal totals change nothing";
}

TEST(FoldedDiff, RefusesToNormalizeABaseWithoutAnyCount) {
  const auto told = diffed("a 0\n", "a 1\n", {.normalize = true, .strip_hex = false, .names = {"base.folded", "head"}});
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().kind, ErrorKind::usage);
  EXPECT_EQ(told.error().where, "base.folded");
}

TEST(FoldedDiff, StripsAddressesOnRequestOnly) {
  const std::string_view base = "main;[lib <0x1f>] 1\nmain;[lib <0x2F>] 2\n0x;0xg;00x1 4\n";
  EXPECT_EQ(text_of(base, "main;[lib <0x3>] 5\n", {.strip_hex = true}), "main;[lib <0x...>] 3 5\n0x;0xg;00x... 4 0\n");
  EXPECT_EQ(text_of(base, "z 1\n"), "main;[lib <0x1f>] 1 0\nmain;[lib <0x2F>] 2 0\n0x;0xg;00x1 4 0\nz 0 1\n");
}

TEST(FoldedDiff, ReadsLinesOfWindowsAndByteOrderMarks) {
  EXPECT_EQ(text_of("\xEF\xBB\xBF"
                    "a;b 5\r\n",
                    std::string_view("\xFF\xFE"
                                     "a\0;\0b\0 \0"
                                     "6\0\n\0",
                                     14)),
            "a;b 5 6\n");
}

TEST(FoldedDiff, CountsEveryOneOfManyStacks) {
  std::string base, head, expected;
  for (int i = 0; i < 20'000; ++i) {
    base += "main;f" + std::to_string(i) + " 1\n";
    if (i % 2 == 0) head += "main;f" + std::to_string(i) + " 2\n";
    expected += "main;f" + std::to_string(i) + (i % 2 == 0 ? " 1 2\n" : " 1 0\n");
  }
  const auto told = diffed(base, head);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->text, expected);
  EXPECT_EQ(told->diff.stacks, 20'000U);
}

TEST(FoldedDiff, LeavesOutWhatIsNoStackAndSaysSo) {
  std::string base = "a 1\n\n";
  for (int i = 0; i < 200; ++i) base += "b 1\n";
  base += "no count\n";
  const auto told = diffed(base, "a 1\n");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->text, "a 1 1\nb 200 0\n");
  ASSERT_EQ(told->diff.warnings.size(), 1U);
  EXPECT_EQ(told->diff.warnings[0].code, "ignored-lines");
  EXPECT_NE(told->diff.warnings[0].text.find("1 of 202 lines"), std::string::npos) << told->diff.warnings[0].text;
  EXPECT_NE(told->diff.warnings[0].text.find("line 203"), std::string::npos) << told->diff.warnings[0].text;
}

TEST(FoldedDiff, RefusesATextThatIsHardlyFolded) {
  std::string told_before;
  const auto told = diff_folded("a 1\nhello\n", "a 1\n", {.names = {"x.txt", "y.txt"}},
                                [&](std::string_view piece) { told_before += piece; });
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().where, "x.txt:2");
  EXPECT_TRUE(told_before.empty());
  const auto empty = diffed("a 1\n", "");
  ASSERT_FALSE(empty);
  EXPECT_NE(empty.error().what.find("holds no stacks"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::profile
