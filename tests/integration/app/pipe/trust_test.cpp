#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "integration/app/event_fixture.hpp"
#include "os/clock.hpp"

// What decides is the base commit's, whatever head says.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class Trusted : public EventCheck {};

TEST_F(Trusted, TheBaseCommitsConfigDecidesInEveryEventThatHasOne) {
  write("perfwarden.yml", "mode: observe\n" + loosened());
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  const std::vector<std::pair<std::string, std::function<void()>>> events{
      {"pull_request", [&] { pull_request_event("pull_request", "main", "HEAD"); }},
      {"pull_request_target", [&] { pull_request_event("pull_request_target", "main", "HEAD"); }},
      {"pull_request_review_comment", [&] { pull_request_event("pull_request_review_comment", "main", "HEAD"); }},
      {"merge_group", [&] { merge_group("main"); }},
      {"push", [&] { push("main"); }},
      {"push of a new branch", [&] { push(std::string(40, '0'), "change"); }},
      {"push after which the commit before it is gone", [&] { push(std::string(40, 'd'), "change"); }},
      {"issue_comment",
       [&] {
         event("issue_comment", {{"issue", {{"number", 7}, {"pull_request", {{"url", "x"}}}}}}, git("rev-parse main"));
       }},
      {"workflow_run", [&] {
         event("workflow_run",
               {{"workflow_run",
                 {{"head_sha", git("rev-parse HEAD")}, {"head_branch", "change"}, {"event", "pull_request"}}}},
               git("rev-parse main"));
       }}};
  for (const auto& [name, set] : events) {
    SCOPED_TRACE(name);
    set();
    EXPECT_EQ(start({"check", "--tier", "long"}), 1) << said();
    EXPECT_THAT(said(), HasSubstr("changes perfwarden.yml"));
  }
}

TEST_F(Trusted, AScheduledRunHasNoBaseInItsEventAndReadsTheCheckout) {
  write("perfwarden.yml", loosened());
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  event("schedule", nlohmann::json::object(), git("rev-parse HEAD"));
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
}

TEST_F(Trusted, AConfigThatMovedBesideALooserOneStillDecides) {
  git("checkout -q main && mkdir -p .github && git mv perfwarden.yml .github/perfwarden.yml");
  commit("moved");
  git("checkout -q -B change");
  write("perfwarden.yml", loosened());
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  merge_group("main");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
}

TEST_F(Trusted, ACommittedBaselineIsReadFromTheBaseCommit) {
  ASSERT_EQ(perfwarden({"run", "-o", "perf/base.json"}), 0) << said();
  write("perfwarden.yml", std::string(k_config) + "baseline: { strategy: file, file: perf/base.json }\n");
  commit("with-a-baseline");
  git("checkout -q -B main && git checkout -q -b later");
  write("values.txt", "parse 1400\nsort 2000\n");
  ASSERT_EQ(perfwarden({"run", "-o", "perf/base.json"}), 0) << said();
  commit("edits-its-baseline");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(start({"check", "--json"}), 0) << said();
  EXPECT_GT(report()["comparisons"][0]["change_percent"].get<double>(), 35) << "compared with base's file";
  push("main");
  EXPECT_EQ(start({"check", "--json"}), 0) << said();
  EXPECT_GT(report()["comparisons"][0]["change_percent"].get<double>(), 35);
}

TEST_F(Trusted, ACommittedBaselineThatHeadBringsDoesNotJudgeIt) {
  git("checkout -q main");
  write("perfwarden.yml", std::string(k_config) + "baseline: { strategy: file, file: base.json }\n");
  commit("asks-for-a-file");
  git("checkout -q -B change");
  ASSERT_EQ(perfwarden({"run", "-o", "base.json"}), 0) << said();
  commit("brings-it");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("the base commit has no base.json"));
  git("rm -q --cached base.json");
  write(".gitignore", "base.json\n");
  commit("the-workflow-brings-it");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
}

TEST_F(Trusted, AFolderOfBaselinesThatGitTracksIsRefusedWithTheCure) {
  write(".perfwarden/baseline/index.json", R"({"schema": "perfwarden.baseline/1", "entries": []})");
  git("add -f .perfwarden/baseline/index.json");
  commit("tracked");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("git rm -r --cached .perfwarden/baseline"));
  variables_.clear();
  EXPECT_EQ(perfwarden({"check"}), 2) << "outside of GitHub too";
}

TEST_F(Trusted, AFolderOfBaselinesBehindATrackedLinkIsRefused) {
  write("evil/index.json", R"({"schema": "perfwarden.baseline/1", "entries": []})");
  std::filesystem::create_directory_symlink("evil", "kept");
  write("perfwarden.yml", std::string(k_config) + "baseline: { directory: kept }\n");
  commit("linked");
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  write("perfwarden.yml", std::string(k_config) + "baseline: { directory: kept/deeper }\n");
  write("evil/deeper/index.json", R"({"schema": "perfwarden.baseline/1", "entries": []})");
  commit("linked-above");
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
}

TEST_F(Trusted, TemplatesAreTheBaseCommitsForEveryVerb) {
  git("checkout -q main");
  write("perfwarden.yml", std::string(k_config) + "report: { templates: words }\n");
  write("words/phrases.mustache", "{{#pass_within}}As it was reviewed{{/pass_within}}\n");
  commit("templates");
  git("checkout -q -B change");
  write("words/phrases.mustache", "{{#pass_within}}All is well, merge me{{/pass_within}}\n");
  commit("own-words");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(start({"check"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("As it was reviewed"));
  const std::string report = "reports/" + git("rev-parse HEAD") + "/report.json";
  EXPECT_EQ(start({"gate", report.c_str()}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("As it was reviewed"));
  variables_.clear();
  EXPECT_EQ(start({"gate", report.c_str()}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("All is well, merge me")) << "outside of GitHub the working tree's";
}

TEST_F(Trusted, CompareJudgesByTheBaseCommitsConfigToo) {
  ASSERT_EQ(perfwarden({"run", "-o", ".git/base.json"}), 0) << said();
  write("perfwarden.yml", loosened());
  write("values.txt", "parse 4000\nsort 2000\n");
  commit("slower");
  ASSERT_EQ(perfwarden({"run", "-o", ".git/head.json"}), 0) << said();
  const std::vector<const char*> compare{"compare", ".git/base.json", ".git/head.json", "--gate"};
  const int own = start(compare);
  EXPECT_THAT(said(), HasSubstr("+500%"));
  pull_request(git("rev-parse main"));
  const int bases = start(compare);
  EXPECT_THAT(said(), Not(HasSubstr("+500%")));
  EXPECT_THAT(said(), HasSubstr("+5%"));
  EXPECT_GE(bases, own);
}

// The whole run: the label stays on the pull request when more is pushed, and does not cover that.
TEST_F(Trusted, AnOverrideCountsForTheHeadThatItWasSetOnAndForNoLaterOne) {
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  const auto pushed_at = [this](const std::string& time) {
    pull_request(git("rev-parse main"));
    nlohmann::json value = nlohmann::json::parse(support::slurp(directory_ / ".git/event.json"));
    value["action"] = "synchronize";
    value["pull_request"]["updated_at"] = time;
    write(".git/event.json", value.dump());
    variables_["GITHUB_TOKEN"] = "t";
    variables_["GITHUB_API_URL"] = "https://api.example.invalid";
  };
  const auto ago = [this](int minutes) { return os::rfc3339(clock_.unix_s() - 60LL * minutes); };
  http_.answer = [this, ago](const net::HttpRequest& request) {
    const auto is_about = [&request](const char* what) { return request.url.find(what) != std::string::npos; };
    std::string body = "[]";
    if (is_about("/issues/7/events"))
      body = R"([{"event": "labeled", "label": {"name": "perf-override"}, "actor": {"login": "ann"},
                  "created_at": ")" +
             ago(25) + R"("}])";
    else if (is_about("/issues/7/comments"))
      body = R"([{"id": 1, "body": "perfwarden: accept it buys safety", "user": {"login": "ann", "type": "User"}}])";
    else if (is_about("/pulls/7"))
      body = R"({"number": 7, "body": "", "head": {"sha": ")" + git("rev-parse HEAD") + R"("}})";
    return net::HttpResponse{200, {}, body};
  };
  pushed_at(ago(30));
  EXPECT_EQ(start({"check", "--no-publish"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("it buys safety"));
  write("values.txt", "parse 5000\nsort 2000\n");
  commit("slower-still");
  pushed_at(ago(5));
  EXPECT_EQ(start({"check", "--no-publish"}), 1) << said();
  EXPECT_THAT(said(), HasSubstr("what is pushed afterwards is not covered"));
}

TEST_F(Trusted, ProfileDiffJudgesByTheBaseCommitsGates) {
  write(".git/base.folded", "main;fast 9900\nmain;slow 100\n");
  write(".git/head.folded", "main;fast 4000\nmain;slow 6000\n");
  write("perfwarden.yml", std::string(k_config) +
                              "profile-gates: { cpu-regression: off, allocation-regression: off, new-hotspot: off }\n");
  commit("off");
  const std::vector<const char*> diff{"profile", "diff", ".git/base.folded", ".git/head.folded", "--gate"};
  EXPECT_EQ(start(diff), 0) << said();
  pull_request(git("rev-parse main"));
  EXPECT_EQ(start(diff), 1) << said();
}

}  // namespace
}  // namespace perfwarden::app
