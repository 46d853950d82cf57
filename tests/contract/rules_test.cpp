#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "gates/rule.hpp"

namespace perfwarden::gates {
namespace {

class RuleContract : public testing::TestWithParam<const Rule*> {};

TEST_P(RuleContract, HasAKebabNameAndAOneLineSummary) {
  const Rule& rule = *GetParam();
  EXPECT_FALSE(rule.name.empty());
  EXPECT_TRUE(std::all_of(rule.name.begin(), rule.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  })) << rule.name;
  EXPECT_GT(rule.summary.size(), 10U);
  EXPECT_EQ(rule.summary.find('\n'), std::string_view::npos);
  EXPECT_FALSE(rule.summary.ends_with('.'));
}

TEST_P(RuleContract, SaysNothingWithoutALimitOrAPolicy) {
  if (const auto* judge = std::get_if<JudgeProfile>(&GetParam()->judge)) {
    ProfileGates none;
    none.rules.clear();
    EXPECT_TRUE((*judge)({ProfileDiff{}, none}).empty());
    return;
  }
  if (const auto* judge = std::get_if<JudgeAnalysis>(&GetParam()->judge)) {
    Analysis rated;
    rated.rating = Rating{};
    EXPECT_TRUE((*judge)({rated, RatingLimits{}}).empty());
    return;
  }
  Config config;
  config.vanished = config.added = OnPresence::ignore;
  Comparison comparison;
  comparison.metric = {"wall_time", "s", Better::lower, false, true};
  for (const Presence presence : {Presence::both, Presence::only_base, Presence::only_head}) {
    comparison.presence = presence;
    EXPECT_TRUE(std::get<JudgeSeries>(GetParam()->judge)({config, comparison, nullptr, nullptr, true}).empty());
  }
}

// A comparison in which nothing is known must come out as doubt, never as a failure or a pass.
TEST_P(RuleContract, NeverDecidesOnUnknownNumbers) {
  if (const auto* judge = std::get_if<JudgeProfile>(&GetParam()->judge)) {
    ProfileDiff unknown;
    unknown.type = {GetParam()->name == "allocation-regression" ? "alloc_space" : "cpu", ""};
    FrameDelta frame;
    frame.name = "\x1b[2J\xff\n";
    frame.change = FrameChange::inconclusive;
    frame.self.head = frame.total.head = 0.5;
    unknown.frames = {frame};
    for (const Finding& finding : (*judge)({unknown, ProfileGates{}})) {
      EXPECT_TRUE(finding.undecided) << finding.reason;
      EXPECT_GT(finding.level, Level::pass);
      EXPECT_LE(finding.level, Level::inconclusive);
      EXPECT_EQ(finding.rule, GetParam()->name);
      EXPECT_FALSE(finding.reason.empty());
    }
    return;
  }
  if (const auto* judge = std::get_if<JudgeAnalysis>(&GetParam()->judge)) {
    for (const Finding& finding : (*judge)({Analysis{}, {.warn = 6, .soft = 5, .hard = 4}})) {
      EXPECT_TRUE(finding.undecided);
      EXPECT_GT(finding.level, Level::pass);
      EXPECT_LE(finding.level, Level::inconclusive);
      EXPECT_EQ(finding.rule, GetParam()->name);
    }
    return;
  }
  const Config config;
  Comparison comparison;
  comparison.id = {"core", "\x1b[2J\xff\n", "wall_time"};
  comparison.metric = {"wall_time", "s", Better::lower, false, true};
  Budget budget;
  budget.glob = "*";
  Limit limit;
  limit.warn = limit.soft = limit.hard = Change{0.05, true, "", "+5%"};
  limit.max = limit.min = Quantity{1, "s", "1 s"};
  for (const Finding& finding : std::get<JudgeSeries>(GetParam()->judge)({config, comparison, &budget, &limit, true})) {
    EXPECT_TRUE(finding.undecided);
    EXPECT_GT(finding.level, Level::pass);
    EXPECT_LE(finding.level, Level::inconclusive);
    EXPECT_EQ(finding.rule, GetParam()->name);
    EXPECT_EQ(finding.series, comparison.id);
    EXPECT_FALSE(finding.reason.empty());
  }
}

TEST(ProfileRules, AreTheGatesThatTheConfigKnows) {
  std::set<std::string_view> judged;
  for (const Rule* rule : rules())
    if (std::holds_alternative<JudgeProfile>(rule->judge)) judged.insert(rule->name);
  std::set<std::string_view> known;
  for (const ProfileGate& gate : profile_gates()) known.insert(gate.name);
  EXPECT_EQ(judged, known);
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleContract, testing::ValuesIn(rules().begin(), rules().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Rules, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Rule* rule : rules()) EXPECT_TRUE(names.insert(rule->name).second) << rule->name;
  EXPECT_GE(names.size(), 4U);
}

}  // namespace
}  // namespace perfwarden::gates
