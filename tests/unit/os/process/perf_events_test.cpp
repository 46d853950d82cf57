#include "os/process/perf_events.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace perfwarden::os {
namespace {

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
