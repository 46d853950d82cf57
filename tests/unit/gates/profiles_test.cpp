#include "gates/profiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace perfwarden::gates {
namespace {

using testing::HasSubstr;
using testing::Not;

FrameDelta frame_of(std::string name, double base, double head, double half_width, FrameChange change) {
  FrameDelta frame;
  frame.name = std::move(name);
  frame.self = {base, head, {head - base - half_width, head - base + half_width, 0.95}, 1e-9, 1e-8};
  frame.total = frame.self;
  frame.total_cost = {base * 1e4, head * 1e4};
  frame.change = change;
  return frame;
}

ProfileDiff evidence_of(std::vector<FrameDelta> frames) {
  ProfileDiff evidence;
  evidence.suite = "core";
  evidence.benchmark = "parse";
  evidence.type = {"cpu", "nanoseconds"};
  evidence.base.samples = evidence.head.samples = 4000;
  evidence.base.cost = evidence.head.cost = 4000;
  evidence.spread_known = true;
  evidence.base.depth_p95 = evidence.base.depth_p95_low = evidence.base.depth_p95_high = evidence.base.depth_max = 10;
  evidence.head.depth_p95 = evidence.head.depth_p95_low = evidence.head.depth_p95_high = evidence.head.depth_max = 10;
  evidence.frames = std::move(frames);
  return evidence;
}

std::vector<Finding> of_gate(const std::vector<Finding>& findings, std::string_view gate) {
  std::vector<Finding> out;
  for (const Finding& finding : findings)
    if (finding.rule == gate) out.push_back(finding);
  return out;
}

Finding only(const ProfileDiff& evidence, std::string_view gate, const ProfileGates& gates = {}) {
  const std::vector<Finding> found = of_gate(judge_profile(evidence, gates), gate);
  EXPECT_EQ(found.size(), 1U) << gate;
  return found.empty() ? Finding{} : found.front();
}

ProfileRule rule_of(std::string glob, double soft) {
  ProfileRule rule;
  rule.gate = "cpu-regression";
  rule.glob = std::move(glob);
  rule.soft = soft;
  return rule;
}

TEST(ProfileGates, ARiseWhoseWholeIntervalIsBeyondTheLimitBreaksIt) {
  const Finding finding =
      only(evidence_of({frame_of("main.process", 0.08, 0.20, 0.02, FrameChange::regression)}), "cpu-regression");
  EXPECT_EQ(finding.level, Level::soft);
  EXPECT_FALSE(finding.undecided);
  EXPECT_EQ(finding.frame, "main.process");
  EXPECT_EQ(finding.series, (SeriesId{"core", "parse", "cpu"}));
  EXPECT_DOUBLE_EQ(finding.expected, 0.08);
  EXPECT_NEAR(finding.actual, 0.12, 1e-12);
  EXPECT_THAT(finding.reason, HasSubstr("8.0 % → 20.0 % of cpu (+12.0 points, 95 % interval +10.0 to +14.0)"));
}

TEST(ProfileGates, ARiseOnBothSidesOfTheLimitIsUndecidedAndSaysHowManySamplesWouldDo) {
  const Finding finding =
      only(evidence_of({frame_of("work", 0.08, 0.17, 0.02, FrameChange::regression)}), "cpu-regression");
  EXPECT_EQ(finding.level, Level::inconclusive);
  EXPECT_TRUE(finding.undecided);
  EXPECT_THAT(finding.reason, HasSubstr("about 16000 samples a side (now 4000) would decide"));
}

TEST(ProfileGates, ARiseThatIsNotSignificantNeverBreaksAGate) {
  for (const FrameChange change : {FrameChange::inconclusive, FrameChange::unchanged}) {
    const Finding finding = only(evidence_of({frame_of("work", 0.08, 0.30, 0.02, change)}), "cpu-regression");
    EXPECT_EQ(finding.level, Level::inconclusive);
    EXPECT_TRUE(finding.undecided);
  }
}

TEST(ProfileGates, WithoutANumberOfSamplesThePlainLimitDecidesAndSaysSo) {
  ProfileDiff evidence = evidence_of({frame_of("work", 0.08, 0.164, 0.3, FrameChange::inconclusive)});
  evidence.base.samples = evidence.head.samples = k_nan;
  const Finding finding = only(evidence, "cpu-regression");
  EXPECT_EQ(finding.level, Level::soft);
  EXPECT_FALSE(finding.undecided);
  EXPECT_THAT(finding.reason, HasSubstr("the number of samples is not known"));
  evidence.frames = {frame_of("work", 0.08, 0.159, 0.3, FrameChange::inconclusive)};
  EXPECT_EQ(only(evidence, "cpu-regression").level, Level::pass);
  evidence.frames = {frame_of("work", 0, 0.2, 0.3, FrameChange::inconclusive)};
  EXPECT_TRUE(only(evidence, "cpu-regression").undecided) << "base's table may have been cut above it";
}

TEST(ProfileGates, WhereTheSpreadOfRunsIsNotKnownMoreRecordingsAreTheCure) {
  ProfileDiff evidence = evidence_of({frame_of("work", 0.08, 0.17, 0.02, FrameChange::regression)});
  evidence.spread_known = false;
  EXPECT_THAT(only(evidence, "cpu-regression").reason, HasSubstr("record each side 3 times"));
}

TEST(ProfileGates, BothReadingsAreSaidWhereTheTotalsDiffer) {
  FrameDelta frame = frame_of("X", 1500.0 / 2600, 2200.0 / 2600, 0.01, FrameChange::regression);
  frame.self_samples = {1500, 2200};
  ProfileDiff evidence = evidence_of({frame});
  evidence.normalization = Normalization::absolute;
  evidence.base.cost = 2600;
  evidence.head.cost = 3660;
  EXPECT_THAT(only(evidence, "cpu-regression").reason,
              HasSubstr("X: 1500 → 2200 samples (+47 %), +26.9 points of base's cpu, 57.7 % → 60.1 % of each side"));
  evidence.normalization = Normalization::share;
  evidence.frames[0].self.base = 0.577;
  evidence.frames[0].self.head = 0.601;
  EXPECT_THAT(only(evidence, "cpu-regression").reason, HasSubstr("+47 % as recorded"));
}

TEST(ProfileGates, WhatGrewEverywhereAlikeIsUndecided) {
  ProfileDiff evidence = evidence_of({});
  evidence.maybe_longer = true;
  evidence.head.cost = 8000;
  const Finding finding = only(evidence, "cpu-regression");
  EXPECT_TRUE(finding.undecided);
  EXPECT_THAT(finding.reason, HasSubstr("head has 2 times the cpu of base"));
  ProfileGates off;
  off.rules[0].soft.reset();
  EXPECT_TRUE(of_gate(judge_profile(evidence, off), "cpu-regression").empty());
}

TEST(ProfileGates, WhatMovedOrWasDilutedHolds) {
  EXPECT_EQ(only(evidence_of({frame_of("work", 0.08, 0.30, 0.02, FrameChange::moved)}), "cpu-regression").level,
            Level::pass);
  FrameDelta diluted = frame_of("work", 0.08, 0.30, 0.02, FrameChange::unchanged);
  diluted.diluted = true;
  EXPECT_EQ(only(evidence_of({diluted}), "cpu-regression").level, Level::pass);
}

TEST(ProfileGates, WhatHoldsIsSaidOnceWithTheLargestRise) {
  const Finding finding = only(evidence_of({frame_of("a", 0.1, 0.12, 0.01, FrameChange::regression),
                                            frame_of("b", 0.1, 0.14, 0.01, FrameChange::regression)}),
                               "cpu-regression");
  EXPECT_EQ(finding.level, Level::pass);
  EXPECT_EQ(finding.frame, "b");
  EXPECT_NEAR(finding.actual, 0.04, 1e-12);
}

TEST(ProfileGates, OfManyInDoubtOnlyTheWidestIsSaid) {
  const Finding finding = only(evidence_of({frame_of("a", 0.3, 0.31, 0.09, FrameChange::unchanged),
                                            frame_of("b", 0.3, 0.33, 0.09, FrameChange::unchanged)}),
                               "cpu-regression");
  EXPECT_EQ(finding.frame, "b");
  EXPECT_TRUE(finding.undecided);
  EXPECT_THAT(finding.reason, HasSubstr("1 more"));
}

TEST(ProfileGates, TheLastRuleThatMatchesAppliesAndOneWithoutLimitsSwitchesOff) {
  ProfileGates gates;
  gates.rules.push_back(rule_of("json::*", 0.02));
  ProfileRule off = rule_of("bench::*", 0);
  off.soft.reset();
  gates.rules.push_back(off);
  const ProfileDiff evidence = evidence_of({frame_of("json::parse_[j]", 0.1, 0.15, 0.01, FrameChange::regression),
                                            frame_of("bench::loop", 0.1, 0.5, 0.01, FrameChange::regression),
                                            frame_of("other", 0.1, 0.15, 0.01, FrameChange::regression)});
  const std::vector<Finding> found = of_gate(judge_profile(evidence, gates), "cpu-regression");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].frame, "json::parse_[j]");
  EXPECT_EQ(found[0].level, Level::soft);
  EXPECT_EQ(found[0].budget, "json::*");
  EXPECT_EQ(found[1].frame, "other");
  EXPECT_EQ(found[1].level, Level::pass);
}

TEST(ProfileGates, APackageHasLimitsOfItsOwn) {
  ProfileDiff evidence = evidence_of({});
  evidence.packages.push_back({"encoding/json", {0.1, 0.16, {0.05, 0.07, 0.95}, 0, 0}, FrameChange::regression});
  ProfileGates gates;
  ProfileRule rule = rule_of("encoding/*", 0.03);
  rule.scope = ProfileScope::package;
  gates.rules.push_back(rule);
  const Finding finding = only(evidence, "cpu-regression", gates);
  EXPECT_EQ(finding.level, Level::soft);
  EXPECT_EQ(finding.frame, "encoding/json");
}

TEST(ProfileGates, MemoryIsJudgedByTheGateOfAllocationsAndTimeByThatOfTheCpu) {
  ProfileDiff evidence = evidence_of({frame_of("make", 0.1, 0.3, 0.02, FrameChange::regression)});
  EXPECT_TRUE(of_gate(judge_profile(evidence, {}), "allocation-regression").empty());
  evidence.type = {"alloc_space", "bytes"};
  EXPECT_TRUE(of_gate(judge_profile(evidence, {}), "cpu-regression").empty());
  EXPECT_EQ(only(evidence, "allocation-regression").level, Level::soft);
}

TEST(ProfileGates, ANewHotspotIsOnlyAWarningUnlessTheConfigSaysMore) {
  const ProfileDiff evidence = evidence_of({frame_of("surprise", 0, 0.06, 0.01, FrameChange::added)});
  EXPECT_EQ(only(evidence, "new-hotspot").level, Level::warn);
  EXPECT_EQ(only(evidence, "cpu-regression").level, Level::pass);
  EXPECT_TRUE(of_gate(judge_profile(evidence_of({}), {}), "new-hotspot").empty());
}

TEST(ProfileGates, DeeperStacksWarnWhenTheirIntervalIsBeyondTheLimit) {
  ProfileDiff evidence = evidence_of({});
  evidence.head.depth_p95 = 30;
  evidence.head.depth_p95_low = 28;
  evidence.head.depth_p95_high = evidence.head.depth_max = 40;
  const Finding finding = only(evidence, "stack-depth");
  EXPECT_EQ(finding.level, Level::warn);
  EXPECT_FALSE(finding.undecided);
  EXPECT_DOUBLE_EQ(finding.actual, 20);
  EXPECT_EQ(finding.unit, "frames");
  evidence.head.depth_p95_low = 17;
  EXPECT_TRUE(only(evidence, "stack-depth").undecided);
  evidence.head = evidence.base;
  EXPECT_EQ(only(evidence, "stack-depth").level, Level::pass);
}

TEST(ProfileGates, TheWorstComesFirst) {
  ProfileGates gates;
  gates.rules[0].hard = 0.2;
  const std::vector<Finding> found = judge_profile(evidence_of({frame_of("a", 0, 0.12, 0.01, FrameChange::regression),
                                                                frame_of("b", 0, 0.3, 0.01, FrameChange::regression)}),
                                                   gates);
  ASSERT_GE(found.size(), 2U);
  EXPECT_EQ(found[0].frame, "b");
  EXPECT_EQ(found[0].level, Level::hard);
  EXPECT_EQ(found[1].frame, "a");
  EXPECT_EQ(found[1].level, Level::soft);
  EXPECT_TRUE(
      std::is_sorted(found.begin(), found.end(), [](const Finding& a, const Finding& b) { return a.level > b.level; }));
}

}  // namespace
}  // namespace perfwarden::gates
