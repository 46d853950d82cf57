#include "os/process/processes.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::shell;
using support::TemporaryDirectory;
using testing::HasSubstr;
using testing::Not;

ProcessResult run(const Command& command) {
  SystemProcesses processes;
  auto result = processes.run(command);
  if (result) return std::move(result).value();
  ADD_FAILURE() << result.error().text();
  return {};
}

Error refusal(const Command& command) {
  SystemProcesses processes;
  auto result = processes.run(command);
  if (!result) return std::move(result).error();
  ADD_FAILURE() << "it ran: " << result->describe();
  return {};
}

bool is_alive(const std::string& pid) {
  return !pid.empty() && ::kill(static_cast<pid_t>(text::to_integer(text::trim(pid)).value_or(-999999)), 0) == 0;
}

TEST(Processes, GiveBothStreamsAndTheExitStatus) {
  const ProcessResult result = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.describe(), "exit status 3");
}

TEST(Processes, ASignalIsTold) {
  const ProcessResult result = run(shell("kill -SEGV $$"));
  EXPECT_EQ(result.describe(), "killed by signal 11 (SIGSEGV)");
  EXPECT_FALSE(result.timed_out);
}

TEST(Processes, ChildrenGetExactlyTheGivenEnvironment) {
  ASSERT_EQ(::setenv("PW_OURS", "leaked", 1), 0);
  Command command = shell("");
  command.argv = {"env"};
  command.env["ODD"] = "a=b\nc";
  EXPECT_EQ(run(command).out, "ODD=a=b\nc\nPATH=/usr/local/bin:/usr/bin:/bin\n");
  ::unsetenv("PW_OURS");
}

TEST(Processes, TheProgramIsLookedUpInTheGivenPath) {
  const TemporaryDirectory folder;
  const std::string tool = folder.write("bin/pw-tool", "#!/bin/sh\necho \"found $1\"\n");
  ASSERT_EQ(::chmod(tool.c_str(), 0755), 0);
  Command command = shell("");
  command.argv = {"pw-tool", "it"};
  command.env["PATH"] = "/nowhere:" + folder / "bin" + ":/bin:/usr/bin";
  EXPECT_EQ(run(command).out, "found it\n");
  command.env.erase("PATH");
  command.argv = {"true"};
  EXPECT_TRUE(run(command).ok()) << "without PATH the usual folders are searched";
}

TEST(Processes, WhatCannotBeRunIsAnErrorWithACure) {
  Command command = shell("");
  command.argv = {"pw-no-such-program"};
  EXPECT_EQ(refusal(command).what, "cannot run 'pw-no-such-program': No such file or directory");
  EXPECT_THAT(refusal(command).hint, HasSubstr("PATH"));
  EXPECT_EQ(refusal(command).kind, ErrorKind::io);

  const TemporaryDirectory folder;
  command.argv = {folder.write("plain", "echo")};
  EXPECT_THAT(refusal(command).what, HasSubstr("Permission denied"));
  EXPECT_THAT(refusal(command).hint, HasSubstr("chmod +x"));
  ASSERT_EQ(::chmod(command.argv[0].c_str(), 0755), 0);
  EXPECT_THAT(refusal(command).what, HasSubstr("Exec format error"));
  command.argv = {folder.write("script", "#!/no/interpreter\n")};
  ASSERT_EQ(::chmod(command.argv[0].c_str(), 0755), 0);
  EXPECT_THAT(refusal(command).hint, HasSubstr("interpreter"));
}

TEST(Processes, UnusableCommandsAreRefused) {
  Command command = shell("");
  command.argv = {};
  EXPECT_EQ(refusal(command).what, "cannot run an empty command");
  command.argv = {"true", std::string("a\0b", 3)};
  EXPECT_THAT(refusal(command).what, HasSubstr("Invalid argument"));
  command = shell("true");
  command.cwd = "/no/such/folder";
  EXPECT_EQ(refusal(command).what, "cannot run 'sh' in '/no/such/folder': No such file or directory");
  command = shell("true");
  command.cpus = {1000};
  EXPECT_EQ(refusal(command).what, "cannot run 'sh' on CPU 1000: Invalid argument");
  command.cpus = {-1};
  EXPECT_FALSE(refusal(command).what.empty());
}

TEST(Processes, WorkingDirectoryAndAffinityAreSet) {
  const TemporaryDirectory folder;
  Command command = shell("pwd; grep Cpus_allowed_list /proc/self/status");
  command.cwd = folder.path();
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int cpu = CPU_SETSIZE - 1;
  while (!CPU_ISSET(static_cast<std::size_t>(cpu), &allowed)) --cpu;
  command.cpus = {cpu};
  EXPECT_EQ(run(command).out, folder.path() + "\nCpus_allowed_list:\t" + std::to_string(cpu) + "\n");
}

TEST(Processes, StandardInputIsTheGivenTextOrEmpty) {
  Command command = shell("cat");
  EXPECT_EQ(run(command).out, "");
  command.stdin_text = std::string(300'000, 'x') + "end";  // more than a pipe holds
  EXPECT_EQ(run(command).out, command.stdin_text);
  command.argv = {"true"};
  EXPECT_TRUE(run(command).ok()) << "a child that does not read its input is no error";
}

TEST(Processes, ChildrenInheritNoDescriptorsSignalsOrCoreDumps) {
  const int leak = ::open("/dev/null", O_RDONLY);  // NOLINT: without O_CLOEXEC on purpose
  ASSERT_GE(leak, 3);
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ASSERT_EQ(::sigaction(SIGUSR1, &ignore, &before), 0);
  // A descriptor of its own is made by the ls itself.
  const ProcessResult result =
      run(shell("ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -c"));
  ::sigaction(SIGUSR1, &before, nullptr);
  ::close(leak);
  EXPECT_EQ(result.out, "0 1 2 3 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n0\n");
}

TEST(Processes, ChildrenLeadTheirOwnGroup) {
  const ProcessResult result = run(shell("echo $$; ps -o pgid= -p $$ || cut -d' ' -f5 /proc/$$/stat"));
  const auto lines = text::lines(result.out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], text::trim(lines[1]));
}

TEST(Processes, OutputBeyondTheLimitIsDroppedAndSaid) {
  Command command = shell("printf 123456789; printf abc >&2");
  command.max_output_bytes = 5;
  const ProcessResult result = run(command);
  EXPECT_EQ(result.out, "12345");
  EXPECT_TRUE(result.out_truncated);
  EXPECT_EQ(result.err, "abc");
  EXPECT_FALSE(result.err_truncated);
  EXPECT_TRUE(result.ok());
}

TEST(Processes, AGibibyteOfOutputNeitherFillsMemoryNorTakesLong) {
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  Command command = shell("head -c 1073741824 /dev/zero");
  command.max_output_bytes = 1 << 20;
  const ProcessResult result = run(command);
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_EQ(result.out.size(), std::size_t{1} << 20);
  EXPECT_TRUE(result.out_truncated);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 32 * 1024) << "KiB";
  EXPECT_LT(result.usage.wall_s, 20);
}

TEST(Processes, TimeOutEndsTheWholeGroup) {
  Command command = shell("sleep 100 & echo $!; sleep 100");
  command.timeout_s = 0.2;
  const ProcessResult result = run(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.describe(), "timed out after 0.2 s");
  EXPECT_FALSE(is_alive(result.out)) << result.out;
  EXPECT_LT(result.usage.wall_s, 1.5) << "SIGTERM suffices";
}

TEST(Processes, WhatIgnoresSigtermIsKilledTwoSecondsLater) {
  Command command = shell("trap '' TERM; echo started; while :; do sleep 0.2; done");
  command.timeout_s = 0.1;
  const ProcessResult result = run(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_EQ(result.out, "started\n");
  EXPECT_GE(result.usage.wall_s, 2.0);
  EXPECT_LT(result.usage.wall_s, 4.0);
}

TEST(Processes, AGrandchildThatHoldsThePipesDoesNotHoldUsUp) {
  const ProcessResult result = run(shell("sleep 100 & echo $!; exit 4"));
  EXPECT_EQ(result.exit_status, 4);
  EXPECT_LT(result.usage.wall_s, 5);
  EXPECT_FALSE(is_alive(result.out)) << result.out;
}

TEST(Processes, ADaemonThatLeftTheGroupIsKilledToo) {
  if (!exists("/proc/thread-self/children")) GTEST_SKIP() << "this kernel does not list children in /proc";
  const TemporaryDirectory folder;
  // The daemon tells its number itself, and holds the pipes.
  const ProcessResult result =
      run(shell("setsid sh -c 'echo $$; exec sleep 100' & "
                "while ! test -e " +
                folder.path() + "/x; do sleep 0.05; touch " + folder.path() + "/x; done; sleep 0.2"));
  EXPECT_TRUE(result.ok()) << result.describe() << result.err;
  ASSERT_THAT(result.out, Not(testing::IsEmpty()));
  EXPECT_FALSE(is_alive(result.out)) << result.out;
}

TEST(Processes, ManyChildrenInARowLeaveNoZombieAndNoDescriptor) {
  const auto open_now = [] { return list_directory("/proc/self/fd")->size(); };
  run(shell("true"));
  const std::size_t before = open_now();
  const std::string children_before = read_file("/proc/thread-self/children").value_or("");
  for (int i = 0; i < 30; ++i) run(shell("(true &) ; (true &) ; exit 0"));
  EXPECT_EQ(open_now(), before);
  EXPECT_EQ(read_file("/proc/thread-self/children").value_or(""), children_before) << "only the launcher stays";
}

TEST(Launcher, AFolderIsMeantFromWhereWeAreNow) {
  const TemporaryDirectory folder;
  run(shell("true"));
  const std::string ours = std::filesystem::current_path();
  std::filesystem::create_directory(folder.path() + "/inner");
  std::filesystem::current_path(folder.path());
  const std::string here = run(shell("pwd -P")).out;
  Command inner = shell("pwd -P");
  inner.cwd = "inner";
  const std::string there = run(inner).out;
  std::filesystem::current_path(ours);
  EXPECT_EQ(here, folder.path() + "\n");
  EXPECT_EQ(there, folder.path() + "/inner\n");
}

TEST(Launcher, OneThatWasKilledIsReplaced) {
  if (!exists("/proc/thread-self/children")) GTEST_SKIP() << "this kernel does not list children in /proc";
  run(shell("true"));
  const auto launcher = text::to_integer(text::trim(read_file("/proc/thread-self/children").value_or("")));
  ASSERT_TRUE(launcher && *launcher > 1) << "it is the only child";
  ::kill(static_cast<pid_t>(*launcher), SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(*launcher), &info, WEXITED | WNOWAIT | __WALL), 0);
  EXPECT_EQ(run(shell("echo again")).out, "again\n");
}

TEST(Launcher, AForkOfOursHasItsOwn) {
  run(shell("true"));
  const pid_t fork = ::fork();
  if (fork == 0) {
    SystemProcesses processes;
    const auto result = processes.run(shell("exit 7"));
    ::_exit(result ? result->exit_status : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(fork, &status, 0), fork);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(run(shell("echo ours")).out, "ours\n");
}

TEST(Launcher, ArgumentsThatTheKernelWouldNotTakeAreRefused) {
  Command command = shell(":");
  for (int i = 0; i < 200; ++i) command.argv.emplace_back(100'000, 'x');  // 20 MB
  EXPECT_THAT(refusal(command).what, HasSubstr("Argument list too long"));
  EXPECT_EQ(run(shell("echo still")).out, "still\n");
}

TEST(Processes, SeveralThreadsMayRunCommandsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> outs(4);
  for (std::size_t t = 0; t < outs.size(); ++t)
    threads.emplace_back([t, &outs] {
      for (int i = 0; i < 5; ++i) outs[t] += run(shell("sleep 0.01 & echo " + std::to_string(t))).out;
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < outs.size(); ++t) {
    std::string expected;
    for (int i = 0; i < 5; ++i) expected += std::to_string(t) + "\n";
    EXPECT_EQ(outs[t], expected);
  }
}

TEST(Processes, OtherChildrenOfOursAreLeftAlone) {
  const pid_t other = ::fork();
  if (other == 0) {
    ::pause();
    ::_exit(0);
  }
  run(shell("sleep 100 & exit 0"));
  EXPECT_EQ(::kill(other, 0), 0);
  ::kill(other, SIGKILL);
  EXPECT_EQ(::waitpid(other, nullptr, 0), other) << "it was waited for by somebody else";
}

TEST(Usage, TellsTimesAndFaults) {
  const ProcessResult result = run(shell("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; sleep 0.1"));
  EXPECT_GE(result.usage.wall_s, 0.1);
  EXPECT_GT(result.usage.user_s, 0.0);
  EXPECT_LT(result.usage.user_s + result.usage.system_s, result.usage.wall_s + 0.05);
  EXPECT_GT(result.usage.minor_faults, 0);
  EXPECT_GT(result.usage.voluntary_switches, 0);
}

TEST(Usage, CountsChildrenThatWereWaitedFor) {
  const ProcessResult result = run(shell("sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'; true"));
  EXPECT_GT(result.usage.user_s, 0.005);
}

// 64 MiB in a program that is not ours.
constexpr const char* k_eats_64_mib = "dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null";

TEST(Usage, PeakMemoryIsTheChildsOwn) {
  const std::int64_t peak = run(shell(k_eats_64_mib)).usage.max_rss_bytes;
  EXPECT_GT(peak, 60 << 20);
  EXPECT_LT(peak, 80 << 20);
}

TEST(Usage, PeakMemoryOfASmallProgramDoesNotGrowWithOurs) {
#if defined(__clang__)
  constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr bool sanitized = true;
#else
  constexpr bool sanitized = false;
#endif
  if (sanitized) GTEST_SKIP() << "a sanitizer's memory cannot be kept out of the child";
  Command command = shell("");
  command.argv = {"true"};
  const std::int64_t before = run(command).usage.max_rss_bytes;
  const std::vector<char> large(std::size_t{100} << 20, 'x');
  std::vector<std::string> many_small(100'000, std::string(100, 'y'));  // these lie on the heap
  const std::int64_t after = run(command).usage.max_rss_bytes;
  EXPECT_EQ(large[12345] + many_small[777][7], 'x' + 'y');
  EXPECT_GT(before, 0);
  EXPECT_LT(after, before + (2 << 20));
  EXPECT_LT(after, 8 << 20);
  std::int64_t in_thread = 0;
  std::thread([&] { in_thread = run(command).usage.max_rss_bytes; }).join();
  EXPECT_LT(in_thread, 8 << 20);
}

TEST(Privileges, ChildrenRunAsTheGivenUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change the user";
  Command command = shell("id -u; id -g; id -G; grep -E 'NoNewPrivs|CapEff' /proc/self/status");
  command.uid = 1001;
  command.gid = 1002;
  EXPECT_EQ(run(command).out, "1001\n1002\n1002\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
}

// As in a checkout below /root: the user could not go there by its path, but stands there.
TEST(Privileges, ChildrenStandWhereWeStandWhoeverTheyAre) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change the user";
  const TemporaryDirectory folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
  const std::filesystem::path before = std::filesystem::current_path();
  folder.write("checkout/values", "42\n");
  std::filesystem::current_path(folder / "checkout");
  Command command = shell("id -u; ls -A . && cat values");
  command.uid = 1001;
  const ProcessResult result = run(command);
  std::filesystem::current_path(before);
  EXPECT_EQ(result.out, "1001\nvalues\n42\n") << result.err;
}

TEST(Processes, StartWhereWeAreNow) {
  const std::filesystem::path before = std::filesystem::current_path();
  const TemporaryDirectory folder;
  EXPECT_EQ(run(shell("pwd -P")).out, before.string() + "\n");
  std::filesystem::current_path(folder.path());
  std::filesystem::create_directory("below");
  const std::string there = run(shell("pwd -P")).out;
  Command command = shell("pwd -P");
  command.cwd = "below";
  const std::string below = run(command).out;
  std::filesystem::current_path(before);
  const std::string path = std::filesystem::canonical(folder.path()).string();
  EXPECT_EQ(there, path + "\n");
  EXPECT_EQ(below, path + "/below\n");
}

TEST(Privileges, AFolderThatTheUserMayNotEnterIsAnError) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can change the user";
  const TemporaryDirectory folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
  Command command = shell("true");
  command.uid = 1001;
  command.cwd = folder.path();
  EXPECT_THAT(refusal(command).what, HasSubstr("Permission denied"));
}

TEST(Privileges, OurOwnUserNeedsNoPrivilege) {
  Command command = shell("true");
  command.uid = ::geteuid();
  command.gid = ::getegid();
  EXPECT_TRUE(run(command).ok());
}

TEST(Events, EitherTheyAreCountedOrTheReasonIsTold) {
  SystemProcesses processes;
  Command command = shell("i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done");
  command.count_events = true;
  const ProcessResult result = run(command);
  EXPECT_TRUE(result.ok());
  EXPECT_NE(result.usage.instructions.has_value(), !processes.why_no_events().empty()) << processes.why_no_events();
  EXPECT_GT(result.usage.instructions.value_or(1'000'000), 10'000U);
}

TEST(RunTogether, RunsAllAtOnceAndKeepsTheirResultsApart) {
  SystemProcesses processes;
  const TemporaryDirectory folder;
  const auto command = [&](const std::string& mine, const std::string& other) {
    Command one;
    // Each waits for the other's sign: one after the other would never end.
    one.argv = {"/bin/sh", "-c", "touch " + mine + "; while [ ! -e " + other + " ]; do sleep 0.01; done; echo " + mine};
    one.cwd = folder.path();
    one.env = {{"PATH", "/usr/bin:/bin"}};
    one.timeout_s = 20;
    return one;
  };
  const auto results = processes.run_together({command("a", "b"), command("b", "a")});
  ASSERT_EQ(results.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(results[i]) << results[i].error().text();
    EXPECT_TRUE(results[i]->ok()) << results[i]->describe();
    EXPECT_EQ(results[i]->out, i == 0 ? "a\n" : "b\n");
  }
  EXPECT_TRUE(processes.run_together({}).empty());
}

}  // namespace
}  // namespace perfwarden::os
