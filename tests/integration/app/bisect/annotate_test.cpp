#include "app/bisect/annotate.hpp"

#include <gtest/gtest.h>

#include "github/run_context.hpp"
#include "net/http_client.hpp"
#include "os/process/processes.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using support::FakeGitHub;

class Annotate : public ::testing::Test {
 protected:
  Status annotate_all(const std::map<std::string, std::string>& variables, const std::vector<Culprit>& culprits) {
    const os::Environment environment(variables);
    World world{processes_, clock_, environment, console_, http_};
    const Result<RunContext> context = github::run_context(environment);
    PW_TRY(can_annotate(world, *context));
    return annotate(world, *context, culprits);
  }
  FakeGitHub github_;
  std::map<std::string, std::string> on_github_{{"GITHUB_ACTIONS", "true"},
                                                {"GITHUB_REPOSITORY", "acme/widgets"},
                                                {"GITHUB_SHA", std::string(40, 'c')},
                                                {"GITHUB_API_URL", github_.api_url()},
                                                {"GITHUB_TOKEN", FakeGitHub::token()}};
  os::SystemProcesses processes_;
  support::FakeClock clock_;
  support::FakeConsole console_;
  net::CurlClient http_;
};

TEST_F(Annotate, TheCommitThatWasVerifiedGetsAStatusWithItsMeasuredChange) {
  Culprit culprit;
  culprit.sha = std::string(40, 'd');
  culprit.change = {{"core", "parse", "wall_time"}, 0.102, 0.095, 0.11, 20, "HIGH"};
  Culprit doubtful = culprit;
  doubtful.sha = std::string(40, 'e');
  doubtful.doubt = "too few pairs";
  const Status done = annotate_all(on_github_, {culprit, doubtful, Culprit{}});
  ASSERT_TRUE(done) << done.error().text();
  const std::map<std::string, std::string> statuses = github_.statuses();
  ASSERT_EQ(statuses.size(), 1U);
  EXPECT_EQ(statuses.begin()->first, culprit.sha);
  EXPECT_EQ(statuses.begin()->second, "failure perfwarden/bisect: +10.2 % [+9.5 %, +11.0 %] core/parse/wall_time");
}

TEST_F(Annotate, WhereNothingCanBeWrittenIsSaidBeforeAnythingIsMeasured) {
  on_github_.erase("GITHUB_TOKEN");
  EXPECT_NE(annotate_all(on_github_, {}).error().text().find("statuses: write"), std::string::npos);
  EXPECT_NE(annotate_all({}, {}).error().text().find("git notes"), std::string::npos);
  EXPECT_TRUE(github_.requests().empty());
}

}  // namespace
}  // namespace perfwarden::app
