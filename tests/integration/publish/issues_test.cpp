#include <gmock/gmock.h>

#include "base/text.hpp"
#include "net/http_client.hpp"
#include "publish/notifier.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"

namespace perfwarden::publish {
namespace {

using support::FakeGitHub;
using support::FakeIssue;
using testing::HasSubstr;
using testing::Not;

// Runs of the baseline branch, and what its history knows.
class Issues : public testing::Test {
 protected:
  Issues() {
    report.context.in_github = true;
    report.context.event = "push";
    report.context.repository = "acme/widgets";
    report.context.api_url = github.api_url();
    report.context.head_sha = std::string(40, 'd');
    report.context.run_id = "99";
    config.issues.open = true;
    config.label.name = "";
    persistent = {regression("parse")};
  }
  static Persistence regression(const std::string& benchmark, std::size_t runs = 3) {
    return {{"core", benchmark, "wall_time"},
            std::string(40, 'a'),
            std::string(40, 'b'),
            std::string(40, 'd'),
            runs,
            0.12,
            false};
  }
  Delivery deliver() {
    const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", FakeGitHub::token()}});
    Post post{report, templates, "reports/a", environment, http, clock, console};
    post.of_branch = of_branch;
    post.persistent = persistent;
    for (Delivery& delivery : publish_all(post, config))
      if (delivery.notifier == "issues") return std::move(delivery);
    return {};
  }

  FakeGitHub github;
  net::CurlClient http;
  support::FakeClock clock;
  support::FakeConsole console;
  report::Templates templates;
  Report report;
  PublishConfig config;
  std::vector<Persistence> persistent;
  bool of_branch = true;
};

TEST_F(Issues, OneIsOpenedForARegressionThatThreeRunsHave) {
  persistent = {regression("parse", 2)};
  EXPECT_EQ(deliver().note, "nothing to open, update or close");
  persistent = {regression("parse", 3)};
  EXPECT_EQ(deliver().note, "1 opened, 0 updated, 0 closed");
  const FakeIssue issue = github.issues().at(0);
  EXPECT_EQ(issue.title, "core/parse/wall_time is 12.0 % worse");
  EXPECT_EQ(issue.labels, (std::vector<std::string>{"performance-regression"}));
  EXPECT_THAT(issue.body, HasSubstr("`core/parse/wall_time` is **12.0 %** worse"));
  EXPECT_THAT(issue.body, HasSubstr("/compare/" + std::string(40, 'a') + "..." + std::string(40, 'b')));
  EXPECT_THAT(issue.body, HasSubstr("`cccccccccc` Count "));
  EXPECT_THAT(issue.body, Not(HasSubstr("@all"))) << "a commit's subject mentions nobody";
  EXPECT_EQ(deliver().note, "nothing to open, update or close");
  EXPECT_EQ(github.issues().size(), 1U);
}

TEST_F(Issues, ItIsUpdatedAtMostDailyAndClosedWithACommentOnRecovery) {
  (void)deliver();
  persistent[0].runs = 4;
  clock.tick(80'000);
  EXPECT_EQ(deliver().note, "nothing to open, update or close");
  clock.tick(10'000);
  EXPECT_EQ(deliver().note, "0 opened, 1 updated, 0 closed");
  EXPECT_THAT(github.issues().at(0).body, HasSubstr("4 runs"));
  persistent[0].recovered = true;
  EXPECT_EQ(deliver().note, "0 opened, 0 updated, 1 closed");
  EXPECT_FALSE(github.issues().at(0).open);
  ASSERT_EQ(github.issues().at(0).comments.size(), 1U);
  EXPECT_THAT(github.issues().at(0).comments[0], HasSubstr("`dddddddddd` is without it"));
  EXPECT_EQ(deliver().note, "nothing to open, update or close");
}

TEST_F(Issues, OneThatAPersonClosedStaysClosed) {
  (void)deliver();
  FakeIssue closed = github.issues().at(0);
  FakeGitHub other;
  report.context.api_url = other.api_url();
  closed.open = false;
  other.add_issue(closed);
  EXPECT_EQ(deliver().note, "nothing to open, update or close");
}

TEST_F(Issues, AMarkerThatAStrangerWroteIsNotOurs) {
  (void)deliver();
  FakeIssue forged = github.issues().at(0);
  forged.login = "mallory";
  FakeGitHub other;
  report.context.api_url = other.api_url();
  other.add_issue(forged);
  EXPECT_EQ(deliver().note, "1 opened, 0 updated, 0 closed");
}

TEST_F(Issues, ARunOpensNoMoreThanItMay) {
  persistent.clear();
  for (const char* name : {"a", "b", "c", "d", "e"}) persistent.push_back(regression(name));
  EXPECT_EQ(deliver().note, "3 opened, 0 updated, 0 closed; 2 more wait for the next run (publish.issues.most)");
  EXPECT_EQ(deliver().note, "2 opened, 0 updated, 0 closed");
  EXPECT_EQ(github.issues().size(), 5U);
}

TEST_F(Issues, RunsOfOtherBranchesTouchNone) {
  of_branch = false;
  EXPECT_EQ(deliver().note, "not a run of the baseline branch");
  EXPECT_TRUE(github.issues().empty());
}

}  // namespace
}  // namespace perfwarden::publish
