#include "github/api.hpp"
#include "github/people.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "support/fake_github.hpp"
#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

using support::FakeGitHub;
using support::Stub;
using support::WireReply;
using Ending = WireReply::Ending;

net::CurlOptions quick() {
  net::CurlOptions options;
  options.connect_timeout_s = 2;
  options.timeout_s = 0.3;
  return options;
}

// The real client against a GitHub on this machine; only the clock is not real.
class GitHubApi : public ::testing::Test {
 protected:
  explicit GitHubApi(const std::string& prefix = "") : github(prefix) {}
  FakeGitHub github;
  net::CurlClient http{quick()};
  support::FakeClock clock;
  Api api{http, clock, {github.api_url(), "acme/widgets", FakeGitHub::token(), "perfwarden/0.1.0"}};
};

WireReply limited(int status, std::vector<std::pair<std::string, std::string>> headers) {
  return {status, std::move(headers), R"({"message": "You have exceeded a secondary rate limit"})", Ending::whole};
}

WireReply forbidden() {
  return {403, {}, R"({"message": "Resource not accessible by integration"})", Ending::whole};
}

double total(const std::vector<double>& waits) {
  double sum = 0;
  for (const double wait : waits) sum += wait;
  return sum;
}

TEST_F(GitHubApi, ReadsAllPagesOfComments) {
  for (int i = 0; i < 231; ++i) github.add_comment({0, "comment " + std::to_string(i), "octocat", "User", ""});
  const auto comments = api.comments(7);
  ASSERT_TRUE(comments) << comments.error().text();
  ASSERT_EQ(comments->size(), 231U);
  EXPECT_EQ(comments->front().body, "comment 0");
  EXPECT_EQ(comments->back().body, "comment 230");
  EXPECT_EQ(github.count("GET", "/comments"), 3U);
}

TEST_F(GitHubApi, CreatesUpdatesAndDeletesAComment) {
  const auto created = api.create_comment(7, "first 'ü' \\ \"quoted\"");
  ASSERT_TRUE(created) << created.error().text();
  EXPECT_EQ(created->author, "github-actions[bot]");
  EXPECT_TRUE(created->by_bot);
  EXPECT_EQ(created->app, "github-actions");
  ASSERT_TRUE(api.update_comment(created->id, "second"));
  ASSERT_EQ(github.comments().size(), 1U);
  EXPECT_EQ(github.comments()[0].body, "second");
  ASSERT_TRUE(api.delete_comment(created->id));
  ASSERT_TRUE(api.delete_comment(created->id)) << "gone is gone";
  EXPECT_TRUE(github.comments().empty());
  EXPECT_GE(total(clock.slept_s), 3) << "a second between writes";
}

TEST_F(GitHubApi, APermissionThatIsMissingIsNamedAndNotAskedForAgain) {
  github.stub({"no permission", "POST", "/issues/7/comments", forbidden()});
  const auto created = api.create_comment(7, "text");
  ASSERT_FALSE(created);
  EXPECT_TRUE(api.denied());
  EXPECT_EQ(created.error().what,
            "cannot post the comment: GitHub answered 403: Resource not accessible by integration");
  EXPECT_NE(created.error().hint.find("`permissions: pull-requests: write`"), std::string::npos);
  EXPECT_EQ(github.count("POST", ""), 1U);
}

TEST_F(GitHubApi, WithoutGraphQLAPersonIsKnownByRestAndAnAppIsNot) {
  github.without_graphql();
  github.set_viewer("perf-robot");
  EXPECT_EQ(api.viewer(), "perf-robot");
  github.set_viewer("perf-robot[bot]");
  EXPECT_EQ(api.viewer(), "");
}

TEST_F(GitHubApi, ACommentIsReadAgainOrGone) {
  github.add_comment({5, "text", "octocat", "User", ""});
  EXPECT_EQ(api.comment(5).value_or(std::nullopt).value_or(Comment{}).body, "text");
  const auto gone = api.comment(6);
  ASSERT_TRUE(gone);
  EXPECT_FALSE(gone->has_value());
}

TEST_F(GitHubApi, NotFoundOnAWriteMeansTheTokenMayNot) {
  const auto updated = api.update_comment(4711, "text");
  ASSERT_FALSE(updated);
  EXPECT_TRUE(api.denied());
  const auto read = api.pull_request(4711);
  ASSERT_FALSE(read);
  EXPECT_FALSE(api.denied()) << "on a read it is a wrong number";
}

TEST_F(GitHubApi, WaitsForASecondaryLimitThatGivesATime) {
  github.stub({"limited 403", "GET", "/pulls/7", limited(403, {{"Retry-After", "5"}})});
  github.stub({"limited 429", "GET", "/pulls/7", limited(429, {{"Retry-After", "9"}})});
  ASSERT_TRUE(api.pull_request(7));
  EXPECT_EQ(clock.slept_s, (std::vector<double>{5, 9}));
}

TEST_F(GitHubApi, WaitsAMinuteForASecondaryLimitThatGivesNone) {
  github.stub({"limited", "POST", "/issues/7/comments", limited(403, {})});
  ASSERT_TRUE(api.create_comment(7, "text"));
  EXPECT_EQ(github.comments().size(), 1U);
  EXPECT_EQ(total(clock.slept_s), 60);
}

TEST_F(GitHubApi, GivesUpWhenTheLimitLastsTooLongAndSaysSo) {
  github.stub({"limited", "GET", "/pulls/7", limited(429, {{"Retry-After", "3600"}})});
  const auto found = api.pull_request(7);
  ASSERT_FALSE(found);
  EXPECT_FALSE(api.denied());
  EXPECT_EQ(found.error().hint, "GitHub's rate limit is used up; run it again later");
  EXPECT_TRUE(clock.slept_s.empty());
}

TEST_F(GitHubApi, AllWaitsOfOneRunTogetherAreBounded) {
  github.stub({"first", "GET", "/pulls/7", limited(429, {{"Retry-After", "100"}})});
  ASSERT_TRUE(api.pull_request(7));
  github.stub({"second", "GET", "/pulls/7", limited(429, {{"Retry-After", "100"}})});
  EXPECT_FALSE(api.pull_request(7));
  EXPECT_EQ(total(clock.slept_s), 100);
}

TEST_F(GitHubApi, SurvivesABurstOfServerErrors) {
  github.stub({"bad gateway", "GET", "/pulls/7", {502, {}, "<html>", Ending::whole}});
  github.stub({"reset", "GET", "/pulls/7", {200, {}, "", Ending::reset}});
  github.stub({"half an answer", "GET", "/pulls/7", {200, {}, "{\"number\": 7}", Ending::truncated}});
  const auto found = api.pull_request(7);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->number, 7);
  EXPECT_EQ(found->head_sha, std::string(40, 'a'));
  EXPECT_EQ(clock.slept_s.size(), 3U);
}

TEST_F(GitHubApi, GivesUpOnAServerThatStaysBroken) {
  github.stub({"down", "GET", "/pulls/7", {503, {}, "", Ending::whole}, 4});
  const auto found = api.pull_request(7);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().what, "cannot read the pull request: GitHub answered 503");
}

TEST_F(GitHubApi, ACommentThatWasCreatedWithoutAnAnswerIsNotCreatedTwice) {
  for (const Ending ending : {Ending::silent, Ending::reset}) {
    github.stub({"done but silent", "POST", "/issues/7/comments", {201, {}, "", ending}, 1, true});
    const std::string body = fmt::format("text {}", static_cast<int>(ending));
    const auto created = api.create_comment(7, body);
    ASSERT_TRUE(created) << created.error().text();
    EXPECT_EQ(created->body, body);
  }
  github.stub({"done but 502", "POST", "/issues/7/comments", {502, {}, "", Ending::whole}, 1, true});
  ASSERT_TRUE(api.create_comment(7, "text of the 502"));
  EXPECT_EQ(github.comments().size(), 3U);
  EXPECT_EQ(github.count("POST", "/comments"), 3U);
}

TEST_F(GitHubApi, ACommentThatWasNotCreatedIsTriedAgain) {
  github.stub({"lost", "POST", "/issues/7/comments", {502, {}, "", Ending::whole}});
  ASSERT_TRUE(api.create_comment(7, "text"));
  EXPECT_EQ(github.comments().size(), 1U);
  EXPECT_EQ(github.count("POST", "/comments"), 2U);
  EXPECT_EQ(github.count("GET", "/comments"), 1U) << "looked before it was sent again";
}

TEST_F(GitHubApi, FollowsARenamedRepositoryKeepingTheMethod) {
  for (const int status : {301, 307, 308})
    github.stub({"moved " + std::to_string(status),
                 "POST",
                 "/repos/acme/widgets/issues/7/comments",
                 {status, {{"Location", github.api_url() + "/repositories/1/issues/7/comments"}}, "", Ending::whole}});
  for (const char* body : {"a", "b", "c"}) {
    ASSERT_TRUE(api.create_comment(7, body));
  }
  EXPECT_EQ(github.comments().size(), 3U);
}

TEST_F(GitHubApi, NeverGoesInCircles) {
  github.stub({"circle",
               "GET",
               "/pulls/7",
               {301, {{"Location", github.api_url() + "/repos/acme/widgets/pulls/7"}}, "", Ending::whole},
               4});
  const auto found = api.pull_request(7);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().what, "cannot read the pull request: too many redirects");
}

TEST_F(GitHubApi, NoOtherOriginEverSeesTheToken) {
  support::HttpServer other([](const support::WireRequest&) { return WireReply{200, {}, "[]", Ending::whole}; });
  for (const std::string& elsewhere :
       {other.url() + "/x", std::string("https://evil.example/x"), other.url() + "@127.0.0.1/x"}) {
    github.stub({"redirect away", "GET", "/pulls/7", {302, {{"Location", elsewhere}}, "", Ending::whole}});
    const auto found = api.pull_request(7);
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().what.find("another host"), std::string::npos) << found.error().text();
    github.stub({"next page away",
                 "GET",
                 "/issues/7/comments",
                 {200, {{"Link", "<" + elsewhere + ">; rel=\"next\""}}, "[]", Ending::whole}});
    const auto comments = api.comments(7);
    ASSERT_FALSE(comments);
    EXPECT_NE(comments.error().what.find("another host"), std::string::npos) << comments.error().text();
  }
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(GitHubApi, PagesWithoutEndAreGivenUp) {
  github.stub(
      {"endless",
       "GET",
       "/issues/7/comments",
       {200,
        {{"Link", "<" + github.api_url() + "/repos/acme/widgets/issues/7/comments?per_page=100>; rel=\"next\""}},
        "[]",
        Ending::whole},
       30});
  const auto comments = api.comments(7);
  ASSERT_FALSE(comments);
  EXPECT_EQ(comments.error().what, "cannot find our comment: there are more than 3000 comments");
}

TEST_F(GitHubApi, ValidationErrorsAreRepeatedToThePerson) {
  const auto created = api.create_comment(7, std::string(70'000, 'x'));
  ASSERT_FALSE(created);
  EXPECT_FALSE(api.denied());
  EXPECT_EQ(created.error().what,
            "cannot post the comment: GitHub answered 422: Validation Failed; Body is too long (maximum is 65536 "
            "characters)");
}

TEST_F(GitHubApi, HostileAnswersStayOnOneLineAndSecretsStayOut) {
  github.stub(
      {"hostile",
       "GET",
       "/pulls/7",
       {410, {}, "{\"message\": \"gone\\n::error::x \\u001b[31m " + FakeGitHub::token() + "\"}", Ending::whole}});
  const auto found = api.pull_request(7);
  ASSERT_FALSE(found);
  const std::string text = found.error().what;
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find(FakeGitHub::token()), std::string::npos) << text;
}

TEST_F(GitHubApi, AnswersThatAreNotWhatTheyShouldBeAreErrors) {
  for (const char* body : {"", "null", "{}", "[1", "\"x\""}) {
    github.stub({"strange list", "GET", "/issues/7/comments", {200, {}, body, Ending::whole}});
    EXPECT_FALSE(api.comments(7)) << body;
    github.stub({"strange object", "GET", "/pulls/7", {200, {}, body, Ending::whole}});
    EXPECT_FALSE(api.pull_request(7)) << body;
  }
  github.stub({"odd entries",
               "GET",
               "/issues/7/comments",
               {200, {}, R"([1, null, {"id": "x", "body": 7, "user": null}])", Ending::whole}});
  const auto comments = api.comments(7);
  ASSERT_TRUE(comments);
  ASSERT_EQ(comments->size(), 1U);
  EXPECT_EQ(comments->front().body, "");
  EXPECT_EQ(comments->front().author, "");
}

TEST_F(GitHubApi, LabelsAreCreatedSetAndTakenOff) {
  ASSERT_TRUE(api.create_label("perf / slow", "d93f0b", "why"));
  ASSERT_TRUE(api.create_label("perf / slow", "ffffff", "other")) << "one that exists is left as it is";
  EXPECT_EQ(github.repository_labels().at("perf / slow"), "d93f0b why");
  ASSERT_TRUE(api.add_label(7, "perf / slow"));
  EXPECT_EQ(github.labels(), (std::vector<std::string>{"perf / slow"}));
  auto removed = api.remove_label(7, "perf / slow");
  ASSERT_TRUE(removed) << removed.error().text();
  EXPECT_TRUE(*removed);
  removed = api.remove_label(7, "perf / slow");
  ASSERT_TRUE(removed) << removed.error().text();
  EXPECT_FALSE(*removed) << "404 says that it is not there, which is what was wanted";
}

TEST_F(GitHubApi, KnowsWhoSetALabel) {
  github.add_event({"labeled", "perf-override", "octocat"});
  github.add_event({"assigned", "", "octocat"});
  github.add_event({"unlabeled", "perf-override", ""});
  github.add_event({"head_ref_force_pushed", "", "octocat"});
  const auto events = api.events(7);
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 3U);
  EXPECT_EQ((*events)[0].kind, PullRequestEvent::Kind::labeled);
  EXPECT_EQ((*events)[0].actor, "octocat");
  EXPECT_EQ((*events)[1].kind, PullRequestEvent::Kind::unlabeled);
  EXPECT_EQ((*events)[1].actor, "");
  EXPECT_EQ((*events)[2].kind, PullRequestEvent::Kind::force_pushed);
}

TEST_F(GitHubApi, KnowsWhatAPersonMayDoAndWhoIsInATeam) {
  github.set_permission("ann", "write");
  EXPECT_EQ(permission_of(api, "ann").value_or(""), "write");
  EXPECT_EQ(permission_of(api, "mallory").value_or(""), "none");
  const auto refused = is_in_team(api, "acme/perf", "ann");
  ASSERT_FALSE(refused) << "GITHUB_TOKEN sees no teams";
  EXPECT_NE(refused.error().hint.find("GitHub App"), std::string::npos);
  github.add_team_member("perf", "ann");
  EXPECT_TRUE(is_in_team(api, "acme/perf", "ann").value_or(false));
  EXPECT_FALSE(is_in_team(api, "acme/perf", "bob").value_or(true));
}

TEST_F(GitHubApi, KnowsWhoTheTokenBelongsTo) {
  github.set_viewer("perf-robot");
  EXPECT_EQ(api.viewer(), "perf-robot");
}

class EnterpriseApi : public GitHubApi {
 protected:
  EnterpriseApi() : GitHubApi("/api/v3") {}
};

TEST_F(EnterpriseApi, KeepsThePrefixOfAnEnterpriseServer) {
  for (int i = 0; i < 120; ++i) github.add_comment({0, "x", "octocat", "User", ""});
  const auto comments = api.comments(7);
  ASSERT_TRUE(comments) << comments.error().text();
  EXPECT_EQ(comments->size(), 120U);
  EXPECT_EQ(api.viewer(), "github-actions[bot]");
}

RunContext of_workflow_run(const std::string& owner, const std::string& branch, char sha) {
  RunContext context;
  context.event = "workflow_run";
  context.repository = "acme/widgets";
  context.head_repository = owner + "/widgets";
  context.head_ref = branch;
  context.head_sha = std::string(40, sha);
  return context;
}

TEST_F(GitHubApi, FindsThePullRequestOfAWorkflowRunByItsHead) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  github.add_pull_request({9, std::string(40, 'e'), "mallory", "other", "acme/widgets", "mallory", ""});
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("mallory", "main", 'd')).value_or(-1), 8);
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("mallory", "main", 'f')).value_or(-1), 0) << "pushed since";
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("mallory", "none", 'd')).value_or(-1), 0);
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("", "main", 'd')).value_or(-1), 0) << "the fork is gone";
}

TEST_F(GitHubApi, APullRequestIntoAnotherRepositoryIsNotOurs) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "mallory/widgets", "mallory", ""});
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("mallory", "main", 'd')).value_or(-1), 0);
}

TEST_F(GitHubApi, OneHeadInTwoPullRequestsIsNobodys) {
  github.add_pull_request({8, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  github.add_pull_request({9, std::string(40, 'd'), "mallory", "main", "acme/widgets", "mallory", ""});
  EXPECT_EQ(resolve_pull_request(api, of_workflow_run("mallory", "main", 'd')).value_or(-1), 0);
}

}  // namespace
}  // namespace perfwarden::github
