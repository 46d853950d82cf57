#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "integration/app/check_fixture.hpp"

// Suites that are cut for several machines, and suites that are left out.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_two_suites = R"(version: 1
defaults: { iterations: 10, warmup: 0 }
suites:
  core:
    run: ./bench.sh {case}
    cases: [parse, sort, hash]
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    when: { paths: [values.txt, bench.sh] }
  night:
    run: ./bench.sh long
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>us)$' }
    when: { tier: full }
budgets:
  "core/*": +5%
  "night/**": +5%
history: off
)";

// Prints the one line of values.txt that is asked for.
constexpr const char* k_one_case = R"(#!/bin/sh
while read -r name value; do
  test "$name" = "$1" && echo "$name $((value * (997 + $$ % 7))) us"
done < values.txt
exit 0
)";

class Suites : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    git("checkout -q main");
    write("bench.sh", k_one_case);
    write("perfwarden.yml", k_two_suites);
    write("values.txt", "parse 1000\nsort 2000\nhash 500\nlong 4000\n");
    write("docs.md", "one\n");
    commit("suites");
    git("checkout -q -B change");
  }
  std::set<std::string> measured(const std::string& path) {
    std::set<std::string> out;
    const auto json = nlohmann::json::parse(support::slurp(path));
    for (const auto& series : json["series"])
      out.insert(series["suite"].get<std::string>() + "/" + series["benchmark"].get<std::string>());
    return out;
  }
  int merge(const std::string& side) {
    const std::string one = "one/samples-" + side + ".json";
    const std::string two = "two/samples-" + side + ".json";
    const std::string out = "merged/samples-" + side + ".json";
    return perfwarden({"merge", one.c_str(), two.c_str(), "-o", out.c_str()});
  }
};

TEST_F(Suites, TwoShardsAreMeasuredMergedAndJudgedAsOneRun) {
  write("values.txt", "parse 1000\nsort 2000\nhash 600\nlong 4000\n");
  commit("slower");
  pull_request(git("rev-parse main"));
  ASSERT_EQ(perfwarden({"check", "--tier", "full", "--shard", "1/2", "-o", "one"}), 0) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists("one/report.json"));  // a part is not judged, although its part may be slower
  ASSERT_EQ(perfwarden({"check", "--tier", "full", "--shard", "2/2", "-o", "two"}), 0) << console_.err_text;
  const std::set<std::string> one = measured("one/samples-head.json");
  const std::set<std::string> two = measured("two/samples-head.json");
  EXPECT_EQ(one.size(), 2U);
  EXPECT_EQ(two.size(), 2U);
  ASSERT_EQ(merge("base"), 0) << console_.err_text;
  ASSERT_EQ(merge("head"), 0) << console_.err_text;
  EXPECT_EQ(measured("merged/samples-head.json").size(), 4U);

  EXPECT_EQ(perfwarden({"check", "--measured", "merged", "-o", "out"}), 1) << console_.out_text << console_.err_text;
  const auto json = nlohmann::json::parse(support::slurp("out/report.json"));
  ASSERT_EQ(json["comparisons"].size(), 4U);
  EXPECT_EQ(json["design"], "interleaved");
  EXPECT_EQ(json["comparisons"][0]["benchmark"], "hash");
  EXPECT_EQ(json["comparisons"][0]["verdict"], "regression");
  EXPECT_EQ(json["comparisons"][1]["verdict"], "pass");
  EXPECT_THAT(support::slurp(".git/output"), HasSubstr("fail"));
  EXPECT_EQ(perfwarden({"compare", "merged/samples-base.json", "merged/samples-head.json", "--gate"}), 1);
}

TEST_F(Suites, AShardAloneAndAMixtureOfSidesAreRefused) {
  write("values.txt", "parse 1000\nsort 2000\nhash 501\nlong 4000\n");
  commit("same");
  ASSERT_EQ(perfwarden({"check", "--base", "main", "--suite", "core", "--shard", "1/2", "-o", "one"}), 0)
      << console_.err_text;
  EXPECT_EQ(perfwarden({"check", "--measured", "one"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("this is one shard of a run"));
  EXPECT_EQ(perfwarden({"merge", "one/samples-head.json"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("shard 2 of 2 is missing"));
  EXPECT_EQ(perfwarden({"merge", "one/samples-head.json", "one/samples-base.json"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("the commit differs"));
  EXPECT_EQ(perfwarden({"check", "--base", "main", "--shard", "3/2"}), 2);
}

TEST_F(Suites, RecordedTimesOfTheBaselineCutTheShards) {
  ASSERT_EQ(perfwarden({"run", "--branch", "main", "-o", "all.json"}), 0) << console_.err_text;
  auto samples = nlohmann::json::parse(support::slurp("all.json"));
  for (auto& time : samples["run"]["times"]) time["seconds"] = time["case"] == "sort" ? 100 : 1;
  write("times.json", samples.dump());
  ASSERT_EQ(perfwarden({"run", "--shard", "1/2", "--times", "times.json", "-o", "one.json"}), 0) << console_.err_text;
  EXPECT_EQ(measured("one.json"), std::set<std::string>{"core/sort"});
  ASSERT_EQ(perfwarden({"baseline", "update", "times.json", "--reason", "first"}), 0) << console_.err_text;
  ASSERT_EQ(perfwarden({"run", "--shard", "2/2", "-o", "two.json"}), 0) << console_.err_text;
  EXPECT_EQ(measured("two.json"), (std::set<std::string>{"core/parse", "core/hash", "night/long"}));
  ASSERT_EQ(perfwarden({"merge", "one.json", "two.json", "-o", "merged.json"}), 0) << console_.err_text;
  EXPECT_EQ(measured("merged.json"), measured("all.json"));
}

TEST_F(Suites, AChangeThatTouchesNothingIsSkippedNotPassed) {
  write("docs.md", "two\n");
  commit("docs");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  const nlohmann::json json = report();
  EXPECT_EQ(json["verdict"], "skipped");
  EXPECT_EQ(json["comparisons"].size(), 0U);
  EXPECT_THAT(console_.out_text, HasSubstr("this run skipped every suite"));
  EXPECT_THAT(console_.out_text, HasSubstr("suite 'core' was left out and not measured: the one changed file"));
  EXPECT_THAT(console_.out_text, HasSubstr("suite 'night' was left out and not measured: its tier is full"));
  EXPECT_THAT(support::slurp(".git/output"), HasSubstr("skipped"));
  const std::string junit = support::slurp("reports/" + git("rev-parse HEAD") + "/junit.xml");
  EXPECT_THAT(junit, HasSubstr("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"2\""));
}

TEST_F(Suites, WhatIsLeftOutIsSaidBesideWhatIsMeasured) {
  write("values.txt", "parse 1000\nsort 2000\nhash 501\nlong 4000\n");
  commit("same");
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_EQ(report()["comparisons"].size(), 3U);
  EXPECT_THAT(console_.out_text, HasSubstr("suite 'night' was left out"));
  EXPECT_THAT(console_.out_text, Not(HasSubstr("matches no benchmark")));
  EXPECT_EQ(perfwarden({"check", "--suite", "night"}), 0) << console_.err_text;  // named: whatever its `when` says
  EXPECT_EQ(report()["comparisons"][0]["suite"], "night");
}

TEST_F(Suites, AShardOfNothingIsStillAShard) {
  write("docs.md", "two\n");
  commit("docs");
  pull_request(git("rev-parse main"));
  ASSERT_EQ(perfwarden({"check", "--shard", "1/2", "-o", "one"}), 0) << console_.err_text;
  ASSERT_EQ(perfwarden({"check", "--shard", "2/2", "-o", "two"}), 0) << console_.err_text;
  ASSERT_EQ(merge("base"), 0) << console_.err_text;
  ASSERT_EQ(merge("head"), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"check", "--measured", "merged", "-o", "out"}), 0) << console_.err_text;
  EXPECT_EQ(nlohmann::json::parse(support::slurp("out/report.json"))["verdict"], "skipped");
}

TEST_F(Suites, ACachedBaselineOfEverythingShowsNothingAsGoneThatWasLeftOut) {
  ASSERT_EQ(perfwarden({"run", "-o", "all.json"}), 0) << console_.err_text;
  std::string cached(k_two_suites);
  cached += "baseline: { strategy: file, file: all.json }\n";
  write("perfwarden.yml", cached);
  write(".gitignore", "all.json\n");
  commit("cached");
  EXPECT_EQ(perfwarden({"check", "--tier", "smoke"}), 0) << console_.err_text;
  const nlohmann::json said = report();
  EXPECT_EQ(said["comparisons"].size(), 3U);
  for (const auto& comparison : said["comparisons"]) EXPECT_NE(comparison["verdict"], "vanished");
}

TEST_F(Suites, OnlyARunOfEverythingBecomesTheBaselineOfItsBranch) {
  git("checkout -q main");
  write("values.txt", "parse 1000\nsort 2000\nhash 501\nlong 4000\n");
  commit("push");
  variables_ = {{"GITHUB_ACTIONS", "true"},
                {"GITHUB_EVENT_NAME", "push"},
                {"GITHUB_REPOSITORY", "acme/parser"},
                {"GITHUB_REF_NAME", "main"},
                {"GITHUB_SHA", git("rev-parse HEAD")}};
  EXPECT_EQ(perfwarden({"check", "--base", "HEAD~1"}), 0) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists(".perfwarden/baseline/index.json"));
  EXPECT_THAT(console_.err_text, HasSubstr("not kept as baseline"));
  EXPECT_EQ(perfwarden({"check", "--base", "HEAD~1", "--tier", "full"}), 0) << console_.err_text;
  EXPECT_TRUE(std::filesystem::exists(".perfwarden/baseline/index.json")) << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
