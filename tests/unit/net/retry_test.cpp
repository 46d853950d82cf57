#include "net/retry.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "support/fakes.hpp"

namespace perfwarden::net {
namespace {

constexpr std::int64_t k_now = 1'700'000'000;

RetrySeams still_seams(double uniform = 0.5) {
  return {[](double) {}, [] { return k_now; }, [uniform] { return uniform; }};
}

Result<HttpResponse> answer(long status, std::map<std::string, std::string> headers = {}, std::string body = "") {
  return HttpResponse{status, std::move(headers), std::move(body)};
}

Result<HttpResponse> lost() {
  return Error{.kind = ErrorKind::network, .what = "api.github.com did not answer"};
}

std::optional<double> wait_after(const Result<HttpResponse>& outcome, Repeat repeat = Repeat::safe, int tries = 1,
                                 double waited_s = 0) {
  return wait_before_retry(outcome, repeat, tries, waited_s, still_seams(), {});
}

TEST(Retry, WaitsAsLongAsRetryAfterSays) {
  EXPECT_EQ(wait_after(answer(429, {{"retry-after", "7"}})), 7);
  EXPECT_EQ(wait_after(answer(403, {{"retry-after", "30"}})), 30);
}

TEST(Retry, UnderstandsRetryAfterAsADateByTheServersClock) {
  EXPECT_EQ(wait_after(answer(
                429, {{"retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"}, {"date", "Sun, 06 Nov 1994 08:49:37 GMT"}})),
            20);
}

TEST(Retry, WaitsForTheResetByTheServersClockNotOurs) {
  // Our clock says 1 700 000 000; the server is an hour ahead and the reset 10 s ahead of the server.
  const std::int64_t server = k_now + 3600;
  EXPECT_EQ(*parse_http_date("Tue, 14 Nov 2023 23:13:20 GMT"), server);
  EXPECT_EQ(wait_after(answer(403, {{"x-ratelimit-remaining", "0"},
                                    {"x-ratelimit-reset", std::to_string(server + 10)},
                                    {"date", "Tue, 14 Nov 2023 23:13:20 GMT"}})),
            11);
}

TEST(Retry, WaitsAMinuteWhenASecondaryLimitGivesNoTime) {
  const auto limited = answer(403, {}, R"({"message": "You have exceeded a secondary rate limit."})");
  EXPECT_EQ(wait_after(limited), 60);
  EXPECT_EQ(wait_after(answer(429)), 60);
  EXPECT_EQ(wait_after(limited, Repeat::safe, 2, 60), std::nullopt) << "120 s more would be too long";
}

TEST(Retry, NeverBeginsAWaitThatIsTooLong) {
  EXPECT_EQ(wait_after(answer(429, {{"retry-after", "3600"}})), std::nullopt);
  EXPECT_EQ(wait_after(answer(429, {{"retry-after", "61"}}), Repeat::safe, 2, 60), std::nullopt);
}

TEST(Retry, APermissionIsNotAskedForTwice) {
  EXPECT_EQ(wait_after(answer(403, {{"x-ratelimit-remaining", "900"}},
                              R"({"message": "Resource not accessible by integration"})")),
            std::nullopt);
}

TEST(Retry, DoublesWithJitterAfterServerTrouble) {
  for (const long status : {408L, 500L, 502L, 503L, 504L}) {
    EXPECT_EQ(wait_after(answer(status)), 0.5) << status;
    EXPECT_EQ(wait_after(answer(status), Repeat::safe, 2), 1.0) << status;
    EXPECT_EQ(wait_after(answer(status), Repeat::safe, 3), 2.0) << status;
    EXPECT_EQ(wait_after(answer(status), Repeat::safe, 4), std::nullopt) << status;
  }
  EXPECT_EQ(wait_before_retry(lost(), Repeat::safe, 1, 0, still_seams(0.25), {}), 0.25);
}

TEST(Retry, WhatMayHaveBeenDoneIsNotSentAgainBlindly) {
  EXPECT_EQ(wait_after(lost(), Repeat::unsafe), std::nullopt);
  EXPECT_EQ(wait_after(answer(502), Repeat::unsafe), std::nullopt);
  EXPECT_EQ(wait_after(answer(429, {{"retry-after", "2"}}), Repeat::unsafe), 2) << "a limit refuses before it is done";
}

TEST(Retry, FinalAnswersStand) {
  for (const long status : {200L, 201L, 204L, 301L, 304L, 400L, 401L, 404L, 409L, 410L, 422L, 501L})
    EXPECT_EQ(wait_after(answer(status)), std::nullopt) << status;
}

TEST(Retry, AnInterruptIsNotRetried) {
  EXPECT_EQ(wait_after(Error{.kind = ErrorKind::interrupted, .what = "interrupted"}), std::nullopt);
}

TEST(Retry, HostileHeadersFallBackToTheMinute) {
  for (const char* bad : {"-5", "soon", "99999999999999999999", "1e3"})
    EXPECT_EQ(wait_after(answer(429, {{"retry-after", bad}})), 60) << bad;
  EXPECT_EQ(wait_after(answer(429, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "x"}})), 60);
}

TEST(SendPatiently, SleepsBetweenTriesAndReturnsTheFirstGoodAnswer) {
  support::FakeHttp http;
  std::deque<Result<HttpResponse>> script{lost(), answer(503), answer(200)};
  http.answer = [&](const HttpRequest&) {
    auto next = std::move(script.front());
    script.pop_front();
    return next;
  };
  std::vector<double> slept;
  RetrySeams seams = still_seams(0.5);
  seams.sleep_s = [&](double seconds) { slept.push_back(seconds); };
  const auto outcome = send_patiently(http, {}, Repeat::safe, seams);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 200);
  EXPECT_EQ(slept, (std::vector<double>{0.5, 1.0}));
}

TEST(SendPatiently, GivesUpAfterFourTriesWithTheLastOutcome) {
  support::FakeHttp http;
  http.answer = [&](const HttpRequest&) { return answer(502); };
  const auto outcome = send_patiently(http, {}, Repeat::safe, still_seams());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->status, 502);
  EXPECT_EQ(http.requests.size(), 4U);
}

TEST(HttpDate, IsReadInTheThreeFormsOfRfc9110) {
  for (const char* same :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    EXPECT_EQ(parse_http_date(same), 784'111'777) << same;
  EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
}

TEST(HttpDate, IsNothingInNonsense) {
  for (const char* bad : {"", "soon", "-5", "1e3", "99999999999999999999", "Sun, 06 Nox 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 25:49:37 GMT", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1944 08:49:37 GMT"})
    EXPECT_EQ(parse_http_date(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace perfwarden::net
