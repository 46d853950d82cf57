#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "integration/app/event_fixture.hpp"

// Suites that come and go with head.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class ComingSuites : public EventCheck {
 protected:
  // The config with a second suite that runs `program`, and more of the suite's keys.
  static std::string with_extra(const std::string& program, const std::string& more = "") {
    std::string config = k_config;
    config.replace(config.find("budgets:"), 0,
                   "  extra:\n    run: " + program +
                       "\n    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
                       "    iterations: 10\n" +
                       more);
    return config;
  }
  void program(const std::string& name, const std::string& text = k_script) {
    write(name, text);
    std::filesystem::permissions(name, std::filesystem::perms::owner_all);
  }
  std::string verdict_of(const std::string& suite) {
    const nlohmann::json whole = report();
    for (const auto& comparison : whole["comparisons"])
      if (comparison["suite"] == suite) return comparison["verdict"];
    return "not there";
  }
};

TEST_F(ComingSuites, ThePullRequestThatIntroducesAllOfItIsObserved) {
  git("checkout -q --orphan fresh && git rm -q --cached perfwarden.yml bench.sh values.txt");
  for (const char* name : {"perfwarden.yml", "bench.sh", "values.txt"})
    std::filesystem::rename(name, directory_ / (".git/kept-" + std::string(name)));
  write("README", "x\n");
  commit("empty");
  const std::string base = git("rev-parse HEAD");
  for (const char* name : {"perfwarden.yml", "bench.sh", "values.txt"})
    std::filesystem::rename(directory_ / (".git/kept-" + std::string(name)), name);
  commit("all");
  pull_request(base);
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_EQ(verdict_of("core"), "new");
  EXPECT_EQ(report()["mode"], "observe");
}

TEST_F(ComingSuites, ANewSuiteIsNewAndTheOthersAreJudged) {
  program("new.sh");
  write("perfwarden.yml", with_extra("./new.sh"));
  commit("new");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_EQ(verdict_of("extra"), "new");
  EXPECT_EQ(verdict_of("core"), "pass");
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_EQ(verdict_of("core"), "regression");
  EXPECT_EQ(verdict_of("extra"), "new");
}

TEST_F(ComingSuites, ANewSuiteThatCannotBeBuiltOrSetUpOrSaysNothingOnBaseIsNewToo) {
  program("new.sh");
  for (const char* more : {"    build: test -e new.sh\n", "    setup: test -e new.sh\n"}) {
    SCOPED_TRACE(more);
    write("perfwarden.yml", with_extra("sh ./new.sh", more));
    commit("new");
    EXPECT_EQ(perfwarden({"check", "--base", "main"}), 0) << said();
    EXPECT_EQ(verdict_of("extra"), "new");
  }
  git("checkout -q main");
  program("chosen.sh", "#!/bin/sh\nexit 0\n");
  commit("says-nothing");
  git("checkout -q -B change");
  program("chosen.sh");
  write("perfwarden.yml", with_extra("./chosen.sh"));
  commit("says-something");
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 0) << said();
  EXPECT_EQ(verdict_of("extra"), "new");
}

TEST_F(ComingSuites, ANewSuiteOfAProgramThatBaseHasIsComparedAtOnce) {
  git("checkout -q main");
  program("old.sh");
  commit("a-program");
  git("checkout -q -B change");
  write("values.txt", "parse 1400\nsort 2000\n");
  write("perfwarden.yml", with_extra("./old.sh"));
  commit("a-suite-for-it");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_EQ(verdict_of("extra"), "regression");
}

TEST_F(ComingSuites, ASuiteThatWasTakenOutHasVanishedUnderItsPolicyInAndOutsideOfAPullRequest) {
  for (const char* policy : {"hard", "warn"}) {
    SCOPED_TRACE(policy);
    git("checkout -q main");
    program("old.sh");
    const std::string gone = "benchmarks: { vanished: " + std::string(policy) + " }\n";
    write("perfwarden.yml", with_extra("./old.sh") + gone);
    commit("two-suites");
    git("checkout -q -B change && git rm -q --cached old.sh");
    std::filesystem::remove("old.sh");
    write("perfwarden.yml", k_config + gone);
    commit("one-suite");
    const int expected = std::string_view(policy) == "hard" ? 1 : 0;
    pull_request(git("rev-parse main"));
    EXPECT_EQ(perfwarden({"check"}), expected) << said();
    EXPECT_EQ(verdict_of("extra"), "vanished");
    EXPECT_EQ(verdict_of("core"), "pass");
    variables_.clear();
    EXPECT_EQ(perfwarden({"check", "--base", "main"}), expected) << said();
    EXPECT_EQ(verdict_of("extra"), "vanished");
    EXPECT_EQ(verdict_of("core"), "pass");
  }
}

// Else taking a suite out of the config would be a way not to be judged by it.
TEST_F(ComingSuites, ASuiteThatAPullRequestTakesOutOfTheConfigAloneIsStillJudged) {
  git("checkout -q main");
  program("old.sh");
  write("perfwarden.yml", with_extra("./old.sh"));
  commit("two-suites");
  git("checkout -q -B change");
  write("perfwarden.yml", k_config);
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("one-suite-and-slower");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_EQ(verdict_of("extra"), "regression");
}

TEST_F(ComingSuites, ASuiteThatBothSidesNameAndThatFailsIsNotGone) {
  git("checkout -q main");
  program("old.sh");
  write("perfwarden.yml", with_extra("./old.sh"));
  commit("two-suites");
  git("checkout -q -B change");
  program("old.sh", "#!/bin/sh\necho broken >&2\nexit 1\n");
  commit("broken");
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
  EXPECT_THAT(said(), HasSubstr("broken"));
  EXPECT_EQ(verdict_of("extra"), "failed");
  EXPECT_EQ(verdict_of("core"), "pass");
}

// Nothing is on both sides, and that is what its config says.
TEST_F(ComingSuites, WhereTheOnlySuiteIsRenamedThePolicyDecides) {
  program("renamed.sh");
  git("rm -q bench.sh");
  std::string config = k_config;
  config.replace(config.find("core:"), 5, "kern:");
  write("perfwarden.yml", text::replace_all(config, "./bench.sh", "./renamed.sh"));
  commit("renamed");
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 0) << said();
  EXPECT_EQ(verdict_of("core"), "vanished");
  EXPECT_EQ(verdict_of("kern"), "new");
}

TEST_F(ComingSuites, ABenchmarkThatIsGoneIsNotCalledOverItsLimit) {
  write("values.txt", "sort 2000\n");
  commit("one-fewer");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("1 of 2 benchmarks is gone: core/parse"));
  EXPECT_THAT(said(), Not(HasSubstr("over the warning level")));
}

}  // namespace
}  // namespace perfwarden::app
