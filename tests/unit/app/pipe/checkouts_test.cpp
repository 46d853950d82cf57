#include "app/pipe/checkouts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/read.hpp"
#include "unit/app/pipe/scene.hpp"

namespace perfwarden::app {
namespace {

using support::k_base_sha;
using support::k_head_sha;
using testing::HasSubstr;

struct Choose : support::Scene, testing::Test {
  Config config;
  RunContext context;
  CheckoutOptions options;

  Choose() {
    Suite suite;
    suite.name = "core";
    suite.run.argv = {"./bench"};
    config.suites = {suite};
  }
  Result<Checkouts> choose() { return choose_checkouts(world, config, context, Machine{}, options); }
  std::string error() {
    const Result<Checkouts> chosen = choose();
    return chosen ? "no error" : chosen.error().text();
  }
  std::string warning() {
    const Result<Checkouts> chosen = choose();
    if (!chosen) return chosen.error().text();
    return chosen->warnings.empty() ? "no warning" : chosen->warnings.back().text;
  }
};

TEST_F(Choose, TwoNamedFoldersAreTakenAsTheyAre) {
  std::filesystem::create_directories("base");
  std::filesystem::create_directories("head");
  options.base_dir = "base";
  options.head_dir = "head";
  const Result<Checkouts> chosen = choose();
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ(chosen->base_directory, directory / "base");
  EXPECT_EQ(chosen->head_directory, directory / "head");
  EXPECT_EQ(chosen->base_label, "base");
  EXPECT_TRUE(chosen->warnings.empty());
  EXPECT_FALSE(chosen->worktrees);
}

TEST_F(Choose, OneNamedFolderOrAMissingOneIsAUsageError) {
  options.base_dir = "base";
  EXPECT_THAT(error(), HasSubstr("--base-dir and --head-dir go together"));
  options.head_dir = "head";
  EXPECT_THAT(error(), HasSubstr("no such folder"));
}

TEST_F(Choose, FoldersOfDifferentLengthAreWarnedOf) {
  std::filesystem::create_directories("base");
  std::filesystem::create_directories("longer");
  options.base_dir = "base";
  options.head_dir = "longer";
  EXPECT_THAT(warning(), HasSubstr("differ in length"));
}

TEST_F(Choose, TheBaselineStrategyFileIsHeadAgainstThatFile) {
  Samples samples;
  samples.run.commit = k_base_sha;
  samples.series.push_back({{"core", "parse", "wall_time"}, {"wall_time", "s"}, {{1.0}}, "s", 0, 0, {}});
  directory.write("all.json", ingest::write_samples(samples));
  config.baseline.strategy = BaselineStrategy::file;
  config.baseline.file = "all.json";
  const Result<Checkouts> chosen = choose();
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_TRUE(chosen->base_directory.empty());
  ASSERT_TRUE(chosen->base_samples);
  EXPECT_EQ(chosen->base_sha, k_base_sha);
  EXPECT_EQ(chosen->base_label, "all.json");
}

TEST_F(Choose, OutsideOfARepositoryOnlyTheCachedBaselineIsLeft) {
  is_repository = false;
  const Result<Checkouts> chosen = choose();
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_FALSE(chosen->base_samples);
  EXPECT_THAT(warning(), HasSubstr("no usable baseline in .perfwarden/baseline"));
  EXPECT_THAT(warning(), HasSubstr("not in a git repository"));
}

TEST_F(Choose, AProgramThatNobodyBuildsCannotBeMeasuredOnBase) {
  commits["origin/main"] = k_base_sha;
  merge_base = k_base_sha;
  EXPECT_THAT(warning(), HasSubstr("suite 'core' runs ./bench, which is not in the repository"));
  EXPECT_EQ(calls("git worktree add"), 0U);
}

TEST_F(Choose, ABaseWithoutACommonAncestorIsAnErrorWhenItWasNamedElseAReason) {
  commits["origin/main"] = commits["main"] = commits["other"] = k_base_sha;
  EXPECT_THAT(warning(), HasSubstr("no common ancestor"));
  options.base = "other";
  EXPECT_THAT(error(), HasSubstr("no common ancestor"));
}

TEST_F(Choose, AShallowCloneIsDeepenedOnceAndThenNamedAsTheCause) {
  shallow = true;
  context.base_sha = k_base_sha;
  EXPECT_THAT(warning(), HasSubstr("fetch-depth: 0"));
  EXPECT_EQ(calls("git fetch --no-tags --quiet --unshallow"), 1U);
}

TEST_F(Choose, TheSameCommitOnBothSidesIsAnErrorWhenItWasNamed) {
  commits["HEAD~0"] = k_head_sha;
  merge_base = k_head_sha;
  options.base = "HEAD~0";
  EXPECT_THAT(error(), HasSubstr("the same commit"));
}

TEST_F(Choose, WhatWasMeasuredElsewhereIsNotCheckedOut) {
  commits["origin/main"] = k_base_sha;
  merge_base = k_base_sha;
  options.head_is_measured = true;
  ASSERT_TRUE(choose());
  EXPECT_EQ(calls("git worktree"), 0U);
}

TEST_F(Choose, WithoutItsBaseHeadStandsAloneAndKeepsWhatWasSaidOfIt) {
  Checkouts both;
  both.base_directory = "/base";
  both.head_directory = "/head";
  both.base_sha = k_base_sha;
  both.head_sha = k_head_sha;
  both.branch = both.head_label = "change";
  both.warnings = {{"before", "said before"}};
  const Result<Checkouts> alone = without_base(world, config, Machine{}, std::move(both), "it does not build");
  ASSERT_TRUE(alone) << alone.error().text();
  EXPECT_TRUE(alone->base_directory.empty());
  EXPECT_EQ(alone->head_directory, directory.path());
  EXPECT_EQ(alone->branch, "change");
  ASSERT_EQ(alone->warnings.size(), 2U);
  EXPECT_EQ(alone->warnings[0].code, "before");
  EXPECT_THAT(alone->warnings[1].text, HasSubstr("it does not build"));
}

TEST_F(Choose, ProgramsThatAreBuiltOrFoundByNameNeedNotBeInTheRepository) {
  const checkout::Git git = repository(world);
  EXPECT_THAT(why_not_buildable(git, config, "", ""), HasSubstr("./bench"));
  blobs["b0b0:bench"] = "";
  EXPECT_EQ(why_not_buildable(git, config, "", "b0b0"), "") << "head may take the suite out";
  blobs["HEAD:deep/tools/bench"] = "";
  config.suites[0].working_directory = "tools";
  EXPECT_EQ(why_not_buildable(git, config, "deep/", ""), "");
  config.suites[0].working_directory.clear();
  config.suites[0].build.argv = {"make"};
  EXPECT_EQ(why_not_buildable(git, config, "", ""), "");
  config.suites[0].build = {};
  config.suites[0].run.argv = {"python3", "bench.py"};
  EXPECT_EQ(why_not_buildable(git, config, "", ""), "");
}

}  // namespace
}  // namespace perfwarden::app
