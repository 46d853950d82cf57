#include "os/process/background.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <string>

#include "os/clock.hpp"
#include "os/loopback.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::shell;
using support::TemporaryDirectory;
using testing::HasSubstr;

// Of a process that wrote its number there; waits for that.
pid_t pid_in(const std::string& path) {
  SystemClock clock;
  std::string text;
  for (int i = 0; i < 500 && !text.ends_with('\n'); ++i) {
    if (std::filesystem::exists(path)) text = support::slurp(path);
    clock.sleep_s(0.01);
  }
  return text.ends_with('\n') ? std::stoi(text) : -1;
}

TEST(Background, RunsBesideUsAndIsEndedWithAllThatItStarted) {
  const TemporaryDirectory folder;
  SystemProcesses processes;
  pid_t child = -1;
  {
    Background background(processes, shell("setsid sleep 600 & echo $! > '" + (folder / "pid") + "'; sleep 600"));
    child = pid_in(folder / "pid");
    ASSERT_GT(child, 0);
    EXPECT_EQ(background.ended(), nullptr);
    const auto beside = processes.run(shell("echo beside"));
    ASSERT_TRUE(beside);
    EXPECT_EQ(beside->out, "beside\n");
  }
  EXPECT_NE(::kill(child, 0), 0);
}

TEST(Background, ThatIgnoresTheRequestIsKilled) {
  const TemporaryDirectory folder;
  SystemProcesses processes;
  pid_t itself = -1;
  {
    const Background background(processes, shell("trap '' TERM; echo $$ > '" + (folder / "pid") + "'; sleep 600"));
    itself = pid_in(folder / "pid");
    ASSERT_GT(itself, 0);
  }
  EXPECT_NE(::kill(itself, 0), 0);
}

TEST(Background, ThatEndsByItselfSaysHow) {
  SystemProcesses processes;
  SystemClock clock;
  Background background(processes, shell("echo broken >&2; exit 4"));
  for (int i = 0; i < 500 && background.ended() == nullptr; ++i) clock.sleep_s(0.01);
  ASSERT_NE(background.ended(), nullptr);
  ASSERT_TRUE(*background.ended());
  EXPECT_EQ((*background.ended())->exit_status, 4);
  EXPECT_EQ((*background.ended())->err, "broken\n");
  Command none;
  none.argv = {"/no/such/program"};
  Background missing(processes, none);
  for (int i = 0; i < 500 && missing.ended() == nullptr; ++i) clock.sleep_s(0.01);
  ASSERT_NE(missing.ended(), nullptr);
  ASSERT_FALSE(*missing.ended());
  EXPECT_THAT(missing.ended()->error().what, HasSubstr("cannot run '/no/such/program'"));
}

TEST(Loopback, AFreePortTakesNoConnection) {
  const auto port = free_loopback_port();
  ASSERT_TRUE(port);
  EXPECT_GT(*port, 1023);
  EXPECT_FALSE(loopback_accepts(*port));
}

}  // namespace
}  // namespace perfwarden::os
