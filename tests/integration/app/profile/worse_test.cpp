#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

constexpr const char* k_profiled = R"(version: 1
suites:
  core:
    run: ./bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    iterations: 10
    warmup: 0
    profile: { command: "cp stacks.folded {profile}" }
budgets:
  "*": +5%
history: off
)";

// 20 000 samples of a program that parses; `validate` takes `extra` of them more, which `read` gives up.
std::string stacks(int extra) {
  return "main;read " + std::to_string(9000 - extra) + "\nmain;parse 6000\nmain;parse;number 3000\nmain;validate " +
         std::to_string(2000 + extra) + "\n";
}

class ProfiledCheck : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    git("checkout -q main");
    write("perfwarden.yml", k_profiled);
    write("values.txt", "parse 1000\n");
    write("stacks.folded", stacks(0));
    commit("profiled");
    git("checkout -q -B change");
  }
};

TEST_F(ProfiledCheck, ASlowerBenchmarkIsProfiledAndTheFunctionIsNamedWithItsPicture) {
  write("values.txt", "parse 1100\n");
  write("stacks.folded", stacks(2600));
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["evidence"].size(), 1U) << console_.out_text;
  const nlohmann::json& evidence = json["evidence"][0];
  EXPECT_EQ(evidence["benchmark"], "parse");
  ASSERT_FALSE(evidence["frames"].empty());
  EXPECT_EQ(evidence["frames"][0]["name"], "validate");
  EXPECT_EQ(evidence["frames"][0]["change"], "regression");
  EXPECT_NEAR(evidence["frames"][0]["self"]["head"].get<double>(), 0.23, 0.001);
  EXPECT_NEAR(evidence["benchmark_ratio"].get<double>(), 1.1, 0.01);
  EXPECT_NE(console_.out_text.find("validate costs more"), std::string::npos) << console_.out_text;
  EXPECT_TRUE(std::any_of(json["findings"].begin(), json["findings"].end(), [](const nlohmann::json& finding) {
    return finding["rule"] == "cpu-regression" && finding["level"] == "soft" && finding["frame"] == "validate";
  }));
  EXPECT_FALSE(json["cpu_regressions"].empty());
  const std::string folder = "reports/" + git("rev-parse HEAD") + "/";
  for (const auto& file : evidence["files"]) {
    EXPECT_TRUE(std::filesystem::exists(folder + file.get<std::string>())) << file;
  }
  EXPECT_EQ(evidence["files"].size(), 5U) << "pictures, and the folded stacks of both sides";
  EXPECT_NE(support::slurp(folder + "core-parse.diff.svg").find("validate"), std::string::npos);
}

TEST_F(ProfiledCheck, NothingIsProfiledWhereNothingGotWorse) {
  write("stacks.folded", stacks(2600));
  commit("same");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_TRUE(report()["evidence"].empty());
}

TEST_F(ProfiledCheck, AProfilerThatFailsIsAWarningAndTheVerdictStands) {
  write("values.txt", "parse 1100\n");
  git("rm -q stacks.folded");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const nlohmann::json json = report();
  EXPECT_TRUE(json["evidence"].empty());
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_TRUE(std::any_of(json["warnings"].begin(), json["warnings"].end(), [](const nlohmann::json& warning) {
    return warning["code"] == "not-profiled" && warning["text"].get<std::string>().find("failed") != std::string::npos;
  }));
}

// The benchmark is within its budget, and still a function grew by more than its gate allows.
TEST_F(ProfiledCheck, AGateOnProfilesFailsByItself) {
  git("checkout -q main");
  std::string config = k_profiled;
  config.replace(config.find("{ command"), 1, "{ when: always,");
  write("perfwarden.yml", config);
  commit("always");
  git("checkout -q -B change");
  write("stacks.folded", stacks(2600));
  commit("shifted");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "pass");
}

// `parse` and `sort` run in one process that cannot run one of them alone: the profile is of both.
TEST_F(ProfiledCheck, AProfileOfSeveralBenchmarksIsNotCalledThatOfOne) {
  git("checkout -q main");
  write("values.txt", "parse 1000\nsort 2000\n");
  commit("two");
  git("checkout -q -B change");
  write("values.txt", "parse 1100\nsort 2000\n");
  write("stacks.folded", stacks(2600));
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["evidence"].size(), 1U);
  EXPECT_EQ(json["evidence"][0]["benchmark"], "");
  EXPECT_TRUE(json["evidence"][0]["benchmark_ratio"].is_null());
}

// Base does not build, so its profile is a file: that of the base commit, though the pull request has rewritten its
// own.
TEST_F(ProfiledCheck, AFileAsBasesProfileIsTheBaseCommitsOwn) {
  git("checkout -q main");
  std::string config = k_profiled;
  config.replace(config.find(" {profile}\" }"), 13, " {profile}\", baseline: base.folded }");
  config.replace(config.find("{ command"), 1, "{ when: always,");
  config.insert(config.find("    iterations"), "    build: test -e builds\n");
  write("perfwarden.yml", config);
  write(".gitignore", ".perfwarden/\nreports/\n");
  write("base.folded", stacks(0));
  write("builds", "");
  commit("profile");
  ASSERT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  const std::string samples = "reports/" + git("rev-parse HEAD") + "/samples-head.json";
  ASSERT_EQ(perfwarden({"baseline", "update", samples.c_str(), "--reason", "first"}), 0) << console_.err_text;
  git("rm -q builds");
  commit("broken");
  git("checkout -q -B change");
  write("builds", "");
  write("values.txt", "parse 1100\n");
  write("stacks.folded", stacks(2600));
  write("base.folded", stacks(2600));
  commit("hidden");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["evidence"].size(), 1U) << console_.out_text;
  ASSERT_FALSE(json["evidence"][0]["frames"].empty());
  EXPECT_EQ(json["evidence"][0]["frames"][0]["name"], "validate");
}

TEST_F(ProfiledCheck, WhatWasMeasuredElsewhereWithoutProfilesIsSaidNotToBeProfiled) {
  write("values.txt", "parse 1100\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const std::string folder = "reports/" + git("rev-parse HEAD");
  std::filesystem::remove(folder + "/samples-base.profiles.json");
  EXPECT_EQ(perfwarden({"check", "--measured", folder.c_str()}), 1) << console_.err_text;
  const nlohmann::json json = report();
  EXPECT_TRUE(json["evidence"].empty());
  EXPECT_TRUE(std::any_of(json["warnings"].begin(), json["warnings"].end(),
                          [](const nlohmann::json& warning) { return warning["code"] == "not-profiled"; }));
}

}  // namespace
}  // namespace perfwarden::app
