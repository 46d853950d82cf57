#include "support/fake_github.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "net/http_client.hpp"

namespace perfwarden::support {
namespace {

net::HttpRequest good(const FakeGitHub& github, const std::string& method, const std::string& path,
                      const std::string& body) {
  net::HttpRequest request{method,
                           github.api_url() + path,
                           {{"Authorization", "Bearer " + FakeGitHub::token()},
                            {"Accept", "application/vnd.github+json"},
                            {"X-GitHub-Api-Version", "2022-11-28"},
                            {"User-Agent", "perfwarden/0"}},
                           body};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

struct Case {
  const char* method;
  const char* path;
  const char* body;
  const char* complaint;  // part of it; "" = none
};

TEST(FakeGitHub, ComplainsAboutEveryKindOfRequestThatGitHubWouldNotTake) {
  const std::vector<Case> table{
      {"POST", "/repos/acme/widgets/issues/7/comments", R"({"body": "x"})", ""},
      {"POST", "/repos/acme/widgets/issues/7/comments", R"({"text": "x"})", "body"},
      {"POST", "/repos/acme/widgets/issues/7/comments", R"({"body": 7})", "body"},
      {"POST", "/repos/acme/widgets/issues/7/comments", R"({"body": "x", "extra": 1})", "key 'extra' is unknown"},
      {"POST", "/repos/acme/widgets/issues/7/comments", "", "body is missing"},
      {"POST", "/repos/acme/widgets/issues/7/comments", "{", "not JSON"},
      {"POST", "/repos/acme/widgets/issues/seven/comments", R"({"body": "x"})", "parameter 'issue_number'"},
      {"PUT", "/repos/acme/widgets/issues/7/comments", R"({"body": "x"})", "no such operation"},
      {"GET", "/repos/acme/widgets/issues/7/comments?per_page=1000", "", "per_page"},
      {"GET", "/repos/acme/widgets/issues/7/comments?per_page=x", "", "per_page"},
      {"GET", "/repos/acme/widgets/issues/7/comments?author=me", "", "'author' is unknown"},
      {"GET", "/repos/acme/widgets/pulls?state=ajar", "", "'state'"},
      {"GET", "/repos/acme/widgets/nothing", "", "no such operation"},
      {"DELETE", "/repos/acme/widgets/issues/7/labels/a/b", "", "no such operation"},
      {"POST", "/repos/acme/widgets/issues/7/labels", R"({"labels": []})", "body"},
      {"POST", "/repos/acme/widgets/issues/7/labels", R"({"labels": [7]})", "body"},
      {"POST", "/repos/acme/widgets/labels", R"({"name": "x", "color": "#d93f0b"})", "six hex digits"},
      {"POST", "/repos/acme/widgets/labels", R"({"color": "d93f0b"})", "body"},
  };
  net::CurlClient http;
  for (const Case& one : table) {
    FakeGitHub github;
    const bool by_state = std::string_view(one.complaint) == "six hex digits";  // found where it is carried out
    if (!by_state) github.stub({"any", one.method, "", {200, {}, "[]", WireReply::Ending::whole}});
    ASSERT_TRUE(http.send(good(github, one.method, one.path, one.body)));
    const auto complaints = github.take_complaints();
    if (std::string_view(one.complaint).empty()) {
      EXPECT_TRUE(complaints.empty()) << complaints.front();
    } else {
      ASSERT_FALSE(complaints.empty()) << one.method << " " << one.path << " " << one.body;
      EXPECT_NE(complaints.front().find(one.complaint), std::string::npos) << complaints.front();
    }
  }
}

TEST(FakeGitHub, ComplainsAboutMissingHeaders) {
  FakeGitHub github;
  net::CurlClient http;
  ASSERT_TRUE(http.send({"GET", github.api_url() + "/repos/acme/widgets/pulls/7", {}, ""}));
  EXPECT_EQ(github.take_complaints().size(), 4U) << "token, User-Agent, Accept, version";
}

TEST(FakeGitHub, NamesAStubThatWasNotUsed) {
  EXPECT_NONFATAL_FAILURE(
      {
        FakeGitHub github;
        github.stub({"the one nobody called", "GET", "/pulls/7", {}});
      },
      "stub 'the one nobody called' was not used (1 left)");
}

TEST(FakeGitHub, FailsTheTestForAComplaint) {
  EXPECT_NONFATAL_FAILURE(
      {
        FakeGitHub github;
        net::CurlClient http;
        (void)http.send(good(github, "GET", "/repos/acme/widgets/pulls?state=ajar", "")).has_value();
      },
      "GitHub would not like it");
}

}  // namespace
}  // namespace perfwarden::support
