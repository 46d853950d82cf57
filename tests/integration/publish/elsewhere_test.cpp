#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/base64.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "net/http_client.hpp"
#include "publish/notifier.hpp"
#include "support/fakes.hpp"
#include "support/http_server.hpp"
#include "support/smtp_server.hpp"

// Slack, Teams, webhooks, mail, Jira and GitLab, each against a server on this machine that keeps what arrives.
namespace perfwarden::publish {
namespace {

using Json = nlohmann::json;
using State = Delivery::State;
using support::WireReply;
using support::WireRequest;
using testing::HasSubstr;
using testing::Not;

class Elsewhere : public testing::Test {
 protected:
  Elsewhere() {
    report.project = "widgets";
    report.context.in_github = true;
    report.context.event = "push";
    report.context.repository = "acme/widgets";
    report.context.run_id = "99";
    report.head.run.commit = std::string(40, 'a');
    report.head.run.branch = "main";
    report.verdict.conclusion = Conclusion::fail;
    worse("parse", Confidence::high);
    variables = {{"PERFWARDEN_SLACK_WEBHOOK", server.url() + "/services/T/B/secret"},
                 {"PERFWARDEN_TEAMS_WEBHOOK", server.url() + "/workflows/1/invoke?sig=secret"},
                 {"PERFWARDEN_WEBHOOK_SECRET", "key"},
                 {"PERFWARDEN_SMTP_PASSWORD", "pass word"},
                 {"PERFWARDEN_JIRA_TOKEN", "jira-token"}};
    config.label.name = "";
    config.comment.when = CommentWhen::never;
  }
  void worse(const std::string& benchmark, Confidence confidence) {
    Comparison comparison;
    comparison.id = {"core", benchmark, "wall_time"};
    comparison.metric = {"wall_time", "s", Better::lower, false, true};
    comparison.base.median = 0.010;
    comparison.head.median = 0.012;
    comparison.ratio = 1.2;
    comparison.ratio_interval = {1.18, 1.22, 0.99};
    comparison.confidence = confidence;
    report.comparisons.push_back(comparison);
    Judgement judgement;
    judgement.outcome = Outcome::regression;
    judgement.level = Level::soft;
    judgement.gated = true;
    judgement.limit = "+5%";
    report.verdict.judgements.push_back(judgement);
    Finding finding;
    finding.rule = "budget";
    finding.level = Level::soft;
    finding.series = comparison.id;
    finding.reason = "slower";
    report.verdict.findings.push_back(finding);
    ++report.verdict.counts.regressions;
    ++report.verdict.counts.soft;
  }
  static Telling regressions() {
    Telling telling;
    telling.tell = Tell::regressions;
    return telling;
  }
  Delivery deliver(const std::string& name) {
    const os::Environment environment(variables);
    Post post{report, templates, "reports/a", environment, http, clock, console};
    post.of_branch = of_branch;
    post.persistent = persistent;
    post.acknowledged = acknowledged;
    post.digest = digest;
    post.memory = directory / "told.json";
    for (Delivery& delivery : publish_all(post, config))
      if (delivery.notifier == name) return std::move(delivery);
    return {};
  }
  Json sent_json() { return Json::parse(server.requests().back().body); }

  support::TemporaryDirectory directory;
  std::function<WireReply(const WireRequest&)> answer = [](const WireRequest&) { return WireReply{200, {}, "ok"}; };
  support::HttpServer server{[this](const WireRequest& request) { return answer(request); }};
  net::CurlClient http;
  support::FakeClock clock;
  support::FakeConsole console;
  report::Templates templates;
  Report report;
  PublishConfig config;
  std::map<std::string, std::string> variables;
  std::vector<Persistence> persistent;
  std::set<SeriesId> acknowledged;
  std::string digest;
  bool of_branch = true;
};

TEST_F(Elsewhere, SlackGetsBlocksOfPlainTextWithinItsLimits) {
  config.slack.telling = regressions();
  for (int i = 0; i < 30; ++i)
    worse("<!channel> *bold* " + std::string(200, 'x') + std::to_string(i), Confidence::high);
  EXPECT_EQ(deliver("slack").state, State::sent);
  const WireRequest request = server.requests().back();
  EXPECT_EQ(request.target, "/services/T/B/secret");
  EXPECT_EQ(request.header("content-type"), "application/json");
  const Json message = sent_json();
  EXPECT_THAT(message["text"].get<std::string>(), HasSubstr("widgets"));
  EXPECT_THAT(message["text"].get<std::string>(), Not(HasSubstr("<")));
  ASSERT_EQ(message["blocks"].size(), 2U);
  EXPECT_EQ(message["blocks"][0]["type"], "header");
  for (const Json& block : message["blocks"]) EXPECT_EQ(block["text"]["type"], "plain_text");
  EXPECT_LE(text::code_points(message["blocks"][0]["text"]["text"].get<std::string>()), 150U);
  EXPECT_LE(text::code_points(message["blocks"][1]["text"]["text"].get<std::string>()), 3000U);
}

TEST_F(Elsewhere, TeamsGetsACardWhoseTextIsNotMarkdown) {
  config.teams.telling = regressions();
  worse("[click](https://evil.example)", Confidence::high);
  EXPECT_EQ(deliver("teams").state, State::sent);
  const Json message = sent_json();
  EXPECT_EQ(message["type"], "message");
  const Json& attachment = message["attachments"][0];
  EXPECT_EQ(attachment["contentType"], "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(attachment["content"]["type"], "AdaptiveCard");
  for (const Json& block : attachment["content"]["body"]) EXPECT_EQ(block["type"], "RichTextBlock");
  EXPECT_EQ(attachment["content"]["actions"][0]["url"], "https://github.com/acme/widgets/actions/runs/99");
  EXPECT_LT(server.requests().back().body.size(), 28'000U);
}

TEST_F(Elsewhere, AWebhookIsSignedOverItsBytes) {
  config.webhook.telling = regressions();
  config.webhook.url = server.url() + "/hook";
  EXPECT_EQ(deliver("webhook").state, State::sent);
  const WireRequest request = server.requests().back();
  EXPECT_EQ(request.target, "/hook");
  EXPECT_EQ(request.header("x-perfwarden-signature-256"), "sha256=" + hmac_sha256("key", request.body));
  const Json body = sent_json();
  EXPECT_EQ(body["schema"], "perfwarden.event/1");
  EXPECT_EQ(body["verdict"], "fail");
  EXPECT_EQ(body["commit"], std::string(40, 'a'));
  ASSERT_EQ(body["regressions"].size(), 1U);
  EXPECT_EQ(body["regressions"][0]["benchmark"], "parse");
  EXPECT_EQ(body["regressions"][0]["confidence"], "HIGH");
  EXPECT_NEAR(body["regressions"][0]["change_percent"].get<double>(), 20, 1e-9);
}

// RFC 4231, test case 2.
TEST(HmacSha256, IsThatOfTheStandard) {
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(Elsewhere, AMailIsReadBackWholeByAParserOfMails) {
  const support::SmtpServer smtp("perf@example.com:pass word");
  config.email.telling = regressions();
  config.email.server = smtp.url();
  config.email.from = "perf@example.com";
  config.email.to = {"ann@example.com", "bob@example.com"};
  report.project = "wïdgets – größer 測試 " + std::string(80, 'y');
  worse("naïve\r\nBcc: evil@example.com", Confidence::high);
  const Delivery delivery = deliver("email");
  ASSERT_EQ(delivery.state, State::sent) << delivery.note;
  ASSERT_EQ(smtp.mails().size(), 1U);
  const support::WireMail mail = smtp.mails()[0];
  EXPECT_EQ(mail.login, "perf@example.com:pass word");
  EXPECT_EQ(mail.from, "<perf@example.com>");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"<ann@example.com>", "<bob@example.com>"}));
  for (const std::string_view line : text::lines(mail.text)) EXPECT_LE(line.size(), 78U) << line;
  directory.write("mail.eml", mail.text);
  os::SystemProcesses processes;
  os::Command command = support::shell(
      "python3 -c 'import email, email.policy, json, sys; m = email.message_from_bytes(sys.stdin.buffer.read(), "
      "policy=email.policy.default); print(json.dumps({\"defects\": [str(d) for d in m.defects], \"keys\": m.keys(), "
      "\"subject\": "
      "m[\"subject\"], \"date\": m[\"date\"].datetime.isoformat(), \"to\": [a.addr_spec for a in m[\"to\"].addresses], "
      "\"text\": m.get_content()}))' < " +
      (directory / "mail.eml"));
  command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"PYTHONIOENCODING", "utf-8"}};
  const Result<os::ProcessResult> read = processes.run(command);
  ASSERT_TRUE(read && read->ok()) << (read ? read->err : read.error().text());
  const Json parsed = Json::parse(read->out);
  EXPECT_EQ(parsed["defects"], Json::array());
  EXPECT_THAT(parsed["subject"].get<std::string>(), HasSubstr("wïdgets – größer 測試"));
  EXPECT_EQ(parsed["date"], "2023-11-14T22:13:20+00:00");
  EXPECT_EQ(parsed["to"], (Json{"ann@example.com", "bob@example.com"}));
  EXPECT_THAT(parsed["text"].get<std::string>(), HasSubstr("naïve"));
  for (const Json& key : parsed["keys"]) EXPECT_NE(key, "Bcc");
}

TEST_F(Elsewhere, AMailServerThatRefusesTheLoginIsARefusal) {
  const support::SmtpServer smtp("perf@example.com:another");
  config.email.telling = regressions();
  config.email.server = smtp.url();
  config.email.from = "perf@example.com";
  config.email.to = {"ann@example.com"};
  const Delivery delivery = deliver("email");
  EXPECT_EQ(delivery.state, State::refused) << delivery.note;
  EXPECT_THAT(delivery.note, HasSubstr("check PERFWARDEN_SMTP_PASSWORD"));
  EXPECT_THAT(delivery.note, Not(HasSubstr("pass word")));
  EXPECT_TRUE(smtp.mails().empty());
}

TEST_F(Elsewhere, JiraHasOneTicketForEachRegressionThatIsCommentedWhileItIsOpen) {
  config.jira.telling = regressions();
  config.jira.url = server.url();
  config.jira.user = "bot@example.com";
  config.jira.project = "PERF";
  bool exists = false;
  answer = [&](const WireRequest& request) -> WireReply {
    if (request.path() == "/rest/api/2/search/jql") return {404, {}, "{}"};  // Data Center
    if (request.path() == "/rest/api/2/search")
      return {200, {}, exists ? R"({"issues": [{"key": "PERF-7"}]})" : R"({"issues": []})"};
    return {201, {}, R"({"key": "PERF-7"})"};
  };
  Delivery delivery = deliver("jira");
  EXPECT_EQ(delivery.note, "1 new, 0 commented");
  WireRequest request = server.requests().back();
  EXPECT_EQ(request.target, "/rest/api/2/issue");
  EXPECT_EQ(request.header("authorization"), "Basic " + base64("bot@example.com:jira-token"));
  const Json fields = sent_json()["fields"];
  EXPECT_EQ(fields["project"]["key"], "PERF");
  EXPECT_EQ(fields["issuetype"]["name"], "Bug");
  EXPECT_EQ(fields["summary"], "core/parse/wall_time got worse");
  EXPECT_EQ(fields["labels"][0], "perfwarden");
  EXPECT_EQ(deliver("jira").note, "told lately");
  clock.tick(90'000);
  exists = true;
  delivery = deliver("jira");
  EXPECT_EQ(delivery.note, "0 new, 1 commented");
  EXPECT_EQ(server.requests().back().target, "/rest/api/2/issue/PERF-7/comment");
}

TEST_F(Elsewhere, TheSameRegressionIsNotToldTwiceWithinTheQuietPeriodButANewOneIs) {
  config.slack.telling = regressions();
  EXPECT_EQ(deliver("slack").state, State::sent);
  EXPECT_EQ(deliver("slack").note, "told lately");
  worse("sort", Confidence::high);
  EXPECT_EQ(deliver("slack").state, State::sent);
  clock.tick(86'401);
  EXPECT_EQ(deliver("slack").state, State::sent);
  directory.write("told.json", "{ broken");
  EXPECT_EQ(deliver("slack").state, State::sent) << "at worst twice";
}

TEST_F(Elsewhere, WhatFailedToArriveIsToldByTheNextRun) {
  config.slack.telling = regressions();
  answer = [](const WireRequest&) { return WireReply{500, {}, "no"}; };
  EXPECT_EQ(deliver("slack").state, State::failed);
  answer = [](const WireRequest&) { return WireReply{200, {}, "ok"}; };
  EXPECT_EQ(deliver("slack").state, State::sent);
}

TEST_F(Elsewhere, WhoIsToldDependsOnConfidenceBranchAndPersistence) {
  config.slack.telling = regressions();
  config.slack.telling.confidence = FailFrom::high;
  report.comparisons[0].confidence = Confidence::medium;
  EXPECT_EQ(deliver("slack").note, "no regression to tell");
  config.slack.telling.confidence = FailFrom::medium;
  of_branch = false;
  EXPECT_EQ(deliver("slack").note, "not a run of the baseline branch");
  config.slack.telling.about = TellAbout::all;
  report.verdict.findings[0].accepted = true;
  EXPECT_EQ(deliver("slack").note, "no regression to tell") << "a person has accepted it";
  of_branch = true;
  config.slack.telling.after = 3;
  persistent = {{{"core", "sort", "wall_time"}, "a", "bbbbbbbbbbbbbbbb", "c", 2, 0.1, false}};
  EXPECT_EQ(deliver("slack").note, "no regression to tell");
  EXPECT_TRUE(server.requests().empty());
  persistent[0].runs = 3;
  EXPECT_EQ(deliver("slack").state, State::sent);
  EXPECT_THAT(server.requests().back().body, HasSubstr("worse since bbbbbbbbbb, in 3 runs in a row"));
  persistent[0].recovered = true;
  clock.tick(90'000);
  EXPECT_EQ(deliver("slack").note, "no regression to tell");
}

TEST_F(Elsewhere, WhatNobodyAcknowledgedIsHeldBackWhereTheConfigSaysSo) {
  config.slack.telling = regressions();
  config.slack.telling.escalate = Escalate::after_acknowledge;
  EXPECT_EQ(deliver("slack").note, "no regression to tell") << "the run itself cannot have been looked at yet";
  persistent = {{{"core", "sort", "wall_time"}, "a", "bbbbbbbbbbbbbbbb", "c", 1, 0.1, false}};
  EXPECT_EQ(deliver("slack").note, "held back until somebody acknowledges the alert");
  acknowledged = {{"core", "parse", "wall_time"}};
  EXPECT_EQ(deliver("slack").note, "held back until somebody acknowledges the alert");
  EXPECT_TRUE(server.requests().empty());
  acknowledged = {{"core", "sort", "wall_time"}};
  EXPECT_EQ(deliver("slack").state, State::sent);
  EXPECT_EQ(deliver("slack").note, "told lately");
}

TEST_F(Elsewhere, ADigestGoesToPeopleAndNowhereElse) {
  digest = "Performance of main: 1 ended\n\nEnded:\n- core/parse/wall_time\n";
  of_branch = false;
  config.slack.telling = config.webhook.telling = config.jira.telling = regressions();
  config.webhook.url = server.url() + "/hook";
  config.jira.url = server.url();
  EXPECT_EQ(deliver("slack").state, State::sent);
  const std::vector<WireRequest> requests = server.requests();
  ASSERT_EQ(requests.size(), 2U) << "no ticket";
  for (const WireRequest& request : requests) {
    const Json body = Json::parse(request.body);
    if (request.target == "/hook") {
      EXPECT_EQ(body["schema"], "perfwarden.digest/1");
      EXPECT_EQ(body["text"], digest);
    } else {
      EXPECT_EQ(body["blocks"][0]["text"]["text"], "Performance of main: 1 ended");
    }
  }
  EXPECT_EQ(deliver("jira").state, State::skipped);
  EXPECT_EQ(deliver("teams").note, "switched off");
}

TEST_F(Elsewhere, NoMessageOfOursHoldsASecret) {
  for (const long status : {401L, 404L, 410L, 429L, 500L}) {
    config.slack.telling = regressions();
    config.teams.telling = regressions();
    answer = [status](const WireRequest& request) {
      return WireReply{
          static_cast<int>(status), {}, "at " + request.target + " https://hooks.slack.com/services/T/B/secret"};
    };
    for (const char* name : {"slack", "teams"}) {
      const Delivery delivery = deliver(name);
      EXPECT_NE(delivery.state, State::sent);
      EXPECT_THAT(delivery.note, Not(HasSubstr("services/T/B/secret"))) << name << status;
      EXPECT_THAT(delivery.note, Not(HasSubstr("sig=secret"))) << name << status;
    }
  }
}

// Keeps the notes of merge request 7 of project 12, as far as the notifier needs it.
struct FakeGitlab {
  struct Note {
    int author = 0;
    std::string body;
  };
  std::vector<Note> notes;

  WireReply operator()(const WireRequest& request) {
    const std::string place = "/api/v4/projects/12/merge_requests/7/notes";
    if (request.header("private-token") != "glpat") return {401, {}, R"({"message": "401 Unauthorized"})"};
    if (request.target == "/api/v4/user") return {200, {}, R"({"id": 5})"};
    if (request.method == "GET") return {200, {}, page(request.target)};
    const std::string body = Json::parse(request.body)["body"];
    if (request.method == "POST" && request.target == place) {
      notes.push_back({5, body});
      return {201, {}, R"({"id": 1})"};
    }
    notes.at(std::stoul(request.target.substr(place.size() + 1)) - 1).body = body;
    return {200, {}, "{}"};
  }

 private:
  [[nodiscard]] std::string page(const std::string& target) const {
    const std::size_t first = (std::stoul(target.substr(target.find("&page=") + 6)) - 1) * 100;
    Json out = Json::array();
    for (std::size_t i = first; i < std::min(first + 100, notes.size()); ++i)
      out.push_back({{"id", i + 1}, {"author", {{"id", notes[i].author}}}, {"body", notes[i].body}});
    return out.dump();
  }
};

class OnGitlab : public Elsewhere {
 protected:
  OnGitlab() {
    report.context = {};
    config.comment.when = CommentWhen::automatic;
    variables = {{"PERFWARDEN_GITLAB_TOKEN", "glpat"},
                 {"CI_API_V4_URL", server.url() + "/api/v4/"},
                 {"CI_PROJECT_ID", "12"},
                 {"CI_MERGE_REQUEST_IID", "7"},
                 {"CI_PIPELINE_ID", "100"},
                 {"CI_JOB_ID", "1000"},
                 {"CI_JOB_NAME", "performance-note"}};
    answer = [this](const WireRequest& request) { return gitlab(request); };
  }
  FakeGitlab gitlab;
};

TEST_F(OnGitlab, TheMergeRequestHasOneNoteThatLaterPipelinesEdit) {
  EXPECT_EQ(deliver("gitlab-note").note, "wrote a note");
  ASSERT_EQ(gitlab.notes.size(), 1U);
  EXPECT_THAT(gitlab.notes[0].body, HasSubstr("core/parse"));
  variables["CI_PIPELINE_ID"] = "101";
  report.verdict = {};
  report.comparisons.clear();
  EXPECT_EQ(deliver("gitlab-note").note, "updated note 1");
  ASSERT_EQ(gitlab.notes.size(), 1U);
  EXPECT_THAT(gitlab.notes[0].body, Not(HasSubstr("core/parse")));
}

TEST_F(OnGitlab, ALaterPipelinesNoteIsLeftAndAnotherJobHasItsOwn) {
  EXPECT_EQ(deliver("gitlab-note").state, State::sent);
  variables["CI_PIPELINE_ID"] = "99";
  EXPECT_EQ(deliver("gitlab-note").note, "note 1 is from a later run");
  variables["CI_JOB_NAME"] = "performance-of-arm";
  EXPECT_EQ(deliver("gitlab-note").note, "wrote a note");
  EXPECT_EQ(gitlab.notes.size(), 2U);
}

TEST_F(OnGitlab, AStrangersNoteWithOurMarkerIsNotOursAndNotesBeyondThePageAreFound) {
  EXPECT_EQ(deliver("gitlab-note").state, State::sent);
  const FakeGitlab::Note ours = gitlab.notes[0];
  gitlab.notes.assign(150, {9, ours.body});
  gitlab.notes.push_back(ours);
  EXPECT_EQ(deliver("gitlab-note").note, "updated note 151");
}

TEST_F(OnGitlab, NothingToSayWritesNoNoteAndAWrongTokenIsRefused) {
  report.verdict = {};
  report.comparisons.clear();
  EXPECT_EQ(deliver("gitlab-note").note, "nothing to say");
  variables["PERFWARDEN_GITLAB_TOKEN"] = "wrong";
  const Delivery refused = deliver("gitlab-note");
  EXPECT_EQ(refused.state, State::refused);
  EXPECT_THAT(refused.note, HasSubstr("PERFWARDEN_GITLAB_TOKEN"));
  variables.erase("CI_MERGE_REQUEST_IID");
  EXPECT_EQ(deliver("gitlab-note").state, State::skipped);
}

}  // namespace
}  // namespace perfwarden::publish
