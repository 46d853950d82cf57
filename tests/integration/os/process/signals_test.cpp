#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "os/clock.hpp"
#include "os/console.hpp"
#include "os/files/files.hpp"
#include "os/files/folder_lock.hpp"
#include "os/process/processes.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::shell;
using support::TemporaryDirectory;

// Signals and the like must not reach the test program itself, so each test acts in a copy of it. Gives how the copy
// ended, as a shell would: its exit status, or 128 + signal. `meanwhile` runs in the test with the copy's number.
int in_a_copy(const std::function<int()>& act, const std::function<void(pid_t)>& meanwhile = nullptr) {
  const pid_t copy = ::fork();
  if (copy == 0) {
    ::alarm(30);
    ::_exit(act());
  }
  if (meanwhile) meanwhile(copy);
  int status = 0;
  EXPECT_EQ(::waitpid(copy, &status, 0), copy);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void wait_for(const std::string& path) {
  for (int i = 0; i < 2000 && !exists(path); ++i) ::usleep(5000);
  EXPECT_TRUE(exists(path)) << path;
}

TEST(Signals, TheFirstEndsTheRunningGroupAndIsRemembered) {
  const TemporaryDirectory folder;
  const auto act = [&] {
    install_signal_handlers();
    SystemProcesses processes;
    const SystemClock clock;
    const double start_s = clock.monotonic_s();
    const auto result = processes.run(shell("echo kept; touch " + folder / "up" + "; sleep 100"));
    if (!result || !result->interrupted || result->ok()) return 1;
    if (result->out != "kept\n") return 2;
    if (clock.monotonic_s() - start_s > 10) return 3;
    return stop_signal() == SIGTERM ? 0 : 4;
  };
  EXPECT_EQ(in_a_copy(act,
                      [&](pid_t copy) {
                        wait_for(folder / "up");
                        ::kill(copy, SIGTERM);
                      }),
            0);
}

TEST(Signals, AfterwardsNothingStartsButWhatCleansUp) {
  const TemporaryDirectory folder;
  EXPECT_EQ(in_a_copy([&] {
              install_signal_handlers();
              ::raise(SIGINT);
              SystemProcesses processes;
              auto result = processes.run(shell("touch " + folder / "started"));
              if (!result || !result->interrupted || exists(folder / "started")) return 1;
              Command cleaning = shell("touch " + folder / "cleaned");
              cleaning.even_when_stopping = true;
              result = processes.run(cleaning);
              if (!result || !result->ok() || !exists(folder / "cleaned")) return 2;
              return stop_signal() == SIGINT ? 0 : 3;
            }),
            0);
}

TEST(Signals, TheSecondLeavesNoTimeToWhatIgnoresTheFirst) {
  const TemporaryDirectory folder;
  const auto act = [&] {
    install_signal_handlers();
    SystemProcesses processes;
    const auto result = processes.run(
        shell("trap 'touch " + folder / "first" + "' TERM; touch " + folder / "up" + "; while :; do sleep 0.1; done"));
    if (!result || !result->interrupted || result->signal != SIGKILL) return 1;
    if (result->usage.wall_s > 1.9) return 2;  // not after the two seconds of grace
    Command cleaning = shell("true");
    cleaning.even_when_stopping = true;
    const auto refused = processes.run(cleaning);
    return refused && refused->interrupted ? 0 : 3;
  };
  EXPECT_EQ(in_a_copy(act,
                      [&](pid_t copy) {
                        wait_for(folder / "up");
                        ::kill(copy, SIGINT);
                        wait_for(folder / "first");
                        ::kill(copy, SIGTERM);
                      }),
            0);
}

TEST(Signals, TheThirdEndsUsAtOnce) {
  EXPECT_EQ(in_a_copy([] {
              install_signal_handlers();
              ::raise(SIGINT);
              ::raise(SIGINT);
              ::raise(SIGTERM);
              return 1;
            }),
            143);
}

TEST(Signals, SleepEndsEarly) {
  EXPECT_EQ(in_a_copy([] {
              install_signal_handlers();
              SystemClock clock;
              const double start_s = clock.monotonic_s();
              clock.sleep_s(0.05);
              if (clock.monotonic_s() - start_s < 0.05) return 1;
              const pid_t sleeper = ::getpid();
              if (::fork() == 0) {
                ::usleep(50'000);
                ::kill(sleeper, SIGTERM);
                ::_exit(0);
              }
              clock.sleep_s(60);
              return clock.monotonic_s() - start_s < 10 ? 0 : 2;
            }),
            0);
}

// Waits until the process of the number in `file` is gone or a zombie.
bool ends_soon(const std::string& file) {
  const pid_t child = static_cast<pid_t>(std::stol(support::slurp(file)));
  for (int i = 0; i < 400; ++i) {
    if (::kill(child, 0) != 0 ||
        support::slurp("/proc/" + std::to_string(child) + "/stat").find(") Z") != std::string::npos)
      return true;
    ::usleep(5000);
  }
  return false;
}

TEST(Signals, OurDeathTakesAllDescendantsAlong) {
  const TemporaryDirectory folder;
  const auto tells = [&](const std::string& name) {
    return "sh -c 'echo $$ > " + folder / name + ".part; mv " + folder / name + ".part " + folder / name +
           "; exec sleep 100'";
  };
  const int ended = in_a_copy(
      [&] {
        SystemProcesses processes;
        (void)processes.run(shell(tells("grandchild") + " & (setsid " + tells("daemon") + " &); " + tells("child")));
        return 0;
      },
      [&](pid_t copy) {
        for (const char* name : {"child", "grandchild", "daemon"}) wait_for(folder / name);
        ::kill(copy, SIGKILL);
      });
  EXPECT_EQ(ended, 128 + SIGKILL);
  EXPECT_TRUE(ends_soon(folder / "child"));
  EXPECT_TRUE(ends_soon(folder / "grandchild"));
  EXPECT_TRUE(ends_soon(folder / "daemon")) << "it left the group and the session";
}

TEST(Signals, HangUpAndQuitStopUsToo) {
  for (const int signal : {SIGHUP, SIGQUIT}) {
    const TemporaryDirectory folder;
    const auto act = [&] {
      install_signal_handlers();
      SystemProcesses processes;
      const auto result = processes.run(shell("touch " + folder / "up" + "; sleep 100"));
      return result && result->interrupted && stop_signal() == signal ? 0 : 1;
    };
    EXPECT_EQ(in_a_copy(act,
                        [&](pid_t copy) {
                          wait_for(folder / "up");
                          ::kill(copy, signal);
                        }),
              0);
  }
}

TEST(Signals, OneIsEnoughForACallThatWaits) {
  const TemporaryDirectory folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const std::vector<std::function<int()>> waits{[&] {
                                                  const auto text = read_file(folder / "pipe");
                                                  return !text && text.error().kind == ErrorKind::interrupted ? 0 : 1;
                                                },
                                                [&] {
                                                  const auto written = write_file(folder / "pipe", "text");
                                                  return !written && written.error().kind == ErrorKind::interrupted ? 0
                                                                                                                    : 1;
                                                },
                                                [&] {
                                                  const auto lock = FolderLock::lock(folder.path());
                                                  return !lock && lock.error().kind == ErrorKind::interrupted ? 0 : 1;
                                                }};
  const auto held = FolderLock::try_lock(folder.path());
  ASSERT_TRUE(held && held->held());
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const std::string up = folder / ("up" + std::to_string(i));
    const auto act = [&] {
      install_signal_handlers();
      if (::open(up.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0) return 2;
      return waits[i]();
    };
    EXPECT_EQ(in_a_copy(act,
                        [&](pid_t copy) {
                          wait_for(up);
                          ::kill(copy, SIGTERM);
                        }),
              0)
        << i;
  }
}

TEST(Signals, OneIsEnoughWhileComputing) {
  EXPECT_EQ(in_a_copy([]() -> int {
              install_signal_handlers();
              ::raise(SIGINT);
              std::atomic<int> sum{0};
              while (true) ++sum;
            }),
            130);
}

TEST(Signals, OnceTheVerdictStandsTheyChangeNothing) {
  EXPECT_EQ(in_a_copy([]() -> int {
              install_signal_handlers();
              if (settle_stop_signal() != 0) return 2;
              set_exit_code(1);
              ::raise(SIGTERM);
              if (stop_signal() != 0) return 3;
              std::atomic<int> sum{0};
              while (true) ++sum;  // such as a write to a reader that stands still
            }),
            1);
}

TEST(Signals, AFileBeyondItsLimitIsAFailedWrite) {
  const TemporaryDirectory folder;
  EXPECT_EQ(in_a_copy([&] {
              install_signal_handlers();
              const rlimit limit{1000, 1000};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              const auto written = write_file(folder / "large", std::string(5000, 'x'));
              if (written || written.error().kind != ErrorKind::io || exists(folder / "large")) return 1;
              return list_directory(folder.path())->empty() ? 0 : 2;
            }),
            0);
}

TEST(Signals, AsProcessOneOfAContainerTheyWorkAndOrphansAreReaped) {
  const TemporaryDirectory folder;
  const auto process_one = [&] {
    if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) return 77;
    install_signal_handlers();
    SystemProcesses processes;
    if (::getpid() != 1) return 1;
    const auto orphans = processes.run(shell("(setsid sleep 100 &) ; (sleep 100 &) ; exit 0"));
    if (!orphans || !orphans->ok()) return 2;
    if (::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) return 3;
    const auto result = processes.run(shell("touch " + folder / "up" + "; sleep 100"));
    return result && result->interrupted && stop_signal() == SIGTERM ? 0 : 4;
  };
  // The copy makes the namespaces, its child is process 1 in them.
  const int ended = in_a_copy([&] {
    if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return 77;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    const pid_t one = ::fork();
    if (one == 0) {
      ::alarm(30);
      ::_exit(process_one());
    }
    int status = 0;
    for (int i = 0; i < 2000 && !exists(folder / "up") && ::waitpid(one, &status, WNOHANG) == 0; ++i) ::usleep(5000);
    ::kill(one, SIGTERM);
    if (::waitpid(one, &status, 0) == one || errno == ECHILD) return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
    return 98;
  });
  if (ended == 77) GTEST_SKIP() << "no right to make namespaces";
  EXPECT_EQ(ended, 0);
}

TEST(Secrets, AreHiddenFromProcessesOfTheSameUserOnceProtected) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  EXPECT_EQ(in_a_copy([] {
              if (::setresgid(1001, 1001, 1001) != 0 || ::setresuid(1001, 1001, 1001) != 0) return 1;
              ::prctl(PR_SET_DUMPABLE, 1);  // as after an exec by that user
              SystemProcesses processes;
              Command peek = shell("cat /proc/" + std::to_string(::getpid()) + "/environ > /dev/null");
              const auto open = processes.run(peek);
              if (!open || !open->ok()) return 2;
              protect_secrets();
              const auto closed = processes.run(peek);
              if (!closed || closed->ok()) return 3;
              rlimit limit{1, 1};
              ::getrlimit(RLIMIT_CORE, &limit);
              if (limit.rlim_cur != 0) return 4;
              // The child itself is an ordinary process again, and its counters still open.
              const auto child = processes.run(shell("cat /proc/self/environ > /dev/null"));
              if (!child || !child->ok()) return 5;
              // What starts programs holds a copy of our memory, and is always closed.
              const auto launcher = processes.run(shell("cat /proc/$PPID/environ > /dev/null"));
              return launcher && !launcher->ok() ? 0 : 6;
            }),
            0);
}

TEST(Console, AReaderThatWentAwayIsNoFailure) {
  EXPECT_EQ(in_a_copy([] {
              install_signal_handlers();
              std::array<int, 2> ends{};
              if (::pipe(ends.data()) != 0) return 1;
              ::dup2(ends[1], STDOUT_FILENO);
              ::close(ends[0]);
              ::close(ends[1]);
              SystemConsole console;
              console.out("lost\n");
              console.out("lost again\n");
              return console.out_failed() ? 2 : 0;
            }),
            0);
}

TEST(Console, AFullDiskIsOne) {
  EXPECT_EQ(in_a_copy([] {
              const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
              ::dup2(full, STDOUT_FILENO);
              SystemConsole console;
              if (console.out_failed()) return 1;
              console.out("lost\n");
              return console.out_failed() ? 0 : 2;
            }),
            0);
}

TEST(Console, LongTextsArriveWholeThroughASlowPipe) {
  const TemporaryDirectory folder;
  const std::string text(500'000, 'x');
  EXPECT_EQ(in_a_copy([&] {
              std::array<int, 2> ends{};
              if (::pipe2(ends.data(), O_NONBLOCK) != 0) return 1;
              if (::fork() == 0) {
                ::close(ends[1]);
                ::fcntl(ends[0], F_SETFL, 0);
                std::array<char, 1000> buffer{};
                std::size_t all = 0;
                for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
                  all += static_cast<std::size_t>(got);
                ::_exit(write_file(folder / "bytes", std::to_string(all)) ? 0 : 1);
              }
              ::dup2(ends[1], STDOUT_FILENO);
              ::close(ends[0]);
              ::close(ends[1]);
              SystemConsole().out(text);
              ::close(STDOUT_FILENO);
              int status = 0;
              ::wait(&status);
              return status;
            }),
            0);
  EXPECT_EQ(support::slurp(folder / "bytes"), "500000");
}

}  // namespace
}  // namespace perfwarden::os
