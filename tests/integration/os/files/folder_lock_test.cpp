#include "os/files/folder_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

using support::TemporaryDirectory;

// What another process gets: 0 the lock, 1 not held, 2 an error.
int elsewhere(const std::string& folder) {
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = FolderLock::try_lock(folder);
    _exit(!lock ? 2 : lock->held() ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(FolderLock, KeepsOthersOutUntilItGoesAndLeavesNoFile) {
  const TemporaryDirectory directory;
  {
    const auto lock = FolderLock::try_lock(directory.path());
    ASSERT_TRUE(lock && lock->held());
    EXPECT_EQ(elsewhere(directory.path()), 1);
  }
  EXPECT_EQ(elsewhere(directory.path()), 0);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(FolderLock, GoesWithTheProcessThatHeldIt) {
  const TemporaryDirectory directory;
  EXPECT_EQ(elsewhere(directory.path()), 0);  // ended by _exit, without destructors
  const auto lock = FolderLock::lock(directory.path());
  EXPECT_TRUE(lock && lock->held());
}

TEST(FolderLock, AWaitSaysSoOnceAndHasAnEnd) {
  const TemporaryDirectory directory;
  const auto held = FolderLock::try_lock(directory.path());
  ASSERT_TRUE(held && held->held());
  std::vector<std::string> said;
  const auto refused =
      FolderLock::lock(directory.path(), {[&](const std::string& text) { said.push_back(text); }, 2.3});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("held this folder"), std::string::npos) << refused.error().what;
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("waiting for another perfwarden"), std::string::npos) << said[0];
}

TEST(FolderLock, AShortWaitSaysNothing) {
  const TemporaryDirectory directory;
  const auto held = FolderLock::try_lock(directory.path());
  bool said = false;
  EXPECT_FALSE(FolderLock::lock(directory.path(), {[&](const std::string&) { said = true; }, 0.2}));
  EXPECT_FALSE(said);
}

TEST(FolderLock, MovesWithItsOwner) {
  const TemporaryDirectory directory;
  auto lock = FolderLock::try_lock(directory.path());
  const FolderLock moved = std::move(*lock);
  EXPECT_TRUE(moved.held());
  EXPECT_EQ(elsewhere(directory.path()), 1);
}

TEST(FolderLock, FolderThatIsNoneIsAnError) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(FolderLock::try_lock(directory / "none"));
  EXPECT_FALSE(FolderLock::lock(directory.write("file", "x")));
}

}  // namespace
}  // namespace perfwarden::os
