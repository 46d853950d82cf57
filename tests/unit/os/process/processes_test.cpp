#include "os/process/processes.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace perfwarden::os {
namespace {

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

}  // namespace
}  // namespace perfwarden::os
