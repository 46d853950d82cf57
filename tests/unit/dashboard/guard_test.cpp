#include "dashboard/server/guard.hpp"

#include <gtest/gtest.h>

namespace perfwarden::dashboard {
namespace {

Guard guard_by(Authentication by) {
  Guard guard;
  guard.by = by;
  guard.who = "ada";
  guard.token = "a-token-of-some-length";
  guard.hosts = {"localhost", "127.0.0.1", "[::1]"};
  guard.secret = "0123456789abcdef0123456789abcdef";
  guard.read_only = false;
  return guard;
}

Request request_with(std::vector<std::pair<std::string, std::string>> headers, const std::string& host = "localhost") {
  Request request{.method = "GET", .target = "/", .headers = std::move(headers)};
  request.headers.emplace_back("host", host);
  return request;
}

Request change_of_ours(const Guard& guard) {
  return request_with({{"content-type", "application/json"},
                       {"x-perfwarden-csrf", guard.csrf()},
                       {"origin", "http://localhost"},
                       {"sec-fetch-site", "same-origin"}});
}

void set(Request& request, const std::string& name, const std::string& value) {
  std::erase_if(request.headers, [&](const auto& one) { return one.first == name; });
  if (!value.empty()) request.headers.emplace_back(name, value);
}

TEST(Guard, OnlyOurOwnNamesAreAnswered) {
  const Guard guard = guard_by(Authentication::none);
  for (const char* host : {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]", "[::1]:8080"})
    EXPECT_EQ(admit(guard, request_with({}, host)).status, 200) << host;
  for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8080", "[::1", "::1",
                           "evil.example:80@localhost", "localhost@evil.example", " localhost"})
    EXPECT_EQ(admit(guard, request_with({}, host)).status, 421) << host;
}

TEST(Guard, AHostThatIsSentTwiceIsNone) {
  Request request = request_with({{"host", "localhost"}});
  EXPECT_EQ(admit(guard_by(Authentication::none), request).status, 421);
}

TEST(Guard, ATokenIsAskedForAndMustBeWhole) {
  const Guard guard = guard_by(Authentication::token);
  EXPECT_EQ(admit(guard, request_with({})).status, 401);
  EXPECT_EQ(admit(guard, request_with({{"authorization", "Bearer a-token-of-some-length"}})).status, 200);
  for (const char* wrong : {"Bearer ", "Bearer a-token-of-some-lengt", "Bearer a-token-of-some-length ",
                            "a-token-of-some-length", "Basic a-token-of-some-length"})
    EXPECT_EQ(admit(guard, request_with({{"authorization", wrong}})).status, 401) << wrong;
}

TEST(Guard, TheCookieStandsForTheTokenAndDoesNotHoldIt) {
  const Guard guard = guard_by(Authentication::token);
  EXPECT_EQ(guard.session().find(guard.token), std::string::npos);
  EXPECT_EQ(admit(guard, request_with({{"cookie", "a=b; perfwarden=" + guard.session()}})).status, 200);
  EXPECT_EQ(admit(guard, request_with({{"cookie", "perfwarden="}})).status, 401);
  Guard restarted = guard;
  restarted.secret = "ffff";
  EXPECT_EQ(admit(restarted, request_with({{"cookie", "perfwarden=" + guard.session()}})).status, 401);
}

TEST(Guard, OnlyTheProxyMaySayWhoAsks) {
  const Guard guard = guard_by(Authentication::proxy);
  Request request = request_with({{"x-forwarded-user", "mallory"}});
  EXPECT_EQ(admit(guard, request).status, 403);
  request.from_proxy = true;
  EXPECT_EQ(admit(guard, request).who, "mallory");
  set(request, "x-forwarded-user", "");
  EXPECT_EQ(admit(guard, request).status, 401);
  request.headers = {{"host", "localhost"}, {"x-forwarded-user", "a"}, {"x-forwarded-user", "b"}};
  EXPECT_EQ(admit(guard, request).status, 401);
}

TEST(Guard, OnlyAPageOfOursMayChangeAnything) {
  const Guard guard = guard_by(Authentication::none);
  EXPECT_EQ(admit_change(guard, change_of_ours(guard)).status, 200);
  const std::vector<std::pair<std::string, std::string>> attacks{
      {"origin", "http://evil.example"},   {"origin", "null"},
      {"origin", "http://localhost:9999"}, {"origin", "http://localhost.evil.example"},
      {"sec-fetch-site", "cross-site"},    {"sec-fetch-site", "same-site"},
      {"x-perfwarden-csrf", ""},           {"x-perfwarden-csrf", "guessed"}};
  for (const auto& [name, value] : attacks) {
    Request request = change_of_ours(guard);
    set(request, name, value);
    EXPECT_EQ(admit_change(guard, request).status, 403) << name << ": " << value;
  }
}

TEST(Guard, FormsAndPlainTextThatAnySiteCanSendAreRefused) {
  const Guard guard = guard_by(Authentication::none);
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"}) {
    Request request = change_of_ours(guard);
    set(request, "content-type", type);
    EXPECT_EQ(admit_change(guard, request).status, 415) << type;
  }
  Request request = change_of_ours(guard);
  set(request, "content-type", "application/json; charset=utf-8");
  EXPECT_EQ(admit_change(guard, request).status, 200);
}

TEST(Guard, NothingCanBeChangedWhereOnlyLookingIsAllowed) {
  Guard guard = guard_by(Authentication::none);
  guard.read_only = true;
  EXPECT_EQ(admit_change(guard, change_of_ours(guard)).status, 403);
}

}  // namespace
}  // namespace perfwarden::dashboard
