#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace perfwarden::text {
namespace {

using testing::ElementsAre;

TEST(Trim, TakesWhiteSpaceFromBothEndsOnly) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \v\f "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(Lines, KnowsBothEndingsAndHasNoLastEmptyLine) {
  EXPECT_THAT(lines("a\r\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(lines("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_TRUE(lines("").empty());
  EXPECT_THAT(lines("\n"), ElementsAre(""));
}

TEST(Join, PutsTheSeparatorBetween) {
  const std::vector<std::string> parts{"a", "", "b"};
  EXPECT_EQ(join(parts, ", "), "a, , b");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(ReplaceAll, DoesNotLookAtWhatItPutIn) {
  EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("abc", "abc", ""), "");
}

TEST(ToDouble, TakesOnlyAWholeFiniteDecimal) {
  EXPECT_EQ(to_double("1.5"), 1.5);
  EXPECT_EQ(to_double("+1e3"), 1000);
  EXPECT_EQ(to_double("-.5"), -0.5);
  EXPECT_EQ(to_double("5."), 5);
  for (const char* bad : {"", "+", "-", "1x", "1 ", " 1", "inf", "-inf", "nan", "NaN", "Infinity", "0x1", "1e999",
                          "+-5", "--5", "++5", "1,5", "1_000", "e5"})
    EXPECT_FALSE(to_double(bad).has_value()) << bad;
}

TEST(ToInteger, TakesOnlyAWholeNumberThatFits) {
  EXPECT_EQ(to_integer("-9223372036854775808"), std::numeric_limits<long long>::min());
  EXPECT_EQ(to_integer("+7"), 7);
  for (const char* bad : {"", "1.0", "9223372036854775808", "0x1", "+-1", " 1", "1e3"})
    EXPECT_FALSE(to_integer(bad).has_value()) << bad;
}

TEST(EditDistance, CountsASwapOfNeighboursOnce) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("prase", "parse"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // optimal string alignment; unrestricted Damerau would give 2
}

TEST(Nearest, GivesOnlyWhatIsNear) {
  const std::vector<std::string> names{"parser", "parse", "suites"};
  EXPECT_EQ(nearest("parzer", names), "parser");
  EXPECT_EQ(nearest("PARSER", names), "parser");
  EXPECT_FALSE(nearest("budgets", names).has_value());
  EXPECT_FALSE(nearest("ab", std::vector<std::string>{"cd"}).has_value()) << "nothing in common";
  EXPECT_FALSE(nearest(std::string(10000, 'a'), names).has_value()) << "hostile lengths cost nothing";
}

struct GlobCase {
  const char* glob;
  const char* path;
  bool whole, prefix;
};

const GlobCase k_globs[] = {
    {"*", "core", true, true},
    {"*", "core/parse/wall_time", false, true},
    {"**", "core/parse/wall_time", true, true},
    {"core", "core/parse", false, true},
    {"core", "corex/parse", false, false},
    {"core/*", "core/parse", true, true},
    {"core/*", "core", false, false},
    {"core/*", "core/parse/wall_time", false, true},
    {"core/p*e", "core/parse", true, true},
    {"core/p*e", "core/pa/rse", false, false},
    {"core/?arse", "core/parse", true, true},
    {"core/?arse", "core//arse", false, false},
    {"**/wall_time", "core/parse/large/wall_time", true, true},
    {"**/wall_time", "wall_time", true, true},
    {"**/wall_time", "core/xwall_time", false, false},
    {"core/**/wall_time", "core/wall_time", true, true},
    {"core/**/wall_time", "core/a/b/wall_time", true, true},
    {"core/**/wall_time", "core/xwall_time", false, false},
    {"core/**/wall_time", "core/a/xwall_time", false, false},
    {"core/**", "core/a/b", true, true},
    {"core/**", "core", false, false},
    {"a**b", "a/x/b", true, true},
    {"***", "a/b", true, true},
    {"**/**/b", "a/b", true, true},
    {"**/**/b", "xb", false, false},
    {"core/BM_x<[1,2]>", "core/BM_x<[1,2]>", true, true},
    {"core/[ab]", "core/a", false, false},
    {"core/{a,b}", "core/a", false, false},
    {"core/a\\*", "core/a*", false, false},
    {"", "", true, true},
    {"", "a", false, false},
    {"", "/a", false, true},
    {"core/", "core/parse", false, false},
    {"Core", "core", false, false},
    {"*é*", "caféx", true, true},
};

TEST(Glob, MatchesWholePathsAndLeadingParts) {
  for (const GlobCase& one : k_globs) {
    EXPECT_EQ(glob_match(one.glob, one.path), one.whole) << one.glob << " against " << one.path;
    EXPECT_EQ(glob_match_prefix(one.glob, one.path), one.prefix) << one.glob << " leading " << one.path;
  }
}

// A backtracking matcher would need longer than the universe has.
TEST(Glob, HostilePatternsDoNotBlowUp) {
  std::string glob;
  for (int i = 0; i < 60; ++i) glob += "*a";
  EXPECT_FALSE(glob_match(glob + "b", std::string(2000, 'a')));
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "**/";
  EXPECT_TRUE(glob_match(deep + "x", "a/b/x"));
}

TEST(DisplayWidth, CountsTerminalColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("🚀"), 2U);
  EXPECT_EQ(display_width("a\u200Bb"), 2U);
  EXPECT_EQ(display_width("\xFF"), 1U);
}

TEST(Truncate, CutsByColumnsAndNeverInsideACharacter) {
  EXPECT_EQ(truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate("abcdef", 4), "abc…");
  EXPECT_EQ(truncate("漢字漢字", 5), "漢字…");
  EXPECT_EQ(truncate("漢字漢字", 4), "漢…");
  EXPECT_EQ(truncate("abc", 1), "…");
  EXPECT_EQ(truncate("abc", 0), "");
  for (std::size_t columns = 0; columns < 12; ++columns)
    EXPECT_LE(display_width(truncate("a漢🚀e\u0301\xFFzéλ漢", columns)), columns);
}

TEST(Fit, FillsOrCutsToExactlyTheColumns) {
  EXPECT_EQ(fit("ab", 4), "ab  ");
  EXPECT_EQ(fit("漢", 4), "漢  ");
  EXPECT_EQ(fit("abcdef", 4), "abc…");
  EXPECT_EQ(fit("漢字漢", 4), "漢… ");
  EXPECT_EQ(fit("ab", 0), "");
}

TEST(Sparkline, DrawsBetweenTheLeastAndTheLargest) {
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(std::vector<double>{5, 5}), "▄▄");
  EXPECT_EQ(sparkline(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN(), 2}), "▁·█");
  EXPECT_EQ(sparkline(std::vector<double>{-1e308, 1e308, std::numeric_limits<double>::infinity()}), "▁█·");
  EXPECT_EQ(sparkline({}), "");
}

TEST(CodePoints, CountsCharactersAndBytesThatAreNone) {
  EXPECT_EQ(code_points("aé漢🚀"), 4U);
  EXPECT_EQ(code_points("\xFF\xFE"), 2U);
  EXPECT_EQ(code_points("\xE6\xBC"), 2U);  // a character cut short
}

TEST(OneLine, TakesTheTeethOutOfHostileText) {
  EXPECT_EQ(one_line("a\r\nb\tc"), "a  b c");
  EXPECT_EQ(one_line("\x1b[31mred"), " [31mred");
  EXPECT_EQ(one_line("\u009b31m"), " 31m");                 // C1: the one-character form of ESC [
  EXPECT_EQ(one_line("user\u202Etxt.exe"), "usertxt.exe");  // right-to-left override
  EXPECT_EQ(one_line("a\u200B\uFEFF\u2060b"), "ab");
  EXPECT_EQ(one_line("a\u2028b"), "a b");
  EXPECT_EQ(one_line(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(one_line("\x7F"), " ");
  EXPECT_EQ(one_line("héllo 漢 🚀"), "héllo 漢 🚀");
}

TEST(OneLine, ReplacesWhatIsNotUtf8) {
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    const std::string clean = one_line(bad);
    EXPECT_NE(clean.find("\xEF\xBF\xBD"), std::string::npos);
    EXPECT_EQ(one_line(clean), clean);
  }
}

TEST(OneLine, NothingThatItGivesBreaksALineOrMovesTheCursor) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const char c : one_line(all + all)) EXPECT_FALSE((c >= 0 && c < 0x20) || c == 0x7F);
}

TEST(Printable, KeepsLayout) {
  EXPECT_EQ(printable("a\n\tb\x1b[0m\r"), "a\n\tb [0m ");
}

TEST(EscapeHtml, LeavesNoMarkup) {
  EXPECT_EQ(escape_html("<a href='x' title=\"&\">"), "&lt;a href=&#39;x&#39; title=&quot;&amp;&quot;&gt;");
}

}  // namespace
}  // namespace perfwarden::text
