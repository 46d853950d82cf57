#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

// Whole runs for a pull request that changes the program, or does not.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_members = R"(version: 1
suites:
  core:
    run: sh bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    iterations: 10
)";

class SameProgram : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    if (const auto traced = processes_.trace(support::shell(":"), ""); !traced || !traced->trace.not_known.empty())
      GTEST_SKIP() << "programs cannot be traced here";
    write("README.md", "one\n");
    write(".gitignore", "reports/\n");
    config();
  }
  void config(const std::string& budget = "+5%", const std::string& more = "") {
    write("perfwarden.yml", k_members + more + "budgets:\n  \"*\": " + budget + "\nhistory: off\n");
  }
  // Commits what there is as base, then what `change` makes as head, and measures as a job of a pull request does.
  template <class Change>
  int check_change(Change change, std::vector<const char*> words = {"check", "--no-publish"}) {
    commit("base");
    git("branch -f main HEAD");
    change();
    commit("head");
    pull_request(git("rev-parse main"));
    return perfwarden(words);
  }
};

TEST_F(SameProgram, AChangeOfTheReadmeAloneIsNotMeasured) {
  EXPECT_EQ(check_change([&] { write("README.md", "two\n"); }), 0) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("run the same program"));
  EXPECT_THAT(console_.out_text, HasSubstr("so it was not"));
  const nlohmann::json json = report();
  EXPECT_EQ(json["verdict"], "pass");
  EXPECT_EQ(json["comparisons"].size(), 0U);
  ASSERT_EQ(json["identities"].size(), 1U);
  EXPECT_EQ(json["identities"][0]["answer"], "identical");
  EXPECT_EQ(json["identities"][0]["measured"], false);
}

TEST_F(SameProgram, TheTimeOfTheBuildIsNoDifference) {
  if (!std::filesystem::exists("/usr/bin/cc")) GTEST_SKIP() << "cc is not installed";
  write("bench.c",
        "#include <stdio.h>\nint main(void) { fprintf(stderr, \"built %s %s\\n\", __DATE__, __TIME__); puts(\"one 100 "
        "us\"); "
        "return 0; }\n");
  write("perfwarden.yml", std::string(k_members).replace(std::string(k_members).find("sh bench.sh"), 11, "./bench") +
                              "    build: { command: 'sleep 1.1; cc -O2 bench.c -o bench', shell: true }\n"
                              "budgets: { \"*\": +5% }\nhistory: off\n");
  EXPECT_EQ(check_change([&] { write("README.md", "two\n"); }), 0) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["identities"][0]["answer"], "identical") << report()["identities"];
}

TEST_F(SameProgram, AChangedInputIsMeasured) {
  EXPECT_EQ(check_change([&] { write("values.txt", "parse 1100\nsort 2000\n"); }), 1)
      << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["identities"][0]["answer"], "different");
  EXPECT_THAT(report()["identities"][0]["reasons"][0].get<std::string>(), HasSubstr("values.txt"));
}

TEST_F(SameProgram, OutsideOfPullRequestsItIsMeasuredAllTheSame) {
  commit("base");
  git("branch -f main HEAD");
  write("README.md", "two\n");
  commit("head");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["comparisons"].size(), 2U);
  EXPECT_EQ(report()["identities"][0]["measured"], true);
  EXPECT_THAT(console_.out_text, HasSubstr("it was measured all"));
}

TEST_F(SameProgram, TheConfigDecides) {
  write("perfwarden.yml", std::string(k_members) + "budgets: { \"*\": +5% }\nidentity: { identical: measure }\n");
  EXPECT_EQ(check_change([&] { write("README.md", "two\n"); }), 0) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["identities"][0]["measured"], true);
}

TEST_F(SameProgram, AnAbsoluteLimitIsStillMeasuredOnHead) {
  config("{ max: 1500 ms }", "    metrics: [wall_time]\n");
  const int code = check_change([&] { write("README.md", "two\n"); });
  EXPECT_EQ(code, 1) << console_.out_text << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["comparisons"].size(), 2U) << json["comparisons"];
  for (const auto& one : json["comparisons"]) {
    EXPECT_EQ(one["presence"], "only_head");
    EXPECT_EQ(one["verdict"], one["benchmark"] == "sort" ? "regression" : "pass") << one;
  }
}

TEST_F(SameProgram, AnotherEnvironmentIsAnotherProgram) {
  write("bench.sh", std::string(k_script) + "\n. ./settings\n/bin/true\n");
  write("settings", "export MODE=1\n");
  check_change([&] { write("settings", "export MODE=2\n"); });
  EXPECT_EQ(report()["identities"][0]["answer"], "different");
}

TEST_F(SameProgram, OutputsOfTheRunAreNoInputs) {
  write("bench.sh", std::string(k_script) + "\ndate +%N >out; cat out >/dev/null; mkdir -p tmp; echo $$ >tmp/$$\n");
  EXPECT_EQ(check_change([&] { write("README.md", "two\n"); }), 0) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["identities"][0]["answer"], "identical") << report()["identities"];
}

TEST_F(SameProgram, OneSuiteOfTwoMayBeIdentical) {
  write("other.sh", "exec sh bench.sh < /dev/null\n");
  write("extra.txt", "1000\n");
  write("perfwarden.yml",
        std::string(k_members) +
            "  more:\n    run: sh -c 'read v <extra.txt; echo \"x $((v * (997 + $$ % 7))) us\"'\n"
            "    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n    iterations: 10\n"
            "budgets: { \"core/*\": +5%, \"more/*\": +5% }\nhistory: off\n");
  EXPECT_EQ(check_change([&] { write("extra.txt", "1200\n"); }), 1) << console_.out_text << console_.err_text;
  EXPECT_EQ(report()["identities"][0]["measured"], false);
  EXPECT_EQ(report()["identities"][1]["answer"], "different");
  EXPECT_EQ(report()["comparisons"].size(), 1U);
}

}  // namespace
}  // namespace perfwarden::app
