#include <gtest/gtest.h>
#include <stdlib.h>

#include "net/http_client.hpp"
#include "support/http_server.hpp"

namespace perfwarden::net {
namespace {

using support::HttpServer;
using support::WireReply;
using support::WireRequest;

constexpr const char* k_token = "ghs_0123456789abcdefghijABCDEFGHIJ";

CurlOptions quick() {
  CurlOptions options;
  options.connect_timeout_s = 2;
  options.timeout_s = 2;
  return options;
}

HttpRequest get(const std::string& url) {
  return {"GET", url, {{"Authorization", std::string("Bearer ") + k_token}}, ""};
}

TEST(CurlClient, CarriesMethodHeadersAndBodyAndBringsBackTheAnswer) {
  HttpServer server([](const WireRequest&) {
    return WireReply{201, {{"X-RateLimit-Remaining", "  41 "}, {"X-Twice", "1"}, {"X-Twice", "2"}}, "{\"id\":1}"};
  });
  CurlClient client(quick());
  const auto response = client.send({"PATCH", server.url() + "/a?b=c", {{"X-One", "1"}}, "{\"x\": \"ü\"}"});
  ASSERT_TRUE(response) << response.error().text();
  ASSERT_EQ(server.requests().size(), 1U);
  const WireRequest seen = server.requests()[0];
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.target, "/a?b=c");
  EXPECT_EQ(seen.header("x-one"), "1");
  EXPECT_EQ(seen.header("expect"), "");
  EXPECT_EQ(seen.body, "{\"x\": \"ü\"}");
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "{\"id\":1}");
  EXPECT_EQ(response->headers.at("x-ratelimit-remaining"), "41");
  EXPECT_EQ(response->headers.at("x-twice"), "2");
}

TEST(CurlClient, NothingOfOneExchangeReachesTheNext) {
  HttpServer server([](const WireRequest&) { return WireReply{}; });
  CurlClient client(quick());
  HttpRequest first = get(server.url() + "/first");
  first.method = "POST";
  first.body = "secret body";
  ASSERT_TRUE(client.send(first));
  ASSERT_TRUE(client.send({"DELETE", server.url() + "/second", {}, ""}));
  const std::vector<WireRequest> seen = server.requests();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[1].method, "DELETE");
  EXPECT_EQ(seen[1].header("authorization"), "");
  EXPECT_EQ(seen[1].body, "");
}

TEST(CurlClient, DoesNotFollowARedirectSoNoOtherHostSeesTheToken) {
  HttpServer other([](const WireRequest&) { return WireReply{}; });
  HttpServer server([&](const WireRequest&) { return WireReply{302, {{"Location", other.url() + "/a"}}, ""}; });
  CurlClient client(quick());
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->headers.at("location"), other.url() + "/a");
  EXPECT_TRUE(other.requests().empty());
}

TEST(CurlClient, RefusesPlainHttpToAnyOtherMachine) {
  CurlClient client(quick());
  const auto response = client.send(get("http://api.github.com/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "refusing to use plain http with api.github.com");
  EXPECT_EQ(response.error().hint, "use https");
}

TEST(CurlClient, RefusesHeadersThatWouldSmuggleOthers) {
  HttpServer server([](const WireRequest&) { return WireReply{}; });
  CurlClient client(quick());
  for (const std::string& bad : {std::string("a\r\nX-Evil: 1"), std::string("a\nb"), std::string("a\0b", 3)}) {
    const auto response = client.send({"GET", server.url() + "/", {{"Authorization", bad}}, ""});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().what, "a header or a token holds a line break");
  }
  EXPECT_FALSE(client.send({"GET / HTTP/1.1\r\nX:", server.url() + "/", {}, ""}));
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlClient, StopsReadingWhatIsTooLarge) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {}, std::string(100'000, 'x')}; });
  CurlOptions options = quick();
  options.max_body_bytes = 50'000;
  CurlClient client(options);
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "127.0.0.1 did not answer: the answer is larger than 50000 bytes");
}

TEST(CurlClient, StopsReadingHeadersThatAreTooLarge) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {{"X", std::string(50'000, 'x')}}, ""}; });
  CurlOptions options = quick();
  options.max_header_bytes = 20'000;
  CurlClient client(options);
  EXPECT_FALSE(client.send(get(server.url() + "/")));
}

TEST(CurlClient, AnAnswerThatEndsTooEarlyIsAnError) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {}, "0123456789", WireReply::Ending::truncated}; });
  CurlClient client(quick());
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "127.0.0.1 did not answer: the connection ended in the middle of the answer");
}

TEST(CurlClient, AResetConnectionIsAnError) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {}, "", WireReply::Ending::reset}; });
  CurlClient client(quick());
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
}

TEST(CurlClient, ASilentServerIsGivenUp) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {}, "", WireReply::Ending::silent}; });
  CurlOptions options = quick();
  options.timeout_s = 0.2;
  CurlClient client(options);
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().what, "127.0.0.1 did not answer: no answer within 0.2 s");
}

TEST(CurlClient, EndsWhenToldToStop) {
  HttpServer server([](const WireRequest&) { return WireReply{200, {}, "", WireReply::Ending::silent}; });
  CurlOptions options = quick();
  options.stop = [] { return true; };
  CurlClient client(options);
  const auto response = client.send(get(server.url() + "/"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::interrupted);
}

TEST(CurlClient, NoMessageHoldsASecret) {
  int port = 0;
  {
    HttpServer gone([](const WireRequest&) { return WireReply{}; });
    port = gone.port();
  }
  CurlClient client(quick());
  const auto response = client.send(get("http://127.0.0.1:" + std::to_string(port) + "/x?sig=" + k_token));
  ASSERT_FALSE(response);
  const std::string text = response.error().text();
  EXPECT_EQ(text.find(k_token), std::string::npos) << text;
  EXPECT_EQ(text.find("sig="), std::string::npos) << text;
  EXPECT_NE(text.find("127.0.0.1"), std::string::npos) << text;
}

TEST(CurlClient, LoopbackNeverGoesThroughAProxy) {
  HttpServer proxy([](const WireRequest&) { return WireReply{}; });
  HttpServer server([](const WireRequest&) { return WireReply{204, {}, ""}; });
  setenv("http_proxy", proxy.url().c_str(), 1);
  CurlClient client(quick());
  const auto response = client.send(get(server.url() + "/"));
  unsetenv("http_proxy");
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 204);
  EXPECT_TRUE(proxy.requests().empty());
}

TEST(CurlClient, AProxyForOthersSeesTheHostButNeverTheToken) {
  HttpServer proxy([](const WireRequest&) { return WireReply{403, {}, ""}; });
  setenv("https_proxy", proxy.url().c_str(), 1);
  CurlClient client(quick());
  const auto response = client.send(get("https://api.github.com/repos"));
  unsetenv("https_proxy");
  EXPECT_FALSE(response);
  const std::vector<WireRequest> seen = proxy.requests();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "CONNECT");
  EXPECT_EQ(seen[0].target, "api.github.com:443");
  EXPECT_EQ(seen[0].header("authorization"), "");
}

}  // namespace
}  // namespace perfwarden::net
