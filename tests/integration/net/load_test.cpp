#include "net/load.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

#include "base/hash.hpp"
#include "support/http_server.hpp"

namespace perfwarden::net {
namespace {

using support::HttpServer;
using support::WireReply;
using support::WireRequest;

// A service that takes this long for one request after the other.
class Service {
 public:
  explicit Service(std::vector<double> times_s)
      : times_s_(std::move(times_s)), server_([this](const WireRequest&) {
          std::this_thread::sleep_for(std::chrono::duration<double>(times_s_[count_++ % times_s_.size()]));
          return WireReply{};
        }) {}
  [[nodiscard]] std::string url() const { return server_.url() + "/"; }

 private:
  std::vector<double> times_s_;
  std::atomic<std::size_t> count_ = 0;
  HttpServer server_;
};

// When requests come every `gap_s` to one server that takes these times, the latency of each (Lindley 1952).
std::vector<double> lindley(const std::vector<double>& times_s, double gap_s, std::size_t requests) {
  std::vector<double> out;
  double wait = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    const double time = times_s[i % times_s.size()];
    out.push_back(wait + time);
    wait = std::max(0.0, wait + time - gap_s);
  }
  return out;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

TEST(Load, CountsTheWaitingThatAStallCausesAsAClosedLoopDoesNot) {
  // No more wait at once than the server's backlog holds.
  std::vector<double> times_s(100, 0.002);
  times_s[25] = 0.2;
  constexpr double k_rate = 50;
  const std::vector<double> expected = lindley(times_s, 1 / k_rate, 100);
  Service service(times_s);
  const Result<Load> load = drive({.url = service.url(), .rate_per_s = k_rate, .duration_s = 2});
  ASSERT_TRUE(load) << load.error().text();
  ASSERT_EQ(load->latencies_s.size(), 100U);
  EXPECT_EQ(load->errors, 0U);
  // Each request costs a connection and a late sleep beside its time, more so on a busy machine.
  for (const double share : {0.5, 0.95, 0.99})
    EXPECT_NEAR(quantile(load->latencies_s, share), quantile(expected, share), 0.15 * quantile(expected, share) + 0.01)
        << share;
  EXPECT_GT(quantile(load->latencies_s, 0.95), 0.06) << "a closed loop would send nothing during the stall";
  EXPECT_FALSE(load->saturated);
}

TEST(Load, TwoServicesAtOnceGetTheirSharesEvenlySpaced) {
  Service slow({0.02});
  Service fast({0.001});
  const auto loads = drive_both({.url = fast.url(), .rate_per_s = 100, .duration_s = 1}, slow.url(), 0.1);
  ASSERT_TRUE(loads) << loads.error().text();
  EXPECT_EQ((*loads)[0].latencies_s.size(), 90U);
  EXPECT_EQ((*loads)[1].latencies_s.size(), 10U);
  EXPECT_GE(quantile((*loads)[1].latencies_s, 0.1), 0.02);
  EXPECT_LT(quantile((*loads)[0].latencies_s, 0.1), 0.02);
  EXPECT_FALSE((*loads)[0].saturated);
  EXPECT_FALSE(drive_both({.url = fast.url()}, "http://example.org/", 0.5));
}

TEST(Load, IsWithinTheServicesOwnClockAtEightyPercentLoad) {
  // What a service takes beside its own time (to accept, read and close), its queue makes five times as much of. So the
  // queue on paper is not what can be measured; the service's own clock is.
  constexpr double k_rate = 100;
  constexpr std::size_t k_requests = 300;
  SplitMix64 random(7);
  std::vector<double> times_s;
  for (std::size_t i = 0; i < k_requests; ++i) times_s.push_back(-0.008 * std::log(1 - random.uniform()));
  std::vector<double> began_s;
  std::vector<double> ended_s;
  const auto now = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  std::optional<HttpServer> server;
  server.emplace([&](const WireRequest&) {
    began_s.push_back(now());
    std::this_thread::sleep_for(std::chrono::duration<double>(times_s[(began_s.size() - 1) % k_requests]));
    ended_s.push_back(now());
    return WireReply{};
  });
  const Result<Load> load =
      drive({.url = server->url() + "/", .rate_per_s = k_rate, .duration_s = k_requests / k_rate});
  server.reset();  // joins the thread that wrote the times
  ASSERT_TRUE(load) << load.error().text();
  ASSERT_EQ(ended_s.size(), k_requests);
  double start_s = began_s[0];  // the first due moment, as the promptest request shows it
  for (std::size_t i = 0; i < k_requests; ++i)
    start_s = std::min(start_s, began_s[i] - static_cast<double>(i) / k_rate);
  std::vector<double> by_service;
  for (std::size_t i = 0; i < k_requests; ++i)
    by_service.push_back(ended_s[i] - start_s - static_cast<double>(i) / k_rate);
  for (const double share : {0.5, 0.9})
    EXPECT_NEAR(quantile(load->latencies_s, share), quantile(by_service, share),
                0.05 * quantile(by_service, share) + 0.005)
        << share;
}

TEST(Load, SaysWhenTheServiceFallsBehind) {
  Service service({0.02});
  const Result<Load> load = drive({.url = service.url(), .rate_per_s = 100, .duration_s = 1, .most_in_flight = 12});
  ASSERT_TRUE(load);
  EXPECT_TRUE(load->saturated);
  EXPECT_LE(load->most_in_flight, 12U);
  EXPECT_GT(load->worst_lag_s, 0.1) << "what waits for a free connection is late";
}

TEST(Load, AnswersThatAreErrorsAndNoAnswersAreCounted) {
  HttpServer broken([](const WireRequest&) { return WireReply{503, {}, ""}; });
  const Result<Load> load = drive({.url = broken.url() + "/", .rate_per_s = 50, .duration_s = 0.2});
  ASSERT_TRUE(load);
  EXPECT_EQ(load->errors, 10U);
  EXPECT_EQ(load->first_error, "status 503");
  EXPECT_TRUE(std::isnan(load->latencies_s[0]));
  HttpServer silent([](const WireRequest&) { return WireReply{200, {}, "", WireReply::Ending::silent}; });
  const Result<Load> none = drive({.url = silent.url() + "/", .rate_per_s = 20, .duration_s = 0.1, .timeout_s = 0.2});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->errors, 2U);
}

TEST(Load, EndsWhenItIsToldTo) {
  Service service({0.001});
  int asked = 0;
  const Result<Load> load =
      drive({.url = service.url(), .rate_per_s = 50, .duration_s = 60, .stop = [&] { return ++asked > 20; }});
  ASSERT_TRUE(load);
  EXPECT_TRUE(load->stopped);
  EXPECT_LT(load->latencies_s.size(), 3000U);
}

TEST(Load, RefusesPlainHttpToOtherMachines) {
  EXPECT_FALSE(drive({.url = "http://example.org/"}));
  EXPECT_FALSE(drive({.url = "file:///etc/passwd"}));
}

}  // namespace
}  // namespace perfwarden::net
