#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "integration/app/event_fixture.hpp"

// Worktrees as users have them, and what a person gets to see when a benchmark fails there.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_pointer =
    "version https://git-lfs.github.com/spec/v1\noid "
    "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

class Worktrees : public EventCheck {
 protected:
  // A repository of its own in .git/<name>, with the benchmark in it.
  void library(const std::string& name, const std::string& values) {
    const std::string folder = ".git/" + name;
    if (!std::filesystem::exists(folder)) git("init -q -b main " + folder);
    write(folder + "/bench.sh", k_script);
    std::filesystem::permissions(folder + "/bench.sh", std::filesystem::perms::owner_all);
    write(folder + "/values.txt", values);
    in(folder, "add -A && git -c user.name=t -c user.email=t@e.invalid commit -q -m " + name);
  }
  void in(const std::string& folder, const std::string& arguments) {
    git("-C " + folder + " status >/dev/null && cd " + folder + " && git " + arguments);
  }
  void submodule(const std::string& name, const std::string& path) {
    git("-c protocol.file.allow=always submodule --quiet add $PWD/.git/" + name + " " + path);
  }
  static std::string config_in(const std::string& folder) {
    std::string config = k_config;
    config.replace(config.find("    run:"), 0, "    cwd: " + folder + "\n");
    return config;
  }
};

TEST_F(Worktrees, HaveTheSubmodulesThatTheCheckoutHasAtTheirOwnCommits) {
  library("lib", "parse 1000\nsort 2000\n");
  submodule("lib", "lib");
  write("perfwarden.yml", config_in("lib"));
  commit("base");
  git("checkout -q -B main && git checkout -q -B change");
  library("lib", "parse 1200\nsort 2000\n");
  git("-C lib -c protocol.file.allow=always pull -q origin main");
  commit("newer-library");
  EXPECT_EQ(perfwarden({"check"}), 1) << said();
  EXPECT_NEAR(report()["comparisons"][0]["change_percent"].get<double>(), 20, 1.5);
  EXPECT_EQ(git("-C lib worktree list | wc -l"), "1") << "nothing is left behind";
  EXPECT_EQ(perfwarden({"check"}), 1) << "and it works twice: " << said();
}

TEST_F(Worktrees, HaveSubmodulesOfSubmodules) {
  library("inner", "parse 1000\nsort 2000\n");
  git("init -q -b main .git/outer");
  in(".git/outer", "-c protocol.file.allow=always submodule --quiet add " + (directory_ / ".git/inner") + " inner");
  in(".git/outer", "-c user.name=t -c user.email=t@e.invalid commit -q -m outer");
  submodule("outer", "outer");
  git("-c protocol.file.allow=always submodule --quiet update --init --recursive");
  write("perfwarden.yml", config_in("outer/inner"));
  commit("base");
  git("checkout -q -B main && git checkout -q -B change");
  write("README", "x\n");
  commit("head");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_EQ(git("-C outer/inner worktree list | wc -l"), "1");
}

TEST_F(Worktrees, SayThatASubmoduleIsNotCheckedOut) {
  library("lib", "parse 1000\nsort 2000\n");
  submodule("lib", "lib");
  commit("base");
  git("checkout -q -B main && git checkout -q -B change");
  write("README", "x\n");
  commit("head");
  git("submodule --quiet deinit -f lib");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("submodules: recursive"));
  EXPECT_THAT(said(), HasSubstr("lib"));
  git("checkout -q main");
  write("perfwarden.yml", config_in("lib"));
  commit("needs-it");
  git("checkout -q -B change");
  write("README", "y\n");
  commit("head-again");
  EXPECT_EQ(perfwarden({"check"}), 3);
  EXPECT_THAT(said(), HasSubstr("submodules: recursive")) << "where a benchmark fails, too";
}

TEST_F(Worktrees, ACommitOfASubmoduleThatIsNowhereIsAnErrorWithTheCure) {
  library("lib", "parse 1000\nsort 2000\n");
  submodule("lib", "lib");
  write("perfwarden.yml", config_in("lib"));
  commit("base");
  git("checkout -q -B main && git checkout -q -B change");
  git("update-index --cacheinfo 160000," + std::string(40, 'e') + ",lib");
  git("-c user.name=t -c user.email=t@e.invalid commit -q -m nowhere");
  EXPECT_EQ(perfwarden({"check"}), 2) << said();
  EXPECT_THAT(said(), HasSubstr("submodule 'lib'"));
  EXPECT_THAT(said(), HasSubstr("submodules: recursive"));
}

TEST_F(Worktrees, AnInputThatIsAPointerOfGitLfsIsNotMeasured) {
  git("checkout -q main");
  write("data/large.bin", k_pointer);
  std::string config = k_config;
  config.replace(config.find("./bench.sh"), 10, "./bench.sh --input=data/large.bin");
  write("perfwarden.yml", config);
  commit("base");
  git("checkout -q -B change");
  write("README", "x\n");
  commit("head");
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
  EXPECT_THAT(said(), HasSubstr("data/large.bin, which is a pointer of Git LFS"));
  EXPECT_THAT(said(), HasSubstr("lfs: true"));
}

TEST_F(Worktrees, ACaseThatIsAPointerOfGitLfsInAShellLineIsNotMeasuredEither) {
  git("checkout -q main");
  write("data/large.bin", k_pointer);
  std::string config = k_config;
  config.replace(config.find("    run: ./bench.sh"), 19,
                 "    shell: true\n    run: ./bench.sh < data/{case}\n    cases: [large.bin]");
  write("perfwarden.yml", config);
  commit("base");
  git("checkout -q -B change");
  write("README", "x\n");
  commit("head");
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
  EXPECT_THAT(said(), HasSubstr("pointer of Git LFS"));
}

TEST_F(Worktrees, PointersThatNoCommandNamesAreSaid) {
  git("checkout -q main");
  write(".gitattributes", "*.bin filter=lfs\n");
  write("data/large.bin", k_pointer);
  commit("base");
  git("checkout -q -B change");
  write("README", "x\n");
  commit("head");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_THAT(said(), HasSubstr("files of Git LFS are here as pointers"));
}

TEST_F(Worktrees, AreLeftAfterAFailureWhereThatIsWishedAndTheHintWorksThere) {
  write("bench.sh", "#!/bin/sh\necho 'cannot open corpus' >&2\nexit 9\n");
  commit("broken");
  EXPECT_EQ(perfwarden({"check"}), 3);
  EXPECT_THAT(said(), HasSubstr("--keep"));
  EXPECT_EQ(perfwarden({"check", "--keep"}), 3);
  const std::string text = said();
  const std::size_t at = text.find("try it by hand: ");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string line = text.substr(at + 16, text.find('\n', at) - at - 16);
  EXPECT_EQ(git("--version >/dev/null; (" + line + "); test $? = 9 && echo failed as said"), "failed as said");
  write("bench.sh", k_script);
  std::filesystem::permissions("bench.sh", std::filesystem::perms::owner_all);
  commit("repaired");
  EXPECT_EQ(perfwarden({"check"}), 0) << said();
  EXPECT_EQ(git("worktree list | wc -l"), "1") << "the next run takes away what was kept";
}

TEST_F(Worktrees, AFailureNamesTheVariablesThatBenchmarksDoNotGet) {
  write("bench.sh", "#!/bin/sh\ntest -n \"$SERVICE_API_KEY\" || { echo 'no key' >&2; exit 1; }\n");
  commit("wants-a-key");
  variables_["SERVICE_API_KEY"] = "very-private";
  variables_["INPUT_BASE"] = "main";
  EXPECT_EQ(start({"check"}), 3);
  EXPECT_THAT(said(), HasSubstr("no key"));
  EXPECT_THAT(said(), HasSubstr("kept from builds and benchmarks, since they look like secrets: SERVICE_API_KEY;"));
  EXPECT_THAT(said(), Not(HasSubstr("very-private")));
  write("bench.sh", "#!/bin/sh\n");
  write("perfwarden.yml",
        std::string(k_config).replace(std::string(k_config).find("    run:"), 0, "    build: ./no-such-build\n"));
  commit("wants-a-build");
  EXPECT_EQ(start({"check"}), 3);
  EXPECT_THAT(said(), HasSubstr("SERVICE_API_KEY")) << "of a failing build too";
}

TEST_F(Worktrees, ARunThatSaysNothingReadableShowsWhatItWroteToStandardError) {
  write("bench.sh", "#!/bin/sh\necho 'corpus is empty, skipping' >&2\n");
  commit("silent");
  EXPECT_EQ(perfwarden({"check"}), 3);
  EXPECT_THAT(said(), HasSubstr("corpus is empty, skipping"));
}

TEST_F(Worktrees, ObserveModeTurnsAFailedMeasurementIntoNothingElse) {
  git("checkout -q main");
  write("perfwarden.yml", "mode: observe\n" + std::string(k_config));
  commit("observe");
  git("checkout -q -B change");
  write("bench.sh", "#!/bin/sh\nexit 4\n");
  commit("broken");
  EXPECT_EQ(perfwarden({"check"}), 3) << said();
}

}  // namespace
}  // namespace perfwarden::app
