#include "explain/hypotheses.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <utility>

namespace perfwarden::explain {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// core/parse takes 50 % longer.
Report slower_report() {
  Report report;
  Comparison one;
  one.id = {"core", "parse", "wall_time"};
  one.metric = {"wall_time", "s", Better::lower, false, true};
  one.base.median = 0.1;
  one.head.median = 0.15;
  one.ratio = 1.5;
  one.significance = Significance::distinct;
  report.comparisons = {one};
  AnalysisEntry entry;
  entry.subject = AnalysisSubject::benchmark;
  entry.name = "core/parse";
  entry.metric = "wall_time";
  report.analysis.entries = {entry};
  return report;
}

ProfileDiff profile_with(std::vector<FrameDelta> frames, std::vector<PatternHit> patterns) {
  ProfileDiff diff;
  diff.suite = "core";
  diff.benchmark = "parse";
  diff.type = {"cpu", ""};
  diff.frames = std::move(frames);
  diff.patterns = std::move(patterns);
  return diff;
}

FrameDelta grown(std::string name, double base, double head) {
  FrameDelta frame;
  frame.name = std::move(name);
  frame.self = frame.total = {base, head, {}, 0, 0};
  frame.change = FrameChange::regression;
  return frame;
}

PatternHit hit(std::string category, std::string frame, double base, double head) {
  PatternHit out;
  out.id = "cpp-" + category;
  out.category = std::move(category);
  out.frame = std::move(frame);
  out.culprit = "read_numbers";
  out.share = {base, head, {}, 0, 0};
  out.advice = "reserve once";
  return out;
}

std::vector<std::string> kinds(const Report& report) {
  std::vector<std::string> out;
  for (const Hypothesis& one : find_hypotheses(report)) out.push_back(one.kind);
  return out;
}

TEST(Hypotheses, AreNoneWhereNothingSurelyGotSlower) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("parse", 0.1, 0.4)}, {hit("allocation", "malloc", 0, 0.3)})};
  report.analysis.entries.clear();
  EXPECT_THAT(find_hypotheses(report), IsEmpty());
}

TEST(Hypotheses, APatternAccountsForItsShareOfTheChange) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("memchr", 0.1, 0.1)}, {hit("allocation", "malloc", 0.02, 0.32)})};
  const std::vector<Hypothesis> found = find_hypotheses(report);
  ASSERT_THAT(found, Not(IsEmpty()));
  EXPECT_EQ(found[0].kind, "allocation");
  EXPECT_NEAR(found[0].share, (0.32 * 1.5 - 0.02) / 0.5, 1e-9);
  EXPECT_EQ(found[0].claim, "allocation: malloc under read_numbers accounts for 92 % of +50.0 %");
  EXPECT_THAT(found[0].evidence[0], HasSubstr("2.0 % -> 32.0 % of cpu"));
  EXPECT_THAT(found[0].refute, Not(IsEmpty()));
}

TEST(Hypotheses, ABenchmarkThatOnlyWaitsLongerIsNotExplainedByTheFunctionThatRuns) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("burn", 1, 1)}, {})};
  ProfileDiff& profile = report.evidence[0];
  EXPECT_THAT(kinds(report), ElementsAre("hotspot"));
  profile.base.seconds = 10;
  profile.base.cost = 10;
  profile.head.seconds = 15;
  profile.head.cost = 10;
  EXPECT_THAT(kinds(report), IsEmpty()) << "as much processor time for the same work";
  profile.head.cost = 15;
  EXPECT_THAT(kinds(report), ElementsAre("hotspot"));
}

TEST(Hypotheses, AreRankedByWhatEachAccountsFor) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("score", 0.1, 0.35)}, {hit("lock", "pthread_mutex_lock", 0.0, 0.1)})};
  EXPECT_THAT(kinds(report), ElementsAre("hotspot", "lock"));
}

TEST(Hypotheses, AChangedFunctionThatRanIsNamedAsSuch) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("score", 0.1, 0.4)}, {})};
  report.causes = {
      {.suite = "core", .benchmark = "parse", .cause = Cause::changed_code, .changed = 1, .ran = {"score"}}};
  EXPECT_EQ(kinds(report).at(0), "changed-code");
}

TEST(Hypotheses, AnotherBuildMakesTheComparisonUnfairAndComesFirst) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("score", 0.1, 0.4)}, {})};
  report.build_differences = {{"core", "optimisation", "-O2", "-O0"}};
  const std::vector<Hypothesis> found = find_hypotheses(report);
  EXPECT_EQ(found.at(0).kind, "optimisation");
  EXPECT_THAT(found[0].claim, HasSubstr("base has -O2, head has -O0"));
}

TEST(Hypotheses, CountersTellWaitingWorkAndTheProcessorApart) {
  const auto with = [](std::vector<CounterChange> counters) {
    Report report = slower_report();
    for (CounterChange& one : counters) one.suite = "core";
    report.counters = std::move(counters);
    return kinds(report);
  };
  EXPECT_EQ(with({{"", "wall_time", 0.1, 0.15}, {"", "cpu_time", 0.1, 0.1}}).at(0), "waiting");
  EXPECT_EQ(with({{"", "wall_time", 0.1, 0.15},
                  {"", "cpu_time", 0.1, 0.15},
                  {"", "instructions", 1e9, 1.5e9},
                  {"", "cycles", 1e9, 1.5e9}})
                .at(0),
            "instructions");
  EXPECT_EQ(with({{"", "wall_time", 0.1, 0.15},
                  {"", "cpu_time", 0.1, 0.15},
                  {"", "instructions", 1e9, 1e9},
                  {"", "cycles", 1e9, 1.5e9},
                  {"", "cache_misses", 1e6, 1e7}})
                .at(0),
            "cache-misses");
  EXPECT_THAT(with({{"", "wall_time", 0.1, 0.1},
                    {"", "cpu_time", 0.1, 0.1},
                    {"", "instructions", 1e9, 1.4e9},
                    {"", "cycles", 1e9, 1.4e9}}),
              IsEmpty())
      << "a harness that adapts its rounds does other work for the same time";
}

TEST(Hypotheses, MoreInstructionsAreMoreWorkOnlyWhereAProfileShowsThatNoFunctionGrew) {
  Report report = slower_report();
  report.counters = {{"core", "instructions", 1e9, 1.5e9}, {"core", "cycles", 1e9, 1.5e9}};
  EXPECT_THAT(kinds(report), ElementsAre("instructions"));
  report.evidence = {profile_with({}, {})};
  EXPECT_THAT(kinds(report), ElementsAre("more-work"));
}

TEST(Hypotheses, ASlowerClockIsToldFromMoreCycles) {
  Report report = slower_report();
  report.counters = {{"core", "cpu_time", 0.1, 0.15}, {"core", "cycles", 3e8, 3e8}};
  const std::vector<Hypothesis> found = find_hypotheses(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, "frequency");
  EXPECT_NEAR(found[0].share, 1, 1e-9);
  EXPECT_THAT(found[0].evidence, ElementsAre("clock: 3.00 GHz -> 2.00 GHz"));
  report.counters[1].head = 4.5e8;
  EXPECT_THAT(find_hypotheses(report), IsEmpty());
}

TEST(Hypotheses, CountsOfASuiteWithOtherBenchmarksGiveNoShare) {
  Report report = slower_report();
  report.counters = {{"core", "wall_time", 0.1, 0.15}, {"core", "cpu_time", 0.1, 0.1}};
  EXPECT_NEAR(find_hypotheses(report).at(0).share, 1, 1e-9);
  Comparison other = report.comparisons[0];
  other.id.benchmark = "print";
  report.comparisons.push_back(other);
  const std::vector<Hypothesis> found = find_hypotheses(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].kind, "waiting");
  EXPECT_TRUE(std::isnan(found[0].share));
  EXPECT_THAT(found[0].evidence, Contains("counted over all benchmarks of the suite"));
}

TEST(Hypotheses, ASystemTimeOfZeroInBaseIsACountToo) {
  Report report = slower_report();
  report.counters = {
      {"core", "wall_time", 0.1, 0.15}, {"core", "cpu_time", 0.1, 0.15}, {"core", "system_time", 0, 0.05}};
  EXPECT_THAT(kinds(report), ElementsAre("system-calls"));
}

TEST(Hypotheses, ASanitizerOnBothSidesExplainsNothing) {
  Report report = slower_report();
  PatternHit asan = hit("unfair", "__asan_memcpy", 0.2, 0.21);
  asan.id = "sanitizer";
  asan.unfair = true;
  report.evidence = {profile_with({}, {asan})};
  EXPECT_THAT(find_hypotheses(report), IsEmpty());
  report.evidence[0].patterns[0].share.base = 0;
  EXPECT_THAT(kinds(report), ElementsAre("sanitizer"));
}

TEST(Hypotheses, ARateIsExplainedByTheTimeThatItStandsFor) {
  Report report = slower_report();
  Comparison& one = report.comparisons[0];
  one.id.metric = report.analysis.entries[0].metric = "throughput";
  one.metric = {"throughput", "op/s", Better::higher, false, true};
  one.ratio = 0.5;
  report.evidence = {profile_with({}, {hit("allocation", "malloc", 0, 0.5)})};
  const std::vector<Hypothesis> found = find_hypotheses(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].claim, "allocation: malloc under read_numbers accounts for 100 % of -50.0 %");
}

TEST(Hypotheses, SharesOfTimeDoNotAccountForMemoryOrCounts) {
  Report report = slower_report();
  Comparison& one = report.comparisons[0];
  one.id.metric = report.analysis.entries[0].metric = "max_rss";
  one.metric = {"max_rss", "B", Better::lower, false, true};
  report.evidence = {profile_with({grown("score", 0.1, 0.4)}, {hit("allocation", "malloc", 0, 0.5)})};
  EXPECT_THAT(find_hypotheses(report), IsEmpty());
  one.id.metric = report.analysis.entries[0].metric = "instructions";
  one.metric = {"instructions", "1", Better::lower, true, true};
  for (const Hypothesis& found : find_hypotheses(report)) EXPECT_TRUE(std::isnan(found.share)) << found.claim;
  EXPECT_THAT(find_hypotheses(report), SizeIs(2));
}

TEST(Hypotheses, MoreThanAllOfTheChangeIsSaidAsSuch) {
  Report report = slower_report();
  report.evidence = {profile_with({}, {hit("copy", "memcpy", 0, 0.8)})};
  const std::vector<Hypothesis> found = find_hypotheses(report);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].claim, "copying: memcpy under read_numbers accounts for all of +50.0 %");
  EXPECT_THAT(found[0].evidence, Contains(HasSubstr("2.4 times the change")));
}

TEST(Hypotheses, AnotherCompilerComesBeforeTheCodeThatItMadeDiffer) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("score", 0.1, 0.4)}, {})};
  report.causes = {
      {.suite = "core", .benchmark = "parse", .cause = Cause::changed_code, .changed = 9, .ran = {"score"}}};
  report.build_differences = {{"core", "compiler", "GCC 12", "clang 14"}};
  EXPECT_THAT(kinds(report), ElementsAre("compiler", "changed-code"));
}

TEST(Hypotheses, PageFaultsInPlaceOfHugePagesAreNamedAsSuch) {
  Report report = slower_report();
  FrameDelta huge = grown("clear_huge_page_[k]", 0.1, 0);
  huge.change = FrameChange::removed;
  report.evidence = {profile_with({huge}, {hit("page-faults", "asm_exc_page_fault", 0, 0.3)})};
  EXPECT_THAT(kinds(report), ElementsAre("huge-pages"));
  report.evidence[0].frames.clear();
  EXPECT_THAT(kinds(report), ElementsAre("page-faults"));
}

TEST(Hypotheses, WhatTheHostTookIsOnlyWhatElseItMayBe) {
  Report report = slower_report();
  report.warnings = {{"machine-steal", "other virtual machines took 9 % of the time"}};
  report.evidence = {profile_with({grown("score", 0.1, 0.4)}, {})};
  EXPECT_THAT(kinds(report), ElementsAre("hotspot", "steal"));
}

TEST(Hypotheses, PlacementAccountsForAllOfAChangeThatNoChangedCodeMade) {
  Report report = slower_report();
  report.analysis.entries.clear();
  report.verdict.judgements.resize(1);
  report.verdict.judgements[0].outcome = Outcome::placement;
  ASSERT_THAT(find_hypotheses(report), SizeIs(1));
  EXPECT_EQ(find_hypotheses(report)[0].kind, "placement");
}

TEST(Hypotheses, WhereOnlyStartUpCodeDiffersAnUnchangedFunctionIsSlowerByItsPlace) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("burn", 0.9, 0.95)}, {})};
  report.causes = {
      {.suite = "core", .benchmark = "parse", .cause = Cause::changed_code, .changed = 7, .ran = {"_start"}}};
  EXPECT_THAT(kinds(report), ElementsAre("placement"));
  report.causes[0].ran.emplace_back("burn_more");
  EXPECT_THAT(kinds(report), ElementsAre("hotspot", "changed-code"));
}

TEST(Hypotheses, WhereOnlyAnInputDiffersItIsTheInput) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("burn", 0.1, 0.4)}, {})};
  SuiteIdentity differs{.suite = "core", .answer = SameProgram::different};
  differs.reasons = {"{side}/input.txt differs"};
  report.head.run.identities = {differs};
  EXPECT_EQ(kinds(report).at(0), "input");
  EXPECT_THAT(find_hypotheses(report)[0].claim, HasSubstr("input.txt accounts for 100 % of"));
  report.head.run.identities[0].reasons.push_back("{side}/app: function burn differs");
  EXPECT_EQ(kinds(report).at(0), "hotspot");
}

TEST(Hypotheses, AScriptThatDiffersIsCodeAndNotAnInput) {
  Report report = slower_report();
  SuiteIdentity differs{.suite = "core", .answer = SameProgram::different};
  for (const char* file : {"{side}/bench.py differs", "{side}/lib/app.JS differs", "{side}/run differs"}) {
    differs.reasons = {file};
    report.head.run.identities = {differs};
    const std::vector<Hypothesis> found = find_hypotheses(report);
    ASSERT_THAT(found, SizeIs(1)) << file;
    EXPECT_EQ(found[0].kind, "changed-code") << file;
    EXPECT_TRUE(std::isnan(found[0].share)) << file;
  }
}

TEST(Hypotheses, OnlyASharedLibraryIsADependency) {
  Report report = slower_report();
  SuiteIdentity differs{.suite = "core", .answer = SameProgram::different};
  differs.reasons = {"{side}/lib/libz.so.1.2: function inflate differs", "{side}/app: function my.sort differs"};
  report.head.run.identities = {differs};
  EXPECT_THAT(kinds(report), ElementsAre("dependency"));
  report.head.run.identities[0].reasons = {"{side}/app: function my.solve differs"};
  EXPECT_THAT(kinds(report), IsEmpty());
}

TEST(Hypotheses, EveryKindOfPatternHasItsWordsAndRefutation) {
  for (const char* category :
       {"allocation", "copy", "lock", "io", "text", "exceptions", "garbage-collection", "page-faults", "depth",
        "dispatch", "containers", "compute", "clock", "random", "cold-start", "system-calls"}) {
    Report report = slower_report();
    report.evidence = {profile_with({}, {hit(category, "f", 0, 0.3)})};
    const std::vector<Hypothesis> found = find_hypotheses(report);
    ASSERT_THAT(found, SizeIs(1)) << category;
    EXPECT_THAT(found[0].claim, Not(HasSubstr("something else"))) << category;
    EXPECT_THAT(found[0].refute, Not(IsEmpty())) << category;
  }
}

}  // namespace
}  // namespace perfwarden::explain
