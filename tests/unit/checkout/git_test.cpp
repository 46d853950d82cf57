#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checkout/worktree.hpp"
#include "support/fakes.hpp"

namespace perfwarden::checkout {
namespace {

using support::FakeProcesses;

const std::string k_sha(40, 'a');

os::ProcessResult said(const std::string& out, int status = 0, const std::string& err = "") {
  os::ProcessResult result;
  result.out = out;
  result.err = err;
  result.exit_status = status;
  return result;
}

// Settings by name, as git would read them: the last one wins.
std::map<std::string, std::string> settings_of(const std::map<std::string, std::string>& env) {
  std::map<std::string, std::string> out;
  const int count = std::stoi(env.at("GIT_CONFIG_COUNT"));
  for (int i = 0; i < count; ++i)
    out[env.at("GIT_CONFIG_KEY_" + std::to_string(i))] = env.at("GIT_CONFIG_VALUE_" + std::to_string(i));
  return out;
}

TEST(Git, TrustsTheFolderByEnvironmentAndRunsNoHooksNorPrompts) {
  FakeProcesses processes;
  (void)Git(processes, "/repo", {{"PATH", "/bin"}}).run({"status"});
  const os::Command& command = processes.commands.at(0);
  EXPECT_EQ(command.cwd, "/repo");
  EXPECT_GT(command.timeout_s, 0);
  EXPECT_EQ(command.env.at("GIT_TERMINAL_PROMPT"), "0");
  EXPECT_EQ(command.env.at("GIT_OPTIONAL_LOCKS"), "0");
  EXPECT_EQ(command.env.at("LC_ALL"), "C");
  EXPECT_EQ(command.env.at("PATH"), "/bin");
  const auto settings = settings_of(command.env);
  EXPECT_EQ(settings.at("safe.directory"), "*");
  EXPECT_EQ(settings.at("core.hooksPath"), "/dev/null");
  EXPECT_EQ(settings.at("core.fsmonitor"), "false");
}

TEST(Git, KeepsTheCallersSettingsBelowItsOwnAndMendsHolesInTheirList) {
  FakeProcesses processes;
  (void)Git(processes, "/repo",
            {{"GIT_CONFIG_COUNT", "3"},
             {"GIT_CONFIG_KEY_0", "url.https://x/.insteadOf"},
             {"GIT_CONFIG_VALUE_0", "git://x/"},
             {"GIT_CONFIG_KEY_1", "http.extraheader"},  // its value was a secret and was taken out
             {"GIT_CONFIG_KEY_2", "core.hooksPath"},
             {"GIT_CONFIG_VALUE_2", "/evil"},
             {"GIT_CONFIG_KEY_99", "stray"}})
      .run({"status"});
  const auto settings = settings_of(processes.commands.at(0).env);
  EXPECT_EQ(settings.at("url.https://x/.insteadOf"), "git://x/");
  EXPECT_EQ(settings.at("core.hooksPath"), "/dev/null");
  EXPECT_FALSE(settings.contains("http.extraheader"));
  EXPECT_FALSE(processes.commands.at(0).env.contains("GIT_CONFIG_VALUE_99"));
}

TEST(Git, ForgetsWhereACallingGitPointed) {
  FakeProcesses processes;
  (void)Git(
      processes, "/repo",
      {{"GIT_DIR", "/other/.git"}, {"GIT_INDEX_FILE", "/x"}, {"GIT_EXTERNAL_DIFF", "evil"}, {"GIT_CONFIG_COUNT", "-5"}})
      .run({"status"});
  for (const char* name : {"GIT_DIR", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"})
    EXPECT_FALSE(processes.commands.at(0).env.contains(name));
}

TEST(Git, RefusesRevisionsThatLookLikeOptionsWithoutRunningAnything) {
  FakeProcesses processes;
  const Git git(processes, "/repo", {});
  for (const std::string& bad : {std::string("--upload-pack=x"), std::string("-x"), std::string(""),
                                 std::string("a\nb"), std::string("a\0b", 3), std::string(2000, 'a')}) {
    const auto resolved = git.resolve(bad);
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().kind, ErrorKind::usage);
    EXPECT_FALSE(git.merge_base(bad, "HEAD"));
    EXPECT_FALSE(git.show(bad, "file"));
    EXPECT_FALSE(git.add_worktree("/tmp/x", bad));
  }
  EXPECT_TRUE(processes.commands.empty());
}

TEST(Git, PutsEndOfOptionsBeforeARevision) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) { return said(k_sha + "\n"); };
  const Git git(processes, "/repo", {});
  EXPECT_EQ(*git.resolve("$(touch x)"), k_sha);
  EXPECT_THAT(processes.commands.at(0).argv, testing::ElementsAre("git", "rev-parse", "--verify", "--quiet",
                                                                  "--end-of-options", "$(touch x)^{commit}"));
}

TEST(Git, RefusesPathsThatLeaveTheRepository) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) { return said(k_sha + "\n"); };
  const Git git(processes, "/repo", {});
  for (const std::string& bad : {std::string(""), std::string("/etc/passwd"), std::string("../x"),
                                 std::string("a/../../x"), std::string("a\0b", 3)})
    EXPECT_FALSE(git.show("HEAD", bad)) << bad;
}

TEST(Git, DoesNotBelieveAnAnswerThatIsNoSha) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) { return said("refs/heads/main\n"); };
  EXPECT_FALSE(Git(processes, "/repo", {}).resolve("main"));
}

TEST(Git, FailureSaysGitsOwnReasonOnOneLine) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) {
    return said("", 128, "hint: x\nfatal: not a git \x1b[31mrepository\nmore\n");
  };
  const auto result = Git(processes, "/repo", {}).run({"status"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "git status failed: fatal: not a git  [31mrepository");
}

TEST(Git, SaysThatGitIsMissing) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) -> Result<os::ProcessResult> {
    return Error{.kind = ErrorKind::io, .what = "cannot run 'git': No such file or directory"};
  };
  const auto result = Git(processes, "/repo", {}).top_level();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().hint.find("install git"), std::string::npos);
}

TEST(Git, InterruptionIsNotAFailureOfGit) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) {
    os::ProcessResult result;
    result.interrupted = true;
    return result;
  };
  const Git git(processes, "/repo", {});
  EXPECT_EQ(git.run({"fetch"}).error().kind, ErrorKind::interrupted);
  EXPECT_EQ(git.resolve("HEAD").error().kind, ErrorKind::interrupted);
  EXPECT_EQ(git.branch().error().kind, ErrorKind::interrupted);
}

TEST(Git, CutsExactlyOneNewline) {
  FakeProcesses processes;
  processes.answer = [](const os::Command&) { return said("a\n\n"); };
  EXPECT_EQ(*Git(processes, "/repo", {}).run({"log"}), "a\n");
}

TEST(Git, WorktreesAreRemovedAlsoAfterASignal) {
  FakeProcesses processes;
  const Git git(processes, "/repo", {});
  (void)git.remove_worktree("/nonexistent/perfwarden/b/x").has_value();
  ASSERT_FALSE(processes.commands.empty());
  std::size_t removing = 0;
  for (const os::Command& command : processes.commands) {
    const auto is = [](const std::string& word) { return word == "worktree"; };
    if (std::none_of(command.argv.begin(), command.argv.end(), is)) continue;
    ++removing;
    EXPECT_TRUE(command.even_when_stopping);
  }
  EXPECT_GE(removing, 1U);
}

}  // namespace
}  // namespace perfwarden::checkout
