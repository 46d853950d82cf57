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

TEST(FactCheck, ChecksANumberThatIsSpelledOutOrDropsIt) {
  for (const char* lie :
       {"It takes twice the time.", "A third of the time is lost.", "It doubled.", "It is TWICE as slow!",
        "It rose by ten percent.", "It is two-thirds slower.", "A tenfold rise.", "It is 8-fold slower.",
        "Half of it is copying.", "Dozens of calls.", "An order of magnitude.", "It takes one second.",
        "It rose by twenty-five percent.", "It rose by a hundred.", "It rose by eight hundred percent.",
        "It rose by a few percent.", "It rose by % a lot.", "Most of it, a majority.", "It quadrupled."})
    EXPECT_EQ(kept(lie), "") << lie;
  EXPECT_EQ(kept("It rose by eight points."), "It rose by eight points.");
  EXPECT_EQ(kept("This one is first, and one of them is second."), "This one is first, and one of them is second.");
}

TEST(FactCheck, DropsNumbersInDisguise) {
  for (const char* lie : {"It rose by 1e1 %.",
                          "It rose by 0x10 %.",
                          "It rose by 8,4 %.",
                          "It rose by 8.4.1 %.",
                          "It rose by 8'400 %.",
                          "It rose by 8,400 %.",
                          "It rose by 8 400 %.",
                          "It rose by .4 %.",
                          "It took 8/9 of it.",
                          "It took 8 / 9 of it.",
                          "It rose by 8k.",
                          "It rose by 8 million.",
                          "It rose by 8_4.",
                          "It rose by &#52;&#50; %.",
                          "It rose by 16^8.",
                          "It rose by \uff18.\uff14 %.",
                          "It rose by \u0664\u0662 %.",
                          "It rose by \u00bd.",
                          "It rose by 8\u00b2 %.",
                          "It rose \u00d710.",
                          "It rose by 4\u200b2 %.",
                          "It rose by \u2467 %.",
                          "It rose by 8-16 %.",
                          "It is tw1ce as slow.",
                          "It rose by 8.4 % to 16.4 s.",
                          "It is 8.4x slower.",
                          "It is 9 times slower.",
                          "It fell by -8.4 %."})
    EXPECT_EQ(kept(lie), "") << lie;
  for (const char* truth :
       {"It went 8.0% -> 16.4%.", "It went from 8.0 % to 16.4 percent.", "It rose by +8.4 %.", "It rose (8.4%)."})
    EXPECT_EQ(kept(truth), truth);
}

TEST(FactCheck, DropsNamesThatMarkupSplitsAndPartsOfNames) {
  for (const char* lie : {"See main.**other** now.", "See `main`.`other` now.", "See ns::<b>other</b> now.",
                          "See main.\u200bother now.", "See ns::[parse](http://x) now.", "Mend `pars`.", "Mend `line`.",
                          "Mend parse_lin first.", "Mend parse2 first.", "Mend m\u0430in.process."})
    EXPECT_EQ(kept(lie), "") << lie;
  for (const char* truth : {"See **main.process** now.", "See `process` now.", "See parse_line() now."})
    EXPECT_EQ(kept(truth), truth);
}

TEST(FactCheck, KeepsCharactersThatTheReportHolds) {
  EXPECT_EQ(keep_known("Look at caf\u00e9.", "caf\u00e9: 8.0%", 600).text, "Look at caf\u00e9.");
  EXPECT_EQ(kept("It\u2019s main.process \u2014 look there."), "It\u2019s main.process \u2014 look there.");
  EXPECT_EQ(kept("\u0412\u0434\u0432\u043e\u0435 slower."), "") << "number words of other languages are not known";
}

TEST(FactCheck, BoundsWhatItKeepsAndMakesItOneLine) {
  EXPECT_EQ(keep_known("A short one. Another short one.", k_given, 16).text, "A short one.");
  EXPECT_EQ(kept("Broken\nlines\x1b[mere."), "Broken lines [mere.");
}

}  // namespace
}  // namespace perfwarden::explain
