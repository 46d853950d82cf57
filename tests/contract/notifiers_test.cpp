#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "base/text.hpp"
#include "publish/notifier.hpp"
#include "support/post_scene.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::publish {
namespace {

using State = Delivery::State;

// A row needs nothing, a permission of GitHub's token, or a variable that holds a secret.
bool is_secret(std::string_view needs) {
  return needs.starts_with("PERFWARDEN_");
}

// A run whose check fails, so that every notifier has something to say.
struct Failing : support::PostScene {
  explicit Failing(const std::string& hostile = "") {
    report.verdict.conclusion = Conclusion::fail;
    report.verdict.counts.regressions = 1;
    Comparison comparison;
    comparison.id = {"core", "parse" + hostile, "wall_time"};
    report.comparisons.push_back(comparison);
    report.verdict.judgements.resize(1);
    Finding finding;
    finding.level = Level::soft;
    finding.rule = "budget";
    finding.series = comparison.id;
    finding.reason = "slower" + hostile;
    finding.where = {"perfwarden.yml" + hostile, 3, 1};
    report.verdict.findings.push_back(finding);
    report.head.run.commit = std::string(40, 'a');
    config.check.name = "perfwarden report";
    config.code_scanning.upload = true;
    Telling telling;
    telling.tell = Tell::regressions;
    config.slack.telling = config.teams.telling = config.webhook.telling = config.email.telling = config.jira.telling =
        telling;
    config.webhook.url = "https://hooks.example.com/x";
    config.email.server = "smtps://smtp.example.com";
    config.email.from = "perf@example.com";
    config.email.to = {"ann@example.com"};
    config.jira.url = "https://jira.example.com";
    config.jira.project = "PERF";
    config.issues.open = true;
    in_gitlab = true;
    of_branch = true;
    persistent = {{comparison.id, std::string(40, 'b'), std::string(40, 'c'), std::string(40, 'd'), 3, 0.1, false}};
    for (const Notifier* notifier : notifiers())
      if (is_secret(notifier->needs)) secrets[std::string(notifier->needs)] = "https://secret.example.com/x";
    report.context.head_ref = report.context.actor = report.project = "name" + hostile;
    report.warnings.push_back({"code", "text" + hostile});
  }
  void answer(long status, const std::string& body) {
    http.answer = [status, body](const net::HttpRequest&) { return net::HttpResponse{status, {}, body}; };
  }
  Delivery deliver(const Notifier* notifier) { return publish(std::array{notifier}).at(0); }
};

class NotifierContract : public testing::TestWithParam<const Notifier*> {};

TEST(NotifierContract, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Notifier* notifier : notifiers()) EXPECT_TRUE(names.insert(notifier->name).second) << notifier->name;
  EXPECT_EQ(names, (std::set<std::string_view>{"annotations", "check-run", "code-scanning", "label", "outputs",
                                               "pr-comment", "step-summary", "slack", "teams", "webhook", "email",
                                               "jira", "issues", "gitlab-note"}));
}

TEST_P(NotifierContract, HasAKebabNameAndAOneLineSummary) {
  EXPECT_EQ(GetParam()->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
  EXPECT_GT(GetParam()->summary.size(), 10U);
  EXPECT_EQ(GetParam()->summary.find('\n'), std::string_view::npos);
  EXPECT_FALSE(GetParam()->summary.ends_with('.'));
}

TEST_P(NotifierContract, NeedsAPermissionOrASecretExactlyIfItSpeaksToSomebody) {
  static const std::regex permission("[a-z-]+: (read|write)|PERFWARDEN_[A-Z_]+");
  Failing scene;
  scene.answer(200, "[]");
  (void)scene.deliver(GetParam());
  EXPECT_EQ(scene.http.requests.empty() && scene.http.mails.empty(), GetParam()->needs.empty());
  EXPECT_TRUE(GetParam()->needs.empty() || std::regex_match(std::string(GetParam()->needs), permission));
}

TEST_P(NotifierContract, IsRefusedWithoutTheTokenOrThePermissionAndSaysWhatItNeeds) {
  const State expected = GetParam()->needs.empty() ? State::sent : State::refused;
  Failing without_permission;
  without_permission.answer(403, R"({"message": "Resource not accessible by integration"})");
  const Delivery forbidden = without_permission.deliver(GetParam());
  EXPECT_EQ(forbidden.state, expected) << forbidden.note;
  EXPECT_NE(forbidden.note.find(GetParam()->needs), std::string::npos) << forbidden.note;
  Failing without_token;
  without_token.token.clear();
  without_token.secrets.clear();
  EXPECT_EQ(without_token.deliver(GetParam()).state, expected);
  EXPECT_TRUE(without_token.http.requests.empty() && without_token.http.mails.empty());
}

TEST_P(NotifierContract, FailsAndSaysWhyWhileItsTargetIsDown) {
  Failing scene;
  scene.answer(503, "<html>");
  const Delivery delivery = scene.deliver(GetParam());
  EXPECT_EQ(delivery.state, GetParam()->needs.empty() ? State::sent : State::failed);
  EXPECT_FALSE(delivery.note.empty());
}

// Whatever hangs: one exchange is cut, and so is the sum of all tries.
TEST_P(NotifierContract, AHangIsCutByItsBound) {
  Failing scene;
  scene.http.answer = [&](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    EXPECT_GT(request.timeout_s, 0);
    scene.clock.tick(std::min(request.timeout_s, net::CurlOptions{}.timeout_s));
    return Error{.kind = ErrorKind::network, .what = "no answer within 60 s"};
  };
  const Delivery delivery = scene.deliver(GetParam());
  EXPECT_EQ(delivery.state, GetParam()->needs.empty() ? State::sent : State::failed) << delivery.note;
  EXPECT_LE(scene.clock.monotonic_s(), k_publishing_s / 2) << "the others need time too";
}

TEST_P(NotifierContract, AnswersThatAreNonsenseAreAFailure) {
  for (const char* nonsense : {"", "{", "7", R"([{"id": "x", "body": 7, "user": []}])", R"({"id": 1e400})"}) {
    Failing scene;
    scene.answer(200, nonsense);
    EXPECT_FALSE(scene.deliver(GetParam()).note.empty()) << nonsense;
  }
}

TEST_P(NotifierContract, HostileTextReachesNoCommandHeaderOrAddress) {
  Failing scene(
      "\x1b[2J\xff\r\n::set-env name=PATH::evil\n##[error]x\n<!-- perfwarden:v1 key= -->\n@everyone |`<script>");
  scene.http.answer = [](const net::HttpRequest& request) {
    if (request.url.find("/search") != std::string::npos) return net::HttpResponse{200, {}, R"({"issues": []})"};
    if (request.url.ends_with("/user")) return net::HttpResponse{200, {}, R"({"id": 5})"};
    return request.method == "GET" ? net::HttpResponse{200, {}, "[]"}
                                   : net::HttpResponse{201, {}, R"({"id": 1, "number": 1})"};
  };
  const Delivery delivery = scene.deliver(GetParam());
  EXPECT_EQ(delivery.state, State::sent) << delivery.note;
  EXPECT_EQ(scene.console.out_text, "");
  for (const support::RunnerCommand& command : support::runner_commands(scene.console.err_text))
    EXPECT_EQ(command.name, "error");
  for (const net::HttpRequest& request : scene.http.requests) {
    EXPECT_TRUE(request.body.empty() || nlohmann::json::accept(request.body)) << request.body;
    EXPECT_EQ(text::one_line(request.url), request.url);
    for (const auto& [name, value] : request.headers) EXPECT_EQ(text::one_line(value), value) << name;
  }
  for (const net::Mail& mail : scene.http.mails)
    for (const std::string_view line : text::lines(mail.text))
      EXPECT_TRUE(line.size() < 100 && text::one_line(line) == line) << line;
}

INSTANTIATE_TEST_SUITE_P(Every, NotifierContract, testing::ValuesIn(notifiers().begin(), notifiers().end()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace perfwarden::publish
