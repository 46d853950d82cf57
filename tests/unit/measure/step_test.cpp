#include "measure/step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::measure {
namespace {

using testing::HasSubstr;
using Kind = Step::Kind;

Plan plan_of_core(bool two_sided, int least, int most) {
  Plan plan;
  plan.two_sided = two_sided;
  plan.suites.resize(1);
  plan.suites[0].name = "core";
  plan.suites[0].cases = {"parse"};
  plan.suites[0].warmup = 2;
  plan.suites[0].iterations = {least, most, 300};
  return plan;
}

TEST(Ended, OfAProcessThatFailedHoldsHowAndItsLastLines) {
  os::ProcessResult result;
  result.exit_status = 3;
  for (int i = 1; i <= 30; ++i) result.err += "line " + std::to_string(i) + "\n";
  const Ended ended = ended_of(result, 1.5);
  EXPECT_FALSE(ended.ok());
  EXPECT_EQ(ended.failure, "exit status 3");
  EXPECT_EQ(ended.seconds, 1.5);
  ASSERT_EQ(ended.last.size(), 20U);
  EXPECT_EQ(ended.last.back(), "line 30");
}

TEST(Ended, ShowsStandardOutputWhereNothingWentToStandardError) {
  os::ProcessResult result;
  result.signal = 9;
  result.out = "no such case\n";
  EXPECT_THAT(ended_of(result, 0).last, testing::ElementsAre("no such case"));
}

TEST(Ended, OfWhatCouldNotBeStartedIsTheErrorOnOneLine) {
  const Ended ended = ended_of(Error{.kind = ErrorKind::io, .what = "cannot run 'x\n'", .hint = "install it"}, 0);
  EXPECT_FALSE(ended.ok());
  EXPECT_EQ(ended.failure, "cannot run 'x '");
  EXPECT_EQ(ended.hint, "install it");
}

TEST(Ended, InterruptedIsNeitherWellNorAFailureOfTheProgram) {
  os::ProcessResult result;
  result.interrupted = true;
  EXPECT_FALSE(ended_of(result, 0).ok());
  EXPECT_TRUE(ended_of(os::ProcessResult{}, 0).ok());
}

TEST(FailureOf, NamesTheStepTheSideAndHowToTryItByHand) {
  const Plan plan = plan_of_core(true, 10, 10);
  os::Command command;
  command.argv = {"./bench", "--filter=parse"};
  command.cwd = "/work/base";
  Ended ended;
  ended.failure = "exit status 1";
  ended.last = {"boom", "bang"};
  const Error built = failure_of(plan, {Kind::build, Side::base, 0, 0, 0}, command, ended);
  EXPECT_EQ(built.kind, ErrorKind::benchmark);
  EXPECT_THAT(built.what, HasSubstr("the build of 'core"));
  EXPECT_THAT(built.what, HasSubstr("on base failed: exit status 1"));
  EXPECT_THAT(built.hint, HasSubstr("cd /work/base && ./bench --filter=parse"));
  EXPECT_EQ(built.excerpt, "  | boom\n  | bang");
  ended.hint = "install it";
  const Error ran = failure_of(plan, {Kind::measure, Side::head, 0, 0, 0}, command, ended);
  EXPECT_THAT(ran.what, HasSubstr("'core/parse' failed on head, the first time that it ran"));
  EXPECT_EQ(ran.hint, "install it");
}

TEST(StepNames, CountFromOneAndSayOfHowManyWhereThatIsKnown) {
  const Plan fixed = plan_of_core(true, 10, 10);
  EXPECT_EQ(title_of(fixed, {Kind::measure, Side::head, 0, 0, 2}), "core/parse (head, run 3)");
  EXPECT_EQ(what_of(fixed, {Kind::measure, Side::head, 0, 0, 2}), "core/parse: head, run 3 of 10");
  EXPECT_EQ(what_of(fixed, {Kind::warmup, Side::base, 0, 0, 0}), "core/parse: base, warm-up 1 of 2");
  EXPECT_THAT(what_of(fixed, {Kind::build, Side::base, 0, 0, 0}), HasSubstr(": building base"));
  EXPECT_EQ(what_of(plan_of_core(true, 6, 50), {Kind::measure, Side::head, 0, 0, 2}), "core/parse: head, run 3")
      << "as many as the decision needs";
}

TEST(StepKinds, RunsAreWarmUpsAndMeasuredOnes) {
  for (const Kind kind : {Kind::warmup, Kind::measure}) EXPECT_TRUE(is_run({kind, Side::head, 0, 0, 0}));
  for (const Kind kind : {Kind::build, Kind::setup, Kind::teardown}) EXPECT_FALSE(is_run({kind, Side::head, 0, 0, 0}));
}

}  // namespace
}  // namespace perfwarden::measure
