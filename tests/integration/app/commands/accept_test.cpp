#include <gmock/gmock.h>

#include "integration/app/check_fixture.hpp"
#include "os/clock.hpp"
#include "store/store.hpp"
#include "support/fake_github.hpp"
#include "support/runner_rules.hpp"
#include "support/zip.hpp"

// `perfwarden accept` after a real check, against a GitHub on this machine.
namespace perfwarden::app {
namespace {

using support::FakeArtifact;
using support::FakeComment;
using support::FakeGitHub;
using testing::HasSubstr;

class Accept : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    http_.answer = [this](const net::HttpRequest& request) { return curl_.send(request); };
    github_.set_permission("ann", "write");
  }
  std::string ago(int seconds) { return os::rfc3339(clock_.unix_s() - seconds); }

  // A pull request that is slower than `config` allows, measured an hour ago by a run that kept its report.
  void measured(const std::string& config = k_config) {
    git("checkout -q main");
    write("perfwarden.yml", config + "# of base\n");
    commit("config");
    git("checkout -q -B change");
    write("values.txt", "parse 1400\nsort 2000\n");
    commit("slower");
    on_pull_request("synchronize");
    ASSERT_EQ(start({"check", "--no-publish", "--output", "kept"}), 1) << console_.err_text;
    artifact_.head_sha = git("rev-parse HEAD");
    artifact_.event = "pull_request";
    artifact_.conclusion = "failure";
    artifact_.zip = support::make_zip({{"report.json", support::slurp("kept/report.json")}});
    support::FakePullRequest now;
    now.head_sha = artifact_.head_sha;
    github_.add_pull_request(now);
    variables_["GITHUB_TOKEN"] = FakeGitHub::token();
  }
  void on_pull_request(const std::string& action) {
    pull_request(git("rev-parse main"));
    nlohmann::json event = nlohmann::json::parse(support::slurp(directory_ / ".git/event.json"));
    event["action"] = action;
    event["label"]["name"] = "documentation";
    event["pull_request"]["updated_at"] = ago(3600);
    to_github(event);
  }
  void on_comment(std::int64_t id) {
    pull_request(git("rev-parse main"));
    variables_["GITHUB_EVENT_NAME"] = "issue_comment";
    variables_["GITHUB_SHA"] = git("rev-parse main");
    to_github({{"action", "created"},
               {"repository", {{"id", 1}, {"default_branch", "main"}}},
               {"issue", {{"number", 7}, {"pull_request", {{"url", "x"}}}}},
               {"comment", {{"id", id}}}});
  }
  void to_github(const nlohmann::json& event) {
    write(".git/event.json", event.dump());
    variables_["GITHUB_REPOSITORY"] = "acme/widgets";
    variables_["GITHUB_API_URL"] = github_.api_url();
    variables_["GITHUB_TOKEN"] = FakeGitHub::token();
    variables_["GITHUB_WORKFLOW_REF"] = "acme/widgets/.github/workflows/perfwarden.yml@refs/pull/7/merge";
    variables_["GITHUB_RUN_ID"] = "99";
  }
  void comment(const std::string& author, const std::string& body, int seconds_ago = 60) {
    FakeComment comment;
    comment.id = 41;
    comment.login = author;
    comment.body = body;
    comment.association = "MEMBER";
    comment.created = comment.updated = ago(seconds_ago);
    github_.add_comment(comment);
  }
  int accept() { return start({"accept", "--output", "again"}); }
  // The step's output `verdict`; empty when nothing was judged.
  std::string verdict() {
    if (!std::filesystem::exists(directory_ / ".git/output")) return "";
    const auto outputs = support::runner_outputs(support::slurp(directory_ / ".git/output"));
    return outputs ? outputs->front().second : "broken";
  }
  std::string reaction() {
    for (const FakeComment& comment : github_.comments())
      if (comment.id == 41 && !comment.reactions.empty()) return comment.reactions.back();
    return "";
  }

  FakeGitHub github_;
  net::CurlClient curl_;
  FakeArtifact artifact_;
};

TEST_F(Accept, JudgesTheEarlierRunsReportWithWhatACommentAccepts) {
  measured(text::replace_all(k_config, "history: off", "history: sqlite:.perfwarden/history.db"));
  github_.add_artifact(artifact_);
  comment("ann", "/perfwarden accept core/parse the new checks cost that");
  EXPECT_EQ(accept(), 0) << console_.err_text;
  EXPECT_EQ(verdict(), "pass");
  EXPECT_THAT(console_.out_text, HasSubstr("the new checks cost that"));
  const auto written = nlohmann::json::parse(support::slurp("again/report.json"));
  EXPECT_EQ(written["override"]["accepted"][0]["glob"], "core/parse");
  EXPECT_EQ(written["override"]["applied"], true);
  const auto store = store::open("sqlite:.perfwarden/history.db", store::Access::read);
  ASSERT_TRUE(store) << store.error().text();
  const auto events = (*store)->events(10);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().who, "ann");
  EXPECT_EQ(events->front().subject, "core/parse");
  EXPECT_EQ(events->front().pull_request, 7);
  EXPECT_EQ(accept(), 0) << "a second time";
  EXPECT_EQ((*store)->events(10)->size(), 1U);
}

TEST_F(Accept, AGlobThatMatchesOtherBenchmarksLeavesTheRunRed) {
  measured();
  github_.add_artifact(artifact_);
  comment("ann", "/perfwarden accept core/sort fine");
  EXPECT_EQ(accept(), 1) << console_.err_text;
  EXPECT_EQ(verdict(), "fail");
  EXPECT_THAT(support::slurp("again/report.json"), HasSubstr("override-unmatched"));
}

TEST_F(Accept, AHardLimitStaysBroken) {
  measured(text::replace_all(k_config, "+5%", "{ hard: +5% }"));
  github_.add_artifact(artifact_);
  comment("ann", "/perfwarden accept * fine");
  EXPECT_EQ(accept(), 1) << console_.err_text;
}

TEST_F(Accept, WhereNobodyAcceptedAnythingNothingIsJudgedSoThatItIsMeasuredAgain) {
  measured();
  github_.add_artifact(artifact_);
  EXPECT_EQ(accept(), 0);
  EXPECT_EQ(verdict(), "");
  comment("mallory", "/perfwarden accept * I am in a hurry");
  EXPECT_EQ(accept(), 0);
  EXPECT_EQ(verdict(), "");
  EXPECT_THAT(console_.err_text, HasSubstr("mallory may not write to this repository"));
  EXPECT_THAT(console_.err_text, HasSubstr("it is measured again"));
}

TEST_F(Accept, WhatTheHeadsOwnConfigurationAllowsDoesNotCount) {
  measured();
  write("perfwarden.yml", std::string(k_config) + "overrides: { allow: [mallory] }\n");
  github_.add_artifact(artifact_);
  comment("mallory", "/perfwarden accept * fine");
  EXPECT_EQ(accept(), 0);
  EXPECT_EQ(verdict(), "");
}

TEST_F(Accept, AnyOtherLabelOnlyRepeatsTheVerdict) {
  measured();
  github_.add_artifact(artifact_);
  on_pull_request("labeled");
  EXPECT_EQ(accept(), 1) << "or a required check would turn green: " << console_.err_text;
  EXPECT_EQ(verdict(), "fail");
}

TEST_F(Accept, OnlyTheReportOfThisWorkflowAboutThisCommitIsUsed) {
  measured();
  const FakeArtifact good = artifact_;
  std::vector<FakeArtifact> bad(4, good);
  bad[0].workflow = ".github/workflows/forged.yml";
  bad[1].event = "push";
  bad[2].head_sha = std::string(40, 'd');
  bad[3].zip = support::make_zip(
      {{"report.json", text::replace_all(support::slurp("kept/report.json"), good.head_sha, std::string(40, 'd'))}});
  comment("ann", "/perfwarden accept * fine");
  for (const FakeArtifact& one : bad) github_.add_artifact(one);
  EXPECT_EQ(accept(), 0);
  EXPECT_EQ(verdict(), "") << console_.err_text;
}

TEST_F(Accept, ACommentLetsTheFailedJobsOfTheNewestRunJudgeAgain) {
  measured();
  github_.add_artifact(artifact_);
  comment("ann", "/perfwarden accept core/parse the new checks cost that");
  on_comment(41);
  EXPECT_EQ(start({"accept"}), 0) << console_.err_text;
  EXPECT_EQ(reaction(), "+1");
  EXPECT_EQ(github_.reruns().size(), 1U);
}

TEST_F(Accept, ACommentThatDoesNotCountRunsNothingAndSaysWhy) {
  measured();
  github_.add_artifact(artifact_);
  comment("mallory", "/perfwarden accept * please");
  on_comment(41);
  EXPECT_EQ(start({"accept"}), 0);
  EXPECT_EQ(reaction(), "-1");
  EXPECT_THAT(console_.err_text, HasSubstr("mallory may not write to this repository"));
  EXPECT_TRUE(github_.reruns().empty());
}

TEST_F(Accept, ACommentDuringTheRunIsAskedToWait) {
  measured();
  artifact_.conclusion = "";
  github_.add_artifact(artifact_);
  comment("ann", "/perfwarden accept * fine");
  on_comment(41);
  EXPECT_NE(start({"accept"}), 0);
  EXPECT_EQ(reaction(), "confused");
  EXPECT_THAT(console_.err_text, HasSubstr("comment again once it has ended"));
}

TEST_F(Accept, OutsideOfAPullRequestIsAWrongUse) {
  variables_.clear();
  EXPECT_EQ(start({"accept"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
