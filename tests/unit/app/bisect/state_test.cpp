#include "app/bisect/state.hpp"

#include <gmock/gmock.h>

#include "app/bisect/answer.hpp"

namespace perfwarden::app {
namespace {

BisectState sample() {
  BisectState out;
  out.question = {"a1", "b2", "core/**", "cafe", "print"};
  out.proof = BisectChange{{"core", "parse \x1b[1m", "wall_time"}, 0.1, 0.09, 0.11, 12, "HIGH", {0.09, 0.1}};
  out.only = {"--filter=^parse$"};
  out.readings["t1"] = {{0.1, -0.01}, bisect::Told::nothing, ""};
  out.readings["t2"] = {{}, bisect::Told::same_as_good, ""};
  out.readings["t3"] = {{}, bisect::Told::nothing, "no such target"};
  out.innocent = {"c1", "c2"};
  out.stretch = Stretch{"a1", "b2", true};
  out.later = {Stretch{"a1", "b1", false}};
  Culprit culprit{"s1", "s0", {"s00"}, 0.995, *out.proof, {*out.proof}, "too noisy"};
  out.culprits = {culprit};
  out.visits = 7;
  out.pairs = 31;
  out.seconds = 12.5;
  return out;
}

TEST(BisectState, ComesBackFromItsFileWhole) {
  const std::string text = state_text(sample());
  const Result<BisectState> read = read_state(text, "state");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(state_text(*read), text);
  EXPECT_EQ(read->readings.at("t2").told, bisect::Told::same_as_good);
  EXPECT_TRUE(read->stretch->inside);
  EXPECT_EQ(read->culprits[0].or_else, std::vector<std::string>{"s00"});
}

TEST(BisectState, FreshOneComesBackToo) {
  BisectState fresh;
  fresh.stretch = Stretch{"a", "b"};
  const Result<BisectState> read = read_state(state_text(fresh), "state");
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->proof);
}

TEST(BisectState, OfADamagedFileIsAnErrorWithTheCure) {
  const std::string text = state_text(sample());
  for (std::size_t cut = 0; cut < text.size(); cut += 37) {
    const Result<BisectState> read = read_state(text.substr(0, cut), "state");
    ASSERT_FALSE(read) << cut;
    EXPECT_THAT(read.error().hint, testing::HasSubstr("--restart"));
  }
  EXPECT_FALSE(read_state(R"({"schema":"perfwarden.bisect/9"})", "state"));
}

TEST(BisectState, AnotherQuestionHasAnotherFile) {
  BisectQuestion one{"a", "b", "**", "", ""};
  BisectQuestion other{"a", "b", "core", "", ""};
  EXPECT_NE(one.file(), other.file());
}

TEST(BisectScript, QuotesWhatItIsGiven) {
  const std::string text = script_text({"a1", "b2", "it's/$(rm)", "/a b/c.yml"});
  EXPECT_THAT(text, testing::HasSubstr(R"(--benchmark 'it'\''s/$(rm)')"));
  EXPECT_THAT(text, testing::HasSubstr("--config '/a b/c.yml'"));
  EXPECT_THAT(text, testing::HasSubstr("3 | 4) exit 125"));
}

TEST(BisectAnswer, IsOnlyOneWhenEachCulpritIsVerified) {
  BisectState state = sample();
  EXPECT_FALSE(is_answered(state));
  state.culprits[0].doubt.clear();
  EXPECT_TRUE(is_answered(state));
  state.culprits.push_back({});
  EXPECT_FALSE(is_answered(state));
  state.culprits.clear();
  EXPECT_FALSE(is_answered(state));
}

}  // namespace
}  // namespace perfwarden::app
