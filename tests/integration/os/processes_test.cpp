#include "os/processes.hpp"

#include <gtest/gtest.h>

namespace perfwarden::os {
namespace {

Command shell(const std::string& line) {
  Command command;
  command.argv = {"sh", "-c", line};
  command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  return command;
}

TEST(Processes, GiveBothStreamsAndTheExitStatus) {
  SystemProcesses processes;
  const auto result = processes.run(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exit_status, 3);
  EXPECT_FALSE(result->ok());
  EXPECT_EQ(result->describe(), "exit status 3");
}

TEST(Processes, PeakMemoryOfASmallProgramDoesNotDependOnOurs) {
  SystemProcesses processes;
  Command command = shell("");
  command.argv = {"/bin/true"};
  const auto before = processes.run(command);
  std::vector<char> ballast(std::size_t{200} << 20, 'x');
  const auto after = processes.run(command);
  ASSERT_TRUE(before && after);
  EXPECT_GT(ballast[12345], 0);
  EXPECT_GT(before->usage.max_rss_bytes, 0);
  EXPECT_LT(after->usage.max_rss_bytes, 20 << 20);
}

}  // namespace
}  // namespace perfwarden::os
