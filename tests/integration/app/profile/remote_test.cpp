#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "net/http_client.hpp"
#include "support/fakes.hpp"
#include "support/http_server.hpp"

// A Pyroscope on loopback as the source of base and head.
namespace perfwarden::app {
namespace {

using support::HttpServer;
using support::WireReply;
using support::WireRequest;
using testing::HasSubstr;
using testing::Not;

std::string graph(int parse) {
  return R"({"flamebearer":{"names":["total","main","parse"],"levels":[[0,1000,0,0],[0,1000,)" +
         std::to_string(1000 - parse) + ",1],[0," + std::to_string(parse) + "," + std::to_string(parse) +
         R"(,2]]},"metadata":{"format":"single","sampleRate":100,"units":"samples"}})";
}

WireReply pyroscope(const WireRequest& request) {
  WireReply reply;
  reply.body = request.query().find("until=2000") != std::string::npos ? graph(500) : graph(100);
  return reply;
}

class RemoteProfile : public testing::Test {
 protected:
  int run(std::vector<std::string> words, std::map<std::string, std::string> variables = {}) {
    console_ = {};
    variables["HOME"] = directory_.path();
    const os::Environment environment(std::move(variables));
    net::CurlClient http;
    World world{processes_, clock_, environment, console_, http};
    words.insert(words.begin(), "perfwarden");
    std::vector<const char*> argv;
    argv.reserve(words.size());
    for (const std::string& word : words) argv.push_back(word.c_str());
    return app::run(world, argv);
  }

  support::TemporaryDirectory directory_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
};

TEST_F(RemoteProfile, BothSidesComeFromTheServerWithTheTokenOfTheEnvironment) {
  const HttpServer server(pyroscope);
  const std::string address = server.url() + "/pyroscope/render?query=process_cpu%7B%7D&format=json&from=0";
  EXPECT_EQ(run({"profile", "diff", address + "&until=1000", address + "&until=2000"}, {{"PYROSCOPE_TOKEN", "t0ken"}}),
            k_pass)
      << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("parse"));
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[0].header("authorization"), "Bearer t0ken");
  EXPECT_THAT(server.requests()[1].target, HasSubstr("until=2000"));
}

TEST_F(RemoteProfile, ThatDoesNotComeIsAnErrorWhoseTextHoldsNoAddress) {
  for (const int status : {302, 401, 404, 500}) {
    const HttpServer server([status](const WireRequest&) {
      WireReply reply;
      reply.status = status;
      reply.headers = {{"Location", "http://127.0.0.1:1/"}};
      return reply;
    });
    EXPECT_EQ(run({"profile", "top", server.url() + "/render?key=s3cret"}), k_not_measured);
    EXPECT_THAT(console_.err_text, HasSubstr("status " + std::to_string(status)));
    EXPECT_THAT(console_.err_text, Not(HasSubstr("s3cret")));
    EXPECT_EQ(server.requests().size(), 1U) << "redirects are not followed";
  }
}

TEST_F(RemoteProfile, AnswersThatAreNoProfileAreRefused) {
  const HttpServer server([](const WireRequest&) {
    WireReply reply;
    reply.body = "<html>sign in</html>";
    return reply;
  });
  EXPECT_NE(run({"profile", "top", server.url() + "/render"}), k_pass);
  EXPECT_THAT(console_.err_text, HasSubstr("127.0.0.1"));
}

TEST_F(RemoteProfile, PlainHttpToAnotherMachineIsRefusedBeforeItIsAsked) {
  EXPECT_EQ(run({"profile", "top", "http://pyroscope.example.com/render?key=s3cret"}), k_usage);
  EXPECT_THAT(console_.err_text, HasSubstr("plain http"));
  EXPECT_THAT(console_.err_text, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace perfwarden::app
