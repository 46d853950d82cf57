#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "os/clock.hpp"
#include "os/process/perf_events.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::os {
namespace {

TEST(Clock, WritesTimesAsRfc3339) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(1'795'255'200), "2026-11-21T10:00:00Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59Z");
}

TEST(Clock, MonotonicTimeDoesNotRunBackwards) {
  const SystemClock clock;
  const double first = clock.monotonic_s();
  EXPECT_GE(clock.monotonic_s(), first);
  EXPECT_GT(clock.unix_s(), 1'700'000'000);
}

TEST(ProcessResult, DescribesHowItEnded) {
  ProcessResult result;
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.describe(), "exit status 0");
  result.signal = SIGSEGV;
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.describe(), "killed by signal 11 (SIGSEGV)");
  result.signal = 45;
  EXPECT_EQ(result.describe(), "killed by signal 45");
  result.timed_out = true;
  EXPECT_EQ(result.describe(), "timed out");
  result.timeout_s = 0.5;
  EXPECT_EQ(result.describe(), "timed out after 0.5 s");
  result.interrupted = true;
  EXPECT_EQ(result.describe(), "interrupted");
}

TEST(Events, TheReasonNamesTheCure) {
  EXPECT_EQ(explain_event_error(0, "4", true), "");
  EXPECT_EQ(explain_event_error(EACCES, "4\n", false),
            "perf_event_paranoid is 4: run `sudo sysctl kernel.perf_event_paranoid=2` on the host");
  EXPECT_NE(explain_event_error(EPERM, "2\n", true).find("--cap-add PERFMON"), std::string::npos);
  EXPECT_NE(explain_event_error(EPERM, "", false).find("CAP_PERFMON"), std::string::npos);
  EXPECT_NE(explain_event_error(ENOENT, "2", false).find("no hardware counters"), std::string::npos);
  EXPECT_NE(explain_event_error(ENOSYS, "", false).find("without perf_event_open"), std::string::npos);
  EXPECT_EQ(explain_event_error(EMFILE, "", false), "perf_event_open failed: Too many open files");
}

TEST(Events, AnUnopenedEventHasNoCount) {
  EXPECT_EQ(read_event(UniqueFd()), std::nullopt);
}

}  // namespace
}  // namespace perfwarden::os
