#include "os/process/ancestors.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

TEST(Ancestors, AreTheProcessesThatStartedOneWithTheVariablesThatTheyShow) {
  // A step's shell with a token in its variables, and what it starts.
  const support::TemporaryDirectory directory;
  const std::string file = directory / "pid";
  const pid_t shell = fork();
  if (shell == 0) {
    const std::string line = "sleep 60 & echo $! >" + file + ".tmp; mv " + file + ".tmp " + file + "; wait";
    const char* const environment[] = {"PATH=/usr/bin:/bin", "GITHUB_TOKEN=ghs_0123456789abcdef0123", nullptr};
    ::execle("/bin/sh", "sh", "-c", line.c_str(), nullptr, environment);
    _exit(127);
  }
  for (int i = 0; i < 500 && ::access(file.c_str(), F_OK) != 0; ++i) ::usleep(10'000);
  const pid_t child = std::stoi(support::slurp(file));
  const std::vector<Ancestor> found = ancestors_of(child);
  ::kill(child, SIGKILL);
  ::kill(shell, SIGKILL);
  ::waitpid(shell, nullptr, 0);
  ASSERT_GE(found.size(), 1U);
  EXPECT_EQ(found[0].pid, shell);
  EXPECT_EQ(found[0].uid, ::geteuid());
  EXPECT_EQ(found[0].name, "sh");
  EXPECT_TRUE(found[0].environment.holds_secrets());
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const Ancestor& one) { return one.pid == ::getpid(); }));
}

TEST(Ancestors, OfAProcessThatIsGoneAreNone) {
  EXPECT_TRUE(ancestors_of(-1).empty());
}

}  // namespace
}  // namespace perfwarden::os
