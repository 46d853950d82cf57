#include "measure/count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fakes.hpp"

namespace perfwarden::measure {
namespace {

using testing::HasSubstr;

Plan plan_of(bool instructions) {
  Plan plan;
  plan.suites.resize(1);
  plan.suites[0].name = "core";
  plan.suites[0].run.argv = {"./bench"};
  plan.suites[0].count_instructions = instructions;
  return plan;
}

TEST(Count, ReadsTheTotalThatCachegrindWrote) {
  EXPECT_EQ(instructions_in("events: Ir\nfl=a.c\nfn=main\n3 12\nsummary: 1234567\n"), 1234567U);
  EXPECT_EQ(instructions_in("events: Ir I1mr\nsummary: 99 1 2\n"), 99U);
  EXPECT_EQ(instructions_in("summary: 7"), 7U);
}

TEST(Count, TakesNothingElseForATotal) {
  for (const char* text : {"", "events: Ir\n", "summary:", "summary: -1\n", "summary: x\n", "fn=summary: 5\n",
                           "summary: 99999999999999999999\n"})
    EXPECT_EQ(instructions_in(text), std::nullopt) << text;
}

TEST(Count, AMissingValgrindIsToldBeforeAnythingIsMeasured) {
  support::FakeProcesses processes;
  processes.answer = [](const os::Command&) -> Result<os::ProcessResult> {
    return Error{.kind = ErrorKind::io, .what = "cannot run 'valgrind': No such file or directory"};
  };
  EXPECT_TRUE(check_tools(plan_of(false), {}, processes));
  EXPECT_TRUE(processes.commands.empty());
  const Status status = check_tools(plan_of(true), {}, processes);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::benchmark);
  EXPECT_THAT(status.error().what, HasSubstr("suite 'core' counts instructions, which needs valgrind"));
  EXPECT_THAT(status.error().hint, HasSubstr("apt-get install valgrind"));
}

TEST(Count, NothingIsRunForASuiteThatAsksForNothing) {
  support::FakeProcesses processes;
  support::FakeClock clock;
  Raw raw;
  ASSERT_TRUE(count(
      plan_of(false), {}, processes, clock, [](const std::string&) {}, [](std::size_t, Side) { return true; }, raw));
  EXPECT_TRUE(processes.commands.empty());
  EXPECT_TRUE(raw.counts.empty());
}

TEST(Count, ASignalEndsItAndIsSaid) {
  support::FakeProcesses processes;
  processes.answer = [](const os::Command&) {
    os::ProcessResult result;
    result.interrupted = true;
    return result;
  };
  support::FakeClock clock;
  Raw raw;
  ASSERT_TRUE(count(
      plan_of(true), {}, processes, clock, [](const std::string&) {}, [](std::size_t, Side) { return true; }, raw));
  EXPECT_TRUE(raw.interrupted);
  EXPECT_EQ(processes.commands.size(), 1U);
  EXPECT_TRUE(raw.counts.empty());
}

}  // namespace
}  // namespace perfwarden::measure
