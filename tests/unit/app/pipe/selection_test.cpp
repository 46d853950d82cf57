#include "app/pipe/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/read.hpp"
#include "unit/app/pipe/scene.hpp"

namespace perfwarden::app {
namespace {

using support::k_base_sha;
using support::k_head_sha;
using testing::ElementsAre;
using testing::HasSubstr;

struct Select : support::Scene, testing::Test {
  Config config;
  RunContext context;
  SelectOptions options;
  std::optional<std::vector<std::string>> changed;

  Select() {
    config.history.clear();
    Suite core;
    core.name = "core";
    core.run.argv = {"./bench", "{case}"};
    core.cases = {"parse", "sort", "hash"};
    core.when.paths = {"src/**"};
    Suite night;
    night.name = "night";
    night.run.argv = {"./long"};
    night.when.tier = Tier::full;
    config.suites = {core, night};
  }
  Result<Selected> select() { return select_plan(world, config, context, options, changed, {true, 7}); }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const Result<Selected> selected = select();
    if (!selected) return {selected.error().text()};
    for (const Suite& suite : selected->plan.suites) out.push_back(suite.name);
    return out;
  }
};

TEST_F(Select, TheEventSaysWhichTierUnlessAnOptionDoes) {
  EXPECT_THAT(names(), ElementsAre("core", "night"));  // no event: all
  context.event = "pull_request";
  EXPECT_THAT(names(), ElementsAre("core"));
  options.tier = "full";
  EXPECT_THAT(names(), ElementsAre("core", "night"));
  options.tier = "huge";
  EXPECT_THAT(names(), ElementsAre(HasSubstr("there is no tier 'huge'")));
}

TEST_F(Select, ANamedSuiteIsMeasuredWhateverItsWhenSays) {
  context.event = "pull_request";
  options.suites = {"night"};
  EXPECT_THAT(names(), ElementsAre("night"));
  options.suites = {"nigth"};
  EXPECT_THAT(names(), ElementsAre(HasSubstr("nigth")));
}

TEST_F(Select, WhatIsLeftOutIsSaidAndTheRunIsNotWhole) {
  context.event = "pull_request";
  changed = {{"docs/a.md"}};
  const Result<Selected> selected = select();
  ASSERT_TRUE(selected) << selected.error().text();
  EXPECT_TRUE(selected->plan.suites.empty());
  EXPECT_EQ(selected->skipped.size(), 2U);
  EXPECT_FALSE(selected->whole);
  EXPECT_EQ(selected->plan.seed, 7U);
  EXPECT_THAT(console.err_text, HasSubstr("suite 'core' was left out"));
}

TEST_F(Select, ShardsHaveAllCasesBetweenThemOnce) {
  options.shard = "1/2";
  const Result<Selected> one = select();
  options.shard = "2/2";
  const Result<Selected> two = select();
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(one->whole);
  EXPECT_EQ(one->shard->cut, two->shard->cut);
  std::multiset<std::string> cases;
  for (const Result<Selected>* part : {&one, &two})
    for (const Suite& suite : (*part)->plan.suites) {
      cases.insert(suite.cases.begin(), suite.cases.end());
      if (suite.cases.empty()) cases.insert(suite.name);
    }
  EXPECT_THAT(cases, ElementsAre("hash", "night", "parse", "sort"));
  EXPECT_THAT(console.err_text, HasSubstr("no recorded times"));
}

TEST_F(Select, SamplesSayWhichPartOfTheWholeTheyAre) {
  Selected selected;
  selected.shard = Shard{2, 3, "c0ffee"};
  selected.skipped = {{std::string(k_suite_skipped), "suite 'night' was left out"}};
  Measured measured;
  add_selection(selected, measured);
  for (const Samples* side : {&measured.samples.base, &measured.samples.head}) {
    EXPECT_EQ(side->run.shard, selected.shard);
    EXPECT_EQ(side->warnings, selected.skipped);
  }
}

Series series_of(const std::string& suite, const std::string& benchmark) {
  Series series;
  series.id = {suite, benchmark, "wall_time"};
  return series;
}

TEST_F(Select, ABaselineForgetsWhatTheRunLeavesOutButNotWhatTheConfigLost) {
  Samples base;
  base.series = {series_of("core", "parse"), series_of("core", "sort"), series_of("gone", "x"),
                 series_of("night", "long")};
  Plan plan;
  plan.suites = {config.suites[0]};
  plan.suites[0].cases = {"sort"};
  forget_left_out(base, config, plan);
  std::vector<std::string> kept;
  for (const Series& series : base.series) kept.push_back(series.id.suite + "/" + series.id.benchmark);
  EXPECT_THAT(kept, ElementsAre("core/sort", "gone/x"));
}

TEST_F(Select, ChangedFilesAreAskedForOnlyWhenASuiteWantsThem) {
  Checkouts both;
  both.base_directory = "/b";
  both.head_directory = "/h";
  both.base_sha = k_base_sha;
  both.head_sha = k_head_sha;
  changed = std::nullopt;
  diff = std::string("src/a.cpp\0docs/b.md\0", 20);
  EXPECT_THAT(changed_files(world, config, both, "perfwarden.yml").value(), ElementsAre("src/a.cpp", "docs/b.md"));
  diff = std::string("src/a.cpp\0perfwarden.yml\0", 25);
  EXPECT_FALSE(changed_files(world, config, both, "perfwarden.yml")) << "a new config may mean other suites";
  config.suites[0].when.paths.clear();
  processes.commands.clear();
  EXPECT_FALSE(changed_files(world, config, both, "perfwarden.yml"));
  EXPECT_TRUE(processes.commands.empty());
}

TEST_F(Select, WhenGitCannotSayWhatChangedEverySuiteIsMeasured) {
  is_repository = false;
  Checkouts both;
  both.base_directory = "/b";
  both.base_sha = k_base_sha;
  both.head_sha = k_head_sha;
  EXPECT_FALSE(changed_files(world, config, both, "perfwarden.yml"));
  EXPECT_THAT(console.err_text, HasSubstr("so every suite is measured"));
}

}  // namespace
}  // namespace perfwarden::app
