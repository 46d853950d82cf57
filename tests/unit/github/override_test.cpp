#include "github/override.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

using Json = nlohmann::json;

const std::string k_labelled_head(40, 'a');

// GitHub as find_override sees it, without a network.
struct Scene {
  Json events = Json::array();
  Json comments = Json::array();
  std::string description;
  OverrideConfig config;
  support::FakeHttp http;
  support::FakeClock clock;

  RunContext context;
  std::string head_now = k_labelled_head;

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
  void comment(const std::string& author, const std::string& body) {
    comments.push_back({{"id", comments.size() + 1}, {"body", body}, {"user", {{"login", author}, {"type", "User"}}}});
  }
  FoundOverride find() {
    http.answer = [this](const net::HttpRequest& request) -> Result<net::HttpResponse> {
      if (request.url.find("/events") != std::string::npos) return net::HttpResponse{200, {}, events.dump()};
      if (request.url.find("/comments") != std::string::npos) return net::HttpResponse{200, {}, comments.dump()};
      return net::HttpResponse{
          200, {}, Json{{"number", 7}, {"body", description}, {"head", {{"sha", head_now}}}}.dump()};
    };
    Api api(http, clock, {"https://api.github.com", "acme/widgets", "t"});
    auto found = find_override(api, context, config);
    EXPECT_TRUE(found) << found.error().text();
    return found.value_or(FoundOverride{});
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
  const FoundOverride found = scene.find();
  EXPECT_EQ(found.by, "");
  EXPECT_EQ(found.why_not, "");
  EXPECT_EQ(scene.http.requests.size(), 1U) << "nothing more is asked";
}

TEST(FindOverride, NamesWhoSetTheLabelLastAndWhy) {
  Scene scene;
  scene.event("labeled", "perf-override", "hubot");
  scene.event("unlabeled", "perf-override", "hubot");
  scene.event("labeled", "Perf-Override", "octocat");
  scene.comment("octocat", "perfwarden: accept first reason");
  scene.comment("octocat", "perfwarden: accept second reason");
  scene.comment("mallory", "perfwarden: accept mine");
  const FoundOverride found = scene.find();
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
  const FoundOverride refused = scene.find();
  EXPECT_EQ(refused.by, "");
  EXPECT_EQ(refused.why_not, "label 'perf-override' was set by mallory, who is not in `overrides: allow`");
  scene.event("labeled", "perf-override", "octocat");
  scene.comment("octocat", "perfwarden: accept fine");
  EXPECT_EQ(scene.find().by, "octocat");
}

TEST(FindOverride, AnAccountThatIsGoneCountsForNobody) {
  Scene scene;
  scene.event("labeled", "perf-override", "");
  const FoundOverride found = scene.find();
  EXPECT_EQ(found.by, "");
  EXPECT_NE(found.why_not.find("an account that is gone"), std::string::npos);
}

TEST(FindOverride, AsksForAReasonUnlessConfiguredOtherwise) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.comment("mallory", "perfwarden: accept somebody else's reason");
  const FoundOverride refused = scene.find();
  EXPECT_EQ(refused.by, "");
  EXPECT_NE(refused.why_not.find("comment `perfwarden: accept <why>`"), std::string::npos);
  scene.config.require_reason = false;
  const FoundOverride found = scene.find();
  EXPECT_EQ(found.by, "octocat");
  EXPECT_EQ(found.reason, "");
}

TEST(FindOverride, TakesTheReasonFromThePullRequestsText) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat");
  scene.description = "Fixes a race.\n\nperf-override: locks cost time";
  const FoundOverride found = scene.find();
  EXPECT_EQ(found.by, "octocat");
  EXPECT_EQ(found.reason, "locks cost time");
}

TEST(FindOverride, CountsForTheHeadThatItWasSetOnAndForNothingPushedAfterwards) {
  Scene scene;
  scene.event("labeled", "perf-override", "octocat", "2026-11-29T03:59:59Z");
  scene.comment("octocat", "perfwarden: accept worth it");
  const FoundOverride stale = scene.find();
  EXPECT_EQ(stale.by, "");
  EXPECT_NE(stale.why_not.find("what is pushed after the label is not covered by it"), std::string::npos);
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
  EXPECT_TRUE(scene.http.requests.empty());
}

}  // namespace
}  // namespace perfwarden::github
