#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST_F(Ab, WhatIsNoLoadIsRefused) {
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--block", "never"}), 2);
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/", "http://127.0.0.1:1/", "--rate", "0"}), 2);
  EXPECT_EQ(start({"ab", "http://127.0.0.1:1/"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
