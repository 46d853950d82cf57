#include "net/url.hpp"

#include <gtest/gtest.h>

namespace perfwarden::net {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = parse_url("HTTPS://API.GitHub.com/repos/a/b?per_page=100#top");
  ASSERT_TRUE(url) << url.error().text();
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "api.github.com");
  EXPECT_EQ(url->port, 443);
}

TEST(Url, OriginsAreEqualWithAndWithoutTheDefaultPort) {
  EXPECT_EQ(parse_url("https://host/a")->origin(), parse_url("https://HOST:443/b?c")->origin());
  EXPECT_NE(parse_url("https://host/a")->origin(), parse_url("https://host:8443/a")->origin());
  EXPECT_NE(parse_url("https://host/a")->origin(), parse_url("http://host/a")->origin());
}

TEST(Url, NothingOrAQueryMayFollowTheHost) {
  EXPECT_EQ(parse_url("https://host?x=1")->origin(), "https://host:443");
  EXPECT_EQ(parse_url("https://host")->origin(), "https://host:443");
}

TEST(Url, RefusesWhatCouldFoolAReaderOrAParser) {
  for (const char* bad : {"",
                          "host",
                          "ftp://host/",
                          "file:///etc/passwd",
                          "https://",
                          "https:///x",
                          "https://user:secret@host/",
                          "https://api.github.com@evil.example/",
                          "https://host:0/",
                          "https://host:99999/",
                          "https://host:x/",
                          "https://ho st/",
                          "https://host/a b",
                          "https://host/\r\nX: y",
                          "https://host\\@evil/",
                          "https://[::1/",
                          "https://ho%73t/",
                          "https://[]/",
                          "https:/x",
                          "http://0x7f.1/",
                          "http://127.1/",
                          "https://[fe80::1%25eth0]/",
                          "https://[0:0:0:0:0:0:0:1]/",
                          "https://höst/",
                          "https://a%40b/"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

TEST(Url, ItsErrorNeverRepeatsThePassword) {
  EXPECT_EQ(parse_url("https://user:hunter2@host/").error().text().find("hunter2"), std::string::npos);
}

TEST(Url, OnlyThisMachineIsLoopback) {
  for (const char* here : {"http://localhost:1/", "http://127.0.0.1/", "http://127.255.0.9:80/", "http://[::1]:8080/"})
    EXPECT_TRUE(parse_url(here)->is_loopback()) << here;
  for (const char* there : {"http://localhost.evil.example/", "http://127.0.0.1.evil.example/", "http://10.0.0.1/",
                            "http://[::2]/", "http://1270.0.0.1/", "http://127.0.0.x/", "http://127.0.0.999/"})
    EXPECT_FALSE(parse_url(there)->is_loopback()) << there;
}

TEST(EncodeComponent, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(encode_component("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(encode_component("a/b c%ü?"), "a%2Fb%20c%25%C3%BC%3F");
  EXPECT_EQ(encode_component(std::string_view("abc", 0)), "");
  EXPECT_EQ(encode_component(std::string_view("a\0b", 3)), "a%00b");
}

}  // namespace
}  // namespace perfwarden::net
