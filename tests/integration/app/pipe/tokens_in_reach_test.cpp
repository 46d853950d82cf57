#include <unistd.h>

#include "../check_fixture.hpp"
#include "app/cli/exit_code.hpp"

// What `check` does where code that is measured could find a token.
namespace perfwarden::app {
namespace {

class TokensInReach : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    commit("'head' --allow-empty");
    pull_request(git("rev-parse main"));
  }
  void started_by_a_shell_with_a_token(unsigned uid) {
    std::map<std::string, std::string> variables{{"GITHUB_TOKEN", "ghs_0123456789abcdef0123"}};
    ancestors_ = {{1, uid, "bash", os::Environment(std::move(variables))}};
  }
  void on_fork() {
    const std::string event = support::slurp(directory_ / ".git/event.json");
    write(".git/event.json",
          text::replace_all(event, R"("ref": "change", "repo": {"id": 1, "full_name": "acme/parser"})",
                            R"("ref": "change", "repo": {"id": 2, "full_name": "eve/parser"})"));
  }
  int check() { return start({"check", "--base", "main"}); }
  [[nodiscard]] bool said(const std::string& text) const { return console_.err_text.find(text) != std::string::npos; }
};

TEST_F(TokensInReach, WhereThereIsNoneNothingIsSaid) {
  on_fork();
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_FALSE(said("has a token")) << console_.err_text;
}

TEST_F(TokensInReach, ATokenOfTheStepIsAWarningWithTheCureForABranchOfTheSameRepository) {
  started_by_a_shell_with_a_token(::geteuid());
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_TRUE(said("(bash) has a token in its variables")) << console_.err_text;
  EXPECT_TRUE(said("perfwarden publish")) << console_.err_text;
}

TEST_F(TokensInReach, AForksCodeIsNotRunBesideIt) {
  started_by_a_shell_with_a_token(::geteuid());
  on_fork();
  write("bench.sh", "#!/bin/sh\ntouch " + directory_.path() + "/.git/ran\n");
  commit("head");
  EXPECT_EQ(check(), k_not_measured) << console_.err_text;
  EXPECT_TRUE(said("a stranger's code is not run here")) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists(".git/ran"));
}

TEST_F(TokensInReach, ATokenThatCheckoutLeftInTheCloneIsFoundToo) {
  git("config http.https://github.com/.extraheader 'AUTHORIZATION: basic x'");
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_TRUE(said("persist-credentials: false")) << console_.err_text;
  on_fork();
  EXPECT_EQ(check(), k_not_measured) << console_.err_text;
}

TEST_F(TokensInReach, ATokenInTheAddressOfARemoteIsFoundToo) {
  for (const char* address : {"https://x-access-token:ghs_0123456789abcdef@github.com/acme/parser",
                              "https://ghp_0123456789abcdef0123@github.com/acme/parser"}) {
    git("config remote.origin.url " + std::string(address));
    EXPECT_EQ(check(), k_pass) << console_.err_text;
    EXPECT_TRUE(said("the address of a remote holds a token")) << address << console_.err_text;
  }
  git("config remote.origin.url https://someone@github.com/acme/parser");
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_FALSE(said("holds a token")) << console_.err_text;
}

// actions/checkout with `submodules:` writes it into each of them.
TEST_F(TokensInReach, ATokenInTheSettingsOfANestedSubmoduleIsFoundToo) {
  git("init -q .git/modules/lib/inner/modules/deep --bare && git init -q --bare .git/modules/lib/inner");
  git("config --file .git/modules/lib/inner/modules/deep/config http.https://github.com/.extraheader 'basic x'");
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_TRUE(said("the settings of a submodule hold a token")) << console_.err_text;
  on_fork();
  EXPECT_EQ(check(), k_not_measured) << console_.err_text;
}

// It runs the same code.
TEST_F(TokensInReach, ARecordingOfAProfileLooksForThemToo) {
  started_by_a_shell_with_a_token(::geteuid());
  on_fork();
  EXPECT_EQ(start({"profile", "record", "--", "/bin/sh", "-c", "touch .git/ran"}), k_not_measured);
  EXPECT_TRUE(said("a stranger's code is not run here")) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists(".git/ran"));
}

TEST_F(TokensInReach, OutsideOfGitHubATokenInTheShellIsNobodysBusiness) {
  started_by_a_shell_with_a_token(::geteuid());
  variables_ = {{"GH_TOKEN", "ghp_0123456789abcdef0123"}};
  EXPECT_EQ(check(), k_pass) << console_.err_text;
  EXPECT_FALSE(said("has a token")) << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
