#include "app/pipe/trusted_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/pipe/scene.hpp"

namespace perfwarden::app {
namespace {

using support::k_base_sha;
using testing::HasSubstr;

constexpr const char* k_strict = R"(version: 1
suites: { core: { run: ./bench } }
budgets: { "*": +5% }
build-cache: { directory: /var/cache/perfwarden }
)";
constexpr const char* k_loose = R"(version: 1
suites: { core: { run: ./bench } }
budgets: { "*": +90% }
build-cache: { directory: /var/cache/perfwarden }
)";

struct Trust : support::Scene, testing::Test {
  RunContext context;

  Trust() {
    directory.write("perfwarden.yml", k_loose);
    context.in_github = true;
    context.event = "pull_request";
    context.pull_request = 7;
    context.of_pull_request = true;
    context.default_branch = "main";
    context.base_sha = k_base_sha;
    commits[k_base_sha] = k_base_sha;
    blobs[k_base_sha + ":perfwarden.yml"] = k_strict;
  }
  Result<TrustedConfig> trusted() { return trusted_config(world, context, {}); }
};

double soft_limit(const TrustedConfig& trusted) {
  return trusted.loaded.config.budgets.at(0).limits.at("").soft.value().value;
}

TEST_F(Trust, APullRequestIsJudgedByTheBaseCommitsConfigAndItsChangeIsReported) {
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->base_sha, k_base_sha);
  EXPECT_DOUBLE_EQ(soft_limit(*found), 0.05);
  ASSERT_EQ(found->warnings.size(), 1U);
  EXPECT_EQ(found->warnings[0].code, "config-changed");
}

TEST_F(Trust, AnUnchangedConfigIsNotReported) {
  directory.write("perfwarden.yml", k_strict);
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->base_sha, k_base_sha);
  EXPECT_TRUE(found->warnings.empty());
}

TEST_F(Trust, AConfigThatIsNewIsObservedAndNamesNoBuildCache) {
  blobs.clear();
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->base_sha, "");
  EXPECT_EQ(found->loaded.config.mode, Mode::observe);
  EXPECT_TRUE(found->loaded.config.build_cache.directory.empty());
  ASSERT_EQ(found->warnings.size(), 1U);
  EXPECT_EQ(found->warnings[0].code, "config-is-new");
}

// Else a pull request could switch its own gate off by moving the file.
TEST_F(Trust, AConfigThatMovedBetweenItsTwoNamesIsStillTheBaseCommits) {
  for (const char* head : {"perfwarden.yml", ".github/perfwarden.yml"}) {
    for (const char* base : {"perfwarden.yml", ".github/perfwarden.yml"}) {
      SCOPED_TRACE(testing::Message() << base << " in base, " << head << " in head");
      std::filesystem::remove("perfwarden.yml");
      std::filesystem::remove(".github/perfwarden.yml");
      directory.write(head, k_loose);
      blobs = {{k_base_sha + ":" + base, k_strict}};
      const Result<TrustedConfig> found = trusted();
      ASSERT_TRUE(found) << found.error().text();
      EXPECT_EQ(found->base_sha, k_base_sha);
      EXPECT_EQ(found->file, base);
      EXPECT_DOUBLE_EQ(soft_limit(*found), 0.05);
      ASSERT_EQ(found->warnings.size(), 1U);
      EXPECT_EQ(found->warnings[0].code, "config-changed");
    }
  }
}

TEST_F(Trust, AConfigThatThePullRequestRemovedStillJudgesIt) {
  std::filesystem::remove("perfwarden.yml");
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->base_sha, k_base_sha);
  EXPECT_DOUBLE_EQ(soft_limit(*found), 0.05);
}

TEST_F(Trust, AConfigOutsideTheRepositoryIsAnErrorAndNotNew) {
  const std::string outside = directory.write("elsewhere.yml", k_loose);
  const Result<TrustedConfig> found = trusted_config(world, context, {.file = "/" + outside, .overrides = {}});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("is not a path inside the repository"));
}

TEST_F(Trust, ABaseCommitThatIsNotHereIsFetchedAndOtherwiseAnErrorWithItsCure) {
  commits.erase(k_base_sha);
  const Result<TrustedConfig> missing = trusted();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::config);
  EXPECT_THAT(missing.error().text(), HasSubstr("fetch-depth: 0"));
  fetched[k_base_sha] = k_base_sha;
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_DOUBLE_EQ(soft_limit(*found), 0.05);
}

TEST_F(Trust, InAnEventWithoutABaseTheConfigHereCounts) {
  context.pull_request = 0;
  context.of_pull_request = false;
  context.event = "schedule";
  context.base_sha.clear();
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->base_sha, "");
  EXPECT_DOUBLE_EQ(soft_limit(*found), 0.9);
  EXPECT_EQ(found->loaded.config.build_cache.directory, "/var/cache/perfwarden");
  EXPECT_TRUE(processes.commands.empty()) << "nobody needs to be asked";
}

TEST_F(Trust, WhatIsMergedOrPushedIsJudgedByItsBaseTooAndItsChangeIsReported) {
  context.pull_request = 0;
  context.of_pull_request = false;
  for (const char* event : {"merge_group", "push", "workflow_run"}) {
    SCOPED_TRACE(event);
    context.event = event;
    const Result<TrustedConfig> found = trusted();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->base_sha, k_base_sha);
    EXPECT_DOUBLE_EQ(soft_limit(*found), 0.05);
    ASSERT_EQ(found->warnings.size(), 1U);
    EXPECT_THAT(found->warnings[0].text, HasSubstr("head changes perfwarden.yml"));
  }
}

TEST_F(Trust, ABaseConfigThatCannotBeReadSaysThatItIsTheBases) {
  blobs[k_base_sha + ":perfwarden.yml"] = "version: 1\nsuits: {}\n";
  const Result<TrustedConfig> found = trusted();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("the version of the base commit aaaaaaaaaa"));
}

TEST_F(Trust, WithoutARepositoryNothingOfAPullRequestIsTrusted) {
  is_repository = false;
  const Result<TrustedConfig> found = trusted();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("not in a git repository"));
}

TEST_F(Trust, TheBranchOfBaselinesIsTheRepositorysOwnUnlessItIsNamed) {
  context.default_branch = "trunk";
  EXPECT_EQ(trusted()->loaded.config.baseline.branch, "trunk");
  blobs[k_base_sha + ":perfwarden.yml"] = std::string(k_strict) + "baseline: { branch: main }\n";
  EXPECT_EQ(trusted()->loaded.config.baseline.branch, "main");
}

// It may name any folder, and we may be root.
TEST_F(Trust, AForksConfigNamesNoBuildCacheEvenWhereItCounts) {
  context.base_sha.clear();
  context.from_fork = true;
  const Result<TrustedConfig> found = trusted();
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_TRUE(found->loaded.config.build_cache.directory.empty());
}

TEST_F(Trust, NoConfigAtAllIsAnErrorThatShowsTheFirstFiveLines) {
  blobs.clear();
  std::filesystem::remove("perfwarden.yml");
  const Result<TrustedConfig> found = trusted();
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("budgets:"));
}

}  // namespace
}  // namespace perfwarden::app
