#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/text.hpp"
#include "checkout/worktree.hpp"
#include "os/environment.hpp"
#include "support/fakes.hpp"

// What code that was built or measured in a clone can leave there, and what becomes of it in the next run.
namespace perfwarden::checkout {
namespace {
namespace fs = std::filesystem;

class HostileClone : public testing::Test {
 protected:
  void SetUp() override {
    fs::permissions(directory_.path(), fs::perms(0755));
    fs::create_directories(path());
    raw("init -q -b main . && git config user.name t && git config user.email t@example.invalid");
    directory_.write("clone/.gitattributes", "*.bin filter=x diff=x\n*.big filter=lfs\n");
    directory_.write("clone/a.bin", "one\n");
    directory_.write("clone/a.big", "pointer\n");
    raw("add -A && git commit -q -m base && git tag -a -m v1 v1");
    directory_.write("clone/a.bin", "two\n");
    raw("commit -q -a -m head");
    raw("clone -q --bare . ../origin.git && git remote add origin ../origin.git");
    const std::string script = directory_.write("evil.sh", "#!/bin/sh\nid -u >>" + evidence() + "\ncat\n");
    fs::permissions(script, fs::perms(0755));
  }
  [[nodiscard]] std::string path() const { return directory_ / "clone"; }
  [[nodiscard]] std::string evil() const { return directory_ / "evil.sh"; }
  [[nodiscard]] std::string evidence() const { return directory_ / "ran"; }
  [[nodiscard]] bool has_run() const { return fs::exists(evidence()); }
  static std::map<std::string, std::string> environment() {
    return {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
            {"HOME", "/nonexistent"},
            {"GIT_CONFIG_GLOBAL", "/dev/null"},
            {"GIT_CONFIG_NOSYSTEM", "1"}};
  }
  // git as somebody who trusts the clone would run it; gives its output.
  std::string raw(const std::string& arguments) {
    os::Command command;
    command.argv = {"/bin/sh", "-c", "git " + arguments};
    command.cwd = path();
    command.env = environment();
    const Result<os::ProcessResult> result = processes_.run(command);
    EXPECT_TRUE(result && result->ok()) << arguments << (result ? result->err : result.error().text());
    return result ? std::string(text::trim(result->out)) : "";
  }
  [[nodiscard]] Git git() { return {processes_, path(), environment()}; }
  // All that perfwarden does with git in a clone.
  void use(const Git& git) {
    EXPECT_TRUE(git.resolve("HEAD")) << git.resolve("HEAD").error().text();
    EXPECT_TRUE(git.merge_base("HEAD~1", "HEAD"));
    EXPECT_TRUE(git.has_changes());
    EXPECT_TRUE(git.show("HEAD", "a.bin"));
    EXPECT_TRUE(git.run({"diff", "--name-only", "-z", "HEAD~1", "HEAD"}));
    EXPECT_TRUE(git.run({"log", "--format=%H", "-n", "200", "HEAD"}));
    EXPECT_TRUE(git.run({"ls-files", "-z"}));
    (void)git.run({"fetch", "--no-tags", "--quiet", "origin", "main"}).has_value();
    const auto sides = check_out(git, "HEAD~1", "HEAD", directory_ / "work");
    ASSERT_TRUE(sides) << sides.error().text();
    EXPECT_EQ(support::slurp(sides->base.path() + "/a.bin"), "one\n");
    EXPECT_EQ(support::slurp(sides->head.path() + "/a.bin"), "two\n");
  }
  void give_to(unsigned user) {
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path()))
      ASSERT_EQ(::lchown(entry.path().c_str(), user, user), 0);
    ASSERT_EQ(::lchown(directory_.path().c_str(), user, user), 0);
  }

  support::TemporaryDirectory directory_;
  os::SystemProcesses processes_;
};

TEST_F(HostileClone, TheAttackIsReal) {
  raw("config filter.x.smudge " + evil());
  raw("worktree add -q --detach ../there HEAD");
  EXPECT_TRUE(has_run());
}

TEST_F(HostileClone, NoSettingOfTheCloneRunsAProgram) {
  const std::string more = directory_.write("more.config", "[filter \"x\"]\n\tsmudge = " + evil() + "\n");
  const std::vector<std::string> settings{
      "filter.x.smudge " + evil(),
      "filter.x.clean " + evil(),
      "filter.x.process " + evil(),
      "filter.lfs.smudge " + evil(),
      "core.fsmonitor " + evil(),
      "core.pager " + evil(),
      "core.editor " + evil(),
      "core.sshCommand " + evil(),
      "core.gitProxy " + evil(),
      "core.alternateRefsCommand " + evil(),
      "core.worktree /tmp",
      "core.hooksPath " + path(),
      "diff.external " + evil(),
      "diff.x.textconv " + evil(),
      "diff.x.command " + evil(),
      "alias.rev-parse !" + evil(),
      "include.path " + more,
      "includeIf.gitdir:/.path " + more,
      "credential.helper " + evil(),
      "remote.origin.uploadpack " + evil(),
      "remote.origin.url 'ext::sh -c " + evil() + "'",
      "remote.origin.url ssh://-oProxyCommand=" + evil() + "/x",
      "uploadpack.packObjectsHook " + evil(),
      "gpg.program " + evil(),
  };
  for (const std::string& setting : settings) {
    const std::string before = support::slurp(path() + "/.git/config");
    raw("config " + setting + " ; :");
    use(git());
    EXPECT_FALSE(has_run()) << setting;
    fs::remove(evidence());
    directory_.write("clone/.git/config", before);
  }
}

TEST_F(HostileClone, HooksOfTheCloneDoNotRun) {
  for (const char* hook : {"post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"})
    fs::copy_file(evil(), path() + "/.git/hooks/" + hook);
  use(git());
  EXPECT_FALSE(has_run());
}

TEST_F(HostileClone, AReplaceRefDoesNotPutOtherContentInPlaceOfTheBaseCommit) {
  raw("replace HEAD~1 HEAD");
  EXPECT_EQ(raw("cat-file blob HEAD~1:a.bin"), "two");
  EXPECT_EQ(*git().show("HEAD~1", "a.bin"), "one\n");
}

TEST_F(HostileClone, AFolderThatLooksLikeABareRepositoryIsNotOne) {
  const std::string bare = directory_ / "bare";
  fs::copy(directory_ / "origin.git", bare, fs::copy_options::recursive);
  const Git git(processes_, bare, environment());
  EXPECT_FALSE(git.resolve("HEAD"));
}

TEST_F(HostileClone, AGitFileThatLeadsToAnotherUsersRepositoryIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  fs::create_directories(directory_ / "elsewhere");
  const std::string file = directory_.write("elsewhere/.git", "gitdir: " + path() + "/.git\n");
  ASSERT_EQ(::lchown(file.c_str(), 1001, 1001), 0);
  const auto head = Git(processes_, directory_ / "elsewhere", environment()).resolve("HEAD");
  ASSERT_FALSE(head);
  EXPECT_NE(head.error().what.find("belongs to another user"), std::string::npos);
}

TEST_F(HostileClone, NothingIsWrittenToTheClone) {
  const auto listed = [this] {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(path())) out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
  };
  const std::vector<std::string> before = listed();
  use(git());
  EXPECT_EQ(listed(), before);
}

TEST_F(HostileClone, AsRootGitRunsAsTheOwnerOfTheClone) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const std::string wrapper =
      directory_.write("bin/git", "#!/bin/sh\nid -u >>" + (directory_ / "users") + "\nexec /usr/bin/git \"$@\"\n");
  fs::permissions(wrapper, fs::perms(0755));
  give_to(1001);
  std::map<std::string, std::string> env = environment();
  env["PATH"] = (directory_ / "bin") + ":" + env["PATH"];
  use(Git(processes_, path(), env));
  const std::string users = support::slurp(directory_ / "users");
  for (const std::string_view user : text::lines(users)) EXPECT_EQ(user, "1001");
}

TEST_F(HostileClone, ABuildOfTheOwnerCanUseGitInAWorktree) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  give_to(1001);
  const auto sides = check_out(git(), "HEAD~1", "HEAD", directory_ / "work");
  ASSERT_TRUE(sides) << sides.error().text();
  os::Command command;
  command.argv = {"/bin/sh", "-c", "git describe --tags && git status --porcelain && touch mine"};
  command.cwd = sides->head.path();
  command.env = environment();
  command.uid = command.gid = 1001;
  const auto result = processes_.run(command);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok()) << result->err;
  EXPECT_TRUE(result->out.starts_with("v1-1-g")) << result->out;
}

TEST_F(HostileClone, LfsFilesAreCheckedOutByOurCommandNotByTheClones) {
  raw("config filter.lfs.process " + evil() + " && git config filter.lfs.required true");
  // A stand-in that says how it was started, and then fails.
  const std::string lfs = directory_.write(
      "bin/git-lfs", "#!/bin/sh\necho \"$* $(git config lfs.storage)\" >>" + (directory_ / "lfs") + "\nexit 1\n");
  fs::permissions(lfs, fs::perms(0755));
  std::map<std::string, std::string> env = environment();
  env["PATH"] = (directory_ / "bin") + ":" + env["PATH"];
  const auto sides = check_out(Git(processes_, path(), env), "HEAD~1", "HEAD", directory_ / "work");
  EXPECT_FALSE(sides) << "a file that cannot be fetched is not passed over";
  EXPECT_TRUE(support::slurp(directory_ / "lfs").starts_with("filter-process " + path() + "/.git/lfs\n"));
  EXPECT_FALSE(has_run());
}

TEST_F(HostileClone, AHeaderWithATokenReachesOurGitButNoFile) {
  raw("config http.https://github.com/.extraheader 'AUTHORIZATION: basic c2VjcmV0'");
  const std::string credentials = directory_.write(
      "git-credentials-0f8.config", "[http \"https://ghes/\"]\n\textraheader = AUTHORIZATION: basic b3RoZXI=\n");
  raw("config 'includeIf.gitdir:" + path() + "/.git.path' " + credentials);
  const Git git = this->git();
  EXPECT_EQ(*git.run({"config", "http.https://github.com/.extraheader"}), "AUTHORIZATION: basic c2VjcmV0");
  EXPECT_EQ(*git.run({"config", "http.https://ghes/.extraheader"}), "AUTHORIZATION: basic b3RoZXI=");
  const std::string folder = *git.run({"rev-parse", "--absolute-git-dir"});
  ASSERT_NE(folder, path() + "/.git");
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string text = support::slurp(entry.path().string());
    EXPECT_EQ(text.find("c2VjcmV0"), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("b3RoZXI="), std::string::npos) << entry.path();
  }
}

TEST_F(HostileClone, AShallowCloneIsDeepenedInThePrivateRepositoryOnly) {
  raw("clone -q --depth=1 file://" + path() + " ../shallow");
  const Git git(processes_, directory_ / "shallow", environment());
  EXPECT_TRUE(*git.is_shallow());
  ASSERT_TRUE(git.run({"fetch", "--no-tags", "--quiet", "--unshallow", "origin"}));
  EXPECT_FALSE(*git.is_shallow());
  EXPECT_TRUE(git.resolve("origin/main~1"));
  EXPECT_TRUE(fs::exists(directory_ / "shallow/.git/shallow"));
}

TEST_F(HostileClone, AWorktreeOfACloneIsAClone) {
  raw("worktree add -q --detach ../beside HEAD~1");
  const Git git(processes_, directory_ / "beside", environment());
  EXPECT_EQ(*git.top_level(), directory_ / "beside");
  EXPECT_EQ(*git.show("HEAD", "a.bin"), "one\n");
  EXPECT_TRUE(git.resolve("v1"));
  EXPECT_FALSE(*git.has_changes());
}

TEST_F(HostileClone, ASettingsFileThatGitCannotReadIsSaid) {
  directory_.write("clone/.git/config", "[broken");
  const auto head = git().resolve("HEAD");
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().where, path() + "/.git/config");
}

}  // namespace
}  // namespace perfwarden::checkout
