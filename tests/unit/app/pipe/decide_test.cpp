#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
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

Decided decide(const std::string& yaml, const std::string& base_text, const std::string& head_text) {
  const Result<config::Loaded> loaded = config::parse(yaml, "c.yml", vocabulary());
  const Result<Samples> base = ingest::parse_samples(base_text, "b.json");
  const Result<Samples> head = ingest::parse_samples(head_text, "h.json");
  if (!loaded || !base || !head) {
    ADD_FAILURE() << "cannot read " << yaml;
    return {};
  }
  const Config& config = loaded->config;
  Decided decided;
  decided.comparisons = compare::all(*base, *head, config.statistics, {}, gates::demands_of(config));
  decided.verdict = gates::judge({.comparisons = decided.comparisons}, config);
  return decided;
}

Decided decide(const std::string& name) {
  const std::string folder = support::source_path("tests/fixtures/decide/" + name);
  return decide(text_of(folder + "/c.yml"), text_of(folder + "/b.json"), text_of(folder + "/h.json"));
}

// The same ways by other numbers: one side's series are made of lists of values, as files would hold them.
using Values = std::vector<double>;
using Invocations = std::vector<Values>;

class SideOfCase {
 public:
  explicit SideOfCase(std::string metric = "wall_time", bool paired = true) : metric_(std::move(metric)) {
    samples_.run.session = paired ? "j1" : "";
    samples_.run.machine.fingerprint = "m1";
  }
  SideOfCase& add(const std::string& benchmark, Invocations invocations, std::size_t adaptive_pairs = 0) {
    Series series;
    series.id = {"s", benchmark, metric_};
    series.metric = known_metric(metric_).value();
    series.original_unit = series.metric.unit;
    series.invocations = std::move(invocations);
    series.adaptive_pairs = adaptive_pairs;
    samples_.series.push_back(series);
    return *this;
  }
  [[nodiscard]] std::string text() const { return ingest::write_samples(samples_); }

 private:
  std::string metric_;
  Samples samples_;
};

Decided decide(const SideOfCase& base, const SideOfCase& head, const std::string& limits = "+5%") {
  return decide("version: 1\nsuites:\n  s: { run: ./x }\nbudgets:\n  \"*\": " + limits + "\n", base.text(),
                head.text());
}

class Noise {
 public:
  // `n` processes of one value each; a repetition more is as noisy again.
  Invocations operator()(std::size_t n, double centre, double cv, std::size_t repetitions = 1) {
    Invocations out(n);
    for (Values& one : out)
      for (std::size_t i = 0; i < repetitions; ++i) one.push_back(centre * std::exp(cv * normal_(engine_)));
    return out;
  }

 private:
  std::mt19937_64 engine_{3};
  std::normal_distribution<double> normal_{0, 1};
};

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

// ---- two more of each kind

TEST(DecideMore, NoNumberOfPairsIsACliffForLargeFamilies) {
  struct Cliff {
    std::size_t family = 0, pairs = 0;
    double slower = 0;
  };
  for (const Cliff& cliff : {Cliff{40, 8, 1.3}, Cliff{40, 11, 1.3}, Cliff{120, 10, 1.2}, Cliff{120, 12, 1.2}}) {
    Noise noise;
    SideOfCase base;
    SideOfCase head;
    for (std::size_t i = 0; i < cliff.family; ++i) {
      base.add("b" + std::to_string(i), noise(cliff.pairs, 0.01, 0.005));
      head.add("b" + std::to_string(i), noise(cliff.pairs, 0.01 * cliff.slower, 0.005));
    }
    const Decided decided = decide(base, head);
    EXPECT_EQ(decided.verdict.counts.regressions, cliff.family) << cliff.pairs;
  }
}

TEST(DecideMore, UnstableBasesDoNotTakeBackWhatIsSure) {
  for (const double cv : {0.18, 0.25}) {
    Noise noise;
    const Decided decided = decide(SideOfCase().add("x", noise(40, 1, cv)), SideOfCase().add("x", noise(40, 1.8, cv)));
    EXPECT_EQ(decided.verdict.conclusion, Conclusion::fail) << cv;
    EXPECT_EQ(decided.comparisons.at(0).confidence, Confidence::medium) << cv;
  }
}

TEST(DecideMore, CoarseClocksPassNothing) {
  const Invocations tens(20, {0.01});
  Invocations mixed = tens;
  mixed[3] = mixed[11] = {0.02};
  for (const Invocations& head : {tens, mixed}) {
    const Decided decided = decide(SideOfCase().add("x", tens), SideOfCase().add("x", head));
    EXPECT_EQ(decided.verdict.conclusion, Conclusion::inconclusive);
    EXPECT_NE(reason(decided).find("10 ms"), std::string::npos) << reason(decided);
  }
}

TEST(DecideMore, TheBestOfManyAgainstTheBestOfFewIsNoFinding) {
  struct Counts {
    std::size_t base = 1, head = 1;
  };
  for (const Counts& counts : {Counts{10, 3}, Counts{2, 8}}) {
    Noise noise;
    const Decided decided = decide(SideOfCase().add("x", noise(30, 1, 0.1, counts.base)),
                                   SideOfCase().add("x", noise(30, 1, 0.1, counts.head)));
    EXPECT_NE(decided.verdict.conclusion, Conclusion::fail);
    EXPECT_FALSE(decided.comparisons.at(0).confidence);
  }
}

TEST(DecideMore, FewValuesBreakNoAbsoluteLimit) {
  const Decided above = decide(SideOfCase().add("x", {{11}, {11.1}, {11.2}}),
                               SideOfCase().add("x", {{12.1}, {12.2}, {12.3}}), "{ max: 12 s }");
  EXPECT_EQ(above.verdict.conclusion, Conclusion::inconclusive);
  const Decided below = decide(SideOfCase("throughput").add("x", {{10}, {10}}),
                               SideOfCase("throughput").add("x", {{8}, {8.1}}), "{ throughput: { min: 9 op/s } }");
  EXPECT_EQ(below.verdict.conclusion, Conclusion::inconclusive);
}

TEST(DecideMore, AThroughputThatFallsFailsTheBudgetThatNamesIt) {
  for (const double head : {0.7, 0.9}) {
    Noise noise;
    const SideOfCase base = SideOfCase("throughput").add("x", noise(30, 100, 0.01));
    const SideOfCase slower = SideOfCase("throughput").add("x", noise(30, 100 * head, 0.01));
    EXPECT_EQ(decide(base, slower, "{ throughput: -5% }").verdict.conclusion, Conclusion::fail) << head;
    EXPECT_EQ(decide(slower, base, "{ throughput: -5% }").verdict.conclusion, Conclusion::pass) << head;
  }
}

TEST(DecideMore, FewPairsThatTimeLeftProveNothing) {
  for (const std::size_t pairs : {std::size_t{3}, std::size_t{4}}) {
    Noise noise;
    const Decided decided = decide(SideOfCase().add("x", noise(pairs, 1, 0.001), 50),
                                   SideOfCase().add("x", noise(pairs, 1.001, 0.001), 50));
    EXPECT_EQ(decided.verdict.conclusion, Conclusion::inconclusive) << pairs;
  }
}

// ---- what the median hides

// A fifth of the processes is half as slow again.
SideOfCase with_tail(std::size_t pairs, double tail) {
  Noise noise;
  Invocations values = noise(pairs, 0.1, 0.01);
  for (std::size_t i = 0; i < pairs; i += 5) values[i][0] *= tail;
  return SideOfCase().add("x", std::move(values));
}

bool warns(const Comparison& comparison, const std::string& code) {
  return std::any_of(comparison.warnings.begin(), comparison.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

TEST(DecideTail, ATailThatGrewIsSaidThoughTheMedianDidNotMove) {
  for (const std::size_t pairs : {std::size_t{50}, std::size_t{80}}) {
    const Decided decided = decide(with_tail(pairs, 1.001), with_tail(pairs, 1.5));
    ASSERT_EQ(decided.comparisons.size(), 2U) << "the percentile has a row of its own";
    EXPECT_EQ(decided.comparisons[0].id.metric, "p95");
    EXPECT_NEAR(decided.comparisons[0].ratio, 1.5, 0.05);
    EXPECT_EQ(decided.comparisons[0].significance, Significance::distinct);
    EXPECT_TRUE(warns(decided.comparisons[1], "tail-grew"));
    EXPECT_EQ(decided.verdict.findings.size(),
              decided.comparisons[1].significance == Significance::undecidable ? 1U : 0U);
  }
}

TEST(DecideTail, EqualTailsAreNotSaid) {
  const Decided decided = decide(with_tail(50, 1.5), with_tail(50, 1.5));
  ASSERT_EQ(decided.comparisons.size(), 1U);
  EXPECT_FALSE(warns(decided.comparisons[0], "tail-grew"));
}

TEST(DecideTail, ABudgetOfThe95thPercentileFailsAndPassesAndIsUndecidedWithTooFew) {
  const std::string limits = "{ p95: +10% }";
  EXPECT_EQ(decide(with_tail(80, 1.001), with_tail(80, 1.5), limits).verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(decide(with_tail(80, 1.001), with_tail(80, 1.002), limits).verdict.conclusion, Conclusion::pass);
  const Decided few = decide(with_tail(12, 1.001), with_tail(12, 1.002), limits);
  EXPECT_EQ(few.verdict.conclusion, Conclusion::inconclusive);
  EXPECT_NE(reason(few).find("set iterations: 72"), std::string::npos) << reason(few);
}

TEST(DecideTail, AMaximumOfThe95thPercentileNeedsNoBase) {
  const std::string limits = "{ p95: { max: 120 ms } }";
  EXPECT_EQ(decide(with_tail(80, 1.001), with_tail(80, 1.5), limits).verdict.conclusion, Conclusion::fail);
  EXPECT_EQ(decide(with_tail(80, 1.001), with_tail(80, 1.001), limits).verdict.conclusion, Conclusion::pass);
}

}  // namespace
}  // namespace perfwarden::app
