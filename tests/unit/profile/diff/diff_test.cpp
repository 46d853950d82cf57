#include "profile/diff/diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "profile/diff/classify.hpp"
#include "support/made_profile.hpp"

namespace perfwarden::profile {
namespace {

using testing::HasSubstr;
using Stacks = std::vector<std::pair<std::string, double>>;

Profile profile_of(const Stacks& stacks, SampleType type = {"samples", "count"}) {
  Profile profile;
  profile.format = "folded";
  profile.types = {std::move(type)};
  profile.self.resize(1);
  if (!counts_memory(profile.types[0])) profile.count_type = 0;
  for (const auto& [stack, count] : stacks) {
    NodeId node = k_root;
    for (const std::string_view frame : text::split(stack, ';'))
      node = profile.tree.child(node, profile.tree.frames.add(frame));
    profile.self[0].resize(profile.tree.size(), 0);
    profile.self[0][node] += count;
  }
  profile.self[0].resize(profile.tree.size(), 0);
  return profile;
}

// By share, and as if runs of the same code differed in nothing but their samples.
DiffOptions calm(DiffOptions options = {}) {
  options.time_by_share = true;
  options.assumed_spread = 0;
  return options;
}

ProfileDiff evidence_of(const Profile& base, const Profile& head, const DiffOptions& options = {}) {
  auto out = diff(base, head, calm(options));
  EXPECT_TRUE(out) << out.error().what;
  return out ? out->evidence : ProfileDiff{};
}

const FrameDelta* find(const ProfileDiff& evidence, std::string_view name) {
  for (const auto* frames : {&evidence.frames, &evidence.quiet, &evidence.top})
    for (const FrameDelta& frame : *frames)
      if (frame.name == name) return &frame;
  return nullptr;
}

FrameChange change_of(const ProfileDiff& evidence, std::string_view name) {
  const FrameDelta* frame = find(evidence, name);
  EXPECT_NE(frame, nullptr) << name;
  return frame == nullptr ? FrameChange::unchanged : frame->change;
}

bool warned(const ProfileDiff& evidence, std::string_view code) {
  return std::any_of(evidence.warnings.begin(), evidence.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

// Many functions, so that there is something to be in step with.
Stacks crowd(double each) {
  Stacks stacks;
  for (int i = 0; i < 10; ++i) stacks.emplace_back("main;steady" + std::string(1, static_cast<char>('a' + i)), each);
  return stacks;
}

Stacks with(Stacks stacks, const Stacks& more) {
  stacks.insert(stacks.end(), more.begin(), more.end());
  return stacks;
}

TEST(ProfileDiff, AFunctionThatGrewIsNamedFirstWithCountsSharesIntervalAndP) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(800), {{"main;work", 1500}, {"main;rest", 500}})),
                                           profile_of(with(crowd(730), {{"main;work", 2200}, {"main;rest", 500}})));
  ASSERT_FALSE(evidence.frames.empty());
  const FrameDelta& first = evidence.frames.front();
  EXPECT_EQ(first.name, "work");
  EXPECT_EQ(first.change, FrameChange::regression);
  EXPECT_FALSE(first.by_total);
  EXPECT_EQ(first.self_samples, (std::array<double, 2>{1500, 2200}));
  EXPECT_DOUBLE_EQ(first.self.base, 0.15);
  EXPECT_DOUBLE_EQ(first.self.head, 0.22);
  EXPECT_LT(first.self.interval.low, 0.07);
  EXPECT_GT(first.self.interval.low, 0.05);
  EXPECT_GT(first.self.interval.high, 0.07);
  EXPECT_LT(first.self.p_adjusted, 1e-6);
  EXPECT_EQ(evidence.normalization, Normalization::share);
  EXPECT_FALSE(evidence.underpowered);
}

TEST(ProfileDiff, WhatFellOnlyBecauseOthersGrewIsNoImprovementAndTheOtherWayRound) {
  const Profile small = profile_of(with(crowd(500), {{"main;big", 4000}, {"main;hot", 1000}}));
  const Profile grown = profile_of(with(crowd(500), {{"main;big", 4000}, {"main;hot", 6000}}));
  const ProfileDiff slower = evidence_of(small, grown);
  EXPECT_EQ(change_of(slower, "hot"), FrameChange::regression);
  EXPECT_EQ(change_of(slower, "big"), FrameChange::unchanged);
  EXPECT_TRUE(find(slower, "big")->diluted);
  const ProfileDiff faster = evidence_of(grown, small);
  EXPECT_EQ(change_of(faster, "hot"), FrameChange::improvement);
  EXPECT_EQ(change_of(faster, "big"), FrameChange::unchanged) << "a false alarm after an optimisation";
}

TEST(ProfileDiff, NewAndRemovedFunctionsAreCalledSo) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(800), {{"main;setup;gone", 1000}, {"main;x", 1000}})),
                                           profile_of(with(crowd(700), {{"main;loop;fresh", 2000}, {"main;x", 1000}})));
  EXPECT_EQ(change_of(evidence, "fresh"), FrameChange::added);
  EXPECT_EQ(change_of(evidence, "gone"), FrameChange::removed);
  EXPECT_EQ(name_of(change_of(evidence, "fresh")), "new");
}

TEST(ProfileDiff, RecursionIsCountedOnceAStack) {
  const Profile recursive = profile_of({{"main;walk;walk;walk", 600}, {"main;walk;leaf", 400}});
  const ProfileDiff evidence = evidence_of(recursive, recursive);
  const FrameDelta* walk = find(evidence, "walk");
  ASSERT_NE(walk, nullptr);
  EXPECT_EQ(walk->total_cost, (std::array<double, 2>{1000, 1000}));
  EXPECT_EQ(walk->self_cost, (std::array<double, 2>{600, 600}));
}

TEST(ProfileDiff, ACallerOfWhatGrewIsToldAfterItAsByTotal) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(900), {{"main;api;parse;hash", 1000}})),
                                           profile_of(with(crowd(800), {{"main;api;parse;hash", 2000}})));
  ASSERT_GE(evidence.frames.size(), 3U);
  EXPECT_EQ(evidence.frames[0].name, "hash");
  const FrameDelta* api = find(evidence, "api");
  EXPECT_TRUE(api->by_total);
  EXPECT_EQ(api->change, FrameChange::regression);
}

TEST(ProfileDiff, InliningIsMovedAndNotARegression) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(800), {{"main;loop", 500}, {"main;loop;step", 1500}})),
                                           profile_of(with(crowd(800), {{"main;loop", 2010}})));
  EXPECT_EQ(change_of(evidence, "loop"), FrameChange::moved);
  EXPECT_EQ(find(evidence, "loop")->counterpart, "step");
  EXPECT_EQ(change_of(evidence, "step"), FrameChange::moved);
  EXPECT_EQ(find(evidence, "step")->counterpart, "loop");
}

TEST(ProfileDiff, OutliningIsMoved) {
  const ProfileDiff evidence =
      evidence_of(profile_of(with(crowd(800), {{"main;loop", 2010}})),
                  profile_of(with(crowd(800), {{"main;loop", 500}, {"main;loop;step", 1500}})));
  EXPECT_EQ(change_of(evidence, "loop"), FrameChange::moved);
  EXPECT_EQ(change_of(evidence, "step"), FrameChange::moved);
}

TEST(ProfileDiff, ARenameBelowOneCallerIsMovedAndASplitToo) {
  const ProfileDiff renamed = evidence_of(profile_of(with(crowd(800), {{"main;api;parse_text", 2000}})),
                                          profile_of(with(crowd(800), {{"main;api;scan_lines", 1990}})));
  EXPECT_EQ(change_of(renamed, "scan_lines"), FrameChange::moved);
  EXPECT_EQ(change_of(renamed, "parse_text"), FrameChange::moved);
  const ProfileDiff split =
      evidence_of(profile_of(with(crowd(800), {{"main;api;parse_text", 2000}})),
                  profile_of(with(crowd(800), {{"main;api;first_half", 1100}, {"main;api;second_half", 910}})));
  EXPECT_EQ(change_of(split, "first_half"), FrameChange::moved);
  EXPECT_EQ(change_of(split, "second_half"), FrameChange::moved);
  EXPECT_EQ(change_of(split, "parse_text"), FrameChange::moved);
}

TEST(ProfileDiff, ARenamedScopeIsMovedWhereverItIsCalled) {
  const ProfileDiff evidence =
      evidence_of(profile_of(with(crowd(700), {{"main;a;old_json::parse", 1000}, {"main;b;old_json::parse", 1000}})),
                  profile_of(with(crowd(700), {{"main;c;json::parse", 1000}, {"main;d;json::parse", 1010}})));
  EXPECT_EQ(change_of(evidence, "json::parse"), FrameChange::moved);
  EXPECT_EQ(change_of(evidence, "old_json::parse"), FrameChange::moved);
}

TEST(ProfileDiff, WhatReplacedAFunctionAndCostsMoreIsStillARegression) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(800), {{"main;api;parse_v1", 1000}})),
                                           profile_of(with(crowd(800), {{"main;api;parse_v2", 2500}})));
  EXPECT_TRUE(is_rise(change_of(evidence, "parse_v2")));
}

TEST(ProfileDiff, ARiseMatchedByAnUnrelatedFallStaysARegression) {
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(700), {{"main;x;up", 1000}, {"main;x;down", 2000}})),
                                           profile_of(with(crowd(700), {{"main;x;up", 2000}, {"main;x;down", 1000}})));
  EXPECT_EQ(change_of(evidence, "up"), FrameChange::regression);
  EXPECT_EQ(change_of(evidence, "down"), FrameChange::improvement);
}

TEST(ProfileDiff, NamesThatDifferByBuildAreOneFunctionAndNumberedOnesStayApartWhereBothSidesKnowThem) {
  const ProfileDiff evidence = evidence_of(profile_of({{"main;core::run::h0123456789abcdef", 5000},
                                                       {"main;f::{lambda(int)#1}", 3000},
                                                       {"main;f::{lambda(int)#2}", 2000}}),
                                           profile_of({{"main;core::run::hfedcba9876543210", 5000},
                                                       {"main;f::{lambda(int)#1}", 2000},
                                                       {"main;f::{lambda(int)#2}", 3000}}));
  EXPECT_EQ(change_of(evidence, "core::run::hfedcba9876543210"), FrameChange::unchanged);
  EXPECT_EQ(change_of(evidence, "f::{lambda(int)#2}"), FrameChange::regression);
  EXPECT_EQ(change_of(evidence, "f::{lambda(int)#1}"), FrameChange::improvement);
}

TEST(ProfileDiff, RootsOfTheTwoCheckoutsAreNoDifference) {
  DiffOptions options;
  options.roots = {"/tmp/base", "/tmp/head"};
  const ProfileDiff evidence = evidence_of(profile_of({{"main;parse (/tmp/base/app/x.py:3)", 1000}}),
                                           profile_of({{"main;parse (/tmp/head/app/x.py:7)", 1000}}), options);
  EXPECT_EQ(change_of(evidence, "parse (app/x.py)"), FrameChange::unchanged);
}

TEST(ProfileDiff, TooFewSamplesAreSaidWithHowManyWouldDo) {
  const ProfileDiff evidence =
      evidence_of(profile_of({{"main;a", 30}, {"main;b", 20}}), profile_of({{"main;a", 25}, {"main;b", 25}}));
  EXPECT_TRUE(evidence.underpowered);
  EXPECT_GT(evidence.samples_needed, 500);
  EXPECT_LT(evidence.samples_needed, 5000);
  EXPECT_TRUE(warned(evidence, "few-samples"));
  EXPECT_EQ(change_of(evidence, "b"), FrameChange::inconclusive) << "10 points, but of 50 samples";
}

TEST(ProfileDiff, CountedCostsNeedNoStatistics) {
  Profile base = profile_of({{"main;a", 1000}, {"main;b", 1000}}, {"instructions", ""});
  Profile head = profile_of({{"main;a", 1000}, {"main;b", 1040}}, {"instructions", ""});
  base.exact = head.exact = true;
  const ProfileDiff evidence = evidence_of(base, head);
  EXPECT_TRUE(evidence.exact);
  EXPECT_EQ(evidence.normalization, Normalization::absolute);
  EXPECT_EQ(change_of(evidence, "b"), FrameChange::regression);
  EXPECT_NEAR(find(evidence, "b")->self.delta(), 0.02, 1e-12);
  EXPECT_EQ(find(evidence, "b")->self.interval.low, find(evidence, "b")->self.interval.high);
  EXPECT_EQ(change_of(evidence, "a"), FrameChange::unchanged);
  EXPECT_FALSE(evidence.underpowered);
}

TEST(ProfileDiff, AllocationsAreComparedAbsolutely) {
  Stacks base;
  Stacks head;
  for (int i = 0; i < 400; ++i) {
    base.emplace_back("main;f" + std::to_string(i % 20) + ";alloc" + std::to_string(i), 524288);
    head.emplace_back("main;f" + std::to_string(i % 20) + ";alloc" + std::to_string(i), 524288);
  }
  head.emplace_back("main;leak", 524288.0 * 200);
  Profile left = profile_of(base, {"alloc_space", "bytes"});
  Profile right = profile_of(head, {"alloc_space", "bytes"});
  const ProfileDiff evidence = evidence_of(left, right);
  EXPECT_EQ(evidence.normalization, Normalization::absolute);
  EXPECT_TRUE(warned(evidence, "totals-differ"));
  EXPECT_EQ(change_of(evidence, "leak"), FrameChange::added);
  EXPECT_DOUBLE_EQ(find(evidence, "leak")->self.head, 0.5);
  EXPECT_EQ(change_of(evidence, "f3"), FrameChange::unchanged);
}

TEST(ProfileDiff, ASampleThatWeighsMoreIsNoMoreSure) {
  // 100 samples a side, told by a column of counts beside weights a million times as large.
  Profile base = profile_of({{"main;a", 60}, {"main;b", 40}});
  Profile head = profile_of({{"main;a", 45}, {"main;b", 55}});
  for (Profile* profile : {&base, &head}) {
    profile->types.push_back({"cpu", "nanoseconds"});
    profile->default_type = 1;
    profile->self.push_back(profile->self[0]);
    for (double& cost : profile->self[1]) cost *= 1e6;
  }
  const ProfileDiff evidence = evidence_of(base, head);
  EXPECT_EQ(evidence.type.name, "cpu");
  EXPECT_EQ(evidence.base.samples, 100);
  EXPECT_EQ(change_of(evidence, "b"), FrameChange::inconclusive);
  EXPECT_NEAR(find(evidence, "b")->self_samples[1], 55, 1e-9);
}

TEST(ProfileDiff, NormalisationsAreRefusedWhenTheirNumbersAreMissing) {
  const Profile profile = profile_of({{"main", 2000}});
  for (const Normalization one : {Normalization::per_op, Normalization::interval}) {
    DiffOptions options;
    options.normalization = one;
    const auto refused = diff(profile, profile, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::usage);
    EXPECT_THAT(refused.error().hint, HasSubstr("share"));
  }
}

TEST(ProfileDiff, PerOperationTwiceTheWorkInTwiceTheTimeIsNoChange) {
  DiffOptions options;
  options.normalization = Normalization::per_op;
  options.operations = {100, 200};
  const ProfileDiff evidence = evidence_of(profile_of({{"main;a", 4000}, {"main;b", 1000}}),
                                           profile_of({{"main;a", 8000}, {"main;b", 4000}}), options);
  EXPECT_EQ(change_of(evidence, "a"), FrameChange::unchanged);
  EXPECT_EQ(change_of(evidence, "b"), FrameChange::regression);
  EXPECT_DOUBLE_EQ(find(evidence, "b")->self.head, 0.4);
}

TEST(ProfileDiff, WhatCannotBeComparedIsRefusedWithWhatThereIs) {
  const Profile cpu = profile_of({{"main", 2000}}, {"cpu", "nanoseconds"});
  const auto none = diff(cpu, profile_of({{"main", 2000}}, {"wall", "nanoseconds"}), {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().hint, HasSubstr("base has cpu; head has wall"));
  EXPECT_FALSE(diff(cpu, profile_of({{"main", 2000}}, {"cpu", "milliseconds"}), {}));
  EXPECT_FALSE(diff(cpu, profile_of({{"main", -5}, {"main;a", 10}}, {"cpu", "nanoseconds"}), {}));
  EXPECT_FALSE(diff(cpu, profile_of({{"main", 0}}, {"cpu", "nanoseconds"}), {}));
  DiffOptions options;
  options.type = "cycles";
  const auto wanted = diff(cpu, cpu, options);
  ASSERT_FALSE(wanted);
  EXPECT_THAT(wanted.error().what, HasSubstr("'cycles'"));
}

TEST(ProfileDiff, CountsAtDifferentRatesAreComparedByShareOnly) {
  Profile base = profile_of({{"main;a", 1000}, {"main;b", 1000}});
  Profile head = base;
  base.period = 1e6;
  head.period = 1e7;
  EXPECT_TRUE(warned(evidence_of(base, head), "sampling-rates-differ"));
  DiffOptions options;
  options.normalization = Normalization::absolute;
  EXPECT_FALSE(diff(base, head, options));
}

TEST(ProfileDiff, TheBenchmarksChangeIsAccountedFor) {
  DiffOptions options;
  options.benchmark_ratio = 1.1;
  // Of 10,000 before, 11,000 after: the thousand more are hash's.
  const ProfileDiff evidence = evidence_of(profile_of(with(crowd(900), {{"main;hash", 1000}})),
                                           profile_of(with(crowd(900), {{"main;hash", 2000}})), options);
  EXPECT_NEAR(evidence.explained, 1, 1e-9);
  EXPECT_NEAR(find(evidence, "hash")->absolute, 0.1, 1e-9);
  EXPECT_NEAR(explained_of(evidence, 0.2), (2.0 / 11 * 1.2 - 0.1) / 0.2, 1e-9);
  EXPECT_TRUE(std::isnan(explained_of(evidence, 0)));
  EXPECT_FALSE(warned(evidence, "evenly-changed"));
}

TEST(ProfileDiff, WhatGotSlowerEvenlyIsSaidBecauseSharesCannotShowIt) {
  DiffOptions options;
  options.benchmark_ratio = 1.5;
  const Profile same = profile_of(with(crowd(900), {{"main;hash", 1000}}));
  EXPECT_TRUE(warned(evidence_of(same, same, options), "evenly-changed"));
}

TEST(ProfileDiff, PackagesAndOwnersAreRolledUp) {
  DiffOptions options;
  options.ownership = [](std::string_view name, std::string_view) {
    return DiffOptions::Ownership{name.starts_with("json") ? "@parsers" : "", name.starts_with("json")};
  };
  const ProfileDiff evidence = evidence_of(
      profile_of(with(crowd(800), {{"main;json::a", 500}, {"main;json::b", 500}, {"main;std::sort", 1000}})),
      profile_of(with(crowd(740), {{"main;json::a", 800}, {"main;json::b", 800}, {"main;std::sort", 1000}})), options);
  ASSERT_GE(evidence.packages.size(), 2U);
  EXPECT_EQ(evidence.packages[0].name, "json");
  EXPECT_EQ(evidence.packages[0].change, FrameChange::regression);
  ASSERT_EQ(evidence.owners.size(), 1U);
  EXPECT_EQ(evidence.owners[0].name, "@parsers");
  EXPECT_TRUE(find(evidence, "json::a")->ours);
}

TEST(ProfileDiff, DepthAndHotPathsAreOfEachSide) {
  const ProfileDiff evidence = evidence_of(profile_of({{"main;run;a", 900}, {"main;run;b", 600}}),
                                           profile_of({{"main;run;a", 300}, {"main;run;b;c;d", 1200}}));
  EXPECT_EQ(evidence.base.depth_max, 3U);
  EXPECT_EQ(evidence.head.depth_p95, 5U);
  EXPECT_NEAR(evidence.head.depth_mean, (3 * 300 + 5 * 1200) / 1500.0, 1e-9);
  ASSERT_EQ(evidence.base_path.size(), 3U);
  EXPECT_EQ(evidence.base_path[2].name, "a");
  ASSERT_EQ(evidence.head_path.size(), 5U);
  EXPECT_EQ(evidence.head_path[4].name, "d");
  EXPECT_FALSE(evidence.head_path[4].in_base);
  EXPECT_DOUBLE_EQ(evidence.head_path[1].base, 1);
}

TEST(ProfileDiff, TheTreeHoldsBothSidesForPictures) {
  const auto out = diff(profile_of(with(crowd(800), {{"main;gone", 2000}})),
                        profile_of(with(crowd(800), {{"main;fresh;deep", 2000}})), calm());
  ASSERT_TRUE(out);
  const DiffTree& tree = out->tree;
  ASSERT_EQ(tree.change.size(), tree.tree.size());
  EXPECT_EQ(tree.total[0][k_root], 10000);
  EXPECT_EQ(tree.total[1][k_root], 10000);
  for (NodeId id = 1; id < tree.tree.size(); ++id) {
    if (tree.tree.name(id) != "gone") continue;
    EXPECT_DOUBLE_EQ(tree.share[id].base, 0.2);
    EXPECT_DOUBLE_EQ(tree.share[id].head, 0);
  }
}

TEST(ProfileDiff, FunctionsThatAreKnownBetterThanStacksCount) {
  Profile base = profile_of({});
  Profile head = profile_of({});
  for (Profile* profile : {&base, &head}) {
    const double hot = profile == &head ? 3000 : 1000;
    profile->functions.push_back({profile->tree.frames.add("main"), {1000}, {1000 + hot}});
    profile->functions.push_back({profile->tree.frames.add("hot"), {hot}, {hot}});
  }
  const ProfileDiff evidence = evidence_of(base, head);
  EXPECT_EQ(change_of(evidence, "hot"), FrameChange::regression);
  EXPECT_DOUBLE_EQ(find(evidence, "hot")->self.base, 0.5);
  EXPECT_EQ(evidence.base.cost, 2000);
}

TEST(ProfileDiff, SeveralProfilesASideTellTheirOwnNoise) {
  const support::MadeProgram program = support::make_program(5);
  SplitMix64 random(9);
  std::vector<Profile> quiet;
  std::vector<Profile> noisy;
  for (int run = 0; run < 6; ++run) {
    quiet.push_back(support::draw_profile(program, 3000, random));
    support::MadeProgram shaken = program;
    for (double& chance : shaken.chance) chance *= 0.5 + random.uniform();
    noisy.push_back(support::draw_profile(shaken, 3000, random));
  }
  const std::span<const Profile> alike(quiet);
  const auto even = diff(alike.first(3), alike.subspan(3), {});
  ASSERT_TRUE(even);
  EXPECT_LT(even->evidence.overdispersion, 1.5);
  EXPECT_NEAR(even->evidence.base.samples, 9000, 1e-6);
  const std::span<const Profile> wild(noisy);
  const auto shaken = diff(wild.first(3), wild.subspan(3), {});
  ASSERT_TRUE(shaken);
  EXPECT_GT(shaken->evidence.overdispersion, 1.8);
  EXPECT_TRUE(std::none_of(shaken->evidence.frames.begin(), shaken->evidence.frames.end(), [](const FrameDelta& frame) {
    return is_rise(frame.change) && !frame.by_total;
  })) << "what differs as much from run to run is no change";
}

// 2,600 samples against 3,660: fixed work that takes longer.
const Stacks k_before{{"main;x", 1500}, {"main;y", 1000}, {"main;z", 100}};
const Stacks k_after{{"main;x", 2200}, {"main;y", 1000}, {"main;z", 460}};

TEST(ProfileReadings, OfTheSameWorkAreAsRecorded) {
  DiffOptions options;
  options.assumed_spread = 0;
  const auto out = diff(profile_of(k_before), profile_of(k_after), options);
  ASSERT_TRUE(out);
  const ProfileDiff& evidence = out->evidence;
  EXPECT_EQ(evidence.normalization, Normalization::absolute);
  EXPECT_TRUE(warned(evidence, "totals-differ"));
  EXPECT_EQ(change_of(evidence, "x"), FrameChange::regression);
  EXPECT_DOUBLE_EQ(find(evidence, "x")->self.delta(), 700.0 / 2600);
  EXPECT_EQ(change_of(evidence, "y"), FrameChange::unchanged);
}

TEST(ProfileReadings, OfSharesNeverCallLessWhatDidNotFall) {
  const ProfileDiff evidence = evidence_of(profile_of(k_before), profile_of(k_after));
  EXPECT_EQ(evidence.normalization, Normalization::share);
  EXPECT_EQ(change_of(evidence, "y"), FrameChange::unchanged) << "1000 → 1000 samples";
  EXPECT_TRUE(find(evidence, "y")->diluted);
  const ProfileDiff fell =
      evidence_of(profile_of({{"main;x", 1500}, {"main;y", 1000}}), profile_of({{"main;x", 2200}, {"main;y", 600}}));
  EXPECT_EQ(change_of(fell, "y"), FrameChange::improvement);
}

TEST(ProfileReadings, AreByShareWhereEveryFunctionHasTwiceAsMuch) {
  const auto out = diff(profile_of(crowd(800)), profile_of(crowd(1610)), {});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->evidence.normalization, Normalization::share);
  EXPECT_TRUE(out->evidence.maybe_longer);
  EXPECT_TRUE(warned(out->evidence, "lengths-differ"));
  const auto shorter = diff(profile_of(crowd(1610)), profile_of(crowd(800)), {});
  ASSERT_TRUE(shorter);
  EXPECT_FALSE(shorter->evidence.maybe_longer) << "nothing grew";
}

TEST(ProfileReadings, OfTheSameLengthAreAsRecordedEvenIfEveryFunctionHasMore) {
  Profile base = profile_of(crowd(800));
  Profile head = profile_of(crowd(1610));
  base.seconds = 10;
  head.seconds = 10.2;
  const auto out = diff(base, head, {});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->evidence.normalization, Normalization::absolute);
  head.seconds = 20;
  const auto longer = diff(base, head, {});
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->evidence.normalization, Normalization::share);
}

TEST(ProfileReadings, OfUnevenNumbersOfRecordingsAreForOneEach) {
  const std::vector<Profile> base(1, profile_of(k_before));
  const std::vector<Profile> head(3, profile_of(k_before));
  const auto out = diff(base, head, {});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->evidence.head.runs, 3U);
  EXPECT_EQ(out->evidence.normalization, Normalization::absolute);
  EXPECT_NEAR(find(out->evidence, "x")->self.delta(), 0, 1e-12);
  EXPECT_TRUE(out->evidence.spread_known);
}

TEST(ProfileDiff, OneRecordingASideSaysThatItsSpreadIsNotKnown) {
  const auto alone = diff(profile_of(k_before), profile_of(k_after), {});
  ASSERT_TRUE(alone);
  EXPECT_FALSE(alone->evidence.spread_known);
  EXPECT_TRUE(warned(alone->evidence, "spread-unknown"));
  EXPECT_EQ(change_of(alone->evidence, "x"), FrameChange::inconclusive) << "+47 % is within the spread of two runs";
  EXPECT_EQ(change_of(alone->evidence, "z"), FrameChange::regression) << "four times as much is not";
  const std::vector<Profile> base(3, profile_of(k_before));
  const std::vector<Profile> head(3, profile_of(k_after));
  const auto thrice = diff(base, head, {});
  ASSERT_TRUE(thrice);
  EXPECT_FALSE(warned(thrice->evidence, "spread-unknown"));
  EXPECT_EQ(change_of(thrice->evidence, "x"), FrameChange::regression);
}

Profile sampled_by(std::vector<SampledEvent> events, const Stacks& stacks) {
  Profile profile = profile_of(stacks);
  for (SampledEvent& event : events) {
    event.samples = 0;
    event.cost = profile.types.size();
    profile.types.push_back({event.name, ""});
    profile.self.push_back(profile.self[0]);
  }
  profile.default_type = 1;
  profile.events = std::move(events);
  return profile;
}

TEST(ProfileEvents, AreChosenOverBothSides) {
  const Stacks stacks{{"main;a", 3000}};
  const ProfileDiff evidence = evidence_of(sampled_by({{"cycles", ""}, {"cpu-clock", ""}}, stacks),
                                           sampled_by({{"instructions", ""}, {"cpu-clock", ""}}, stacks));
  EXPECT_EQ(evidence.type.name, "cpu-clock");
  EXPECT_TRUE(warned(evidence, "other-events"));
}

TEST(ProfileEvents, ThatDifferAreRefusedWithTheCureAlsoByTheirCounts) {
  const Stacks stacks{{"main;a", 3000}};
  for (const char* type : {"", "samples"}) {
    DiffOptions options;
    options.type = type;
    const auto refused = diff(sampled_by({{"cycles", ""}}, stacks), sampled_by({{"cpu-clock", ""}}, stacks), options);
    ASSERT_FALSE(refused) << type;
    EXPECT_THAT(refused.error().what, HasSubstr("base was sampled by 'cycles' and head by 'cpu-clock'"));
    EXPECT_THAT(refused.error().hint, HasSubstr("perf record -e cpu-clock"));
  }
}

TEST(ProfileEvents, OfOtherPartsOfTheMachineAreSaid) {
  const Stacks stacks{{"main;a", 3000}};
  EXPECT_TRUE(warned(evidence_of(sampled_by({{"cycles", "u"}}, stacks), sampled_by({{"cycles", ""}}, stacks)),
                     "scopes-differ"));
  EXPECT_FALSE(warned(evidence_of(sampled_by({{"cycles", "u"}}, stacks), sampled_by({{"cycles", "u"}}, stacks)),
                      "scopes-differ"));
}

TEST(ProfileChains, OfNewFunctionsAreOneRow) {
  const ProfileDiff evidence =
      evidence_of(profile_of(crowd(800)), profile_of(with(crowd(800), {{"main;outer;middle;inner;leaf", 1500}})));
  const auto fresh = [](const FrameDelta& frame) { return frame.change == FrameChange::added; };
  ASSERT_EQ(std::count_if(evidence.frames.begin(), evidence.frames.end(), fresh), 1);
  const FrameDelta& row = *std::find_if(evidence.frames.begin(), evidence.frames.end(), fresh);
  EXPECT_EQ(row.name, "leaf");
  EXPECT_EQ(row.chain, (std::vector<std::string>{"outer", "middle", "inner"}));
}

TEST(ProfileChains, EndWhereAFunctionHasAnotherCallerOrCalleeOrACostOfItsOwn) {
  const ProfileDiff forked = evidence_of(
      profile_of(crowd(800)), profile_of(with(crowd(800), {{"main;outer;left", 900}, {"main;outer;right", 900}})));
  EXPECT_EQ(change_of(forked, "outer"), FrameChange::added);
  EXPECT_TRUE(find(forked, "left")->chain.empty());
  const ProfileDiff shared = evidence_of(
      profile_of(crowd(800)), profile_of(with(crowd(800), {{"main;one;leaf", 900}, {"main;two;leaf", 900}})));
  EXPECT_TRUE(find(shared, "leaf")->chain.empty());
  const ProfileDiff costly = evidence_of(profile_of(crowd(800)),
                                         profile_of(with(crowd(800), {{"main;outer", 900}, {"main;outer;leaf", 900}})));
  EXPECT_EQ(change_of(costly, "outer"), FrameChange::added);
}

TEST(ProfileChains, OfWhatIsGoneAreOneRowToo) {
  const ProfileDiff evidence =
      evidence_of(profile_of(with(crowd(800), {{"main;outer;leaf", 1500}})), profile_of(crowd(800)));
  EXPECT_EQ(find(evidence, "leaf")->chain, std::vector<std::string>{"outer"});
  EXPECT_EQ(change_of(evidence, "outer"), FrameChange::unchanged);
}

// The long form is tests/bench/profile/null_pairs.
TEST(ProfileDiff, TheSameProgramTwiceRaisesNoFlagAndAPlantedSlowdownIsFound) {
  const support::MadeProgram program = support::make_program(3);
  const std::string victim = program.stacks[8].back();
  support::MadeProgram slower = program;
  support::slow_down(slower, victim, 0.04);
  SplitMix64 random(11);
  std::size_t flagged = 0;
  std::size_t found = 0;
  constexpr std::size_t k_pairs = 12;
  for (std::size_t pair = 0; pair < k_pairs; ++pair) {
    for (const double samples : {300.0, 1000.0, 10000.0}) {
      const auto count = static_cast<std::size_t>(samples);
      const Profile base = support::draw_profile(program, count, random);
      const ProfileDiff same = evidence_of(base, support::draw_profile(program, count, random));
      const bool any = std::any_of(same.frames.begin(), same.frames.end(),
                                   [](const FrameDelta& frame) { return frame.change != FrameChange::inconclusive; });
      if (any) ++flagged;
      if (count == 10000 &&
          change_of(evidence_of(base, support::draw_profile(slower, count, random)), victim) == FrameChange::regression)
        ++found;
    }
  }
  EXPECT_LE(flagged, 2U) << "of " << 3 * k_pairs;
  EXPECT_EQ(found, k_pairs);
}

}  // namespace
}  // namespace perfwarden::profile
