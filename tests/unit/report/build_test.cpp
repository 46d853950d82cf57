#include "report/build.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/text.hpp"
#include "report/view/facts.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

TEST(VerdictLine, SaysNumberNameChangeAndConfidence) {
  EXPECT_EQ(verdict_line(support::report_fail_high()),
            "1 of 4 benchmarks is slower than its budget: core/parse/large +9.9 % (HIGH)");
  EXPECT_EQ(verdict_line(support::report_mixed()),
            "4 of 19 benchmarks are over their budget: core/parse/hot_path +23.3 % (HIGH)");
}

TEST(VerdictLine, HasItsOwnWordsForEveryConclusion) {
  EXPECT_EQ(verdict_line(support::report_pass()),
            "Nothing got worse; 1 of 3 benchmarks improved: core/load/cold −12.5 % (HIGH)");
  EXPECT_EQ(verdict_line(support::report_inconclusive()),
            "Undecided: 3 of 4 benchmarks could not be judged, changes below 14.6 % were lost in noise");
  EXPECT_EQ(verdict_line(support::report_empty()), "Undecided: no benchmark was compared");
  EXPECT_EQ(verdict_line(support::report_no_baseline()),
            "No baseline to compare with yet: 3 benchmarks measured, judged by absolute limits alone");
  EXPECT_TRUE(verdict_line(support::report_observe()).starts_with("Observing only, nothing is blocked: 1 of 4"));
  EXPECT_TRUE(verdict_line(support::report_overridden()).starts_with("Accepted: 1 of 4"));
  EXPECT_EQ(verdict_line(support::report_presence()), "1 benchmark that the base has was not measured: core/load/gone");
  EXPECT_TRUE(verdict_line(support::report_other_machine()).starts_with("No budget is broken, but 1 of 2"));
}

TEST(VerdictLine, AfterARegressionInOneKindOfMetricUsesItsWords) {
  Report report = support::report_fail_high();
  const auto become = [&](const Metric& metric) {
    for (Comparison& c : report.comparisons) {
      c.metric = metric;
      c.id.metric = metric.name;
    }
    return verdict_line(report);
  };
  EXPECT_TRUE(become({"max_rss", "B"}).starts_with("1 of 4 benchmarks uses more memory than its budget"));
  EXPECT_TRUE(become({"instructions", "1"}).starts_with("1 of 4 benchmarks is over its budget"));
  for (Comparison& c : report.comparisons) c.ratio = 0.9;
  EXPECT_TRUE(become({"throughput", "op/s", Better::higher}).starts_with("1 of 4 benchmarks has a lower throughput"));
}

TEST(VerdictLine, DoesNotClaimThatUngatedBenchmarksPassed) {
  Report report = support::report_pass();
  for (Judgement& judgement : report.verdict.judgements) judgement.gated = false;
  EXPECT_EQ(verdict_line(report), "Measured, but nothing was judged: no budget covers any of the 3 benchmarks");
  report.verdict.judgements[0].gated = true;
  report.verdict.judgements[0].outcome = Outcome::pass;
  EXPECT_EQ(verdict_line(report), "No budget is broken: 1 of 3 benchmarks has a budget and is within it");
}

TEST(VerdictLine, CountsABenchmarkOnceHoweverManyOfItsMetricsFail) {
  Report report = support::report_fail_high();
  const std::size_t failing = facts_of(report).failing.at(0);
  report.comparisons.push_back(report.comparisons[failing]);
  report.verdict.judgements.push_back(report.verdict.judgements[failing]);
  report.comparisons.back().id.metric = "cpu_time";
  ASSERT_EQ(facts_of(report).failing.size(), 2U);
  EXPECT_TRUE(verdict_line(report).starts_with("1 of 4 benchmarks"));
}

TEST(VerdictLine, SaysAGateAboutTheWholeRun) {
  Report report = support::report_pass();
  report.verdict.conclusion = Conclusion::fail;
  Finding finding;
  finding.rule = "rating";
  finding.level = Level::hard;
  finding.reason = "the rating is 4.0, at least 7.0 is asked for";
  report.verdict.findings = {finding};
  EXPECT_EQ(verdict_line(report), "A gate about the whole run failed: the rating is 4.0, at least 7.0 is asked for");
}

TEST(VerdictLine, IsOneBoundedLineWhateverTheNames) {
  const std::string line = verdict_line(support::report_hostile());
  EXPECT_EQ(line, text::one_line(line));
  EXPECT_LT(text::display_width(line), 400U);
}

TEST(NextSteps, NameTheLabelOnlyWhereItHelps) {
  Report report = support::report_fail_high();
  ASSERT_EQ(next_steps(report).size(), 1U);
  EXPECT_NE(next_steps(report)[0].find("set the label perf-override"), std::string::npos);
  report.verdict.judgements[facts_of(report).failing.at(0)].level = Level::hard;
  EXPECT_EQ(next_steps(report)[0].find("label"), std::string::npos);
  EXPECT_NE(next_steps(report)[0].find("change the budget in perfwarden.yml"), std::string::npos);
}

TEST(NextSteps, SayWhatWouldDecideWhatIsUndecided) {
  const std::vector<std::string> steps = next_steps(support::report_inconclusive());
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(
      steps[0],
      "core/load/cold is undecided (and 2 more): the change is somewhere in −4.6 % … +7.0 % and the limit is +5%; the "
      "smallest change that could have been seen is 8.0 %. More runs a side or a quieter machine may decide it.");
}

TEST(NextSteps, AreNoneAfterAPlainPass) {
  EXPECT_TRUE(next_steps(support::report_pass()).empty());
}

TEST(NextSteps, WarnWhenTheMachinesDiffer) {
  const std::vector<std::string> steps = next_steps(support::report_other_machine());
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_TRUE(steps[0].starts_with("Base and head ran on different machines (cpu, kernel differ)"));
}

TEST(ReadingOrder, HasEverySeriesOnceAndWorstFirst) {
  const Report report = support::report_mixed();
  const std::vector<std::size_t> order = reading_order(report);
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), report.comparisons.size());
  std::vector<std::string> first;
  for (std::size_t i = 0; i < 9; ++i) first.push_back(report.comparisons[order[i]].id.benchmark);
  EXPECT_EQ(first, (std::vector<std::string>{"parse/hot_path", "convert/large.json", "parse/large",
                                             "BM_Sort<std::vector<std::pair<int, std::string>>>/1048576/threads:8",
                                             "convert/large.json", "experimental/simd", "load/cold", "load/network",
                                             "format/pretty"}));
}

TEST(ReadingOrder, StandsUnknownChanges) {
  Report report = support::report_pass();
  report.comparisons[0].ratio = k_nan;
  report.comparisons[1].ratio = std::numeric_limits<double>::infinity();
  EXPECT_EQ(reading_order(report).size(), 3U);
}

TEST(LimitAsChange, ReadsRelativeAndAbsoluteLimits) {
  Comparison c;
  c.metric = {"wall_time", "s"};
  c.base.median = 0.010;
  const auto of = [&](const std::string& limit) {
    Judgement judgement;
    judgement.limit = limit;
    return limit_as_change(judgement, c);
  };
  EXPECT_DOUBLE_EQ(of("+5%").value(), 0.05);
  EXPECT_DOUBLE_EQ(of("-3 %").value(), -0.03);
  EXPECT_NEAR(of("max 12 ms").value(), 0.2, 1e-12);
  EXPECT_NEAR(of("+1 ms").value(), 0.1, 1e-12);
  EXPECT_FALSE(of("max 12 MiB"));
  EXPECT_FALSE(of(""));
  EXPECT_FALSE(of("%"));
  c.base.median = 0;
  EXPECT_FALSE(of("max 12 ms"));
}

}  // namespace
}  // namespace perfwarden::report
