#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "app/cli/command.hpp"
#include "base/text.hpp"
#include "support/fakes.hpp"

// selftest on a real repository, with a benchmark whose times are made up: a base of 1 ms, noise of ±0.4 %, and what
// the planted slowdown would make of it.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;

class MadeUp final : public os::Processes {
 public:
  [[nodiscard]] Result<os::ProcessResult> run(const os::Command& command) override {
    if (command.argv.front() != "./bench") return real_.run(command);
    directories.insert(command.cwd);
    entered = entered && std::filesystem::exists(command.cwd + "/perfwarden.yml");
    double value_s = 1e-3 * (1 + 0.001 * static_cast<double>(step_ = (step_ * 5 + 3) % 8));
    if (feels_pauses) value_s *= 1 + command.slowdown;
    if (head_is_slower && command.cwd == *directories.rbegin()) value_s *= 1.2;
    os::ProcessResult result;
    result.usage.wall_s = result.usage.user_s = value_s;
    return result;
  }
  [[nodiscard]] std::string why_no_events() const override { return "made up"; }
  bool feels_pauses = true, head_is_slower = false, entered = true;
  std::set<std::string> directories;

 private:
  os::SystemProcesses real_;
  int step_ = 0;
};

class Selftest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    directory_.write("bench", "#!/bin/sh\n");
    config("\"*\": +5%");
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  void config(const std::string& budget, const std::string& more = "") {
    directory_.write(
        "perfwarden.yml",
        "version: 1\nsuites:\n  core: { run: ./bench, parser: time, metrics: [wall_time], iterations: 12 }\n"
        "budgets: { " +
            budget + " }\nhistory: off\n" + more);
  }
  void commit() {
    os::SystemProcesses processes;
    os::Command command;
    command.argv = {
        "/bin/sh", "-c",
        "git init -q -b main . && git add -A && git -c user.name=t -c user.email=t@example.invalid commit -q -m x"};
    command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}};
    const auto done = processes.run(command);
    ASSERT_TRUE(done && done->ok());
  }
  int selftest(std::vector<const char*> words) {
    words.insert(words.begin(), {"perfwarden", "selftest"});
    const os::Environment environment(
        std::map<std::string, std::string>{{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}});
    World world{processes_, clock_, environment, console_, http_};
    return run(world, words);
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path before_;
  MadeUp processes_;
  support::FakeClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(Selftest, AGateThatTurnsRedAndStaysGreenWorks) {
  commit();
  EXPECT_EQ(selftest({}), 0) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("The gate works"));
  EXPECT_THAT(console_.out_text, HasSubstr("✓ head slowed by +10.0 %: 1 of 1"));
  EXPECT_THAT(console_.out_text, HasSubstr("✓ identical code: 1 of 1"));
  for (const std::string_view line : text::lines(console_.out_text)) EXPECT_LE(text::display_width(line), 80U) << line;
  EXPECT_EQ(processes_.directories.size(), 2U);
  for (const std::string& one : processes_.directories) EXPECT_FALSE(std::filesystem::exists(one)) << "left behind";
}

TEST_F(Selftest, OutsideOfARepositoryTheFolderItselfIsMeasuredTwice) {
  EXPECT_EQ(selftest({"--json"}), 0) << console_.err_text;
  const auto json = nlohmann::json::parse(console_.out_text);
  EXPECT_EQ(json.at("schema"), "perfwarden.selftest/1");
  EXPECT_EQ(json.at("holds"), true);
  EXPECT_EQ(json.at("planted").at("flagged"), 1);
  EXPECT_EQ(json.at("same").at("flagged"), 0);
  ASSERT_EQ(processes_.directories.size(), 2U);
  EXPECT_TRUE(processes_.entered);
  EXPECT_EQ(processes_.directories.begin()->size(), processes_.directories.rbegin()->size());
  for (const std::string& one : processes_.directories) EXPECT_FALSE(std::filesystem::exists(one)) << "left behind";
  EXPECT_TRUE(std::filesystem::exists("bench")) << "the folder itself must stay";
}

TEST_F(Selftest, AHarnessThatDoesNotFeelThePausesCouldNeverFail) {
  processes_.feels_pauses = false;
  EXPECT_EQ(selftest({}), 1);
  EXPECT_THAT(console_.out_text, HasSubstr("The gate cannot fail"));
  EXPECT_THAT(console_.out_text, HasSubstr("the pauses hardly show"));
}

TEST_F(Selftest, AFalseAlarmOnIdenticalCodeIsFound) {
  processes_.head_is_slower = true;
  EXPECT_EQ(selftest({}), 1);
  EXPECT_THAT(console_.out_text, HasSubstr("The gate alarms falsely"));
  EXPECT_THAT(console_.out_text, HasSubstr("✗ identical code"));
}

TEST_F(Selftest, WithoutABudgetNothingCouldFail) {
  config("\"core/**\": { max_rss: +5% }");
  EXPECT_EQ(selftest({}), 1);
  EXPECT_THAT(console_.out_text, HasSubstr("no budget covers wall time"));
}

TEST_F(Selftest, ALooseBudgetGetsALargerSlowdownUnlessOneIsAskedFor) {
  config("\"*\": +30%");
  EXPECT_EQ(selftest({}), 0) << console_.out_text;
  EXPECT_THAT(console_.out_text, HasSubstr("head slowed by +60.0 %"));
  console_.out_text.clear();
  EXPECT_EQ(selftest({"--slowdown", "10%"}), 1);
  EXPECT_THAT(console_.out_text, HasSubstr("the budgets allow it"));
}

TEST_F(Selftest, ObserveModeIsTestedAllTheSameAndTold) {
  config("\"*\": +5%", "mode: observe\n");
  EXPECT_EQ(selftest({}), 0) << console_.out_text;
  EXPECT_THAT(console_.out_text, HasSubstr("mode is observe"));
}

TEST_F(Selftest, ASlowdownThatIsNoneIsAUsageError) {
  for (const char* bad : {"0%", "fast", "-5%", "1001%", "nan"}) EXPECT_EQ(selftest({"--slowdown", bad}), 2) << bad;
  EXPECT_TRUE(processes_.directories.empty());
}

}  // namespace
}  // namespace perfwarden::app
