#include "app/pipe/foreign_code.hpp"

#include "../check_fixture.hpp"
#include "app/cli/exit_code.hpp"

// Benchmarks that reach for the runner's command files in each way that has worked.
namespace perfwarden::app {
namespace {

class ForeignCodeTest : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    output_ = runner_folder_.write("_runner_file_commands/set_output_1", "earlier=kept\n");
    env_ = runner_folder_.write("_runner_file_commands/set_env_1", "");
  }
  // The benchmark runs `line` first; gives the exit code of `check`.
  int check_with(const std::string& line) {
    write("bench.sh", std::string("#!/bin/sh\n") + line + "\n" + (k_script + std::string("#!/bin/sh\n").size()));
    write(".gitignore", "/reports/\n/.perfwarden/\n");
    git("checkout -q main");
    commit("base");
    git("checkout -q change");
    git("merge -q main");
    write("values.txt", "parse 1000\nsort 2000\nnew 1\n");
    commit("head");
    pull_request(git("rev-parse main"));
    variables_["RUNNER_TEMP"] = runner_;
    variables_["TMPDIR"] = runner_ + "/tmp";
    variables_["GITHUB_OUTPUT"] = output_;
    variables_["GITHUB_ENV"] = env_;
    return start({"check", "--base", "main"});
  }
  void expect_caught(int code, const std::string& file) {
    EXPECT_EQ(code, k_not_measured) << console_.err_text;
    EXPECT_NE(console_.err_text.find(file), std::string::npos) << console_.err_text;
    EXPECT_EQ(support::slurp(output_), "earlier=kept\n");
    EXPECT_EQ(support::slurp(env_), "");
  }
  support::TemporaryDirectory runner_folder_;
  const std::string& runner_ = runner_folder_.path();
  std::string output_, env_;
};

TEST_F(ForeignCodeTest, RunnerTempOfABenchmarkIsAFolderOfItsOwnAndIsGoneAfterwards) {
  const int code = check_with("echo \"$RUNNER_TEMP $TMPDIR\" >>" + directory_.path() +
                              "/.git/seen; "
                              "test -d \"$RUNNER_TEMP\" && echo x >\"$RUNNER_TEMP/writable\" || exit 9");
  EXPECT_EQ(code, k_pass) << console_.err_text;
  const std::string seen(text::lines(support::slurp(directory_ / ".git/seen")).front());
  const std::string own = seen.substr(0, seen.find(' '));
  EXPECT_EQ(own + " " + own, seen);
  EXPECT_FALSE(own.starts_with(runner_)) << own;
  EXPECT_FALSE(std::filesystem::exists(own));
}

TEST_F(ForeignCodeTest, AnOutputForgedByThePathOfTheRunnersFolderFailsTheRun) {
  const int code = check_with("for f in " + runner_ + "/_runner_file_commands/*; do echo verdict=pass >>\"$f\"; done");
  expect_caught(code, env_);
}

// The steps that follow read it: `publish` would comment on the pull request that it names.
TEST_F(ForeignCodeTest, ABenchmarkThatRewritesTheEventFailsTheRun) {
  const std::string file = directory_ / ".git/event.json";
  const int code = check_with("sed -i 's/\"number\": 7/\"number\": 8/' " + file);
  expect_caught(code, file);
  EXPECT_NE(support::slurp(file).find(R"("number": 7)"), std::string::npos) << "put back";
}

TEST_F(ForeignCodeTest, ABuildThatForgesAVariableOfLaterStepsFailsTheRun) {
  write("perfwarden.yml", text::replace_all(k_config, "    run: ./bench.sh\n",
                                            "    build: { command: 'echo LD_PRELOAD=/evil.so >>" + env_ +
                                                "', shell: true }\n    run: ./bench.sh\n"));
  expect_caught(check_with(":"), env_);
}

}  // namespace
}  // namespace perfwarden::app
