#include "plan/select.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/series.hpp"

namespace perfwarden::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Suite suite(const std::string& name, Tier tier, std::vector<std::string> paths = {}) {
  Suite out;
  out.name = name;
  out.when = {std::move(paths), tier};
  return out;
}

std::vector<std::string> names(const Selection& selection) {
  std::vector<std::string> out;
  for (const Suite& one : selection.suites) out.push_back(one.name);
  return out;
}

TEST(Select, EventsHaveTheirTierAndAnythingElseRunsEverything) {
  EXPECT_EQ(tier_of_event("push"), Tier::smoke);
  EXPECT_EQ(tier_of_event("pull_request"), Tier::targeted);
  EXPECT_EQ(tier_of_event("pull_request_target"), Tier::targeted);
  EXPECT_EQ(tier_of_event("merge_group"), Tier::targeted);
  EXPECT_EQ(tier_of_event("schedule"), Tier::full);
  EXPECT_EQ(tier_of_event("workflow_dispatch"), Tier::long_);
  EXPECT_EQ(tier_of_event(""), Tier::long_);
}

TEST(Select, ATierIsReadByItsNameAndANearMissIsToldSo) {
  for (const Tier tier : {Tier::smoke, Tier::targeted, Tier::full, Tier::long_}) {
    const auto parsed = parse_tier(name_of(tier));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, tier);
  }
  const auto wrong = parse_tier("smok");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::usage);
  EXPECT_THAT(wrong.error().hint, HasSubstr("'smoke'"));
}

TEST(Select, ARunMeasuresItsTierAndThoseBefore) {
  const std::vector<Suite> suites{suite("a", Tier::smoke), suite("b", Tier::targeted), suite("c", Tier::full),
                                  suite("d", Tier::long_)};
  EXPECT_THAT(names(select(suites, {Tier::smoke, {}})), ElementsAre("a"));
  EXPECT_THAT(names(select(suites, {Tier::full, {}})), ElementsAre("a", "b", "c"));
  EXPECT_THAT(names(select(suites, {Tier::long_, {}})), ElementsAre("a", "b", "c", "d"));
  const Selection smoke = select(suites, {Tier::smoke, {}});
  ASSERT_EQ(smoke.skipped.size(), 3U);
  EXPECT_EQ(smoke.skipped[1].code, k_suite_skipped);
  EXPECT_EQ(smoke.skipped[1].text,
            "suite 'c' was left out and not measured: its tier is full, and this run's is smoke");
}

TEST(Select, PathsMustMatchAChangedFile) {
  const std::vector<Suite> suites{suite("core", Tier::smoke, {"src/core/**", "CMakeLists.txt"}),
                                  suite("net", Tier::smoke, {"src/net"}), suite("always", Tier::smoke)};
  EXPECT_THAT(names(select(suites, {Tier::long_, {{"src/core/deep/parse.cpp"}}})), ElementsAre("core", "always"));
  EXPECT_THAT(names(select(suites, {Tier::long_, {{"CMakeLists.txt", "src/net/tcp.cpp"}}})),
              ElementsAre("core", "net", "always"));
  const Selection docs = select(suites, {Tier::long_, {{"docs/a.md", "docs/CMakeLists.txt"}}});
  EXPECT_THAT(names(docs), ElementsAre("always"));
  EXPECT_THAT(docs.skipped[0].text, HasSubstr("none of the 2 changed files matches its paths (src/core/**, CMake"));
  EXPECT_THAT(select(suites, {Tier::long_, {{"x"}}}).skipped[1].text, HasSubstr("the one changed file does not match"));
}

TEST(Select, UnknownChangesLeaveNothingOut) {
  EXPECT_THAT(names(select({suite("core", Tier::smoke, {"src/**"})}, {Tier::smoke, std::nullopt})),
              ElementsAre("core"));
}

}  // namespace
}  // namespace perfwarden::plan
