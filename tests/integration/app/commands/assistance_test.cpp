#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "net/http_client.hpp"
#include "support/fakes.hpp"
#include "support/http_server.hpp"

// An AI endpoint on loopback that is helpful, slow, wrong, hostile, huge, lying or down: the report and the verdict are
// what they are without it.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;
using support::HttpServer;
using support::WireReply;
using support::WireRequest;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AiEndpoint : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    directory_.write("bench.txt",
                     "         │  old.txt    │            new.txt                 │\n"
                     "         │   sec/op    │   sec/op     vs base               │\n"
                     "Encode-8   1.700µ ± 1%   2.100µ ± 1%  +23.53% (p=0.000 n=10)\n");
    plain_ = analyze({});
    ASSERT_FALSE(plain_.contains("assistance"));
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  Json analyze(std::map<std::string, std::string> variables) {
    console_ = {};
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    variables["HOME"] = directory_.path();
    const os::Environment environment(std::move(variables));
    net::CurlClient http;
    World world{processes_, clock_, environment, console_, http};
    const std::vector<const char*> argv{"perfwarden", "analyze", "--bench", "bench.txt", "-o", "out", "--gate"};
    EXPECT_EQ(app::run(world, argv), k_gate_failed) << console_.err_text;
    return Json::parse(support::slurp(directory_ / "out/report.json"));
  }
  // What the endpoint's answer adds; everything else is as without it.
  Json assistance_of(const HttpServer& server, std::map<std::string, std::string> more = {}) {
    more["AI_ANALYSIS_ENDPOINT"] = server.url() + "/analyze";
    Json json = analyze(std::move(more));
    Json assistance = json.value("assistance", Json());
    json.erase("assistance");
    EXPECT_EQ(json, plain_);
    return assistance;
  }
  static WireReply answer(const std::string& body, int status = 200) {
    WireReply reply;
    reply.status = status;
    reply.headers = {{"Content-Type", "application/json"}};
    reply.body = body;
    return reply;
  }

  std::filesystem::path before_;
  support::TemporaryDirectory directory_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
  Json plain_;
};

TEST_F(AiEndpoint, AHelpfulOneAddsItsWordsAndIsSentNamesAndNumbersOnly) {
  const HttpServer server([](const WireRequest&) {
    return answer(R"({"summary_override": "Encode-8 is slower by 23.5%.", "recommendations": ["Profile Encode-8."]})");
  });
  const Json out = assistance_of(server, {{"AI_ANALYSIS_TOKEN", "t0ken"}});
  EXPECT_EQ(out["summary"], "Encode-8 is slower by 23.5%.");
  EXPECT_EQ(out["recommendations"][0], "Profile Encode-8.");
  EXPECT_EQ(out["dropped"], 0);
  ASSERT_EQ(server.requests().size(), 1U);
  const WireRequest request = server.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/analyze");
  EXPECT_EQ(request.header("authorization"), "Bearer t0ken");
  EXPECT_EQ(Json::parse(request.body), Json::parse(support::slurp(directory_ / "out/ai_request.json")))
      << "what is sent is shown";
  EXPECT_THAT(request.body, HasSubstr("benchmark_regressions"));
  EXPECT_THAT(support::slurp(directory_ / "out/report.md"), HasSubstr("In the words of a model"));
  EXPECT_THAT(console_.err_text, HasSubstr("names and numbers only"));
}

TEST_F(AiEndpoint, AnAddressThatWouldShowTheTokenToTheNetworkIsNotAsked) {
  for (const char* address : {"http://models.example.com/analyze", "http://localhost.example.com/", "file:///etc/x"}) {
    const Json json = analyze({{"AI_ANALYSIS_ENDPOINT", address}, {"AI_ANALYSIS_TOKEN", "t0ken"}});
    EXPECT_THAT(json["assistance"].dump(), HasSubstr("its address is not https")) << address;
    EXPECT_EQ(json["verdict"], plain_["verdict"]);
  }
}

TEST_F(AiEndpoint, LiesAboutNumbersAndFunctionsAreDropped) {
  const HttpServer server([](const WireRequest&) {
    return answer(
        R"({"summary_override": "Encode-8 is slower by 99.9%. It got slower.", "recommendations": ["Mend main.invented().", "Merge it."]})");
  });
  const Json out = assistance_of(server);
  EXPECT_EQ(out["summary"], "It got slower.");
  EXPECT_EQ(out["recommendations"], Json({"Merge it."}));
  EXPECT_EQ(out["dropped"], 2);
}

TEST_F(AiEndpoint, AHostileOneBreaksOutOfNothing) {
  const HttpServer server([](const WireRequest&) {
    return answer(
        R"({"summary_override": "<script>alert(1)</script> @everyone ::error::x [a](b).", "recommendations": ["```\n# heading"]})");
  });
  const Json out = assistance_of(server);
  const std::string page = support::slurp(directory_ / "out/report.md");
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("@everyone")));
  EXPECT_THAT(page, Not(HasSubstr("\n# heading")));
}

TEST_F(AiEndpoint, WrongHugeAndFailingAnswersLeaveTheReportAsItWas) {
  for (const WireReply& reply :
       {answer("not JSON"), answer("[]"), answer("{}"), answer(R"({"summary_override": 5})"),
        answer(R"({"recommendations": "all"})"), answer("oops", 500), answer("", 204),
        answer(R"({"summary_override": ")" + std::string(200'000, 'a') + "\"}"), answer(std::string(2'000'000, '['))}) {
    const HttpServer server([&reply](const WireRequest&) { return reply; });
    const Json out = assistance_of(server);
    EXPECT_EQ(out["summary"], "") << reply.body.substr(0, 40);
    EXPECT_THAT(out["problem"].get<std::string>(), Not(IsEmpty())) << reply.body.substr(0, 40);
  }
}

TEST_F(AiEndpoint, OneThatIsDownOrSilentLeavesTheReportAsItWas) {
  directory_.write("perfwarden.yml",
                   "version: 1\nsuites: { core: { run: ./b } }\nbudgets: { \"*\": +5% }\nhistory: off\nanalysis: { ai: "
                   "{ timeout: 1s } }\n");
  plain_ = analyze({});
  for (const WireReply::Ending ending :
       {WireReply::Ending::reset, WireReply::Ending::truncated, WireReply::Ending::silent}) {
    const HttpServer server([ending](const WireRequest&) {
      WireReply reply = answer(R"({"summary_override": "It got slower.", "recommendations": []})");
      reply.ending = ending;
      return reply;
    });
    EXPECT_THAT(assistance_of(server)["problem"].get<std::string>(), Not(IsEmpty()));
  }
}

TEST_F(AiEndpoint, ASecretSignsATokenThatLivesForFiveMinutes) {
  const HttpServer server([](const WireRequest&) { return answer(R"({"recommendations": ["Merge it."]})"); });
  (void)assistance_of(server, {{"AI_ANALYSIS_SECRET", "s3cret"}});
  const std::string bearer = server.requests().at(0).header("authorization");
  EXPECT_TRUE(bearer.starts_with("Bearer eyJ")) << bearer;
  EXPECT_EQ(std::count(bearer.begin(), bearer.end(), '.'), 2);
  EXPECT_THAT(bearer, Not(HasSubstr("s3cret")));
}

TEST_F(AiEndpoint, AChatEndpointIsAskedForJsonInItsMessage) {
  const HttpServer server([](const WireRequest&) {
    return answer(Json{
        {"choices",
         {{{"message",
            {{"role", "assistant"}, {"content", "```json\n{\"summary_override\": \"Encode-8 got slower.\"}\n```"}}}}}}}
                      .dump());
  });
  directory_.write(
      "perfwarden.yml",
      "version: 1\nsuites: { core: { run: ./b } }\nbudgets: { \"*\": +5% }\nhistory: off\nanalysis: { ai: { "
      "api: chat, model: small } }\n");
  plain_ = analyze({});
  EXPECT_EQ(assistance_of(server)["summary"], "Encode-8 got slower.");
  const Json body = Json::parse(server.requests().at(0).body);
  EXPECT_EQ(body["model"], "small");
  EXPECT_EQ(body["messages"][0]["role"], "system");
}

TEST_F(AiEndpoint, NothingIsSentForAPullRequestOfAFork) {
  const HttpServer server([](const WireRequest&) { return answer(R"({"recommendations": ["Merge it."]})"); });
  directory_.write("event.json",
                   R"({"pull_request": {"number": 7, "head": {"sha": "1111111111111111111111111111111111111111",
                       "ref": "x", "repo": {"full_name": "evil/fork", "fork": true}},
                       "base": {"sha": "2222222222222222222222222222222222222222", "ref": "main",
                       "repo": {"full_name": "acme/app"}}}})");
  console_ = {};
  const os::Environment environment({{"PATH", "/usr/bin:/bin"},
                                     {"HOME", directory_.path()},
                                     {"GITHUB_ACTIONS", "true"},
                                     {"GITHUB_EVENT_NAME", "pull_request"},
                                     {"GITHUB_EVENT_PATH", directory_ / "event.json"},
                                     {"GITHUB_REPOSITORY", "acme/app"},
                                     {"AI_ANALYSIS_ENDPOINT", server.url() + "/analyze"}});
  net::CurlClient http;
  World world{processes_, clock_, environment, console_, http};
  (void)app::run(world, std::vector<const char*>{"perfwarden", "analyze", "--bench", "bench.txt"});
  EXPECT_THAT(server.requests(), IsEmpty()) << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
