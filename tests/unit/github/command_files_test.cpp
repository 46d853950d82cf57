#include "github/command_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/fakes.hpp"

namespace perfwarden::github {
namespace {

class CommandFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_.write("_runner_file_commands/set_output_1", "earlier=kept\n");
    directory_.write("_runner_file_commands/set_env_1", "");
  }
  [[nodiscard]] CommandFiles look() const {
    return CommandFiles::look(os::Environment({{"RUNNER_TEMP", directory_.path()},
                                               {"GITHUB_OUTPUT", output_},
                                               {"GITHUB_ENV", env_},
                                               {"GITHUB_STEP_SUMMARY", directory_ / "elsewhere"}}));
  }
  void expect_undone(const Status& status, const std::string& path) const {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::benchmark);
    EXPECT_EQ(status.error().where, path);
    EXPECT_EQ(support::slurp(output_), "earlier=kept\n");
    EXPECT_EQ(support::slurp(env_), "");
  }
  support::TemporaryDirectory directory_;
  std::string output_ = directory_ / "_runner_file_commands/set_output_1";
  std::string env_ = directory_ / "_runner_file_commands/set_env_1";
};

TEST_F(CommandFilesTest, WhatNobodyTouchedIsFine) {
  EXPECT_TRUE(look().put_back());
}

TEST_F(CommandFilesTest, AForgedLineIsAnErrorAndIsTakenOut) {
  const CommandFiles files = look();
  directory_.write("_runner_file_commands/set_output_1", "earlier=kept\nverdict=pass\n");
  expect_undone(files.put_back(), output_);
}

TEST_F(CommandFilesTest, AFileThatWasRemovedOrReplacedByAPipeComesBack) {
  for (const bool pipe : {false, true}) {
    const CommandFiles files = look();
    std::filesystem::remove(env_);
    if (pipe) {
      ASSERT_EQ(::mkfifo(env_.c_str(), 0600), 0);
    }
    expect_undone(files.put_back(), env_);
  }
}

TEST_F(CommandFilesTest, ALinkInPlaceOfAFileIsTakenOutAndItsTargetIsLeftAlone) {
  const CommandFiles files = look();
  const std::string target = directory_.write("target", "mine");
  std::filesystem::remove(output_);
  std::filesystem::create_symlink(target, output_);
  expect_undone(files.put_back(), output_);
  EXPECT_EQ(support::slurp(target), "mine");
}

TEST_F(CommandFilesTest, ANewFileInTheRunnersFolderIsRemoved) {
  const CommandFiles files = look();
  const std::string forged = directory_.write("_runner_file_commands/add_path_2", "/evil");
  expect_undone(files.put_back(), forged);
  EXPECT_FALSE(std::filesystem::exists(forged));
}

TEST_F(CommandFilesTest, AFileThatDidNotExistYetMayNotAppear) {
  const CommandFiles files = look();
  const std::string forged = directory_.write("elsewhere", "| all is well |");
  expect_undone(files.put_back(), forged);
  EXPECT_FALSE(std::filesystem::exists(forged));
}

TEST_F(CommandFilesTest, OtherFilesBesideThemAreNobodysBusiness) {
  const CommandFiles files = look();
  directory_.write("unrelated", "text");
  EXPECT_TRUE(files.put_back());
}

}  // namespace
}  // namespace perfwarden::github
