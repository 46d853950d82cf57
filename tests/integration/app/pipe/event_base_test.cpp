#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "integration/app/event_fixture.hpp"

// What head is compared with, on real repositories, and what happens when there is nothing.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class BaseOfTheRun : public EventCheck {
 protected:
  // As refs/pull/7/merge: the pull request merged into the newest main.
  void merge_into_main() {
    git("checkout -q --detach main && git -c user.name=t -c user.email=t@e.invalid merge -q --no-edit change");
  }
  void on_main(const std::string& values) {
    git("checkout -q main");
    write("values.txt", values);
    commit("somebody-else");
  }
};

TEST_F(BaseOfTheRun, OthersSlowdownsAreNotBlamedOnAPullRequestThatWasMergedIntoThem) {
  git("branch old main");
  write("README", "doc\n");
  commit("only-a-README");
  on_main("parse 1300\nsort 2000\n");
  merge_into_main();
  pull_request_event("pull_request", "old", "change");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_EQ(report()["base"]["commit"], git("rev-parse main"));
  EXPECT_THAT(said(), HasSubstr("tip of main"));
}

TEST_F(BaseOfTheRun, OthersSpeedUpsDoNotHideAPullRequestsSlowdown) {
  git("branch old main");
  std::string slow = k_script;
  slow.replace(slow.find("* (997"), 6, "* (1330");
  write("bench.sh", slow);
  commit("slower-by-a-third");
  on_main("parse 700\nsort 1400\n");
  merge_into_main();
  pull_request_event("pull_request", "old", "change");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
}

TEST_F(BaseOfTheRun, OthersConfigThatWasMergedMeanwhileIsNotThePullRequests) {
  git("branch old main");
  write("README", "doc\n");
  commit("only-a-README");
  git("checkout -q main");
  write("perfwarden.yml", std::string(k_config) + "project: renamed\n");
  commit("config-of-somebody-else");
  merge_into_main();
  pull_request_event("pull_request", "old", "change");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_THAT(said(), Not(HasSubstr("changes perfwarden.yml")));
}

// actions/checkout with its default depth: the merge, and nothing before it.
TEST_F(BaseOfTheRun, AShallowCloneOfTheMergeFetchesTheParentThatItNeeds) {
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  git("checkout -q main");
  write("README", "x\n");
  commit("somebody-else");
  merge_into_main();
  const std::string head = git("rev-parse change");
  const std::string base = git("rev-parse main");
  git("branch pulled && git config uploadpack.allowAnySHA1InWant true");
  git("clone -q --depth 1 --branch pulled file://$PWD .git/clone");
  std::filesystem::current_path(".git/clone");
  EXPECT_EQ(git("rev-parse --is-shallow-repository"), "true");
  event("pull_request",
        {{"pull_request",
          {{"number", 7},
           {"head", {{"sha", head}, {"ref", "change"}, {"repo", repository_json()}}},
           {"base", {{"sha", base}, {"ref", "main"}, {"repo", repository_json()}}}}}},
        git("rev-parse HEAD"));
  variables_["GITHUB_EVENT_PATH"] = directory_ / ".git/event.json";
  EXPECT_EQ(start({"check"}), 1) << said();
}

TEST_F(BaseOfTheRun, HeadThatIsTheBaseInAPullRequestsEventIsAnErrorThatNamesRef) {
  write("values.txt", "parse 2000\nsort 2000\n");
  commit("slower");
  git("checkout -q main");
  pull_request_event("pull_request_target", "main", "change");
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("ref: refs/pull/7/merge"));
  event("issue_comment", {{"issue", {{"number", 9}, {"pull_request", {{"url", "x"}}}}}}, git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("ref: refs/pull/9/merge"));
  event(
      "workflow_run",
      {{"workflow_run", {{"head_sha", git("rev-parse change")}, {"head_branch", "change"}, {"event", "pull_request"}}}},
      git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  git("checkout -q -b older main && git -c user.name=t -c user.email=t@e.invalid commit -q --allow-empty -m tip");
  git("branch -f main older && git checkout -q --detach HEAD~1");
  pull_request_event("pull_request_target", "main", "change");
  EXPECT_EQ(perfwarden({"check"}), 2) << "an older commit of the base branch is not the pull request either";
}

TEST_F(BaseOfTheRun, HeadOnTheBaseBranchInOtherEventsIsJudgedAlone) {
  git("checkout -q main");
  std::string config(k_config);
  config.replace(config.find("\"*\": +5%"), 8, "\"*\": { max: 500 us, level: hard }");
  write("perfwarden.yml", config);
  commit("limit");
  for (const char* name : {"schedule", "workflow_dispatch"}) {
    event(name, nlohmann::json::object(), git("rev-parse HEAD"));
    EXPECT_EQ(perfwarden({"check"}), 1) << said();
    EXPECT_EQ(report()["comparisons"][0]["level"], "hard");
  }
  variables_.clear();
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_THAT(said(), HasSubstr("--base HEAD~1"));
}

TEST_F(BaseOfTheRun, WithoutABaselineHeadsValuesAreShownKeptAndTheCureIsNamed) {
  git("checkout -q main");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_THAT(said(), testing::ContainsRegex(" (1.99|2|2.00|2.01) s"));
  EXPECT_THAT(said(), HasSubstr("commit the change"));
  EXPECT_THAT(said(), HasSubstr("--base HEAD~1"));
  EXPECT_TRUE(std::filesystem::exists("reports/" + git("rev-parse HEAD") + "/samples-head.json"));
}

TEST_F(BaseOfTheRun, TheBaseBranchIsFoundWhereItIsNotMain) {
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  git("branch -m main master");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_THAT(said(), HasSubstr("merge base with master"));
  git("branch -m master trunk");
  git("update-ref refs/remotes/origin/trunk trunk && git symbolic-ref refs/remotes/origin/HEAD "
      "refs/remotes/origin/trunk");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_THAT(said(), HasSubstr("merge base with trunk"));
}

TEST_F(BaseOfTheRun, ABaseThatGitCannotResolveIsAnErrorInGitsWords) {
  EXPECT_EQ(perfwarden({"check", "--base", "nonsense"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("'nonsense' is not a commit of this repository"));
  git("checkout -q --orphan apart && git -c user.name=t -c user.email=t@e.invalid commit -q -m apart");
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("no common ancestor"));
}

TEST_F(BaseOfTheRun, AGitThatDoesNotWorkIsNeverARunOfHeadAlone) {
  write("values.txt", "parse 9000\nsort 2000\n");
  commit("slower");
  variables_["PATH"] = "/nonexistent";
  EXPECT_EQ(perfwarden({"check", "--base", "HEAD~1"}), 3) << said();
  EXPECT_THAT(said(), HasSubstr("cannot run 'git'"));
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
  variables_.clear();
  write("bin/git", "#!/bin/sh\necho 'fatal: detected dubious ownership in repository' >&2\nexit 128\n");
  std::filesystem::permissions("bin/git", std::filesystem::perms::owner_all);
  variables_["PATH"] = directory_ / "bin:/usr/bin:/bin";
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
  EXPECT_THAT(said(), HasSubstr("detected dubious ownership"));
}

TEST_F(BaseOfTheRun, OutsideOfARepositoryANamedBaseIsAnErrorAndWithoutOneHeadIsMeasured) {
  std::filesystem::rename(".git", "gone");
  EXPECT_EQ(start({"check", "--base", "main"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("not in a git repository"));
  EXPECT_EQ(start({"check"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("not in a git repository"));
  std::filesystem::rename("gone", ".git");
}

}  // namespace
}  // namespace perfwarden::app
