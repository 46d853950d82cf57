#include "github/override.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

const std::string k_labelled_head(40, 'a');

constexpr std::int64_t k_now_s = 1'795'932'000;  // 2026-11-29T06:00:00Z

// GitHub as find_overrides sees it, without a network.
struct Scene {
  Json events = Json::array();
  Json comments = Json::array();
  std::string description;
  OverrideConfig config;
  support::FakeHttp http;
  support::FakeClock clock;

  RunContext context;
  std::string head_now = k_labelled_head;
  std::map<std::string, std::string> permissions{{"ann", "write"}, {"rob", "read"}};
  std::map<std::string, std::string> members{{"tess", "active"}, {"penny", "pending"}};
  long team_status = 200;

  Scene() {
    context.pull_request = 7;
    context.head_sha = k_labelled_head;
    context.head_since = "2026-11-29T04:00:00Z";
  }
  void event(const std::string& kind, const std::string& label, const std::string& actor,
             const std::string& time = "2026-11-29T05:00:00Z") {
    events.push_back({{"event", kind},
                      {"label", {{"name", label}}},
                      {"actor", actor.empty() ? Json() : Json{{"login", actor}}},
                      {"created_at", time}});
  }
  void comment(const std::string& author, const std::string& body, const std::string& time = "2026-11-29T05:00:00Z") {
    comments.push_back({{"id", comments.size() + 1},
                        {"body", body},
                        {"user", {{"login", author}, {"type", "User"}}},
                        {"author_association", "MEMBER"},
                        {"created_at", time},
                        {"updated_at", time}});
  }
  net::HttpResponse answer(const std::string& url) {
    const auto last = [&url] { return url.substr(url.rfind('/') + 1); };
    if (url.find("/events") != std::string::npos) return {200, {}, events.dump()};
    if (url.find("/comments") != std::string::npos) return {200, {}, comments.dump()};
    if (url.ends_with("/permission")) {
      const std::string path = url.substr(0, url.rfind('/'));
      return {200, {}, Json{{"permission", permissions[path.substr(path.rfind('/') + 1)]}}.dump()};
    }
    if (url.find("/orgs/acme/teams/perf/memberships/") != std::string::npos) {
      if (team_status != 200 || !members.contains(last())) return {team_status == 200 ? 404 : team_status, {}, "{}"};
      return {200, {}, Json{{"state", members[last()]}}.dump()};
    }
    return {200, {}, Json{{"number", 7}, {"body", description}, {"head", {{"sha", head_now}}}}.dump()};
  }
  Result<FoundOverrides> ask() {
    http.answer = [this](const net::HttpRequest& request) -> Result<net::HttpResponse> { return answer(request.url); };
    Api api(http, clock, {"https://api.github.com", "acme/widgets", "t"});
    return find_overrides(api, context, config, k_now_s);
  }
  FoundOverrides find_all() {
    auto found = ask();
    EXPECT_TRUE(found) << found.error().text();
    return found.value_or(FoundOverrides{});
  }
  // The only one, as the tests of the label see it.
  struct One {
    std::string by, reason, why_not;
  };
  One find() {
    const FoundOverrides all = find_all();
    EXPECT_LE(all.accepted.size() + all.why_not.size(), 1U);
    One one;
    if (!all.accepted.empty()) one = {all.accepted[0].by, all.accepted[0].reason, ""};
    if (!all.why_not.empty()) one.why_not = all.why_not[0];
    return one;
  }
};

TEST(ReasonIn, ACommentMayAcceptInSoManyWords) {
  EXPECT_EQ(reason_in("perfwarden: accept the new checks cost 3 %", true), "the new checks cost 3 %");
  EXPECT_EQ(reason_in("  PerfWarden: Accept - worth it\nthanks", true), "worth it thanks");
  EXPECT_EQ(reason_in("perfwarden: accept\nbecause", true), "because");
  EXPECT_EQ(reason_in("perfwarden: accept", true), "");
  EXPECT_EQ(reason_in("perfwarden: accepting this would be wrong", true), "");
  EXPECT_EQ(reason_in("I would not perfwarden: accept this", true), "");
  EXPECT_EQ(reason_in("perfwarden: accept x", false), "") << "only in a comment";
}

TEST(ReasonIn, ALineMayGiveTheReasonAnywhere) {
  EXPECT_EQ(reason_in("Hello\r\n perf-override: correctness first \r\nbye", false), "correctness first");
  EXPECT_EQ(reason_in("no perf-override: here", false), "");
}

TEST(ReasonIn, IsOneSafeLineOfBoundedLength) {
  const std::string reason = reason_in("perfwarden: accept \x1b[31m" + std::string(10'000, 'x') + "\n::error::y", true);
  EXPECT_EQ(reason.find('\x1b'), std::string::npos);
  EXPECT_EQ(reason.find('\n'), std::string::npos);
  EXPECT_LE(reason.size(), 320U);
}

TEST(FindOverride, IsNobodyWithoutTheLabel) {
  Scene scene;
  scene.event("labeled", "bug", "octocat");
  scene.comment("octocat", "perfwarden: accept x");
  const Scene::One found = scene.find();
  EXPECT_EQ(found.by, "");
  EXPECT_EQ(found.why_not, "");
  EXPECT_EQ(scene.http.requests.size(), 2U) << "nothing more is asked than events and comments";
}

TEST(FindOverride, NamesWhoSetTheLabelLastAndWhy) {
  Scene scene;
  scene.event("labeled", "perf-override", "hubot");
  scene.event("unlabeled", "perf-override", "hubot");
  scene.event("labeled", "Perf-Override", "octocat");
  scene.comment("octocat", "perfwarden: accept first reason");
  scene.comment("octocat", "perfwarden: accept second reason");
  scene.comment("mallory", "perfwarden: accept mine");
  const Scene::One found = scene.find();
  EXPECT_EQ(found.by, "octocat");
  EXPECT_EQ(found.reason, "second reason");
}

TEST(FindOverride, EndsWhenTheLabelIsTakenOff) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.event("unlabeled", "perf-override", "mallory");
  scene.comment("octocat", "perfwarden: accept x");
  EXPECT_EQ(scene.find().by, "");
}

TEST(FindOverride, CountsOnlyForThoseWhoAreAllowed) {
  Scene scene;
  scene.config.allow = {"Octocat"};
  scene.event("labeled", "perf-override", "mallory");
  scene.comment("mallory", "perfwarden: accept x");
  const Scene::One refused = scene.find();
  EXPECT_EQ(refused.by, "");
  EXPECT_EQ(refused.why_not, "label 'perf-override' was set by mallory, who is not in `overrides: allow`");
  scene.event("labeled", "perf-override", "octocat");
  scene.comment("octocat", "perfwarden: accept fine");
  EXPECT_EQ(scene.find().by, "octocat");
}

TEST(FindOverride, AnAccountThatIsGoneCountsForNobody) {
  Scene scene;
  scene.event("labeled", "perf-override", "");
  const Scene::One found = scene.find();
  EXPECT_EQ(found.by, "");
  EXPECT_NE(found.why_not.find("an account that is gone"), std::string::npos);
}

TEST(FindOverride, AsksForAReasonUnlessConfiguredOtherwise) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.comment("mallory", "perfwarden: accept somebody else's reason");
  const Scene::One refused = scene.find();
  EXPECT_EQ(refused.by, "");
  EXPECT_NE(refused.why_not.find("comment `perfwarden: accept <why>`"), std::string::npos);
  scene.config.require_reason = false;
  const Scene::One found = scene.find();
  EXPECT_EQ(found.by, "octocat");
  EXPECT_EQ(found.reason, "");
}

TEST(FindOverride, TakesTheReasonFromThePullRequestsText) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.description = "Fixes a race.\n\nperf-override: locks cost time";
  const Scene::One found = scene.find();
  EXPECT_EQ(found.by, "octocat");
  EXPECT_EQ(found.reason, "locks cost time");
}

TEST(FindOverride, CountsForTheHeadThatItWasSetOnAndForNothingPushedAfterwards) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat", "2026-11-29T03:59:59Z");
  scene.comment("octocat", "perfwarden: accept worth it");
  const Scene::One stale = scene.find();
  EXPECT_EQ(stale.by, "");
  EXPECT_NE(stale.why_not.find("what is pushed afterwards is not covered by it"), std::string::npos);
  EXPECT_NE(stale.why_not.find("set it again"), std::string::npos);
  scene.event("labeled", "perf-override", "octocat", "2026-11-29T04:00:00Z");
  EXPECT_EQ(scene.find().by, "octocat") << "in the same second";
  scene.head_now = std::string(40, 'b');
  EXPECT_EQ(scene.find().by, "") << "another head may be what it was set on";
}

TEST(FindOverride, CountsInTheEventOfTheLabelItself) {
  Scene scene;
  scene.context.head_since.clear();
  scene.event("labeled", "perf-override", "octocat", "2026-11-29T04:00:00Z");
  scene.comment("octocat", "perfwarden: accept worth it");
  EXPECT_EQ(scene.find().by, "") << "the event does not say since when this is the head";
  scene.context.label_added = "documentation";
  EXPECT_EQ(scene.find().by, "");
  scene.context.label_added = "Perf-Override";
  EXPECT_EQ(scene.find().by, "octocat");
}

TEST(FindOverride, ATimeOfAnotherFormProvesNothing) {
  for (const char* time : {"", "9999", "2026-11-29T05:00:00+02:00", "2026-11-29T05:00:00.1Z"}) {
    SCOPED_TRACE(time);
    Scene scene;
    scene.event("labeled", "perf-override", "octocat", time);
    scene.comment("octocat", "perfwarden: accept worth it");
    EXPECT_EQ(scene.find().by, "");
  }
}

TEST(FindOverride, AnEmptyLabelSwitchesItOff) {
  Scene scene;
  scene.config.label = "";
  scene.event("labeled", "", "octocat");
  EXPECT_EQ(scene.find().by, "");
}

TEST(FindOverride, ExpiresWithItsAge) {
  Scene scene;
  scene.config.expires_s = 3600;
  scene.event("labeled", "perf-override", "octocat", "2026-11-29T05:00:00Z");
  scene.comment("octocat", "perfwarden: accept worth it");
  EXPECT_EQ(scene.find().by, "octocat");
  scene.config.expires_s = 3599;
  EXPECT_EQ(scene.find().by, "");
  EXPECT_NE(scene.find().why_not.find("ago; take the label off and set it again"), std::string::npos);
}

TEST(FindOverride, APushThatRewroteTheHeadSinceLeavesNothingAccepted) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.comment("octocat", "perfwarden: accept worth it");
  scene.event("head_ref_force_pushed", "", "mallory", "2026-11-29T04:00:05Z");
  EXPECT_EQ(scene.find().by, "octocat") << "the push that made this head";
  scene.event("head_ref_force_pushed", "", "mallory", "2026-11-29T05:30:00Z");
  EXPECT_EQ(scene.find().by, "") << "this head may have been away and come back";
}

TEST(AcceptCommands, AreTheLinesThatACommentBeginsWith) {
  const auto one = accept_commands("/perfwarden accept core/parse/* the new checks: 3 %\n\nthanks");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].glob, "core/parse/*");
  EXPECT_EQ(one[0].reason, "the new checks: 3 % thanks");
  const auto two = accept_commands(" /PerfWarden Accept `a/**` x\r\n/perfwarden accept b y");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].glob, "a/**");
  EXPECT_EQ(two[0].reason, "x");
  EXPECT_EQ(two[1].glob, "b");
  EXPECT_EQ(two[1].reason, "y");
  EXPECT_EQ(accept_commands("/perfwarden accept")[0].glob, "");
  for (const char* other : {"", "> /perfwarden accept a b", "please\n/perfwarden accept a b", "/perfwarden accepted a",
                            "/perfwarden", "`/perfwarden accept a b`"})
    EXPECT_TRUE(accept_commands(other).empty()) << other;
  std::string many;
  for (int i = 0; i < 100; ++i) many += "/perfwarden accept a b\n";
  EXPECT_EQ(accept_commands(many).size(), 10U);
  const auto hostile = accept_commands("/perfwarden accept \x1b[2J" + std::string(9000, '*') +
                                       " \x1b::error::" + std::string(9000, 'x'));
  EXPECT_LE(hostile[0].glob.size() + hostile[0].reason.size(), 600U);
  EXPECT_EQ((hostile[0].glob + hostile[0].reason).find('\x1b'), std::string::npos);
}

TEST(AcceptComment, OfAPersonWhoMayWriteAcceptsWhatItsGlobMatches) {
  Scene scene;
  scene.comment("ann", "/perfwarden accept core/parse/* known");
  scene.comment("ann", "/perfwarden accept * all of it");
  const FoundOverrides found = scene.find_all();
  EXPECT_EQ(found.accepted, (std::vector<Override>{{"ann", "known", "core/parse/*"}, {"ann", "all of it", ""}}));
  EXPECT_TRUE(found.why_not.empty());
  EXPECT_EQ(scene.http.requests.size(), 4U) << "events, comments, the pull request, and once what ann may do";
}

TEST(AcceptComment, OfAnybodyElseAcceptsNothing) {
  Scene scene;
  scene.comment("rob", "/perfwarden accept * please");
  EXPECT_EQ(scene.find().by, "");
  EXPECT_NE(scene.find().why_not.find("rob may not write to this repository"), std::string::npos);
  scene.comments[0]["user"]["login"] = "ann";
  scene.comments[0]["author_association"] = "CONTRIBUTOR";
  EXPECT_EQ(scene.find().by, "") << "no collaborator by GitHub's own word";
  scene.comments[0]["author_association"] = "COLLABORATOR";
  EXPECT_EQ(scene.find().by, "ann");
  scene.comments[0]["user"]["type"] = "Bot";
  EXPECT_EQ(scene.find().by, "") << "what a bot quotes is nobody's decision";
}

TEST(AcceptComment, FollowsTheBasesListAndTeam) {
  Scene scene;
  scene.config.allow = {"Rob"};
  scene.comment("rob", "/perfwarden accept * fine");
  EXPECT_EQ(scene.find().by, "rob");
  scene.comments[0]["user"]["login"] = "ann";
  EXPECT_EQ(scene.find().by, "") << "who may write is not enough then";
  scene.config.team = "acme/perf";
  EXPECT_NE(scene.find().why_not.find("ann is not in the team acme/perf"), std::string::npos);
  scene.comments[0]["user"]["login"] = "penny";
  EXPECT_EQ(scene.find().by, "") << "invited only";
  scene.comments[0]["user"]["login"] = "tess";
  EXPECT_EQ(scene.find().by, "tess");
  scene.team_status = 403;
  const auto refused = scene.ask();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("GitHub App"), std::string::npos);
}

TEST(AcceptComment, IsAboutTheHeadThatItWasWrittenOn) {
  Scene scene;
  scene.comment("ann", "/perfwarden accept * fine", "2026-11-29T03:59:59Z");
  EXPECT_NE(scene.find().why_not.find("what is pushed afterwards is not covered"), std::string::npos);
  scene.comments[0]["created_at"] = scene.comments[0]["updated_at"] = "2026-11-29T04:00:00Z";
  EXPECT_EQ(scene.find().by, "ann");
  scene.head_now = std::string(40, 'b');
  EXPECT_EQ(scene.find().by, "");
  scene.head_now = k_labelled_head;
  scene.context.head_since.clear();
  EXPECT_EQ(scene.find().by, "");
}

TEST(AcceptComment, DoesNotCountOnceEditedOrExpiredOrWithoutAReason) {
  Scene scene;
  scene.comment("ann", "/perfwarden accept core/*");
  EXPECT_NE(scene.find().why_not.find("a glob of benchmarks and a reason"), std::string::npos);
  scene.config.require_reason = false;
  EXPECT_EQ(scene.find().by, "ann");
  scene.comments[0]["updated_at"] = "2026-11-29T05:00:01Z";
  EXPECT_NE(scene.find().why_not.find("was edited"), std::string::npos);
  scene.comments[0]["updated_at"] = "2026-11-29T05:00:00Z";
  scene.config.expires_s = 60;
  EXPECT_NE(scene.find().why_not.find("comment again"), std::string::npos);
}

TEST(AcceptComment, OnlyTheNewestTwentyAreLookedAt) {
  Scene scene;
  for (int i = 0; i < 100; ++i) scene.comment("rob", "/perfwarden accept * now");
  scene.comment("ann", "/perfwarden accept * fine");
  const FoundOverrides found = scene.find_all();
  EXPECT_EQ(found.accepted.size(), 1U);
  EXPECT_EQ(found.why_not.size(), 19U);
  EXPECT_EQ(scene.http.requests.size(), 5U);
}

}  // namespace
}  // namespace perfwarden::github
