#include "explain/hypotheses.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace perfwarden::explain {
namespace {

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
            "more-work");
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

TEST(Hypotheses, PlacementAccountsForAllOfAChangeThatNoChangedCodeMade) {
  Report report = slower_report();
  report.analysis.entries.clear();
  report.verdict.judgements.resize(1);
  report.verdict.judgements[0].outcome = Outcome::placement;
  ASSERT_THAT(find_hypotheses(report), SizeIs(1));
  EXPECT_EQ(find_hypotheses(report)[0].kind, "placement");
}

TEST(Hypotheses, WhereOnlyAnInputDiffersItIsTheInput) {
  Report report = slower_report();
  report.evidence = {profile_with({grown("burn", 0.1, 0.4)}, {})};
  SuiteIdentity differs{.suite = "core", .answer = SameProgram::different};
  differs.reasons = {"{side}/input.txt differs"};
  report.head.run.identities = {differs};
  EXPECT_EQ(kinds(report).at(0), "input");
  report.head.run.identities[0].reasons.push_back("{side}/app: function burn differs");
  EXPECT_EQ(kinds(report).at(0), "hotspot");
}

TEST(Hypotheses, EveryKindOfPatternHasItsWordsAndRefutation) {
  for (const char* category : {"allocation", "copy", "lock", "io", "text", "exceptions", "garbage-collection",
                               "page-faults", "depth", "dispatch", "containers", "compute", "clock"}) {
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
