#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "app/pipe/kept_builds.hpp"
#include "base/text.hpp"
#include "integration/app/check_fixture.hpp"

namespace perfwarden::app {
namespace {
namespace fs = std::filesystem;

// A build that says outside of its folder that it ran, and for which tree.
class BuildCached : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    fs::permissions(elsewhere_.path(), static_cast<fs::perms>(0755));
    // A PATH of few tools, all of which are asked for their versions.
    fs::create_directories(elsewhere_ / "bin");
    for (const char* tool : {"cat", "cp", "git", "grep", "ln", "ls", "make", "mkfifo"})
      if (fs::exists(std::string("/usr/bin/") + tool))
        fs::create_symlink(std::string("/usr/bin/") + tool, (elsewhere_ / "bin/") + tool);
    variables_["PATH"] = elsewhere_ / "bin";
    git("checkout -q main");
    configure("cp source.txt built.txt");
    write("source.txt", "base");
    commit("build");
    git("checkout -q -B change");
    write("source.txt", "head");
    commit("change");
  }
  void configure(const std::string& build, const std::string& run = "./bench.sh", const std::string& more = "") {
    write("perfwarden.yml",
          "version: 1\nsuites:\n  core:\n    shell: true\n    build: 'echo \"$(cat source.txt)\" >> " + log() + "; " +
              build + "'\n    run: '" + run +
              "'\n    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
              "    iterations: 3\n    warmup: 0\nbudgets:\n  \"*\": off\nhistory: off\n"
              "build-cache: " +
              cache_ + "\n" + more);
  }
  [[nodiscard]] std::string log() const { return elsewhere_ / "log"; }
  // What was built since the last call, sorted: both sides build at once.
  std::vector<std::string> built() {
    std::vector<std::string> out;
    if (!fs::exists(log())) return out;
    const std::string text = support::slurp(log());
    for (const std::string_view line : text::lines(text))
      if (!line.empty()) out.emplace_back(line);
    std::sort(out.begin(), out.end());
    fs::remove(log());
    return out;
  }
  int check() { return perfwarden({"check", "--base", "main", "--no-publish"}); }
  [[nodiscard]] bool said(const std::string& text) const { return console_.err_text.find(text) != std::string::npos; }
  std::size_t entries() const {
    if (!fs::exists(cache_)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(cache_), fs::directory_iterator()));
  }
  void compiler(const std::string& says) {
    elsewhere_.write("bin/cc", "#!/bin/sh\necho " + says + "\n");
    fs::permissions(elsewhere_ / "bin/cc", static_cast<fs::perms>(0755));
  }
  void from_repository() {
    pull_request(git("rev-parse main"));
    variables_["PATH"] = elsewhere_ / "bin";
  }
  void from_fork() {
    from_repository();
    std::string event = support::slurp(".git/event.json");
    const std::size_t at = event.find("\"id\": 1");
    event.replace(at, 7, "\"id\": 2");  // the head's repository
    write(".git/event.json", event);
  }

  support::TemporaryDirectory elsewhere_;
  std::string cache_ = elsewhere_ / "cache";
};

using Built = std::vector<std::string>;

TEST_F(BuildCached, BaseIsBuiltOnceHoweverManyHeadsThereAre) {
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("base: the build of tree")) << console_.err_text;
  EXPECT_EQ(entries(), 2U);
  write("source.txt", "second head");
  commit("second");
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"second head"}));
  EXPECT_TRUE(said("base: built tree " + git("rev-parse main^{tree}").substr(0, 7) + " from the cache (saved "))
      << console_.err_text;
  EXPECT_NE(report()["base"]["label"].get<std::string>().find("its build from the cache"), std::string::npos)
      << report()["base"].dump();
}

TEST_F(BuildCached, TheHeadOfYesterdayIsTheBaseOfToday) {
  ASSERT_EQ(check(), 0) << console_.err_text;
  (void)built();
  git("checkout -q main");
  git("merge -q --squash change");
  git("commit -q -m merged");  // of what is tracked: reports lie about
  git("checkout -q -b next");
  write("source.txt", "next");
  git("commit -qam next");
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"next"})) << console_.err_text;
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), Built{}) << "both sides by now";
}

TEST_F(BuildCached, AnotherCompilerCommandOrEnvironmentBuildsAgain) {
  compiler("cc 12");
  ASSERT_EQ(check(), 0) << console_.err_text;
  (void)built();
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), Built{});
  compiler("cc 13");
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("not with the same tool cc")) << console_.err_text;
  variables_["CFLAGS"] = "-O3";
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("not with the same variable CFLAGS")) << console_.err_text;
  variables_["PERFWARDEN_BUILD_CACHE_KEY"] = "libfoo 7";
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("not with the same build-cache.key")) << console_.err_text;
  configure("cp source.txt built.txt; true");  // not committed, so the trees are the same
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("not with the same build of core")) << console_.err_text;
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), Built{});
}

TEST_F(BuildCached, ABenchmarkCannotChangeWhatIsKeptAndSeesWhatWasBuilt) {
  configure("cp source.txt built.txt; ln -sf built.txt link", "cat link >&2; echo spoilt > built.txt; ./bench.sh");
  ASSERT_EQ(check(), 0) << console_.err_text;
  (void)built();
  for (const auto& entry : fs::directory_iterator(cache_)) {
    const std::string kept = support::slurp(entry.path().string() + "/files/built.txt");
    EXPECT_TRUE(kept == "base" || kept == "head") << kept;
  }
  configure("cp source.txt built.txt; ln -sf built.txt link",
            "grep -qx -e base -e head -e spoilt link || exit 9; echo spoilt > built.txt; ./bench.sh");
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), Built{}) << "how it runs says nothing about the build";
}

TEST_F(BuildCached, MakeFindsNothingToDoInARestoredBuild) {
  if (!fs::exists("/usr/bin/make")) GTEST_SKIP() << "make is not installed";
  git("checkout -q main");
  write("Makefile", "built.txt: source.txt\n\tcp source.txt built.txt\n");
  configure("make -s", "make -q || exit 9; ./bench.sh");
  commit("make");
  git("checkout -q -B change");
  write("source.txt", "made head");
  commit("head");
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"base", "made head"}));
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), Built{});
}

TEST_F(BuildCached, ADamagedEntryIsBuiltAgainAndSaid) {
  ASSERT_EQ(check(), 0) << console_.err_text;
  (void)built();
  for (const auto& entry : fs::directory_iterator(cache_))
    std::ofstream(entry.path().string() + "/files/built.txt") << "evil";
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("warning: base: tree")) << console_.err_text;
  EXPECT_TRUE(said("its entry was damaged and is removed")) << console_.err_text;
  for (const auto& entry : fs::directory_iterator(cache_))
    EXPECT_NE(support::slurp(entry.path().string() + "/files/built.txt"), "evil");
  ASSERT_EQ(check(), 0);
  EXPECT_EQ(built(), Built{});
}

TEST_F(BuildCached, FailingBuildsAreNeverKept) {
  configure("cp source.txt built.txt; ! grep -q head source.txt");
  EXPECT_EQ(check(), 3) << console_.err_text;
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BuildCached, ABuildThatCannotBeKeptIsMeasuredAllTheSame) {
  configure("mkfifo pipe; cp source.txt built.txt");
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_TRUE(said("base: its build is not kept in the cache:")) << console_.err_text;
  EXPECT_TRUE(said("is a socket, pipe or device")) << console_.err_text;
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BuildCached, AForkThatRunsAsTheSameUserDoesNotUseItAndIsTold) {
  ASSERT_EQ(check(), 0) << console_.err_text;
  (void)built();
  from_fork();
  EXPECT_EQ(perfwarden({"check", "--no-publish"}), 0) << console_.err_text;
  EXPECT_EQ(built(), (Built{"base", "head"}));
  EXPECT_TRUE(said("is not used: this pull request comes from a fork")) << console_.err_text;
  EXPECT_NE(report()["warnings"].dump().find("no-build-cache"), std::string::npos);
  from_repository();
  EXPECT_EQ(perfwarden({"check", "--no-publish"}), 0);
  EXPECT_EQ(built(), Built{}) << "a pull request of the repository itself does: " << console_.err_text;
}

TEST_F(BuildCached, AConfigThatIsNewWithAPullRequestNamesNoFolder) {
  git("checkout -q main");
  git("rm -q --cached perfwarden.yml");
  git("commit -qm without");
  git("checkout -q -f -b new");
  configure("cp source.txt built.txt");
  git("add perfwarden.yml");
  git("commit -qm config");
  from_repository();
  EXPECT_EQ(perfwarden({"check", "--no-publish"}), 0) << console_.err_text;
  EXPECT_EQ(built().size(), 2U);
  EXPECT_FALSE(fs::exists(cache_));
}

TEST_F(BuildCached, AFolderThatOthersReachIsNotUsed) {
  variables_["PERFWARDEN_BUILD_CACHE"] = "kept";
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_TRUE(said("it is in the checkout")) << console_.err_text;
  EXPECT_FALSE(fs::exists("kept"));
  variables_["PERFWARDEN_BUILD_CACHE"] = directory_ / ".git/kept";
  ASSERT_EQ(check(), 0);
  EXPECT_TRUE(said("it is in the checkout")) << console_.err_text;
  fs::create_directory_symlink(directory_.path(), elsewhere_ / "link");
  variables_["PERFWARDEN_BUILD_CACHE"] = elsewhere_ / "link/kept";
  ASSERT_EQ(check(), 0);
  EXPECT_TRUE(said("it is in the checkout")) << console_.err_text;
  fs::create_directories(cache_);
  fs::permissions(cache_, static_cast<fs::perms>(0777));
  variables_["PERFWARDEN_BUILD_CACHE"] = cache_;
  ASSERT_EQ(check(), 0);
  EXPECT_TRUE(said("can be written to by others")) << console_.err_text;
  EXPECT_EQ(entries(), 0U);
}

TEST_F(BuildCached, TheVariableTurnsItOff) {
  variables_["PERFWARDEN_BUILD_CACHE"] = "off";
  ASSERT_EQ(check(), 0) << console_.err_text;
  EXPECT_EQ(entries(), 0U);
  EXPECT_FALSE(said("cache")) << console_.err_text;
}

// Root that runs benchmarks as the workspace's owner, as the container action does.
TEST_F(BuildCached, OfRootIsOutOfReachForWhatIsMeasuredAndReadOnlyForForks) {
  if (geteuid() != 0) GTEST_SKIP() << "only root runs builds as another user";
  const auto give = [&](const std::string& folder) {
    for (const auto& one : fs::recursive_directory_iterator(folder))
      ASSERT_EQ(lchown(one.path().c_str(), 1001, 1001), 0);
    ASSERT_EQ(lchown(folder.c_str(), 1001, 1001), 0);
  };
  fs::permissions("bench.sh", static_cast<fs::perms>(0755));
  fs::create_directories(elsewhere_ / "logs");
  ASSERT_EQ(chown((elsewhere_ / "logs").c_str(), 1001, 1001), 0);
  const std::string attack = "ls " + cache_ + " && echo attack >> " + cache_ + "/x; ";
  variables_["PERFWARDEN_BUILD_CACHE"] = cache_;
  std::string config = text::replace_all(support::slurp("perfwarden.yml"), log(), elsewhere_ / "logs/log");
  config = text::replace_all(config, "; cp source", "; " + attack + "cp source");
  write("perfwarden.yml", config);
  git("commit -qam config");
  git("branch -f main HEAD");
  write("source.txt", "owned head");
  commit("head");
  give(directory_.path());
  const auto built_by_owner = [&] {
    fs::remove(log());
    if (fs::exists(elsewhere_ / "logs/log")) fs::rename(elsewhere_ / "logs/log", log());
    return built();
  };
  git("config --global safe.directory '*'");
  from_fork();
  give(directory_.path());
  ASSERT_EQ(perfwarden({"check", "--no-publish"}), 0) << console_.err_text;
  EXPECT_TRUE(said("only read")) << console_.err_text;
  EXPECT_EQ(built_by_owner(), (Built{"head", "owned head"}));
  EXPECT_EQ(entries(), 0U) << "a fork writes nothing";

  from_repository();
  give(directory_.path());
  ASSERT_EQ(perfwarden({"check", "--no-publish"}), 0) << console_.err_text;
  EXPECT_EQ(built_by_owner(), (Built{"head", "owned head"}));
  EXPECT_EQ(entries(), 2U) << "and nothing but ours is there";
  struct stat status {};
  ASSERT_EQ(stat(cache_.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
  EXPECT_EQ(status.st_mode & 0777, 0700U);

  from_fork();
  give(directory_.path());
  ASSERT_EQ(perfwarden({"check", "--no-publish"}), 0) << console_.err_text;
  EXPECT_EQ(built_by_owner(), Built{}) << "but it reads: " << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
