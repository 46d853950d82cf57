#include "explain/fact_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace perfwarden::explain {
namespace {

constexpr std::string_view k_given =
    R"x({"cpu_regressions": ["main.process: 8.0% -> 16.4% (8.4% regression)", "ns::parse_line: 1.25% -> 9.00%"]})x";

std::string kept(std::string_view text) {
  return keep_known(text, k_given, 600).text;
}

TEST(FactCheck, KeepsWhatTheReportHolds) {
  const std::string_view good = "main.process rose by 8.4 points. Look at `ns::parse_line` first!";
  EXPECT_EQ(kept(good), good);
  EXPECT_EQ(keep_known(good, k_given, 600).dropped, 0U);
}

TEST(FactCheck, DropsASentenceWithANumberThatIsNotThere) {
  EXPECT_EQ(kept("It rose by 42 points. Look at main.process."), "Look at main.process.");
  EXPECT_EQ(kept("It rose by 8.5 points."), "");
  EXPECT_EQ(kept("It rose by 8.45 points."), "") << "more decimals than were given are invented";
  EXPECT_EQ(kept("It rose by about 8 points."), "It rose by about 8 points.") << "rounding is allowed";
}

TEST(FactCheck, DropsASentenceThatNamesOtherCode) {
  for (const char* lie : {"main.other is slow.", "Mend `nothing`.", "See ns::other.", "call free() less.",
                          "Read https://evil.example/x now.", "Use parseFast instead.", "open `unclosed"})
    EXPECT_EQ(kept(lie), "") << lie;
}

TEST(FactCheck, BoundsWhatItKeepsAndMakesItOneLine) {
  EXPECT_EQ(keep_known("A short one. Another short one.", k_given, 16).text, "A short one.");
  EXPECT_EQ(kept("Two\nlines\x1b[mere."), "Two lines [mere.");
}

}  // namespace
}  // namespace perfwarden::explain
