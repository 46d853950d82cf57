#include <gtest/gtest.h>

#include "base/text.hpp"
#include "os/machine/control.hpp"
#include "os/process/processes.hpp"
#include "os/process/slowed_processes.hpp"
#include "support/fakes.hpp"

// A slowdown that is planted in a real process, and the lack of address space randomization of one.
namespace perfwarden::os {
namespace {

using support::shell;

constexpr const char* k_work = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done";

TEST(Pauses, MakeAProcessTakeLongerButUseNoMoreCpuTime) {
  SystemProcesses processes;
  Command command = shell(k_work);
  const auto plain = processes.run(command);
  command.slowdown = 1;
  const auto slowed = processes.run(command);
  ASSERT_TRUE(plain && slowed && plain->ok() && slowed->ok());
  const double used_s = slowed->usage.user_s + slowed->usage.system_s;
  EXPECT_GE(slowed->usage.wall_s, 1.8 * used_s) << "a loaded machine only makes it longer";
  EXPECT_LE(used_s, 2.0 * (plain->usage.user_s + plain->usage.system_s) + 0.05);
}

TEST(Pauses, AreSeenByAProgramThatTimesItself) {
  SystemProcesses processes;
  Command command = shell(std::string("read a b < /proc/uptime; ") + k_work + "; read c d < /proc/uptime; echo $a $c");
  command.slowdown = 2;
  const auto slowed = processes.run(command);
  ASSERT_TRUE(slowed && slowed->ok());
  const auto words = text::split(text::trim(slowed->out), ' ');
  ASSERT_EQ(words.size(), 2U);
  const double own_s = text::to_double(words[1]).value_or(0) - text::to_double(words[0]).value_or(0);
  EXPECT_GE(own_s + 0.02, 2.5 * (slowed->usage.user_s + slowed->usage.system_s));
}

TEST(Pauses, DoNotKeepATimeoutFromEndingTheProcess) {
  SystemProcesses processes;
  Command command = shell("while :; do :; done");
  command.slowdown = 20;
  command.timeout_s = 0.2;
  const auto ended = processes.run(command);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->timed_out);
  EXPECT_LT(ended->usage.wall_s, 5);
}

TEST(Pauses, SlowedProcessesLeaveTheOtherSideAlone) {
  SystemProcesses processes;
  SlowedProcesses slowed(processes, "/tmp", 1);
  Command command = shell(k_work);
  command.cwd = "/";
  command.count_events = true;
  const auto other = slowed.run(command);
  EXPECT_EQ(slowed.slowed(), 0);
  command.cwd = "/tmp";
  const auto head = slowed.run(command);
  EXPECT_EQ(slowed.slowed(), 1);
  ASSERT_TRUE(other && head);
  EXPECT_GE(head->usage.wall_s, 1.8 * (head->usage.user_s + head->usage.system_s));
}

TEST(Aslr, CanBeTurnedOffForAChildAlone) {
  if (!may_turn_aslr_off()) GTEST_SKIP() << "personality(2) is forbidden here";
  SystemProcesses processes;
  Command command = shell("cat /proc/self/personality");
  const auto with = processes.run(command);
  command.no_aslr = true;
  const auto without = processes.run(command);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(text::trim(with->out), "00000000");
  EXPECT_EQ(text::trim(without->out), "00040000");
}

}  // namespace
}  // namespace perfwarden::os
