#include "os/clock.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace perfwarden::os
