#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "baseline/directory.hpp"
#include "integration/app/event_fixture.hpp"
#include "support/fakes.hpp"

// Gates on profiles where base is not measured: a run of the baseline branch keeps its profiles beside its samples.
namespace perfwarden::app {
namespace {

constexpr const char* k_profiled_alone = R"(version: 1
suites:
  core:
    run: ./bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    iterations: 10
    warmup: 0
    profile: { command: "cp stacks.folded {profile}" }
budgets:
  "*": +50%
baseline: { strategy: cached }
history: off
)";

// 20 000 samples; `name` takes `extra` of them, which `read` gives up.
std::string stacks_with(int extra, const std::string& name = "validate") {
  return "main;read " + std::to_string(9000 - extra) +
         "\nmain;parse 6000\nmain;parse;number 3000\nmain;validate 2000\n" +
         (extra == 0 ? "" : "main;" + name + " " + std::to_string(extra) + "\n");
}

class KeptCheck : public EventCheck {
 protected:
  void SetUp() override {
    EventCheck::SetUp();
    git("checkout -q main");
    write(".gitignore", ".perfwarden/\nreports/\n");
    write("perfwarden.yml", k_profiled_alone);
    write("values.txt", "parse 1000\n");
    write("stacks.folded", stacks_with(0));
    commit("profiled");
    push_again();
    ASSERT_EQ(perfwarden({"check"}), 0) << console_.err_text;
    main_report_ = report();
    git("checkout -q -B change");
  }
  // Another commit on main; what decides is what stood there before.
  void push_again() {
    git("commit -q --allow-empty -m more");
    push("HEAD~1");
  }
  // What a pull request with these stacks comes to, its benchmark 20 % slower: within the budget.
  int check_change(const std::string& stacks) {
    write("stacks.folded", stacks);
    write("values.txt", "parse 1200\n");
    git("checkout -q change");
    commit("changed");
    pull_request_event("pull_request", "main", "HEAD");
    return perfwarden({"check", "--seed", "1"});
  }
  static std::string kept_file() {
    for (const auto& file : std::filesystem::directory_iterator(".perfwarden/baseline"))
      if (file.path().string().ends_with(".profiles.json")) return file.path();
    return "";
  }
  void change_kept(const std::string& from, const std::string& to) {
    const std::string file = kept_file();
    std::string text = support::slurp(file);
    ASSERT_NE(text.find(from), std::string::npos);
    text.replace(text.find(from), from.size(), to);
    write(file, text);
  }
  static bool has(const nlohmann::json& list, const std::string& key, const std::string& value) {
    return std::any_of(list.begin(), list.end(), [&](const nlohmann::json& one) { return one[key] == value; });
  }

  nlohmann::json main_report_;
};

TEST_F(KeptCheck, ARunOfTheBaselineBranchKeepsTheProfilesOfHeadAndSaysThatNothingWasCompared) {
  EXPECT_FALSE(kept_file().empty());
  EXPECT_TRUE(has(main_report_["warnings"], "code", "profiled-alone")) << main_report_["warnings"];
  EXPECT_TRUE(main_report_["evidence"].empty());
}

TEST_F(KeptCheck, AFunctionThatCostsMoreFailsAgainstTheKeptProfile) {
  EXPECT_EQ(check_change(stacks_with(2600)), 1) << console_.out_text << console_.err_text;
  const nlohmann::json json = report();
  EXPECT_EQ(json["comparisons"][0]["verdict"], "inconclusive") << "the profile alone is over its limit";
  ASSERT_EQ(json["evidence"].size(), 1U) << json["warnings"];
  const nlohmann::json& evidence = json["evidence"][0];
  EXPECT_EQ(evidence["frames"][0]["name"], "validate");
  EXPECT_EQ(evidence["frames"][0]["change"], "regression");
  EXPECT_TRUE(has(json["findings"], "rule", "cpu-regression"));
  const std::string from = "its profile was kept by the run of " + git("rev-parse main").substr(0, 10);
  EXPECT_TRUE(std::any_of(evidence["warnings"].begin(), evidence["warnings"].end(), [&](const nlohmann::json& one) {
    return one["code"] == "kept-profile" && one["text"].get<std::string>().find(from) != std::string::npos;
  })) << evidence["warnings"];
}

TEST_F(KeptCheck, AHotFunctionThatTheKeptProfileDoesNotHaveIsANewHotspot) {
  EXPECT_EQ(check_change(stacks_with(2600, "copy")), 1) << console_.err_text;
  const nlohmann::json json = report();
  EXPECT_TRUE(std::any_of(json["findings"].begin(), json["findings"].end(), [](const nlohmann::json& finding) {
    return finding["rule"] == "new-hotspot" && finding["frame"] == "copy";
  })) << json["findings"];
}

TEST_F(KeptCheck, WhatIsOfAnotherCommitOrDamagedIsNotComparedAndSaid) {
  const std::string good = support::slurp(kept_file());
  int extra = 2600;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{R"("commit":")", R"("commit":"0)"},
                                 {"perfwarden.profiles/1", "perfwarden.profiles/9"}}) {
    write(kept_file(), good);
    change_kept(from, to);
    EXPECT_EQ(check_change(stacks_with(++extra)), 0) << console_.err_text;
    EXPECT_TRUE(report()["evidence"].empty());
    EXPECT_TRUE(has(report()["warnings"], "code", "not-profiled"));
  }
}

TEST_F(KeptCheck, AProfileOfAnotherMachineIsNotCompared) {
  const std::string fingerprint = main_report_["head"]["machine"]["fingerprint"];
  for (const auto& file : std::filesystem::directory_iterator(".perfwarden/baseline")) {
    const std::string text = support::slurp(file.path());
    write(text::replace_all(file.path().string(), fingerprint, "0123456789abcdef"),
          text::replace_all(text, fingerprint, "0123456789abcdef"));
  }
  git("checkout -q main");
  std::string config = k_profiled_alone;
  config.replace(config.find("strategy: cached"), 16, "strategy: cached, match-machine: any");
  write("perfwarden.yml", config);
  commit("any");
  git("checkout -q -B change");
  EXPECT_EQ(check_change(stacks_with(2600)), 0) << console_.err_text;
  EXPECT_TRUE(report()["evidence"].empty());
  EXPECT_NE(said().find("are of another machine"), std::string::npos) << console_.out_text << console_.err_text;
}

TEST_F(KeptCheck, ARunThatProfilesNothingLeavesNoProfilesOfAnEarlierOne) {
  EXPECT_EQ(check_change(stacks_with(2600)), 1);
  const std::string file = "reports/" + git("rev-parse HEAD") + "/samples-head.profiles.json";
  EXPECT_TRUE(std::filesystem::exists(file));
  git("checkout -q main");
  std::string config = k_profiled_alone;
  config.replace(config.find("{ command"), 1, "{ when: never,");
  write("perfwarden.yml", config);
  commit("never");
  push_again();
  const std::string folder = "reports/" + git("rev-parse HEAD");
  write(folder + "/samples-head.profiles.json", "{}");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists(folder + "/samples-head.profiles.json"));
}

// Both sides measured here; their files are then compared by the verbs that measure nothing.
TEST_F(KeptCheck, CompareAndMeasuredJudgeTheProfilesBesideTheSamples) {
  git("checkout -q main");
  std::string config = k_profiled_alone;
  config.replace(config.find("baseline: { strategy: cached }\n"), 31, "");
  config.replace(config.find("{ command"), 1, "{ when: always,");
  write("perfwarden.yml", config);
  commit("beside");
  git("checkout -q -B change");
  EXPECT_EQ(check_change(stacks_with(2600)), 1) << console_.err_text;
  const std::string folder = "reports/" + git("rev-parse HEAD");
  const std::string base = folder + "/samples-base.json", head = folder + "/samples-head.json";
  EXPECT_EQ(perfwarden({"compare", base.c_str(), head.c_str(), "--gate"}), 1) << console_.out_text << console_.err_text;
  EXPECT_NE(console_.out_text.find("validate"), std::string::npos) << console_.out_text;
  EXPECT_EQ(perfwarden({"check", "--measured", folder.c_str()}), 1) << console_.err_text;
  EXPECT_EQ(report()["evidence"].size(), 1U);
  EXPECT_FALSE(has(report()["evidence"][0]["warnings"], "code", "kept-profile")) << "recorded side by side";
  std::filesystem::remove(folder + "/samples-base.profiles.json");
  EXPECT_EQ(perfwarden({"compare", base.c_str(), head.c_str(), "--gate"}), 0) << console_.out_text;
}

// The committed samples of `strategy: file` may have profiles beside them: those of the base commit.
TEST_F(KeptCheck, ACommittedBaselineBringsItsCommittedProfiles) {
  const std::string folder = "reports/" + git("rev-parse main");
  std::filesystem::copy_file(folder + "/samples-head.json", "base.json");
  std::filesystem::copy_file(folder + "/samples-head.profiles.json", "base.profiles.json");
  git("checkout -q main");
  std::string config = k_profiled_alone;
  config.replace(config.find("strategy: cached"), 16, "strategy: file, file: base.json");
  config.replace(config.find("{ command"), 1, "{ when: always,");
  write("perfwarden.yml", config);
  commit("file");
  git("checkout -q -B change");
  write("base.profiles.json", "{}");  // what head says of base does not count
  EXPECT_EQ(check_change(stacks_with(2600)), 1) << console_.out_text << console_.err_text;
  ASSERT_EQ(report()["evidence"].size(), 1U) << report()["warnings"];
  EXPECT_EQ(report()["evidence"][0]["frames"][0]["name"], "validate");
}

}  // namespace
}  // namespace perfwarden::app
