#include "github/deployments.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

using support::FakeGitHub;

class Deployments : public ::testing::Test {
 protected:
  FakeGitHub github;
  net::CurlClient http;
  support::FakeClock clock;
  Api api{http, clock, {github.api_url(), "acme/widgets", FakeGitHub::token()}};
};

TEST_F(Deployments, ThoseThatReachedTheirEnvironmentNewestFirst) {
  const std::vector<const char*> states{"INACTIVE", "FAILURE", "ERROR", "PENDING", "QUEUED", "ACTIVE"};
  for (std::size_t i = 0; i < states.size(); ++i)
    github.add_deployment({.commit = std::string(40, static_cast<char>('a' + i)),
                           .time = fmt::format("2026-11-0{}T10:00:00Z", i + 1),
                           .state = states[i]});
  const auto found = deployments(api, "acme/widgets", "", 300);
  ASSERT_TRUE(found) << found.error().text();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0], (Deployment{"2026-11-06T10:00:00Z", "production", std::string(40, 'f'), "main"}));
  EXPECT_EQ((*found)[1].commit, std::string(40, 'a')) << "a later one replaced it";
}

TEST_F(Deployments, AreReadPageAfterPageAndNoFurtherThanAsked) {
  for (int i = 0; i < 250; ++i)
    github.add_deployment({.commit = fmt::format("{:040x}", i),
                           .time = "2026-11-01T10:00:00Z",
                           .environment = i % 2 == 0 ? "staging" : "production",
                           .ref = ""});
  EXPECT_EQ(deployments(api, "acme/widgets", "", 1000)->size(), 250U);
  EXPECT_EQ(github.requests().size(), 3U);
  EXPECT_EQ(deployments(api, "acme/widgets", "", 120)->size(), 120U);
  const auto staged = deployments(api, "acme/widgets", "staging", 1000);
  ASSERT_EQ(staged->size(), 125U);
  EXPECT_EQ(staged->front().environment, "staging");
  EXPECT_EQ(staged->front().name, "") << "its branch is gone";
}

TEST_F(Deployments, ARefusalNamesThePermission) {
  github.without_graphql();
  const auto refused = deployments(api, "acme/widgets", "", 10);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("list the deployments"), std::string::npos) << refused.error().text();
  EXPECT_NE(refused.error().text().find("deployments: read"), std::string::npos) << refused.error().text();
}

}  // namespace
}  // namespace perfwarden::github
