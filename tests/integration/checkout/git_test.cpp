#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/text.hpp"
#include "checkout/worktree.hpp"
#include "os/environment.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::checkout {
namespace {

namespace fs = std::filesystem;
using support::TemporaryDirectory;

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> env = os::Environment::of_process().for_children();
  env["GIT_CONFIG_GLOBAL"] = "/dev/null";
  env["GIT_CONFIG_NOSYSTEM"] = "1";
  for (const char* who : {"GIT_AUTHOR", "GIT_COMMITTER"}) {
    env[std::string(who) + "_NAME"] = "A";
    env[std::string(who) + "_EMAIL"] = "a@example.com";
    env[std::string(who) + "_DATE"] = "2026-11-20T10:00:00Z";
  }
  return env;
}

// A Repository with a line of commits on main, each writing file.txt.
class Repository {
 public:
  explicit Repository(int commits = 2) {
    must({"init", "--quiet", "--initial-branch=main", "."});
    for (int i = 0; i < commits; ++i) commit("main " + std::to_string(i));
  }
  std::string commit(const std::string& text) {
    directory.write("repo/file.txt", text + "\n");
    must({"add", "."});
    must({"commit", "--quiet", "-m", text});
    return *git().resolve("HEAD");
  }
  [[nodiscard]] std::string path() const { return directory / "repo"; }
  // As it is now: a Git sees the clone as it was when it first looked.
  [[nodiscard]] Git git() { return {processes, path(), environment()}; }
  // Runs git in the clone itself, as a person would.
  std::string must(std::vector<std::string> arguments) {
    fs::create_directories(path());
    os::Command command;
    arguments.insert(arguments.begin(), {"git", "-c", "safe.directory=*"});
    command.argv = std::move(arguments);
    command.cwd = path();
    command.env = environment();
    const Result<os::ProcessResult> result = processes.run(command);
    if (!result || !result->ok()) ADD_FAILURE() << (result ? result->err : result.error().text());
    return result ? std::string(text::trim(result->out)) : "";
  }

  TemporaryDirectory directory;
  os::SystemProcesses processes;
};

TEST(GitRepository, KnowsItselfItsBranchAndItsChanges) {
  Repository repository;
  EXPECT_EQ(*repository.git().top_level(), repository.path());
  EXPECT_EQ(*repository.git().branch(), "main");
  EXPECT_FALSE(*repository.git().is_shallow());
  EXPECT_FALSE(*repository.git().has_changes());
  repository.directory.write("repo/untracked.txt", "x");
  EXPECT_FALSE(*repository.git().has_changes());
  repository.directory.write("repo/file.txt", "changed");
  EXPECT_TRUE(*repository.git().has_changes());
  repository.must({"checkout", "--quiet", "--force", "--detach", "HEAD~1"});
  EXPECT_EQ(*repository.git().branch(), "");
}

TEST(GitRepository, ResolvesCommitsAndSaysWhatItDoesNotKnow) {
  Repository repository;
  const std::string head = *repository.git().resolve("HEAD");
  EXPECT_EQ(head.size(), 40U);
  EXPECT_EQ(*repository.git().resolve(head.substr(0, 8)), head);
  EXPECT_EQ(*repository.git().resolve("main"), head);
  EXPECT_NE(*repository.git().resolve("HEAD~1"), head);
  const auto unknown = repository.git().resolve("mian");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().what, "'mian' is not a commit of this repository");
  EXPECT_FALSE(repository.git().resolve("HEAD~99"));
  EXPECT_FALSE(repository.git().resolve("HEAD:file.txt")) << "a file is not a commit";
}

TEST(GitRepository, FindsTheMergeBase) {
  Repository repository;
  const std::string fork_point = *repository.git().resolve("HEAD");
  repository.must({"checkout", "--quiet", "-b", "feature"});
  repository.commit("feature");
  repository.must({"checkout", "--quiet", "main"});
  repository.commit("main goes on");
  EXPECT_EQ(*repository.git().merge_base("main", "feature"), fork_point);
  repository.must({"checkout", "--quiet", "--orphan", "island"});
  repository.commit("island");
  const auto none = repository.git().merge_base("main", "island");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().what.find("no common ancestor"), std::string::npos);
}

TEST(GitRepository, ShowsAFileOfACommit) {
  Repository repository;
  EXPECT_EQ(*repository.git().show("HEAD~1", "file.txt"), "main 0\n");
  EXPECT_EQ(*repository.git().show("HEAD", "file.txt"), "main 1\n");
  const auto missing = repository.git().show("HEAD", "perfwarden.yml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::io);
  EXPECT_FALSE(repository.git().show("HEAD", "../repo/file.txt"));
}

TEST(GitRepository, ShallowCloneSaysHowToGetTheHistory) {
  Repository repository(3);
  const std::string clone = repository.directory / "clone";
  repository.must({"clone", "--quiet", "--depth=1", "file://" + repository.path(), clone});
  const Git git(repository.processes, clone, environment());
  EXPECT_TRUE(*git.is_shallow());
  const auto older = git.resolve("HEAD~1");
  ASSERT_FALSE(older);
  EXPECT_NE(older.error().hint.find("fetch-depth: 0"), std::string::npos);
}

TEST(GitRepository, NoRepositoryIsAnErrorNotASurprise) {
  const TemporaryDirectory directory;
  os::SystemProcesses processes;
  std::map<std::string, std::string> env = environment();
  env["GIT_CEILING_DIRECTORIES"] = fs::path(directory.path()).parent_path().string();
  const Git git(processes, directory.path(), env);
  EXPECT_FALSE(git.top_level());
  const auto head = git.resolve("HEAD");
  ASSERT_FALSE(head);
  EXPECT_NE(head.error().what.find("not a git repository"), std::string::npos);
}

TEST(GitRepository, HostileBranchNamesAreOnlyNames) {
  Repository repository;
  const std::string head = *repository.git().resolve("HEAD");
  repository.must({"update-ref", "refs/heads/--upload-pack=x", head});
  repository.must({"update-ref", "refs/heads/$(touch${IFS}x);`touch${IFS}y`", head});
  EXPECT_FALSE(repository.git().resolve("--upload-pack=x"));
  EXPECT_EQ(*repository.git().resolve("refs/heads/--upload-pack=x"), head);
  EXPECT_EQ(*repository.git().resolve("$(touch${IFS}x);`touch${IFS}y`"), head);
  EXPECT_EQ(*repository.git().merge_base("$(touch${IFS}x);`touch${IFS}y`", "main"), head);
  EXPECT_FALSE(repository.git().resolve("$(touch x)")) << "git knows no such branch";
  repository.must({"symbolic-ref", "HEAD", "refs/heads/$(touch${IFS}x);`touch${IFS}y`"});
  EXPECT_EQ(*repository.git().branch(), "$(touch${IFS}x);`touch${IFS}y`");
  for (const char* name : {"x", "y"}) EXPECT_FALSE(fs::exists(repository.path() + "/" + name));
}

TEST(CheckOut, GivesBothCommitsUnderPathsOfEqualLengthAndCleansUp) {
  Repository repository;
  const std::string parent = repository.directory / "work";
  {
    auto sides = check_out(repository.git(), "HEAD~1", "HEAD", parent);
    ASSERT_TRUE(sides) << sides.error().text();
    EXPECT_EQ(support::slurp(sides->base.path() + "/file.txt"), "main 0\n");
    EXPECT_EQ(support::slurp(sides->head.path() + "/file.txt"), "main 1\n");
    EXPECT_EQ(sides->base.path().size(), sides->head.path().size());
    EXPECT_NE(sides->base.path(), sides->head.path());
    repository.directory.write("work/a/" + fs::path(sides->head.path()).filename().string() + "/built/object.o", "x");
    const TwoSides moved = std::move(*sides);
    EXPECT_TRUE(fs::exists(moved.base.path() + "/file.txt"));
  }
  EXPECT_TRUE(fs::is_empty(parent + "/a"));
  EXPECT_TRUE(fs::is_empty(parent + "/b"));
  EXPECT_EQ(repository.must({"worktree", "list"}).find("work/"), std::string::npos)
      << "nothing is written to the clone";
  EXPECT_EQ(repository.must({"branch", "--list"}), "* main") << "no branches are left behind";
}

TEST(CheckOut, SameCommitTwiceIsTwoTrees) {
  Repository repository;
  const auto sides = check_out(repository.git(), "HEAD", "HEAD", repository.directory / "work");
  ASSERT_TRUE(sides) << sides.error().text();
  EXPECT_TRUE(fs::exists(sides->base.path() + "/file.txt"));
  EXPECT_TRUE(fs::exists(sides->head.path() + "/file.txt"));
}

TEST(CheckOut, ATreeHasOnePathOnEitherSideAndInEveryRun) {
  Repository repository(3);
  const std::string parent = repository.directory / "work";
  std::string as_head;
  {
    const auto sides = check_out(repository.git(), "HEAD~2", "HEAD~1", parent);
    ASSERT_TRUE(sides);
    as_head = sides->head.path();
  }
  const auto sides = check_out(repository.git(), "HEAD~1", "HEAD", parent);
  ASSERT_TRUE(sides);
  EXPECT_EQ(sides->base.path(), as_head);
}

TEST(CheckOut, AWorktreeIsCheckedOutAnew) {
  Repository repository;
  const auto sides = check_out(repository.git(), "HEAD~1", "HEAD", repository.directory / "work");
  ASSERT_TRUE(sides);
  std::ofstream(sides->base.path() + "/file.txt") << "changed";
  std::ofstream(sides->base.path() + "/other.txt") << "x";
  ASSERT_TRUE(sides->base.renew("HEAD~1"));
  EXPECT_EQ(support::slurp(sides->base.path() + "/file.txt"), "main 0\n");
  EXPECT_FALSE(fs::exists(sides->base.path() + "/other.txt"));
}

TEST(CheckOut, RemovesWhatAKilledRunLeftBehind) {
  Repository repository(3);
  const std::string parent = repository.directory / "work";
  const pid_t child = fork();
  if (child == 0) {
    auto sides = check_out(repository.git(), "HEAD~2", "HEAD~1", parent);
    _exit(sides ? 0 : 1);  // without destructors, as a kill would
  }
  int status = -1;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  ASSERT_FALSE(fs::is_empty(parent + "/a"));
  repository.directory.write("work/b/half-made/file", "x");  // one that git never knew
  auto sides = check_out(repository.git(), "HEAD~1", "HEAD", parent);
  ASSERT_TRUE(sides) << sides.error().text();
  EXPECT_EQ(std::distance(fs::directory_iterator(parent + "/a"), fs::directory_iterator()), 2);
  EXPECT_TRUE(fs::is_empty(parent + "/b"));
  EXPECT_EQ(support::slurp(sides->base.path() + "/file.txt"), "main 1\n");
}

TEST(CheckOut, TwoRunsDoNotShareAFolder) {
  Repository repository;
  const std::string parent = repository.directory / "work";
  const auto first = check_out(repository.git(), "HEAD~1", "HEAD", parent);
  ASSERT_TRUE(first);
  const auto second = check_out(repository.git(), "HEAD~1", "HEAD", parent);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("another perfwarden"), std::string::npos);
  EXPECT_TRUE(fs::exists(first->base.path() + "/file.txt")) << "the first run keeps its trees";
}

TEST(CheckOut, UnknownCommitLeavesNothingBehind) {
  Repository repository;
  const std::string parent = repository.directory / "work";
  EXPECT_FALSE(check_out(repository.git(), "HEAD~1", "nosuch", parent));
  EXPECT_FALSE(fs::exists(parent + "/b"));
}

TEST(CheckOut, LinkInPlaceOfOurFolderIsRefused) {
  Repository repository;
  const std::string elsewhere = repository.directory.write("elsewhere/keep.txt", "x");
  fs::create_directories(repository.directory / "work");
  fs::create_directory_symlink(repository.directory / "elsewhere", repository.directory / "work/b");
  const auto sides = check_out(repository.git(), "HEAD~1", "HEAD", repository.directory / "work");
  ASSERT_FALSE(sides);
  EXPECT_NE(sides.error().what.find("symbolic link"), std::string::npos);
  EXPECT_TRUE(fs::exists(elsewhere));
}

TEST(CheckOut, WorksWhereTheCallerIsAGitHook) {
  Repository repository;
  std::map<std::string, std::string> env = environment();
  env["GIT_DIR"] = "/nonexistent/.git";
  env["GIT_INDEX_FILE"] = "/nonexistent/index";
  const Git git(repository.processes, repository.path(), env);
  EXPECT_TRUE(check_out(git, "HEAD~1", "HEAD", repository.directory / "work"));
}

}  // namespace
}  // namespace perfwarden::checkout
