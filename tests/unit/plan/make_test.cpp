#include "plan/make.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "unit/plan/suites.hpp"

namespace perfwarden::plan {
namespace {

using test::config_of;
using test::suite_of;
using testing::HasSubstr;
using Kind = Step::Kind;

std::vector<Step> of_kind(const Plan& plan, Kind kind) {
  std::vector<Step> out;
  std::copy_if(plan.steps.begin(), plan.steps.end(), std::back_inserter(out),
               [kind](const Step& step) { return step.kind == kind; });
  return out;
}

TEST(Plan, KindsComeInTheirOrder) {
  Suite suite = suite_of("core", 3, 2);
  suite.build.argv = {"make"};
  suite.setup.argv = {"up"};
  suite.teardown.shell = "down";
  const auto plan = make(config_of({suite, suite_of("other", 2, 1)}), {{}, true, 7});
  ASSERT_TRUE(plan);
  EXPECT_TRUE(std::is_sorted(plan->steps.begin(), plan->steps.end(),
                             [](const Step& a, const Step& b) { return a.kind < b.kind; }));
  EXPECT_EQ(of_kind(*plan, Kind::build),
            (std::vector<Step>{{Kind::build, Side::base, 0, 0, 0}, {Kind::build, Side::head, 0, 0, 0}}));
  EXPECT_EQ(of_kind(*plan, Kind::setup).size(), 2U);
  EXPECT_EQ(of_kind(*plan, Kind::teardown).size(), 2U);
  EXPECT_EQ(of_kind(*plan, Kind::warmup).size(), 6U);
  EXPECT_EQ(of_kind(*plan, Kind::measure).size(), 10U);
}

TEST(Plan, FunctionsAreAlignedWhereSomethingIsBuiltUnlessTheConfigSaysNo) {
  Config config;
  config.suites = {Suite{}};
  config.suites[0].name = "core";
  config.suites[0].run.argv = {"./bench"};
  EXPECT_FALSE(make(config, {{}, true, 1})->align_functions);
  config.suites[0].setup.argv = {"make"};
  EXPECT_TRUE(make(config, {{}, true, 1})->align_functions);
  config.placement.align = false;
  EXPECT_FALSE(make(config, {{}, true, 1})->align_functions);
}

TEST(Plan, SuitesOfOneBuildCommandAreBuiltOnceASide) {
  std::vector<Suite> suites{suite_of("a", 3), suite_of("b", 3), suite_of("c", 3), suite_of("d", 3)};
  for (Suite& suite : suites) suite.build.argv = {"make"};
  suites[2].working_directory = "sub";
  suites[3].env["CXX"] = "clang++";
  const auto plan = make(config_of(suites), {{}, true, 7});
  ASSERT_TRUE(plan);
  std::vector<std::size_t> built;
  for (const Step& step : of_kind(*plan, Kind::build)) built.push_back(step.suite);
  EXPECT_EQ(built, (std::vector<std::size_t>{0, 0, 2, 2, 3, 3}));
}

TEST(Plan, PairsAreAdjacentAndEveryInvocationOccursOnceASide) {
  Suite cases = suite_of("cases", 5);
  cases.cases = {"a", "b", "c"};
  const auto plan = make(config_of({cases, suite_of("one", 8)}), {{}, true, 3});
  ASSERT_TRUE(plan);
  const std::vector<Step> steps = of_kind(*plan, Kind::measure);
  ASSERT_EQ(steps.size(), 2U * (3 * 5 + 8));
  std::set<std::tuple<std::size_t, std::size_t, int>> seen;
  for (std::size_t i = 0; i < steps.size(); i += 2) {
    EXPECT_NE(steps[i].side, steps[i + 1].side);
    Step other = steps[i + 1];
    other.side = steps[i].side;
    EXPECT_EQ(steps[i], other);
    EXPECT_TRUE(seen.insert({steps[i].suite, steps[i].case_index, steps[i].invocation}).second);
  }
}

TEST(Plan, ASuiteThatIsGoneRunsOnceOnBaseAlone) {
  Suite gone = suite_of("gone", 5, 2);
  gone.build.argv = {"make"};
  gone.life = Life::gone;
  const auto plan = make(config_of({suite_of("core", 2), gone}), {{}, true, 7});
  ASSERT_TRUE(plan);
  std::vector<Step> steps = plan->steps;
  std::erase_if(steps, [](const Step& step) { return step.suite == 0; });
  EXPECT_EQ(steps, (std::vector<Step>{{Kind::build, Side::base, 1, 0, 0}, {Kind::measure, Side::base, 1, 0, 0}}));
  EXPECT_TRUE(more(*plan, {{1, 0, 1, 4, {}}}, 1).empty());
}

TEST(Plan, ARoundHoldsOnePairOfEverythingThatIsLeft) {
  const auto plan = make(config_of({suite_of("short", 2), suite_of("long", 4)}), {{}, true, 1});
  ASSERT_TRUE(plan);
  const std::vector<Step> steps = of_kind(*plan, Kind::measure);
  EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end(),
                             [](const Step& a, const Step& b) { return a.invocation < b.invocation; }));
  std::map<int, int> pairs;
  for (const Step& step : steps) pairs[step.invocation] += step.side == Side::head ? 1 : 0;
  EXPECT_EQ(pairs, (std::map<int, int>{{0, 2}, {1, 2}, {2, 1}, {3, 1}}));
}

TEST(Plan, TheSameSeedGivesTheSamePlanAndAnotherAnother) {
  const Config config = config_of({suite_of("a", 20), suite_of("b", 20)});
  EXPECT_EQ(make(config, {{}, true, 42})->steps, make(config, {{}, true, 42})->steps);
  EXPECT_NE(make(config, {{}, true, 42})->steps, make(config, {{}, true, 43})->steps);
  EXPECT_EQ(make(config, {{}, true, 42})->seed, 42U);
}

TEST(Plan, BothOrdersOfAPairOccurAboutEquallyOften) {
  const auto plan = make(config_of({suite_of("a", 2000)}), {{}, true, 5});
  ASSERT_TRUE(plan);
  const std::vector<Step> steps = of_kind(*plan, Kind::measure);
  int base_first = 0;
  for (std::size_t i = 0; i < steps.size(); i += 2) base_first += steps[i].side == Side::base ? 1 : 0;
  EXPECT_NEAR(base_first, 1000, 100);  // 4.5 standard deviations; the seed is fixed
}

TEST(Plan, SuitesAreShuffledWithinARound) {
  const auto plan = make(config_of({suite_of("a", 200), suite_of("b", 200)}), {{}, false, 5});
  ASSERT_TRUE(plan);
  int a_first = 0;
  for (std::size_t i = 0; i < plan->steps.size(); i += 2) a_first += plan->steps[i].suite == 0 ? 1 : 0;
  EXPECT_NEAR(a_first, 100, 32);
}

TEST(Plan, WarmupsAlternateToo) {
  const auto plan = make(config_of({suite_of("a", 1, 10)}), {{}, true, 9});
  ASSERT_TRUE(plan);
  const std::vector<Step> steps = of_kind(*plan, Kind::warmup);
  ASSERT_EQ(steps.size(), 20U);
  for (std::size_t i = 0; i < steps.size(); i += 2) {
    EXPECT_NE(steps[i].side, steps[i + 1].side);
    EXPECT_EQ(steps[i].invocation, static_cast<int>(i / 2));
  }
}

TEST(Plan, OneSidedRunsHeadAlone) {
  Suite suite = suite_of("a", 3, 1);
  suite.build.argv = {"make"};
  const auto plan = make(config_of({suite}), {{}, false, 0});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->steps.size(), 5U);
  EXPECT_FALSE(plan->two_sided);
  for (const Step& step : plan->steps) EXPECT_EQ(step.side, Side::head);
}

TEST(Plan, OnlyTheChosenSuitesInTheOrderOfTheConfig) {
  const auto plan = make(config_of({suite_of("a", 1), suite_of("b", 1), suite_of("c", 1)}), {{"c", "a", "c"}, true, 0});
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->suites.size(), 2U);
  EXPECT_EQ(plan->suites[0].name, "a");
  EXPECT_EQ(plan->suites[1].name, "c");
  for (const Step& step : plan->steps) EXPECT_LT(step.suite, 2U);
}

TEST(Plan, AnUnknownSuiteIsAUsageErrorWithTheNearest) {
  const Config config = config_of({suite_of("parser", 1), suite_of("core", 1)});
  const auto near = make(config, {{"parzer"}, true, 0});
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().kind, ErrorKind::usage);
  EXPECT_EQ(near.error().what, "there is no suite 'parzer'");
  EXPECT_EQ(near.error().hint, "did you mean 'parser'?");
  const auto far = make(config, {{"\x1b[31mnothing-like-it"}, true, 0});
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().hint, "suites are: parser, core");
  EXPECT_EQ(far.error().what.find('\x1b'), std::string::npos);
}

TEST(Plan, AConfigWithoutSuitesIsAnError) {
  const auto plan = make(Config{}, {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::config);
}

TEST(Plan, AbsurdNumbersAreRefusedBeforeTheyCostMemory) {
  const auto plan = make(config_of({suite_of("a", 2'000'000'000, 2'000'000'000)}), {});
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().what, HasSubstr("1000000 is the limit"));
}

TEST(More, SpreadsPairsOverRoundsWithCoinsOfTheirOwn) {
  const auto plan = make(config_of({suite_of("a", 1), suite_of("b", 1)}), {{}, true, 7});
  ASSERT_TRUE(plan);
  const std::vector<MorePairs> wanted{{0, 0, 4, 2, {"--only=x"}}, {1, 0, 9, 30, {}}};
  const std::vector<Step> steps = more(*plan, wanted, 1);
  ASSERT_EQ(steps.size(), 64U);
  std::size_t base_first = 0;
  int next_of_b = 9;
  for (std::size_t i = 0; i < steps.size(); i += 2) {
    EXPECT_NE(steps[i].side, steps[i + 1].side);
    EXPECT_EQ(steps[i].suite, steps[i + 1].suite);
    EXPECT_EQ(steps[i].invocation, steps[i + 1].invocation);
    EXPECT_EQ(steps[i].only, steps[i].suite == 0 ? std::vector<std::string>{"--only=x"} : std::vector<std::string>{});
    if (steps[i].suite == 1) {
      EXPECT_EQ(steps[i].invocation, next_of_b++);
    }
    base_first += steps[i].side == Side::base ? 1U : 0U;
  }
  EXPECT_EQ(next_of_b, 39);
  EXPECT_GT(base_first, 5U);
  EXPECT_LT(base_first, 27U);
  EXPECT_EQ(more(*plan, wanted, 1), steps);
  EXPECT_NE(more(*plan, wanted, 2), steps);
}

TEST(Plan, OfASuiteThatIsMeasuredUntilDecidedOnlyTheFirstPairsArePlanned) {
  Suite suite = suite_of("core", 1);
  suite.iterations = {6, 50, 300};
  const auto measured = [&](bool two_sided) {
    const auto plan = make(config_of({suite}), {{}, two_sided, 1});
    return std::count_if(plan->steps.begin(), plan->steps.end(),
                         [](const Step& step) { return step.kind == Step::Kind::measure; });
  };
  EXPECT_EQ(measured(true), 12);
  EXPECT_EQ(measured(false), 10);
}

}  // namespace
}  // namespace perfwarden::plan
