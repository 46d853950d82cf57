#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "integration/app/check_fixture.hpp"
#include "support/http_server.hpp"

namespace perfwarden::app {
namespace {

using support::HttpServer;
using support::WireReply;
using support::WireRequest;
using testing::AllOf;
using testing::HasSubstr;

class Ab : public Check {
 protected:
  // A service that answers after so long.
  static std::unique_ptr<HttpServer> service(std::chrono::milliseconds time) {
    return std::make_unique<HttpServer>([time](const WireRequest&) {
      std::this_thread::sleep_for(time);
      return WireReply{};
    });
  }
  // A program that serves on $PORT, each answer after so many milliseconds; it ends after `most` requests.
  void write_server() {
    write("server.py",
          "import http.server, os, sys, time\n"
          "class Answer(http.server.BaseHTTPRequestHandler):\n"
          "  left = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000\n"
          "  def do_GET(self):\n"
          "    Answer.left -= 1\n"
          "    if Answer.left < 0: print('out of memory', file=sys.stderr, flush=True); os._exit(7)\n"
          "    time.sleep(int(sys.argv[1]) / 1000)\n"
          "    self.send_response(200 if self.path == '/q' else 404)\n"
          "    self.send_header('Content-Length', '0')\n"
          "    self.end_headers()\n"
          "  def log_message(self, *arguments): pass\n"
          "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Answer).serve_forever()\n");
  }
  static bool is_alive(const std::string& file) { return ::kill(std::stoi(support::slurp(file)), 0) == 0; }
  // The verdict on the only comparison of that metric.
  [[nodiscard]] std::string verdict_of(const std::string& path) const {
    const nlohmann::json json = nlohmann::json::parse(console_.out_text);
    for (const nlohmann::json& one : json["comparisons"])
      if (one["suite"].get<std::string>() + "/" + one["benchmark"].get<std::string>() + "/" +
              one["metric"].get<std::string>() ==
          path)
        return one["verdict"];
    return "not there";
  }
  int ab(const HttpServer& base, const HttpServer& head) {
    const std::string first = base.url() + "/";
    const std::string second = head.url() + "/";
    return start({"ab", first.c_str(), second.c_str(), "--rate", "60", "--block", "200ms", "--pairs", "10", "--json",
                  "--seed", "1"});
  }
};

TEST_F(Ab, ASlowerServiceFailsByItsPercentiles) {
  EXPECT_EQ(ab(*service(std::chrono::milliseconds(3)), *service(std::chrono::milliseconds(6))), 1) << console_.err_text;
  const nlohmann::json json = nlohmann::json::parse(console_.out_text);
  bool found = false;
  for (const nlohmann::json& one : json["comparisons"]) {
    if (one["metric"] != "p50") continue;
    found = true;
    EXPECT_EQ(one["verdict"], "regression");
    EXPECT_GT(one["change_percent"], 50);
    EXPECT_EQ(one["pairs"], 10);
  }
  EXPECT_TRUE(found) << console_.out_text;
  EXPECT_THAT(json["reproduce"].get<std::string>(), HasSubstr("--seed 1"));
}

TEST_F(Ab, AServiceThatIsNotThereIsNotMeasured) {
  const std::unique_ptr<HttpServer> base = service(std::chrono::milliseconds(1));
  const std::string url = base->url() + "/";
  EXPECT_EQ(start({"ab", url.c_str(), "http://127.0.0.1:1/", "--block", "100ms"}), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("head answers no request"));
}

TEST_F(Ab, CommandsThatServeAreStartedDrivenAndEnded) {
  write_server();
  const char* const base = "setsid sleep 600 & echo $! > left.pid; exec python3 server.py 3";
  EXPECT_EQ(start({"ab", base, "PORT={port} python3 server.py 100 & wait", "--path", "/q", "--rate", "50", "--block",
                   "150ms", "--pairs", "8", "--json", "--seed", "1"}),
            1)
      << console_.err_text;
  EXPECT_EQ(verdict_of("ab/load/p50"), "regression");
  EXPECT_FALSE(is_alive("left.pid")) << "what a service left behind is ended too";
  EXPECT_THAT(nlohmann::json::parse(console_.out_text)["reproduce"].get<std::string>(),
              AllOf(HasSubstr("'setsid sleep 600 &"), HasSubstr("--path /q")));
}

TEST_F(Ab, ACommandThatDoesNotServeIsSaidWithItsWords) {
  const char* const there = "http://127.0.0.1:1/";
  EXPECT_EQ(start({"ab", "echo cannot bind >&2; exit 3", there}), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("base has ended: exit status 3: cannot bind"));
  EXPECT_EQ(start({"ab", there, "sleep 600", "--ready", "100ms"}), 3);
  EXPECT_THAT(console_.err_text,
              AllOf(HasSubstr("head is not ready after 100 ms: no connection"), HasSubstr("{port}")));
  EXPECT_EQ(start({"ab", there, "sleep 600", "--path", "q"}), 2);
}

TEST_F(Ab, AServiceThatEndsUnderLoadEndsTheMeasurement) {
  write_server();
  EXPECT_EQ(start({"ab", "python3 server.py 0", "python3 server.py 0 40", "--path", "/q", "--rate", "60", "--block",
                   "200ms"}),
            3);
  EXPECT_THAT(console_.err_text, HasSubstr("head has ended: exit status 7: out of memory"));
}

TEST_F(Ab, AUsersLoadGeneratorIsRunAgainstBothInTurn) {
  write("load.sh",
        "#!/bin/sh\n"
        "echo \"$1 $2 $3\" >> asked\n"
        "case $1 in *8001*) t=2000;; *) t=1000;; esac\n"
        "echo \"checkout $((t * (997 + $$ % 7))) us\"\n");
  const auto run = [this](const char* base, const char* load) {
    return start({"ab", base, "http://127.0.0.1:8001/?a=1&b=2", "--load", load, "--regex",
                  R"(^(?<name>\S+) (?<value>\d+) (?<unit>us)$)", "--pairs", "10", "--block", "2s", "--rate", "20",
                  "--json", "--seed", "3"});
  };
  EXPECT_EQ(run("http://127.0.0.1:8000/?a=1&b=2", "sh load.sh {url} {rate} {seconds}"), 1) << console_.err_text;
  EXPECT_EQ(verdict_of("ab/checkout/wall_time"), "regression");
  const std::string asked = support::slurp("asked");
  EXPECT_EQ(std::count(asked.begin(), asked.end(), '\n'), 22) << "one of each warms up";
  EXPECT_THAT(asked, HasSubstr("http://127.0.0.1:8001/?a=1&b=2 20 2\n"));
  EXPECT_EQ(run("http://127.0.0.1:8000/", "echo no results of {url}"), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("gave no value on base"));
  EXPECT_EQ(run("http://127.0.0.1:8000/", "echo no such host >&2; exit 1"), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("exit status 1: no such host"));
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--load", "sleep 60", "--timeout", "100ms"}), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("timed out after 0.1 s"));
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--load", "true", "--split", "90:10"}), 2);
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--load", "true", "--parser", "wrkk"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("wrk"));
}

TEST_F(Ab, WhatIsNoLoadIsRefused) {
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--block", "never"}), 2);
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--rate", "0"}), 2);
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
