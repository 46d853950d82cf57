#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "publish/access.hpp"
#include "publish/check_life.hpp"
#include "publish/notifier.hpp"
#include "publish/section.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::publish {
namespace {

using support::FakeComment;
using support::FakeGitHub;
using support::WireReply;
using Ending = WireReply::Ending;
using State = Delivery::State;

net::CurlOptions quick() {
  net::CurlOptions options;
  options.connect_timeout_s = 2;
  options.timeout_s = 0.3;
  return options;
}

// One pull request (#7) and runs of perfwarden on it, through the real client.
class PullRequest : public ::testing::Test {
 protected:
  PullRequest() {
    report.tool_version = "0.1.0";
    report.context.in_github = true;
    report.context.event = "pull_request";
    report.context.repository = "acme/widgets";
    report.context.pull_request = 7;
    report.context.api_url = github.api_url();
    report.context.head_sha = std::string(40, 'a');
    report.context.run_attempt = "1";
    report.context.output_file = directory / "output";
    report.context.summary_file = directory / "summary";
    report.head.run.machine.fingerprint = "machine one";
    Comparison comparison;
    comparison.id = {"core", "parse", "wall_time"};
    report.comparisons.push_back(comparison);
    next_run();
  }

  void next_run() {
    report.context.run_id = std::to_string(++run_id);
    report.time = "run " + report.context.run_id;
  }
  void regress() {
    report.verdict = Verdict{};
    report.verdict.conclusion = Conclusion::fail;
    report.verdict.counts.regressions = 1;
    Finding finding;
    finding.level = Level::soft;
    finding.series = report.comparisons[0].id;
    finding.reason = "10 % slower than its budget of 5 %";
    report.verdict.findings.push_back(finding);
  }
  void recover() { report.verdict = Verdict{}; }

  // With that text as the comment; empty = the comment that we ship.
  std::vector<Delivery> publish(const std::string& comment) {
    report::Templates templates;
    EXPECT_TRUE(comment.empty() || templates.replace("comment.md.mustache", comment));
    const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", token}});
    return publish_all({report, templates, "reports/a", environment, http, clock, console}, config);
  }
  Delivery deliver(const std::string& name, const std::string& comment = "text") {
    for (Delivery& delivery : publish(comment))
      if (delivery.notifier == name) return std::move(delivery);
    return {};
  }
  // The only comment, without its marker.
  std::string only_comment() const {
    const auto comments = github.comments();
    EXPECT_EQ(comments.size(), 1U);
    return comments.empty() ? "" : comments[0].body.substr(0, comments[0].body.rfind("\n\n<!--"));
  }
  // As a push to the pull request, with a run about it.
  void push(char commit) {
    report.context.head_sha = std::string(40, commit);
    support::FakePullRequest now;
    now.head_sha = report.context.head_sha;
    github.add_pull_request(now);
    next_run();
  }
  // The texts of the only comment's sections.
  std::vector<std::string> sections() const {
    const auto comments = github.comments();
    EXPECT_EQ(comments.size(), 1U);
    std::vector<std::string> texts;
    if (comments.size() == 1)
      for (const Section& section : read_sections(comments[0].body)) texts.push_back(section.text);
    return texts;
  }
  // A comment with the marker that a run of ours would leave.
  FakeComment marked(std::uint64_t run, const std::string& login, const std::string& type,
                     const std::string& app = "") const {
    Marker marker = marker_of(report);
    marker.run_id = run;
    marker.part = std::string(16, '0');
    return {0, "earlier\n\n" + marker.line(), login, type, app};
  }

  support::TemporaryDirectory directory;
  FakeGitHub github;
  net::CurlClient http{quick()};
  support::FakeClock clock;
  support::FakeConsole console;
  Report report;
  PublishConfig config;
  std::string token = FakeGitHub::token();
  int run_id = 100;
};

TEST_F(PullRequest, HasOneCommentThatIsCreatedEditedAndTurnsGreen) {
  config.label.name = "";
  EXPECT_EQ(deliver("pr-comment", "all well").note, "nothing to say");
  EXPECT_TRUE(github.comments().empty()) << "nothing is posted while there is nothing to say";

  regress();
  next_run();
  EXPECT_EQ(deliver("pr-comment", "1 slower").note, "created comment 1001");
  EXPECT_EQ(only_comment(), "1 slower");

  next_run();
  EXPECT_EQ(deliver("pr-comment", "1 slower still").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "1 slower still");

  recover();
  push('b');
  EXPECT_EQ(deliver("pr-comment", "all well").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "all well");
  EXPECT_EQ(read_sections(github.comments()[0].body).at(0).marker.head, std::string(40, 'b'));
  EXPECT_EQ(github.count("POST", "/comments"), 1U);
}

TEST_F(PullRequest, ACommentThatSaysTheSameIsNotEdited) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment").state, State::sent);
  const Delivery again = deliver("pr-comment");
  EXPECT_EQ(again.state, State::skipped);
  EXPECT_EQ(again.note, "comment 1001 says the same already");
  EXPECT_EQ(github.count("PATCH", ""), 0U);
}

TEST_F(PullRequest, AnEarlierRunThatEndsLaterDoesNotReplaceALaterOne) {
  config.label.name = "";
  regress();
  report.context.run_id = "200";
  EXPECT_EQ(deliver("pr-comment", "of run 200").state, State::sent);
  report.context.run_id = "199";
  const Delivery late = deliver("pr-comment", "of run 199");
  EXPECT_EQ(late.state, State::skipped);
  EXPECT_EQ(late.note, "comment 1001 is from a later run (200.1)");
  report.context.run_id = "200";
  report.context.run_attempt = "2";
  EXPECT_EQ(deliver("pr-comment", "of run 200 again").state, State::sent);
  EXPECT_EQ(only_comment(), "of run 200 again");
}

TEST_F(PullRequest, OursIsFoundBehindManyPagesOfTalk) {
  config.label.name = "";
  for (int i = 0; i < 150; ++i) github.add_comment({0, "talk", "octocat", "User", ""});
  regress();
  EXPECT_EQ(deliver("pr-comment").note, "created comment 1151");
  next_run();
  EXPECT_EQ(deliver("pr-comment").note, "updated comment 1151");
}

TEST_F(PullRequest, AMarkerThatSomebodyElseWroteIsNotTouched) {
  config.label.name = "";
  regress();
  github.add_comment(marked(1, "mallory", "User"));
  github.add_comment(marked(1, "other-app[bot]", "Bot", "other-app"));
  github.add_comment(marked(1, "github-actions[bot]", "User"));  // no such user can be, but who knows
  FakeComment quoting = marked(1, "github-actions[bot]", "Bot", "github-actions");
  quoting.body += "\n\nquoted by somebody";
  github.add_comment(quoting);
  github.set_viewer("perf-robot[bot]");
  EXPECT_EQ(deliver("pr-comment").note, "created comment 1005");
  EXPECT_EQ(github.comments().size(), 5U);
  EXPECT_EQ(github.count("PATCH", ""), 0U);
  EXPECT_EQ(github.count("DELETE", ""), 0U);
}

TEST_F(PullRequest, ATokenOfAPersonFindsItsOwnComment) {
  config.label.name = "";
  github.set_viewer("perf-robot");
  regress();
  EXPECT_EQ(deliver("pr-comment", "first").note, "created comment 1001");
  next_run();
  EXPECT_EQ(deliver("pr-comment", "second").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "second");
}

TEST_F(PullRequest, DuplicatesOfTwoRunsAtOnceEndAsOne) {
  config.label.name = "";
  regress();
  github.add_comment(marked(1, "github-actions[bot]", "Bot", "github-actions"));
  github.add_comment(marked(2, "github-actions[bot]", "Bot", "github-actions"));
  EXPECT_EQ(deliver("pr-comment", "now").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "now");
}

TEST_F(PullRequest, OneThatAnotherRunCreatedMeanwhileIsKept) {
  config.label.name = "";
  regress();
  // The first look finds nothing; by the time ours is created, an older one of another run is there.
  github.add_comment(marked(1, "github-actions[bot]", "Bot", "github-actions"));
  github.stub({"nothing yet", "GET", "/issues/7/comments", {200, {}, "[]", Ending::whole}});
  EXPECT_EQ(deliver("pr-comment", "now").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "now");
  EXPECT_EQ(github.count("DELETE", "/issues/comments/1002"), 1U);
}

TEST_F(PullRequest, OnAnotherMachineTheCommentOfTheEarlierRunIsTakenOver) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment", "on one").state, State::sent);
  report.head.run.machine.fingerprint = "machine two";
  next_run();
  EXPECT_EQ(deliver("pr-comment", "on two").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "on two");
}

TEST_F(PullRequest, LegsOfAMatrixThatAreNotNamedHaveASectionEachInOneComment) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment", "red, on one").state, State::sent);
  recover();
  report.head.run.machine.fingerprint = "machine two";
  EXPECT_EQ(deliver("pr-comment", "green, on two").note, "updated comment 1001");
  EXPECT_EQ(sections(), (std::vector<std::string>{"red, on one", "green, on two"}));
  next_run();
  EXPECT_EQ(deliver("pr-comment", "green on two").state, State::sent);
  EXPECT_EQ(sections(), (std::vector<std::string>{"green on two"})) << "what no longer exists goes";
  regress();
  report.head.run.machine.fingerprint = "machine one";
  EXPECT_EQ(deliver("pr-comment", "red on one").state, State::sent);
  EXPECT_EQ(sections(), (std::vector<std::string>{"red on one", "green on two"})) << "bad news first";
}

TEST_F(PullRequest, LegsOnOneMachineDoNotOverwriteEachOther) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment", "red").state, State::sent);
  recover();
  report.time = "a minute later";
  EXPECT_EQ(deliver("pr-comment", "green").state, State::sent);
  EXPECT_EQ(sections(), (std::vector<std::string>{"red", "green"}));
}

TEST_F(PullRequest, ASectionOfAnotherJobThatCameMeanwhileStays) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment", "on one").state, State::sent);
  // The list is from before the other section came; the comment itself is read again before it is written.
  const std::string stale = R"([{"id": 1001, "body": )" + nlohmann::json(github.comments()[0].body).dump() +
                            R"(, "user": {"login": "github-actions[bot]", "type": "Bot"}}])";
  report.head.run.machine.fingerprint = "machine two";
  EXPECT_EQ(deliver("pr-comment", "on two").state, State::sent);
  github.stub({"stale list", "GET", "/issues/7/comments", {200, {}, stale, Ending::whole}});
  report.head.run.machine.fingerprint = "machine three";
  EXPECT_EQ(deliver("pr-comment", "on three").state, State::sent);
  EXPECT_EQ(sections().size(), 3U);
}

TEST_F(PullRequest, LegsOfAMatrixWithNamesHaveTheirOwnCommentsHeadedByTheirName) {
  config.label.name = "";
  regress();
  report.context.leg = "gcc-12";
  EXPECT_EQ(deliver("pr-comment", "").note, "created comment 1001");
  report.context.leg = "clang-14";
  EXPECT_EQ(deliver("pr-comment", "").note, "created comment 1002");
  EXPECT_TRUE(github.comments()[1].body.starts_with("### ❌ clang-14: ")) << github.comments()[1].body;
  recover();
  next_run();
  EXPECT_EQ(deliver("pr-comment", "green").note, "updated comment 1002");
  EXPECT_NE(github.comments()[0].body, github.comments()[1].body);
}

TEST_F(PullRequest, AnotherSelectionOfSuitesLeavesNoStaleSection) {
  config.label.name = "";
  regress();
  EXPECT_EQ(deliver("pr-comment", "core is red").state, State::sent);
  recover();
  report.comparisons[0].id.suite = "io";
  next_run();
  EXPECT_EQ(deliver("pr-comment", "io is green").note, "updated comment 1001");
  EXPECT_EQ(only_comment(), "io is green");
}

TEST_F(PullRequest, SectionsThatTogetherAreTooLongAreFoldedButForOurs) {
  config.label.name = "";
  regress();
  const std::string rest = "\n<details><summary>all</summary>\n" + std::string(60'000, 'x') + "\n</details>";
  EXPECT_EQ(deliver("pr-comment", "red" + rest).state, State::sent);
  recover();
  report.time = "a minute later";
  EXPECT_EQ(deliver("pr-comment", "green" + std::string(10'000, 'y')).state, State::sent);
  ASSERT_EQ(sections().size(), 2U);
  EXPECT_EQ(sections()[0], "red\n\nThe rest is in the job's summary.");
  EXPECT_EQ(sections()[1].size(), 10'005U);
}

TEST_F(PullRequest, ARerunOfAnOldHeadChangesNothing) {
  regress();
  push('b');
  EXPECT_EQ(deliver("label").state, State::sent);
  EXPECT_EQ(github.comments().size(), 1U);
  recover();
  report.context.head_sha = std::string(40, 'a');
  report.context.run_id = "100";
  report.context.run_attempt = "2";
  for (const char* notifier : {"label", "pr-comment"}) {
    const Delivery late = deliver(notifier, "all well");
    EXPECT_EQ(late.state, State::skipped);
    EXPECT_EQ(late.note, "the pull request is at bbbbbbbbbb by now, and this run is about aaaaaaaaaa");
  }
  EXPECT_EQ(github.labels().size(), 1U);
  EXPECT_EQ(only_comment(), "text");
}

// The npm package `emulate` refuses a label that exists without saying so.
TEST_F(PullRequest, ALabelThatCannotBeCreatedIsSetAllTheSame) {
  github.stub({"exists", "POST", "/labels", {422, {}, R"({"message": "Validation failed"})", Ending::whole}});
  regress();
  const Delivery delivery = deliver("label");
  EXPECT_EQ(delivery.state, State::sent) << delivery.note;
  EXPECT_EQ(github.labels(), std::vector<std::string>{"performance-regression"});
}

TEST_F(PullRequest, ARerunOfAnOldGoodRunOfTheSameHeadLeavesTheLabelAsWell) {
  regress();
  report.context.run_id = "200";
  EXPECT_EQ(deliver("label").state, State::sent);
  recover();
  report.context.run_id = "199";
  report.context.run_attempt = "2";
  const Delivery late = deliver("label", "all well");
  EXPECT_EQ(late.state, State::skipped);
  EXPECT_EQ(late.note, "comment 1001 is from a later run (200.1)");
  EXPECT_EQ(github.labels().size(), 1U);
}

TEST_F(PullRequest, TheLabelStaysWhileAnotherJobOfTheSameCommitFails) {
  regress();
  report.context.job = "one";
  EXPECT_EQ(deliver("label").state, State::sent);
  recover();
  report.context.job = "two";
  EXPECT_EQ(deliver("label").note, "another job of this commit fails, so the label stays");
  report.context.job = "one";
  next_run();
  EXPECT_EQ(deliver("label").note, "took off 'performance-regression'") << "the one that failed has recovered";
  regress();
  EXPECT_EQ(deliver("label").state, State::sent);
  recover();
  push('b');
  report.context.job = "two";
  EXPECT_EQ(deliver("label").note, "took off 'performance-regression'") << "what job one said was about another commit";
}

TEST_F(PullRequest, AMergeQueuesRunKeepsTheCommentUpToDateAlthoughItsCommitIsAnother) {
  regress();
  EXPECT_EQ(deliver("pr-comment", "about the head").note, "created comment 1001");
  next_run();
  recover();
  report.context.event = "merge_group";
  report.context.head_sha = std::string(40, 'd');
  EXPECT_EQ(deliver("pr-comment", "about the queue's commit").note, "updated comment 1001");
  EXPECT_TRUE(github.labels().empty());
}

TEST_F(PullRequest, WithoutGraphQLOurOwnCommentIsFoundAllTheSame) {
  config.label.name = "";
  github.without_graphql();
  github.set_viewer("perf-robot");
  regress();
  for (int i = 0; i < 3; ++i) {
    next_run();
    EXPECT_EQ(deliver("pr-comment", "run " + std::to_string(i)).state, State::sent);
  }
  EXPECT_EQ(only_comment(), "run 2");
  EXPECT_EQ(github.count("POST", "/issues/7/comments"), 1U);
}

TEST_F(PullRequest, WhoNobodyTellsWhoItIsLearnsItFromWhatItWrites) {
  config.label.name = "";
  github.without_graphql();
  github.set_viewer("perf-robot[bot]");  // an app: REST tells it nothing
  regress();
  for (int i = 0; i < 3; ++i) {
    next_run();
    EXPECT_EQ(deliver("pr-comment", "run " + std::to_string(i)).state, State::sent);
    EXPECT_EQ(only_comment(), "run " + std::to_string(i));
  }
}

TEST_F(PullRequest, AHangingApiCostsAMinuteInAll) {
  regress();
  struct Hanging final : net::HttpClient {
    explicit Hanging(support::FakeClock& c) : clock(c) {}
    Result<net::HttpResponse> send(const net::HttpRequest& request) override {
      clock.tick(request.timeout_s > 0 ? std::min(request.timeout_s, 60.0) : 60.0);
      return Error{.kind = ErrorKind::network, .what = "no answer"};
    }
    Result<long> mail(const net::Mail&) override { return Error{.kind = ErrorKind::network, .what = "no answer"}; }
    support::FakeClock& clock;
  } hanging(clock);
  report::Templates templates;
  const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", token}});
  for (const Delivery& delivery :
       publish_all({report, templates, "reports/a", environment, hanging, clock, console}, config)) {
    if (delivery.note == "switched off" || delivery.note.empty()) continue;
    const bool writes = delivery.notifier == "pr-comment" || delivery.notifier == "label";
    EXPECT_EQ(delivery.state, writes ? State::failed : State::sent) << delivery.notifier << ": " << delivery.note;
  }
  EXPECT_LE(clock.monotonic_s(), k_publishing_s);
}

TEST_F(PullRequest, WhyGitHubRefusesIsTold) {
  config.label.name = "";
  regress();
  const auto refused = [&](int status, const std::string& message,
                           std::vector<std::pair<std::string, std::string>> headers = {}) {
    github.stub({message,
                 "POST",
                 "/issues/7/comments",
                 {status, std::move(headers), "{\"message\": \"" + message + "\"}", Ending::whole},
                 status == 422 ? 2 : 1});
    return deliver("pr-comment");
  };
  const auto has = [](const Delivery& delivery, const std::string& words) {
    return delivery.note.find(words) != std::string::npos;
  };
  const Delivery locked = refused(403, "Unable to create comment because issue is locked.");
  EXPECT_EQ(locked.state, State::refused);
  EXPECT_TRUE(has(locked, "the conversation is locked: unlock it")) << locked.note;
  const Delivery saml = refused(403, "Resource protected by organization SAML enforcement.",
                                {{"X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso"}});
  EXPECT_EQ(saml.state, State::refused);
  EXPECT_TRUE(has(saml, "authorize the token for it")) << saml.note;
  const Delivery permission = refused(403, "Resource not accessible by integration");
  EXPECT_EQ(permission.state, State::refused);
  EXPECT_TRUE(has(permission, "`permissions: pull-requests: write`")) << permission.note;
  const Delivery archived = refused(403, "Repository was archived so is read-only.");
  EXPECT_EQ(archived.state, State::refused);
  EXPECT_TRUE(has(archived, "archived, and so read-only")) << archived.note;
  const Delivery invalid = refused(422, "Validation Failed");
  EXPECT_EQ(invalid.state, State::failed);
  EXPECT_TRUE(has(invalid, "422")) << invalid.note;
}

TEST_F(PullRequest, WhatAnotherJobSaidAboutAnEarlierCommitIsFoldedUntilItWritesAgain) {
  config.label.name = "";
  regress();
  report.context.job = "one";
  EXPECT_EQ(deliver("pr-comment", "one about a").state, State::sent);
  push('b');
  report.context.job = "two";
  EXPECT_EQ(deliver("pr-comment", "two about b").state, State::sent);
  ASSERT_EQ(github.comments().size(), 2U);
  EXPECT_TRUE(github.comments()[0].minimized);
  next_run();
  const std::size_t before = github.count("POST", "/graphql");
  EXPECT_EQ(deliver("pr-comment", "two about b again").state, State::sent);
  EXPECT_EQ(github.count("POST", "/graphql"), before) << "what is folded is not folded again";
  report.context.job = "one";
  EXPECT_EQ(deliver("pr-comment", "one about b").note, "updated comment 1001");
  EXPECT_FALSE(github.comments()[0].minimized);
  EXPECT_FALSE(github.comments()[1].minimized);
}

TEST_F(PullRequest, WithoutGraphQLOldCommentsStayAndNothingFails) {
  config.label.name = "";
  github.without_graphql();
  regress();
  report.context.job = "one";
  EXPECT_EQ(deliver("pr-comment", "one about a").state, State::sent);
  push('b');
  report.context.job = "two";
  EXPECT_EQ(deliver("pr-comment", "two about b").state, State::sent);
  EXPECT_FALSE(github.comments()[0].minimized);
}

TEST_F(PullRequest, ACheckRunHasAllFindingsFiftyAtATime) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  config.check.name = "perfwarden report";
  regress();
  report.verdict.findings.assign(120, report.verdict.findings[0]);
  report.context.leg = "gcc-12";
  EXPECT_EQ(deliver("check-run", "").note, "check run 1001 says failure");
  ASSERT_EQ(github.check_runs().size(), 1U);
  const support::FakeCheckRun run = github.check_runs()[0];
  EXPECT_EQ(run.name, "perfwarden report (gcc-12)");
  EXPECT_EQ(run.head_sha, std::string(40, 'a'));
  EXPECT_EQ(run.external_id, "101.1");
  EXPECT_EQ(run.title, "fail: 1 slower, 0 faster, 0 undecided");
  EXPECT_EQ(run.annotations, 120U);
  EXPECT_EQ(github.count("PATCH", "/check-runs/"), 2U);
}

TEST_F(PullRequest, ACheckSaysWhatTheJobsExitCodeComesTo) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  config.check.name = "perfwarden report";
  const auto says = [&] {
    EXPECT_EQ(deliver("check-run", "text").state, State::sent);
    return github.check_runs().back().conclusion;
  };
  EXPECT_EQ(says(), "success");
  report.verdict.conclusion = Conclusion::inconclusive;
  EXPECT_EQ(says(), "neutral");
  report.statistics.inconclusive = OnInconclusive::fail;
  EXPECT_EQ(says(), "failure");
  report.mode = perfwarden::Mode::observe;
  EXPECT_EQ(says(), "neutral");
  report.mode = perfwarden::Mode::enforce;
  regress();
  EXPECT_EQ(says(), "failure");
  recover();
  report.verdict.overridden = true;
  EXPECT_EQ(says(), "neutral");
  EXPECT_EQ(github.check_runs().back().title, "accepted: 0 slower, 0 faster, 0 undecided");
}

TEST_F(PullRequest, APersonsTokenSetsACommitStatusInstead) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  config.check.name = "perfwarden report";
  token = "ghp_0123456789abcdefghij";
  github.accept_token(token);
  github.set_viewer("perf-robot");
  regress();
  EXPECT_EQ(deliver("check-run", "text").note, "commit status says failure");
  EXPECT_EQ(github.statuses().at(std::string(40, 'a')),
            "failure perfwarden report: fail: 1 slower, 0 faster, 0 undecided");
  EXPECT_TRUE(github.check_runs().empty());
}

TEST_F(PullRequest, ACheckWithTheNameOfTheJobIsRefused) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  report.context.job = config.check.name = "perf";
  const Delivery delivery = deliver("check-run", "text");
  EXPECT_EQ(delivery.state, State::failed);
  EXPECT_NE(delivery.note.find("choose another name"), std::string::npos) << delivery.note;
  EXPECT_TRUE(github.requests().empty());
}

TEST_F(PullRequest, ARerunOfAnOldHeadWritesNoCheckAndNoAlerts) {
  config.check.name = "perfwarden report";
  config.code_scanning.upload = true;
  push('b');
  report.context.head_sha = std::string(40, 'a');
  for (const char* name : {"check-run", "code-scanning"}) EXPECT_EQ(deliver(name, "text").state, State::skipped);
  EXPECT_TRUE(github.check_runs().empty());
  EXPECT_TRUE(github.sarif_uploads().empty());
}

TEST_F(PullRequest, ATokenThatSeesNoPullRequestsMayWriteChecks) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  config.check.name = "perfwarden report";
  github.stub({"no pull-requests: read",
               "GET",
               "/pulls/7",
               {403, {}, R"({"message": "Resource not accessible by integration"})", Ending::whole}});
  EXPECT_EQ(deliver("check-run", "text").state, State::sent);
  EXPECT_EQ(github.check_runs().size(), 1U);
}

TEST_F(PullRequest, FindingsBecomeAlertsAndARunWithoutFindingsClosesThem) {
  config.label.name = "";
  config.comment.when = CommentWhen::never;
  config.code_scanning.upload = true;
  regress();
  EXPECT_EQ(deliver("code-scanning", "text").note, "findings about refs/pull/7/head");
  recover();
  next_run();
  EXPECT_EQ(deliver("code-scanning", "text").state, State::sent);
  const std::vector<std::string> uploads = github.sarif_uploads();
  ASSERT_EQ(uploads.size(), 4U);
  EXPECT_EQ(uploads[0], std::string(40, 'a') + " refs/pull/7/head");
  const auto results = [&](const std::string& packed) {
    directory.write("sarif.b64", packed);
    os::SystemProcesses processes;
    const auto unpacked = processes.run(
        support::shell("base64 -d '" + (directory / "sarif.b64") + "' | gunzip > '" + (directory / "sarif") + "'"));
    EXPECT_TRUE(unpacked && unpacked->ok());
    return nlohmann::json::parse(support::slurp(directory / "sarif"))["runs"][0]["results"].size();
  };
  EXPECT_EQ(results(uploads[1]), 1U);
  EXPECT_EQ(results(uploads[3]), 0U);
}

TEST_F(PullRequest, AFullRunTakesTwelveRoundTripsAtMost) {
  config.check.name = "perfwarden report";
  config.code_scanning.upload = true;
  regress();
  publish("first");
  RecordProperty("created", static_cast<int>(github.requests().size()));
  EXPECT_LE(github.requests().size(), 12U);
  const std::size_t before = github.requests().size();
  push('b');
  publish("second");
  RecordProperty("updated", static_cast<int>(github.requests().size() - before));
  EXPECT_LE(github.requests().size() - before, 12U);
}

struct Mode {
  CommentWhen when;
  bool on_pass, on_improvement, on_new, on_finding;
};

TEST_F(PullRequest, CommentModesDecideWhenTheFirstCommentIsMade) {
  config.label.name = "";
  for (const Mode& mode :
       {Mode{CommentWhen::automatic, false, true, false, true}, Mode{CommentWhen::on_change, false, true, true, false},
        Mode{CommentWhen::always, true, true, true, true}, Mode{CommentWhen::never, false, false, false, false}}) {
    config.comment.when = mode.when;
    const auto posts = [&](const std::string& job) {
      report.context.job = job + std::to_string(static_cast<int>(mode.when));
      return deliver("pr-comment").state == State::sent;
    };
    recover();
    EXPECT_EQ(posts("pass"), mode.on_pass) << static_cast<int>(mode.when);
    report.verdict.counts.improvements = 1;
    EXPECT_EQ(posts("improvement"), mode.on_improvement) << static_cast<int>(mode.when);
    recover();
    report.verdict.counts.added = 1;
    EXPECT_EQ(posts("new"), mode.on_new) << static_cast<int>(mode.when);
    regress();
    report.verdict.counts.regressions = 0;  // an absolute limit is broken, nothing changed
    EXPECT_EQ(posts("finding"), mode.on_finding) << static_cast<int>(mode.when);
  }
}

TEST_F(PullRequest, ACommentThatGitHubFindsTooLongIsSentShorter) {
  config.label.name = "";
  regress();
  github.stub(
      {"422 too long",
       "POST",
       "/issues/7/comments",
       {422,
        {},
        R"({"message": "Validation Failed", "errors": [{"message": "body is too long (maximum is 65536 characters"}]})",
        Ending::whole}});
  report.comparisons.assign(1000, report.comparisons[0]);
  for (std::size_t i = 0; i < 1000; ++i) report.comparisons[i].id.benchmark = "parse/" + std::to_string(i);
  report.verdict.judgements.resize(1000);
  const Delivery delivery = deliver("pr-comment", "");
  EXPECT_EQ(delivery.state, State::sent) << delivery.note;
  const auto requests = github.requests();
  const auto refused = std::find_if(requests.begin(), requests.end(),
                                    [](const support::WireRequest& request) { return request.method == "POST"; });
  ASSERT_NE(refused, requests.end());
  EXPECT_GT(refused->body.size(), 60'000U);
  const std::string body = github.comments().at(0).body;
  EXPECT_LE(text::code_points(body), 16'000U);
  EXPECT_EQ(read_sections(body).at(0).marker, marker_of(report));
}

TEST_F(PullRequest, ACommentThatWasMadeWithoutAnAnswerIsNotMadeTwice) {
  config.label.name = "";
  regress();
  github.stub({"done but silent", "POST", "/issues/7/comments", {201, {}, "", Ending::silent}, 1, true});
  EXPECT_EQ(deliver("pr-comment", "1 slower").note, "created comment 1001");
  EXPECT_EQ(only_comment(), "1 slower");
}

TEST_F(PullRequest, HasALabelWhileTheCheckFails) {
  config.comment.when = CommentWhen::never;
  EXPECT_EQ(deliver("label").note, "'performance-regression' is not set");
  regress();
  EXPECT_EQ(deliver("label").note, "set 'performance-regression'");
  EXPECT_EQ(github.labels(), (std::vector<std::string>{"performance-regression"}));
  EXPECT_EQ(github.repository_labels().at("performance-regression"),
            "d93f0b perfwarden: a benchmark is worse than its budget allows");
  EXPECT_EQ(deliver("label").state, State::sent) << "setting it again changes nothing";
  EXPECT_EQ(github.labels().size(), 1U);
  recover();
  EXPECT_EQ(deliver("label").note, "took off 'performance-regression'");
  EXPECT_TRUE(github.labels().empty());
}

TEST_F(PullRequest, OtherLabelsAreLeftAlone) {
  config.comment.when = CommentWhen::never;
  github.add_label("bug");
  regress();
  EXPECT_EQ(deliver("label").state, State::sent);
  recover();
  EXPECT_EQ(deliver("label").state, State::sent);
  EXPECT_EQ(github.labels(), (std::vector<std::string>{"bug"}));
}

TEST_F(PullRequest, ATokenThatMayNotCreateLabelsMaySetThem) {
  config.comment.when = CommentWhen::never;
  regress();
  github.stub({"no issues: write",
               "POST",
               "/widgets/labels",
               {403, {}, R"({"message": "Resource not accessible by integration"})", Ending::whole}});
  EXPECT_EQ(deliver("label").state, State::sent);
  EXPECT_EQ(github.labels().size(), 1U);
}

TEST_F(PullRequest, InObserveModeTheLabelIsOnlyEverTakenOff) {
  config.comment.when = CommentWhen::never;
  github.add_label("performance-regression");
  regress();
  report.mode = perfwarden::Mode::observe;
  EXPECT_EQ(deliver("label").note, "took off 'performance-regression'");
}

TEST_F(PullRequest, ARefusedTokenDegradesToAnnotationsWithOneNotice) {
  regress();
  const WireReply forbidden{403, {}, R"({"message": "Resource not accessible by integration"})", Ending::whole};
  github.stub({"comment refused", "POST", "/issues/7/comments", forbidden});
  github.stub({"label refused", "POST", "/widgets/labels", forbidden});
  github.stub({"setting refused", "POST", "/issues/7/labels", forbidden});
  for (const Delivery& delivery : publish("1 slower")) {
    if (delivery.note == "switched off" || delivery.note.empty()) continue;
    const bool writes = delivery.notifier == "pr-comment" || delivery.notifier == "label";
    EXPECT_EQ(delivery.state, writes ? State::refused : State::sent) << delivery.notifier << ": " << delivery.note;
  }
  const auto commands = support::runner_commands(console.err_text);
  ASSERT_EQ(commands.size(), 2U) << console.err_text;
  EXPECT_EQ(commands[0].name, "notice");
  EXPECT_NE(commands[0].data.find("`permissions: pull-requests: write`"), std::string::npos) << commands[0].data;
  EXPECT_EQ(commands[1].name, "error");
  EXPECT_EQ(commands[1].data, "10 % slower than its budget of 5 %");
  EXPECT_EQ(report.verdict.conclusion, Conclusion::fail);
}

TEST_F(PullRequest, AForkAndAMissingTokenReachNoNetwork) {
  regress();
  token.clear();
  for (const Delivery& delivery : publish("1 slower")) EXPECT_NE(delivery.state, State::failed);
  token = FakeGitHub::token();
  report.context.from_fork = true;
  for (const Delivery& delivery : publish("1 slower")) EXPECT_NE(delivery.state, State::failed);
  EXPECT_TRUE(github.requests().empty());
  EXPECT_EQ(support::runner_outputs(support::slurp(directory / "output"))->at(0).second, "fail");
}

TEST_F(PullRequest, ABrokenGitHubFailsTheWritersAndNothingElse) {
  regress();
  github.stub({"comments down", "GET", "/issues/7/comments", {503, {}, "", Ending::whole}, 4});
  for (const Delivery& delivery : publish("1 slower")) {
    if (delivery.note == "switched off" || delivery.note.empty()) continue;
    const bool writes = delivery.notifier == "pr-comment" || delivery.notifier == "label";
    EXPECT_EQ(delivery.state, writes ? State::failed : State::sent) << delivery.notifier << ": " << delivery.note;
  }
}

TEST_F(PullRequest, NoOutputOfOursHoldsTheToken) {
  regress();
  github.stub({"gossip",
               "GET",
               "/issues/7/comments",
               {401, {}, "{\"message\": \"Bad credentials " + FakeGitHub::token() + "\"}", Ending::whole}});
  for (const Delivery& delivery : publish("1 slower"))
    EXPECT_EQ(delivery.note.find(FakeGitHub::token()), std::string::npos) << delivery.note;
  EXPECT_EQ(console.err_text.find(FakeGitHub::token()), std::string::npos);
  EXPECT_EQ(console.out_text, "");
}

TEST_F(PullRequest, TheCheckIsUnderWayBeforeThereIsAReportAndIsTheSameOneAfterwards) {
  config.check.name = "perf";
  const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", token}});
  const report::Templates templates;
  Post post{report, templates, "", environment, http, clock, console};
  open_session(post);
  ASSERT_EQ(begin_check(post, config.check).value_or({}).state, State::sent);
  ASSERT_EQ(github.check_runs().size(), 1U);
  EXPECT_EQ(github.check_runs()[0].status, "in_progress");
  regress();
  EXPECT_EQ(deliver("check-run").state, State::sent);
  ASSERT_EQ(github.check_runs().size(), 1U);
  EXPECT_EQ(github.check_runs()[0].status, "completed");
  EXPECT_EQ(github.check_runs()[0].conclusion, "failure");
  EXPECT_EQ(abandon_check(post, config.check).value_or({}).state, State::skipped) << "it is finished";
  EXPECT_EQ(github.check_runs()[0].conclusion, "failure");
}

TEST_F(PullRequest, ACheckWhoseRunWasCancelledEnds) {
  config.check.name = "perf";
  const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", token}});
  const report::Templates templates;
  Post post{report, templates, "", environment, http, clock, console};
  open_session(post);
  ASSERT_EQ(begin_check(post, config.check).value_or({}).state, State::sent);
  EXPECT_EQ(abandon_check(post, config.check).value_or({}).state, State::sent);
  EXPECT_EQ(github.check_runs().at(0).status, "completed");
  EXPECT_EQ(github.check_runs().at(0).conclusion, "cancelled");
}

}  // namespace
}  // namespace perfwarden::publish
