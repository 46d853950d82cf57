#include "explain/patterns.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/patterns.hpp"

namespace perfwarden::explain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Stacks = std::vector<std::pair<std::string, double>>;

struct Sides {
  DiffTree diff;
  ProfileDiff evidence;

  Sides(const Stacks& base, const Stacks& head) {
    for (const auto& [stacks, side] : {std::pair{&base, 0U}, std::pair{&head, 1U}})
      for (const auto& [stack, cost] : *stacks) {
        std::vector<FrameId> frames;
        for (const std::string_view name : text::split(stack, ';')) frames.push_back(diff.tree.frames.add(name));
        const NodeId node = diff.tree.add(frames);
        diff.self[side].resize(diff.tree.size(), 0);
        diff.self[side][node] += cost;
      }
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      diff.self[side].resize(diff.tree.size(), 0);
      diff.total[side] = totals_of(diff.tree, diff.self[side]);
      diff.scale[side] = 1 / diff.total[side][k_root];
    }
    evidence.base.samples = diff.total[0][k_root];
    evidence.head.samples = diff.total[1][k_root];
    diff.change.assign(diff.tree.size(), FrameChange::unchanged);
    diff.share.resize(diff.tree.size());
  }

  void call(const std::string& name, FrameChange change) {
    for (std::size_t i = 1; i < diff.tree.size(); ++i)
      if (diff.tree.name(static_cast<NodeId>(i)) == name) diff.change[i] = change;
  }

  // Frames whose names begin with "app" are ours.
  [[nodiscard]] std::vector<PatternHit> find(const std::vector<Pattern>& patterns) const {
    return find_patterns(evidence, diff, patterns,
                         [&](FrameId frame) { return diff.tree.frames.name(frame).starts_with("app"); });
  }
};

Pattern malloc_rule() {
  Pattern rule;
  rule.id = "malloc";
  rule.category = "allocation";
  rule.match = "^(_int_)?malloc$";
  rule.min_share = 0.04;
  rule.min_delta = 0.02;
  rule.advice = "Allocate less.";
  return rule;
}

TEST(Patterns, AreRaisedWhenTheyGrowAndToldOfTheNearestCallerOfOurs) {
  const Sides sides({{"main;app::parse;std::string;malloc", 500}, {"main;app::run", 9500}},
                    {{"main;app::parse;std::string;malloc;_int_malloc", 1500}, {"main;app::run", 8500}});
  const auto hits = sides.find({malloc_rule()});
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_EQ(hits[0].id, "malloc");
  EXPECT_EQ(hits[0].category, "allocation");
  EXPECT_EQ(hits[0].frame, "malloc");
  EXPECT_EQ(hits[0].culprit, "app::parse");
  EXPECT_EQ(hits[0].advice, "Allocate less.");
  EXPECT_NEAR(hits[0].share.base, 0.05, 1e-12);
  EXPECT_NEAR(hits[0].share.head, 0.15, 1e-12) << "once a stack, though both frames match";
  EXPECT_GT(hits[0].share.interval.low, 0.08);
  EXPECT_LT(hits[0].share.interval.high, 0.12);
  EXPECT_LT(hits[0].share.p_adjusted, 1e-6);
}

TEST(Patterns, AreNotRaisedWhenTheyWereThereBefore) {
  const Stacks same{{"main;app::parse;malloc", 3000}, {"main;app::run", 7000}};
  EXPECT_THAT(Sides(same, same).find({malloc_rule()}), IsEmpty());
}

TEST(Patterns, AreNotRaisedWhenTheGrowthIsNotSure) {
  // 5 % to 9 % of 100 samples a side: four samples more.
  const Sides few({{"main;malloc", 5}, {"main;app::run", 95}}, {{"main;malloc", 9}, {"main;app::run", 91}});
  EXPECT_THAT(few.find({malloc_rule()}), IsEmpty());
  const Sides many({{"main;malloc", 500}, {"main;app::run", 9500}}, {{"main;malloc", 900}, {"main;app::run", 9100}});
  EXPECT_THAT(many.find({malloc_rule()}), SizeIs(1));
}

TEST(Patterns, OverdispersionMakesThemLessSure) {
  Sides sides({{"main;malloc", 50}, {"main;app::run", 950}}, {{"main;malloc", 85}, {"main;app::run", 915}});
  ASSERT_THAT(sides.find({malloc_rule()}), SizeIs(1));
  sides.evidence.overdispersion = 4;
  EXPECT_THAT(sides.find({malloc_rule()}), IsEmpty());
}

TEST(Patterns, OfExactProfilesAnyGrowthThatMattersIsSure) {
  Sides sides({{"main;malloc", 5}, {"main;app::run", 95}}, {{"main;malloc", 9}, {"main;app::run", 91}});
  sides.evidence.exact = true;
  EXPECT_THAT(sides.find({malloc_rule()}), SizeIs(1));
  Pattern strict = malloc_rule();
  strict.min_delta = 0.05;
  EXPECT_THAT(sides.find({strict}), IsEmpty());
}

TEST(Patterns, WithoutSampleCountsOnlyNodesThatSurelyChangedCount) {
  Sides sides({{"main;malloc", 500}, {"main;app::run", 9500}}, {{"main;malloc", 900}, {"main;app::run", 9100}});
  sides.evidence.base.samples = sides.evidence.head.samples = k_nan;
  EXPECT_THAT(sides.find({malloc_rule()}), IsEmpty());
  sides.call("malloc", FrameChange::regression);
  const auto hits = sides.find({malloc_rule()});
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_TRUE(std::isnan(hits[0].share.p));
}

TEST(Patterns, WhatMerelyMovedIsNoGrowth) {
  Sides sides({{"main;app::run", 9500}}, {{"main;malloc", 900}, {"main;app::run", 9100}});
  sides.call("malloc", FrameChange::moved);
  EXPECT_THAT(sides.find({malloc_rule()}), IsEmpty());
}

TEST(Patterns, ALeafRuleCountsOnlyWhatEndsThere) {
  Pattern leaf = malloc_rule();
  leaf.where = Pattern::Where::leaf;
  leaf.match = "^malloc$";
  const Sides sides({{"main;app::run", 10000}},
                    {{"main;malloc", 600}, {"main;malloc;page_fault", 2000}, {"main;app::run", 7400}});
  const auto hits = sides.find({leaf});
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_NEAR(hits[0].share.head, 0.06, 1e-12);
}

TEST(Patterns, AreGroupedByCallerWorstFirst) {
  const Sides sides({{"main;app::run", 10000}}, {{"main;app::a;malloc", 1000},
                                                 {"main;app::b;malloc", 2000},
                                                 {"main;app::c;app::b;lib;malloc", 1000},
                                                 {"main;malloc", 500},
                                                 {"main;app::run", 5500}});
  std::vector<std::string> told;
  for (const PatternHit& hit : sides.find({malloc_rule()})) told.push_back(hit.culprit);
  EXPECT_THAT(told, ElementsAre("app::b", "app::a", ""));
}

TEST(Patterns, OfOneCategoryBelowOneCallerTheLargestIsTold) {
  Pattern growth = malloc_rule();
  growth.id = "growth";
  growth.match = "^_M_realloc_insert$";
  const Sides sides(
      {{"main;app::run", 10000}},
      {{"main;app::a;_M_realloc_insert;malloc", 1000}, {"main;app::a;malloc", 500}, {"main;app::run", 8500}});
  const auto hits = sides.find({growth, malloc_rule()});
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_EQ(hits[0].id, "malloc");
}

TEST(Patterns, AnUnfairRunIsToldWithoutGrowthAndFirst) {
  Pattern unfair = malloc_rule();
  unfair.id = "sanitizer";
  unfair.category = "unfair";
  unfair.match = "^__asan_";
  unfair.unfair = true;
  const Sides sides({{"main;__asan_load8", 3000}, {"main;app::run", 7000}},
                    {{"main;__asan_load8", 3000}, {"main;malloc", 3000}, {"main;app::run", 4000}});
  const auto hits = sides.find({malloc_rule(), unfair});
  ASSERT_THAT(hits, SizeIs(2));
  EXPECT_EQ(hits[0].id, "sanitizer");
  EXPECT_TRUE(hits[0].unfair);
}

TEST(Patterns, AnnotationsAreNotPartOfTheName) {
  const Sides sides({{"main;app::run", 10000}}, {{"main;malloc_[i]", 1000}, {"main;app::run", 9000}});
  EXPECT_THAT(sides.find({malloc_rule()}), SizeIs(1));
}

TEST(Patterns, RulesThatAreOffOrNoExpressionAreSkipped) {
  Pattern off = malloc_rule(), broken = malloc_rule();
  off.severity = PatternSeverity::off;
  broken.match = "(malloc";
  const Sides sides({{"main;app::run", 10000}}, {{"main;malloc", 1000}, {"main;app::run", 9000}});
  EXPECT_THAT(sides.find({off, broken}), IsEmpty());
}

TEST(Patterns, ResamplesOfOneProfileRaiseNearlyNothing) {
  SplitMix64 random(7);
  std::vector<Pattern> rules;
  for (int i = 0; i < 20; ++i) {
    Pattern rule = malloc_rule();
    rule.id = rule.category = "rule" + std::to_string(i);
    rule.match = "^frame" + std::to_string(i) + "$";
    rule.min_share = 0.01;
    rule.min_delta = 0;
    rules.push_back(rule);
  }
  constexpr int k_pairs = 200, k_samples = 1000;
  int flagged = 0;
  for (int pair = 0; pair < k_pairs; ++pair) {
    std::array<Stacks, 2> drawn;
    for (Stacks& side : drawn)
      for (int i = 0; i < k_samples; ++i) side.emplace_back("main;frame" + std::to_string(random.below(20)), 1);
    flagged += Sides(drawn[0], drawn[1]).find(rules).empty() ? 0 : 1;
  }
  EXPECT_LE(flagged, k_pairs / 20);
}

TEST(CheckPatterns, TellsWhatIsWrongAndWhere) {
  Pattern rule = malloc_rule();
  rule.position = {"own.yml", 7, 3};
  rule.matches = {"malloc_[k]", "malloc@@GLIBC_2.2.5", "__GI_malloc"};
  rule.spares = {"mallocator"};
  EXPECT_TRUE(check_patterns(std::vector{rule}));
  const auto fault = [&](const std::string& match) {
    rule.match = match;
    const Status checked = check_patterns(std::vector{rule});
    return checked ? std::string("no fault") : checked.error().text();
  };
  EXPECT_THAT(fault("(malloc"),
              HasSubstr("own.yml:7:3: error: pattern 'malloc': 'match' is not a valid RE2 expression: missing )"));
  EXPECT_THAT(fault("^calloc$"), HasSubstr("does not match 'malloc_[k]'"));
  EXPECT_THAT(fault("^malloc"), HasSubstr("matches 'mallocator', which 'spares' excludes"));
  EXPECT_THAT(fault("a*"), HasSubstr("matches every frame"));
  rule.severity = PatternSeverity::off;
  EXPECT_TRUE(check_patterns(std::vector{rule}));
}

TEST(ShippedPatterns, MatchAndSpareWhatTheySay) {
  const auto shipped = config::shipped_patterns();
  ASSERT_TRUE(shipped);
  for (const Pattern& rule : *shipped) {
    const Status checked = check_patterns(std::vector{rule});
    EXPECT_TRUE(checked) << checked.error().text();
  }
}

TEST(ShippedPatterns, FindWhatGrewInRealStacks) {
  const auto shipped = config::shipped_patterns();
  ASSERT_TRUE(shipped);
  const Sides sides({{"main;app::run", 10000}},
                    {{"main.main;app.handle;encoding/json.Unmarshal;runtime.mallocgc", 2000}, {"main;app::run", 8000}});
  std::vector<std::string> ids;
  for (const PatternHit& hit : sides.find(*shipped)) ids.push_back(hit.id + " below " + hit.culprit);
  EXPECT_THAT(ids, testing::UnorderedElementsAre("go-allocation below app.handle", "go-text below app.handle"));
}

}  // namespace
}  // namespace perfwarden::explain
