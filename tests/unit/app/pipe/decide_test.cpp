#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/cli/vocabulary.hpp"
#include "compare/compare.hpp"
#include "config/load.hpp"
#include "gates/demand.hpp"
#include "gates/judge.hpp"
#include "ingest/read.hpp"
#include "report/renderer.hpp"
#include "support/paths.hpp"

// Small inputs that were once judged wrongly, through the pure middle of the pipe.
namespace perfwarden::app {
namespace {

struct Decided {
  std::vector<Comparison> comparisons;
  Verdict verdict;
};

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

Decided decide(const std::string& name) {
  const std::string folder = support::source_path("tests/fixtures/decide/" + name);
  const Result<config::Loaded> loaded = config::parse(text_of(folder + "/c.yml"), "c.yml", vocabulary());
  const Result<Samples> base = ingest::parse_samples(text_of(folder + "/b.json"), "b.json");
  const Result<Samples> head = ingest::parse_samples(text_of(folder + "/h.json"), "h.json");
  if (!loaded || !base || !head) {
    ADD_FAILURE() << "cannot read " << folder;
    return {};
  }
  const Config& config = loaded->config;
  Decided decided;
  decided.comparisons = compare::all(*base, *head, config.statistics, {}, gates::demands_of(config));
  decided.verdict = gates::judge({.comparisons = decided.comparisons}, config);
  return decided;
}

std::string reason(const Decided& decided) {
  return decided.verdict.findings.empty() ? "" : decided.verdict.findings[0].reason;
}

TEST(Decide, NinePairsAndTenPairsOfHalfAsMuchAgainFailInTwentySixBenchmarks) {
  for (const std::string name : {"cliff-9", "cliff-10"}) {
    const Decided decided = decide(name);
    EXPECT_EQ(decided.verdict.conclusion, Conclusion::fail) << name;
    EXPECT_EQ(decided.verdict.counts.regressions, 26U) << name;
  }
}

TEST(Decide, AnUnstableBaseDoesNotTakeBackWhatIsSure) {
  const Decided decided = decide("cv16");
  EXPECT_EQ(decided.verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(decided.comparisons.at(0).confidence, Confidence::medium);
  EXPECT_NE(reason(decided).find("MEDIUM confidence"), std::string::npos) << reason(decided);
}

TEST(Decide, ACoarseClockPassesNothingAndItsStepIsNamed) {
  const Decided decided = decide("clock");
  EXPECT_EQ(decided.verdict.conclusion, Conclusion::inconclusive);
  EXPECT_NE(reason(decided).find("steps by up to 16 s"), std::string::npos) << reason(decided);
}

TEST(Decide, TheBestOfFiveAgainstTheBestOfOneIsNoFinding) {
  const Decided decided = decide("repetitions");
  EXPECT_NE(decided.verdict.conclusion, Conclusion::fail);
  EXPECT_FALSE(decided.comparisons.at(0).confidence);
  EXPECT_EQ(decided.comparisons.at(0).warnings.at(0).code, "unequal-repetitions");
}

TEST(Decide, TwoValuesBreakNoMaximum) {
  const Decided decided = decide("max-two");
  EXPECT_EQ(decided.verdict.conclusion, Conclusion::inconclusive);
  EXPECT_NE(reason(decided).find("2 values of head bound nothing"), std::string::npos) << reason(decided);
}

TEST(Decide, AHalvedRateThatNoBudgetIsAboutIsInTheVerdictLine) {
  const Decided decided = decide("throughput");
  EXPECT_EQ(decided.verdict.conclusion, Conclusion::pass);
  Report report;
  report.comparisons = decided.comparisons;
  report.verdict = decided.verdict;
  const report::Templates templates;
  const auto page = report::find_renderer("terminal")->render(report, templates, {});
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("surely worse without a budget"), std::string::npos) << *page;
  EXPECT_NE(page->find("s/x throughput −49.8 % (HIGH)"), std::string::npos) << *page;
  EXPECT_EQ(page->find("within"), std::string::npos) << *page;
}

TEST(Decide, TwoPairsThatTimeLeftProveNothing) {
  const Decided decided = decide("two-pairs");
  EXPECT_EQ(decided.verdict.conclusion, Conclusion::inconclusive);
  EXPECT_NE(reason(decided).find("2 pairs bound nothing"), std::string::npos) << reason(decided);
}

}  // namespace
}  // namespace perfwarden::app
