#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.hpp"
#include "publish/notifier.hpp"
#include "support/post_scene.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::publish {
namespace {

using support::runner_commands;
using support::RunnerCommand;

struct Scene : support::PostScene {
  void find(Level level, const std::string& benchmark, const std::string& reason, Position where = {}) {
    Finding finding;
    finding.rule = "budget";
    finding.level = level;
    finding.series = {"core", benchmark, "wall_time"};
    finding.reason = reason;
    finding.where = std::move(where);
    report.verdict.findings.push_back(finding);
  }
  using PostScene::publish;
  Delivery publish(const std::string& name) {
    const auto deliveries = publish();
    const auto found = std::find_if(deliveries.begin(), deliveries.end(),
                                    [&](const Delivery& delivery) { return delivery.notifier == name; });
    return found == deliveries.end() ? Delivery{} : *found;
  }
  std::vector<RunnerCommand> commands() const { return runner_commands(console.err_text); }
};

TEST(PublishAll, GivesOneDeliveryForEachNotifierInTheirOrder) {
  Scene scene;
  const auto deliveries = scene.publish();
  ASSERT_EQ(deliveries.size(), notifiers().size());
  for (std::size_t i = 0; i < deliveries.size(); ++i) EXPECT_EQ(deliveries[i].notifier, notifiers()[i]->name);
}

TEST(PublishAll, OutsideGitHubSkipsEverythingAndSaysNothing) {
  Scene scene;
  scene.report.context = RunContext{};
  scene.find(Level::hard, "parse", "slow");
  for (const Delivery& delivery : scene.publish()) {
    EXPECT_EQ(delivery.state, Delivery::State::skipped) << delivery.notifier;
  }
  EXPECT_EQ(scene.console.err_text, "");
  EXPECT_TRUE(scene.http.requests.empty());
}

// Rows of a test's own. Their work is done in `send`.
constexpr Notifier k_throws{"throws", "", "", Turn::first, [](const Post&, const PublishConfig&) -> Result<Delivery> {
                              throw std::runtime_error("boom");
                            }};
constexpr Notifier k_fails{"fails", "", "", Turn::first, [](const Post&, const PublishConfig&) -> Result<Delivery> {
                             return Error{.what = "cannot write", .where = "/a/file", .hint = "make room"};
                           }};
constexpr Notifier k_is_refused{
    "is-refused", "", "", Turn::first,
    [](const Post&, const PublishConfig&) -> Result<Delivery> { return refused("no token"); }};
constexpr Notifier k_stands_in{"stands-in", "", "", Turn::after_refusals,
                               [](const Post& post, const PublishConfig&) -> Result<Delivery> {
                                 std::string note;
                                 for (const Delivery& refusal : post.refusals)
                                   note += refusal.notifier + ": " + refusal.note;
                                 return sent(note);
                               }};
constexpr Notifier k_sends{"sends", "", "", Turn::first,
                           [](const Post& post, const PublishConfig&) -> Result<Delivery> {
                             return sent(std::to_string(post.refusals.size()) + " refusals before");
                           }};

TEST(PublishAll, OneThatThrowsOrFailsDoesNotStopTheOthers) {
  const auto deliveries = Scene().publish(std::array{&k_throws, &k_fails, &k_sends});
  ASSERT_EQ(deliveries.size(), 3U);
  EXPECT_EQ(deliveries[0].state, Delivery::State::failed);
  EXPECT_EQ(deliveries[0].note, "internal error: boom");
  EXPECT_EQ(deliveries[1].state, Delivery::State::failed);
  EXPECT_EQ(deliveries[1].note, "/a/file: cannot write; make room");
  EXPECT_EQ(deliveries[2].state, Delivery::State::sent);
}

TEST(PublishAll, WhatStandsInForOthersComesLastAndKnowsWhoWasRefused) {
  const auto deliveries = Scene().publish(std::array{&k_stands_in, &k_sends, &k_is_refused});
  ASSERT_EQ(deliveries.size(), 3U);
  EXPECT_EQ(deliveries[0].notifier, "stands-in");
  EXPECT_EQ(deliveries[0].note, "is-refused: no token");
  EXPECT_EQ(deliveries[1].note, "0 refusals before");
  EXPECT_EQ(deliveries[2].state, Delivery::State::refused);
}

TEST(PublishAll, AForkGetsAnnotationsAndOneNoticeAndNoRequestIsMade) {
  Scene scene;
  scene.report.context.from_fork = true;
  scene.report.verdict.conclusion = Conclusion::fail;
  scene.find(Level::soft, "parse", "10 % slower than its budget of 5 %");
  for (const Delivery& delivery : scene.publish()) EXPECT_NE(delivery.state, Delivery::State::failed) << delivery.note;
  EXPECT_TRUE(scene.http.requests.empty());
  const auto commands = scene.commands();
  ASSERT_EQ(commands.size(), 2U) << scene.console.err_text;
  EXPECT_EQ(commands[0].name, "notice");
  EXPECT_NE(commands[0].data.find("fork"), std::string::npos);
  EXPECT_NE(commands[0].data.find("the verdict is the same"), std::string::npos);
  EXPECT_EQ(commands[1].name, "error");
}

TEST(PublishAll, WithoutATokenItSaysOnceHowToGiveOne) {
  Scene scene;
  scene.token.clear();
  EXPECT_EQ(scene.publish("pr-comment").state, Delivery::State::refused);
  const auto commands = scene.commands();
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_NE(commands[0].data.find("${{ github.token }}"), std::string::npos);
}

TEST(PublishAll, APullRequestTargetOfAForkMayBeWrittenTo) {
  Scene scene;
  scene.report.context.from_fork = true;
  scene.report.context.event = "pull_request_target";
  (void)scene.publish();
  EXPECT_FALSE(scene.http.requests.empty());
}

TEST(PublishAll, APushHasNothingToCommentOn) {
  Scene scene;
  scene.report.context.event = "push";
  scene.report.context.pull_request = 0;
  const Delivery delivery = scene.publish("pr-comment");
  EXPECT_EQ(delivery.state, Delivery::State::skipped);
  EXPECT_TRUE(scene.commands().empty());
}

TEST(Comment, ATemplateThatCannotFitIsAFailureThatNamesIt) {
  Scene scene;
  scene.config.comment.when = CommentWhen::always;
  ASSERT_TRUE(scene.templates.replace("comment.md.mustache", std::string(70'000, 'x')));
  scene.http.answer = [](const net::HttpRequest&) { return net::HttpResponse{200, {}, "[]"}; };
  const Delivery delivery = scene.publish("pr-comment");
  EXPECT_EQ(delivery.state, Delivery::State::failed);
  EXPECT_NE(delivery.note.find("comment.md.mustache"), std::string::npos) << delivery.note;
  for (const net::HttpRequest& request : scene.http.requests)
    EXPECT_TRUE(request.url.find("/comments") == std::string::npos || request.method == "GET") << "an empty comment";
}

TEST(Annotations, PointAtTheBudgetsLineWorstFirst) {
  Scene scene;
  scene.token.clear();
  scene.report.context.pull_request = 0;
  scene.find(Level::warn, "a", "warned", {"perfwarden.yml", 3, 5});
  scene.find(Level::inconclusive, "b", "too noisy");
  scene.find(Level::hard, "c", "twice as slow", {"/github/workspace/ci/perf.yml", 9, 1});
  scene.find(Level::soft, "d", "slower", {"/tmp/elsewhere.yml", 4, 1});
  (void)scene.publish();
  const auto commands = scene.commands();
  ASSERT_EQ(commands.size(), 4U);
  EXPECT_EQ(commands[0],
            (RunnerCommand{
                "error", {{"file", "ci/perf.yml"}, {"line", "9"}, {"title", "core/c/wall_time"}}, "twice as slow"}));
  EXPECT_EQ(commands[1].properties.at("file"), "perfwarden.yml") << "what lies outside the repository is not named";
  EXPECT_EQ(commands[2].name, "warning");
  EXPECT_EQ(commands[3].name, "notice");
  EXPECT_EQ(commands[3].properties.at("file"), "perfwarden.yml");
}

TEST(Annotations, AreNeverErrorsWhereTheRunCannotFail) {
  Scene observed;
  observed.report.mode = Mode::observe;
  observed.find(Level::hard, "a", "slow");
  (void)observed.publish("annotations");
  EXPECT_EQ(observed.commands().back().name, "warning");

  Scene accepted;
  accepted.report.verdict.overridden = true;
  accepted.report.verdict.override_note = "octocat: worth it";
  accepted.find(Level::soft, "a", "slow");
  accepted.report.verdict.findings.back().accepted = true;
  accepted.find(Level::hard, "b", "slower");
  (void)accepted.publish("annotations");
  const auto commands = accepted.commands();
  EXPECT_EQ(commands[0].name, "error") << "no label helps a hard budget";
  EXPECT_EQ(commands[1].name, "notice");
  EXPECT_EQ(commands[1].data, "slow (accepted: octocat: worth it)");
}

TEST(Annotations, HostileNamesCannotBeCommands) {
  Scene scene;
  scene.find(Level::hard, "x\n::set-env name=PATH::evil\n##[error]", "y\r\n::add-mask::a%0Ab", {"f,line=1::x\n", 2, 1});
  (void)scene.publish("annotations");
  for (const RunnerCommand& command : scene.commands()) EXPECT_TRUE(command.name == "error") << command.name;
  EXPECT_EQ(scene.commands().size(), 1U);
}

TEST(Outputs, SayWhatAStepAfterUsMayAskFor) {
  Scene scene;
  scene.report.verdict.conclusion = Conclusion::no_baseline;
  scene.report.verdict.counts.regressions = 2;
  scene.report.verdict.counts.improvements = 3;
  scene.report.verdict.counts.inconclusive = 4;
  scene.report.verdict.counts.added = 5;
  scene.report.verdict.counts.vanished = 6;
  scene.report.comparisons.resize(20);
  EXPECT_EQ(scene.publish("outputs").state, Delivery::State::sent);
  const auto outputs = support::runner_outputs(support::slurp(scene.directory / "output"));
  ASSERT_TRUE(outputs);
  const std::vector<std::pair<std::string, std::string>> expected{{"verdict", "no-baseline"},
                                                                  {"regressions", "2"},
                                                                  {"improvements", "3"},
                                                                  {"inconclusive", "4"},
                                                                  {"new", "5"},
                                                                  {"vanished", "6"},
                                                                  {"comparison-count", "20"},
                                                                  {"overridden", "false"},
                                                                  {"report", "reports/abc"}};
  EXPECT_EQ(*outputs, expected);
}

TEST(Outputs, AFileThatCannotBeWrittenIsAFailureThatNamesIt) {
  Scene scene;
  scene.report.context.output_file = scene.directory.path();
  const Delivery delivery = scene.publish("outputs");
  EXPECT_EQ(delivery.state, Delivery::State::failed);
  EXPECT_NE(delivery.note.find(scene.directory.path()), std::string::npos) << delivery.note;
}

TEST(StepSummary, IsAppended) {
  Scene scene;
  ASSERT_TRUE(scene.templates.replace("summary.md.mustache", "# summary"));
  EXPECT_EQ(scene.publish("step-summary").state, Delivery::State::sent);
  EXPECT_EQ(support::slurp(scene.directory / "summary"), "# summary\n");
}

TEST(Label, IsSwitchedOffByAnEmptyName) {
  Scene scene;
  scene.config.label.name = "";
  scene.config.comment.when = CommentWhen::never;
  EXPECT_EQ(scene.publish("label").note, "switched off");
  EXPECT_TRUE(scene.http.requests.empty());
}

TEST(Label, StaysAsItIsWhileUndecided) {
  for (const Conclusion conclusion : {Conclusion::inconclusive, Conclusion::no_baseline}) {
    Scene scene;
    scene.config.comment.when = CommentWhen::never;
    scene.report.verdict.conclusion = conclusion;
    EXPECT_EQ(scene.publish("label").state, Delivery::State::skipped);
    EXPECT_TRUE(scene.http.requests.empty());
  }
}

TEST(UserAgent, OfAStrangersReportCannotSmuggleAHeader) {
  Scene scene;
  scene.report.tool_version = "0.1.0\r\nX-Evil: 1";
  (void)scene.publish();
  ASSERT_FALSE(scene.http.requests.empty());
  for (const net::HttpRequest& request : scene.http.requests)
    for (const auto& [name, value] : request.headers)
      EXPECT_TRUE(name != "User-Agent" || value == "perfwarden") << value;
}

}  // namespace
}  // namespace perfwarden::publish
