#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

TEST_F(Check, FindsTheOneSlowerBenchmarkAndExitsOne) {
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  EXPECT_NE(console_.out_text.find("parse"), std::string::npos) << console_.out_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["comparisons"].size(), 2U);
  EXPECT_EQ(json["comparisons"][0]["verdict"], "regression");
  EXPECT_EQ(json["comparisons"][0]["confidence"], "HIGH");
  EXPECT_NEAR(json["comparisons"][0]["change_percent"].get<double>(), 10.0, 1.0);
  EXPECT_EQ(json["comparisons"][1]["verdict"], "pass");
  EXPECT_TRUE(std::filesystem::exists("reports/" + git("rev-parse HEAD") + "/report.html"));
}

TEST_F(Check, ASlowerBenchmarkIsProfiledWithoutBeingAskedOrItIsSaidWhyNot) {
  write("perfwarden.yml", text::replace_all(k_config, "    profile: off\n", ""));
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const nlohmann::json json = report();
  const bool is_said = json.value("warnings", nlohmann::json()).dump().find("not-profiled") != std::string::npos;
  EXPECT_EQ(json.value("evidence", nlohmann::json()).empty(), is_said) << json;
}

TEST_F(Check, LeavesNoWorktreeBehind) {
  write("values.txt", "parse 1000\nsort 2001\n");
  commit("same");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.out_text << console_.err_text;
  EXPECT_EQ(git("worktree list | wc -l"), "1");
  EXPECT_EQ(git("status --porcelain -- . ':!reports'"), "");
}

TEST_F(Check, FasterIsReportedAndPasses) {
  write("values.txt", "parse 800\nsort 2000\n");
  commit("faster");
  EXPECT_EQ(perfwarden({"check", "--json"}), 0) << console_.err_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "improvement");
}

TEST_F(Check, ObserveModeReportsTheRegressionAndExitsZero) {
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check", "--mode", "observe"}), 0) << console_.err_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "regression");
}

TEST_F(Check, VanishedBenchmarkIsSaidNotPassedOver) {
  write("values.txt", "sort 2000\n");
  commit("gone");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "vanished");
  EXPECT_NE(console_.out_text.find("parse"), std::string::npos);
}

TEST_F(Check, NothingParsedIsNeverAPass) {
  write("values.txt", "");
  commit("empty");
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "failed")
      << "said benchmark by benchmark, beside what base measured";
}

TEST_F(Check, NothingComparedIsNeverAPass) {
  write("values.txt", "parsing 1000\nsorting 2000\n");
  commit("renamed");
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text;
  EXPECT_NE(console_.out_text.find("Nothing was compared"), std::string::npos) << console_.out_text;
  EXPECT_EQ(perfwarden({"check", "--mode", "observe"}), 3) << "observing turns 1, 4 and 5 into 0, and nothing else";
  pull_request(git("rev-parse main"));
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text;
}

TEST_F(Check, ASuiteThatFailsWhollyOnHeadIsReportedAndTheOthersAreJudged) {
  git("checkout -q main");
  std::string config = k_config;
  config.replace(
      config.find("budgets:"), 0,
      "  other:\n    run: sh ./other.sh\n    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
      "    iterations: 10\n    build: sh ./build.sh\n");
  write("perfwarden.yml", config);
  write("build.sh", "exit 0\n");
  write("other.sh", k_script);
  commit("two-suites");
  git("checkout -q -B change");
  write("values.txt", "parse 1400\nsort 2000\n");
  write("other.sh", "echo 'cannot open corpus' >&2\nexit 9\n");
  commit("fails");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text;
  EXPECT_NE(console_.err_text.find("'other' failed on head"), std::string::npos) << console_.err_text;
  std::map<std::string, std::string> verdicts;
  const nlohmann::json whole = report();
  for (const auto& one : whole["comparisons"])
    verdicts[std::string(one["suite"]) + "/" + std::string(one["benchmark"])] = one["verdict"];
  const std::map<std::string, std::string> expected{
      {"core/parse", "regression"}, {"core/sort", "pass"}, {"other/parse", "failed"}, {"other/sort", "failed"}};
  EXPECT_EQ(verdicts, expected);
  write("values.txt", "parse 1000\nsort 2000\n");
  write("other.sh", k_script);
  write("build.sh", "echo 'no such header' >&2\nexit 2\n");
  commit("not-built");
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text;
  EXPECT_NE(console_.out_text.find("no such header"), std::string::npos) << console_.out_text;
}

TEST_F(Check, FailingBenchmarkExitsThreeAndShowsItsWords) {
  write("bench.sh", "#!/bin/sh\necho 'cannot open corpus' >&2\nexit 9\n");
  commit("broken");
  EXPECT_EQ(perfwarden({"check"}), 3);
  EXPECT_NE(console_.err_text.find("cannot open corpus"), std::string::npos) << console_.err_text;
  EXPECT_EQ(report()["comparisons"][0]["verdict"], "failed");
  EXPECT_EQ(report()["verdict"], "failed") << report().dump();
}

TEST_F(Check, PullRequestIsJudgedByTheBaseBranchsBudgets) {
  const std::string base = git("rev-parse main");
  std::string loosened(k_config);
  loosened.replace(loosened.find("+5%"), 3, "+90%");
  write("perfwarden.yml", loosened);
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("loosened");
  pull_request(base);
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  EXPECT_NE(console_.out_text.find("this pull request changes perfwarden.yml"), std::string::npos) << console_.out_text;
  EXPECT_NE(support::slurp(".git/output").find("verdict"), std::string::npos);
  EXPECT_NE(support::slurp(".git/summary").find("parse"), std::string::npos);
}

TEST_F(Check, PullRequestThatBringsTheConfigIsOnlyObserved) {
  git("checkout -q --orphan fresh && git rm -q --cached perfwarden.yml");
  std::filesystem::rename("perfwarden.yml", ".git/kept.yml");
  commit("without");
  const std::string base = git("rev-parse HEAD");
  std::filesystem::rename(".git/kept.yml", "perfwarden.yml");
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("with");
  pull_request(base);
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.out_text << console_.err_text;
  EXPECT_NE(console_.out_text.find("is new with this pull request"), std::string::npos) << console_.out_text;
}

TEST_F(Check, WithoutABuildCommandAndWithoutABaselineItSaysSo) {
  std::filesystem::rename("bench.sh", "built.sh");
  write(".gitignore", "built.sh\n");
  std::string config(k_config);
  config.replace(config.find("./bench.sh"), 10, "./built.sh");
  write("perfwarden.yml", config);
  commit("untracked");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_NE(console_.out_text.find("no usable baseline"), std::string::npos) << console_.out_text;
  variables_["PERFWARDEN_BASELINE_MISSING"] = "fail";
  EXPECT_EQ(perfwarden({"check"}), 5) << console_.err_text;
}

TEST_F(Check, DryRunRunsNothing) {
  write("bench.sh", "#!/bin/sh\ntouch ran\n");
  commit("touch");
  EXPECT_EQ(perfwarden({"check", "--dry-run"}), 0) << console_.err_text;
  EXPECT_FALSE(std::filesystem::exists("ran"));
  EXPECT_NE(console_.out_text.find("bench.sh"), std::string::npos) << console_.out_text;
}

TEST_F(Check, SameCommitAsBaseIsAUsageError) {
  EXPECT_EQ(perfwarden({"check", "--base", "HEAD"}), 2);
  EXPECT_NE(console_.err_text.find("same commit"), std::string::npos) << console_.err_text;
}

TEST_F(Check, ATagIsComparedItselfAndABranchWhereHeadLeftIt) {
  git("checkout -q main");
  write("values.txt", "parse 1000\nsort 4000\n");
  commit("slower-on-main");
  git("tag v2");
  git("checkout -q change");
  write("notes.txt", "nothing\n");
  commit("notes");
  EXPECT_EQ(perfwarden({"check", "--base", "main", "--dry-run"}), 0);
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 0);
  EXPECT_NE(console_.out_text.find("merge base with main"), std::string::npos) << console_.out_text;
  EXPECT_EQ(perfwarden({"check", "--base", "v2"}), 0);
  EXPECT_NE(console_.out_text.find("faster"), std::string::npos) << console_.out_text;
}

TEST_F(Check, ABranchAheadOfHeadIsComparedItself) {
  git("checkout -q main");
  write("values.txt", "parse 1000\nsort 4000\n");
  commit("slower-on-main");
  git("checkout -q change");
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 0) << console_.err_text;
  EXPECT_NE(console_.out_text.find("faster"), std::string::npos) << console_.out_text;
}

TEST_F(Check, WorktreeMeasuresWhatIsNotCommitted) {
  write("values.txt", "parse 1200\nsort 2000\n");
  write("more.txt", "untracked, and not ignored\n");
  EXPECT_EQ(perfwarden({"check", "--base", "HEAD", "--worktree"}), 1) << console_.err_text;
  EXPECT_NE(console_.out_text.find("parse"), std::string::npos);
  EXPECT_EQ(console_.err_text.find("uncommitted changes"), std::string::npos) << console_.err_text;
  EXPECT_TRUE(std::filesystem::exists("reports/local/report.json"));
  EXPECT_EQ(support::slurp("values.txt"), "parse 1200\nsort 2000\n");
}

TEST_F(Check, ACommandIsTimedAtTwoCommitsWithoutAConfig) {
  std::filesystem::remove("perfwarden.yml");
  write("work.sh", "sleep 0.01\n");
  commit("work");
  write("work.sh", "sleep 0.02\n");
  commit("slower");
  EXPECT_EQ(start({"check", "--base", "HEAD~1", "--quick", "--", "sh", "work.sh"}), 1)
      << console_.out_text << console_.err_text;
  EXPECT_NE(console_.out_text.find("wall_time"), std::string::npos) << console_.out_text;
}

TEST_F(Check, ReportCanBeRenderedAndJudgedAgain) {
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("slower");
  ASSERT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  const std::string report = "reports/" + git("rev-parse HEAD") + "/report.json";
  EXPECT_EQ(perfwarden({"gate", report.c_str()}), 1) << console_.err_text;
  EXPECT_EQ(perfwarden({"report", report.c_str(), "--format", "markdown"}), 0) << console_.err_text;
  EXPECT_NE(console_.out_text.find("parse"), std::string::npos);
  const std::string base = "reports/" + git("rev-parse HEAD") + "/samples-base.json";
  const std::string head = "reports/" + git("rev-parse HEAD") + "/samples-head.json";
  EXPECT_EQ(perfwarden({"compare", base.c_str(), head.c_str()}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"compare", base.c_str(), head.c_str(), "--gate"}), 1) << console_.err_text;
}

// The last line is written when nothing can go wrong any more.
TEST_F(Check, AHistoryThatCannotBeWrittenExitsSixAndTheLastLineSaysSo) {
  std::string config(k_config);
  config.replace(config.find("history: off"), 12, "history: sqlite:bench.sh/history.db");
  write("perfwarden.yml", config);
  write("values.txt", "parse 1000\nsort 2001\n");
  commit("same");
  EXPECT_EQ(perfwarden({"check"}), 6) << console_.err_text;
  const std::string said = text::replace_all(console_.out_text, "\n  ", " ");
  EXPECT_NE(said.find("(exit 6: the result is valid"), std::string::npos) << console_.out_text;
  EXPECT_EQ(said.find("(exit 0)"), std::string::npos) << console_.out_text;
}

TEST_F(Check, ABaseThatDoesNotBuildIsSaidAndTheCachedBaselineIsUsed) {
  std::string config = k_config;
  config.replace(config.find("    run:"), 0, "    build: sh ./build.sh\n");
  write("perfwarden.yml", config);
  write("build.sh", "echo cannot build >&2; exit 1\n");
  git("checkout -q main");
  commit("broken");
  git("checkout -q -b repaired");
  write("build.sh", "exit 0\n");
  commit("repaired");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_NE(console_.err_text.find("the build of 'core' on base failed: exit status 1"), std::string::npos)
      << console_.err_text;
  EXPECT_NE(console_.err_text.find("cannot build"), std::string::npos) << console_.err_text;
  const nlohmann::json said = report();
  EXPECT_EQ(said.at("verdict"), "no-baseline");
  EXPECT_EQ(perfwarden({"check", "--base", "main"}), 3) << console_.err_text;
}

TEST_F(Check, ARunMayCompareWithTheNewestReleaseBeforeItsBase) {
  git("checkout -q main");
  write("perfwarden.yml", std::string(k_config) + "baseline: { strategy: release, branch: main, tag: 'v[0-9]*' }\n");
  commit("config");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text;
  EXPECT_NE(text::replace_all(console_.out_text, "\n  ", " ").find("no tag before"), std::string::npos)
      << console_.out_text;
  git("tag v1.0.0");
  git("tag nightly");
  write("values.txt", "parse 1040\nsort 2000\n");
  commit("four-percent");
  git("tag nightly-2");
  git("checkout -q -b drift");
  write("values.txt", "parse 1080\nsort 2000\n");
  commit("four-more");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text << console_.out_text;
  EXPECT_NE(console_.out_text.find("release v1.0.0"), std::string::npos) << console_.out_text;
}

TEST_F(Check, TheReportShowsTheLastRunsOfTheBaseBranch) {
  write("perfwarden.yml", text::replace_all(k_config, "history: off", "history: sqlite:.perfwarden/history.db"));
  commit("history");
  git("checkout -q main");
  git("merge -q change");
  for (int i = 0; i < 3; ++i) {
    git("commit -q --allow-empty -m run");
    ASSERT_EQ(perfwarden({"run"}), 0) << console_.err_text;
  }
  git("checkout -q -b slower");
  write("values.txt", "parse 1200\nsort 2000\n");
  commit("slower");
  ASSERT_EQ(perfwarden({"check", "-o", "out"}), 1) << console_.err_text;
  const auto report = nlohmann::json::parse(support::slurp("out/report.json"), nullptr, false);
  ASSERT_EQ(report["recent"].size(), 1U) << report["recent"];
  EXPECT_EQ(report["recent"][0]["benchmark"], "parse");
  ASSERT_EQ(report["recent"][0]["medians"].size(), 3U);
  EXPECT_NEAR(report["recent"][0]["medians"][0].get<double>(), 1, 0.01);
  EXPECT_NE(support::slurp("out/report.html").find("The last 3 runs of the base branch"), std::string::npos);
  EXPECT_NE(support::slurp("out/report.md").find("█"), std::string::npos);
  git("add -f .perfwarden/history.db");
  git("commit -q -m tracked");
  ASSERT_EQ(perfwarden({"check", "-o", "out"}), 1) << console_.err_text;
  EXPECT_FALSE(nlohmann::json::parse(support::slurp("out/report.json"), nullptr, false).contains("recent"))
      << "what a change could have edited says nothing";
}

TEST_F(Check, ARunMayCompareWithAPinnedCommit) {
  git("tag -a first -m first");
  git("checkout -q main");
  write("perfwarden.yml", std::string(k_config) + "baseline: { strategy: pinned, branch: main, commit: first }\n");
  commit("config");
  git("checkout -q -B change");
  write("values.txt", "parse 1400\nsort 2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text;
  EXPECT_EQ(report()["base"]["commit"], git("rev-parse first^{commit}"));
}

}  // namespace
}  // namespace perfwarden::app
