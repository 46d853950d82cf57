#include <filesystem>
#include <string>

#include "integration/app/check_fixture.hpp"
#include "os/files/files.hpp"
#include "store/store.hpp"

// Nothing is lost, invented or recorded under a wrong commit.
namespace perfwarden::app {
namespace {

nlohmann::json samples_in(const std::string& path) {
  return nlohmann::json::parse(support::slurp(path));
}

// The first value of core/parse in the samples file, in µs.
double parse_us(const std::string& path) {
  return samples_in(path).at("series").at(0).at("invocations").at(0).at(0).get<double>() * 1e6;
}

TEST_F(Check, RunOfACommitMeasuresThatCommitInATreeOfItsOwn) {
  write("values.txt", "parse 3000000\nsort 2000\n");
  commit("slow");
  write("values.txt", "parse 7000000\nsort 2000\n");
  const std::string base = git("rev-parse main");
  ASSERT_EQ(perfwarden({"run", "--commit", "main", "-o", "base.json"}), 0) << console_.err_text;
  EXPECT_EQ(samples_in("base.json").at("run").at("commit"), base);
  EXPECT_LT(parse_us("base.json"), 2e6) << "not what lies in this folder";
  ASSERT_EQ(perfwarden({"run", "--commit", "HEAD", "-o", "head.json"}), 0) << console_.err_text;
  EXPECT_NEAR(parse_us("head.json"), 3e9, 1e8) << "not what is not committed";
  EXPECT_EQ(git("worktree list").find('\n'), std::string::npos) << "the trees are gone";
}

TEST_F(Check, RunOfACommitBelongsToTheBranchThatHoldsIt) {
  const std::string base = git("rev-parse main");
  commit("head --allow-empty");
  const std::string head = git("rev-parse HEAD");
  git("checkout -q --orphan other");
  commit("other");
  const std::string other = git("rev-parse other");
  git("checkout -q change");
  const auto branch_of = [this](const std::string& sha) {
    EXPECT_EQ(perfwarden({"run", "--commit", sha.c_str(), "-o", "out.json"}), 0) << console_.err_text;
    return samples_in("out.json").at("run").value("branch", "");
  };
  EXPECT_EQ(branch_of(base), "main");
  EXPECT_EQ(branch_of(head), "change");
  EXPECT_EQ(branch_of(other), "");
}

TEST_F(Check, RunOfARevisionThatGitDoesNotKnowIsAUsageError) {
  EXPECT_EQ(perfwarden({"run", "--commit", "v9.9", "-o", "out.json"}), 2);
  EXPECT_EQ(perfwarden({"run", "--commit", std::string(40, 'a').c_str(), "-o", "out.json"}), 2);
  EXPECT_FALSE(os::exists("out.json"));
}

TEST_F(Check, AChangedFolderIsOfNoCommit) {
  ASSERT_EQ(perfwarden({"run", "-o", "clean.json"}), 0) << console_.err_text;
  EXPECT_EQ(samples_in("clean.json").at("run").at("commit"), git("rev-parse HEAD"));
  write("values.txt", "parse 5000\nsort 2000\n");
  ASSERT_EQ(perfwarden({"run", "-o", "changed.json"}), 0) << console_.err_text;
  EXPECT_FALSE(samples_in("changed.json").at("run").contains("commit"));
  EXPECT_NE(console_.err_text.find("commit the changes first"), std::string::npos) << console_.err_text;
}

TEST_F(Check, AFolderThatOnlyLiesInARepositoryIsOfNoCommit) {
  write(".gitignore", "built-*\n");
  commit("ignored");
  for (const char* folder : {"built-a", "built-b"}) {
    std::filesystem::create_directory(folder);
    for (const char* file : {"bench.sh", "values.txt"}) std::filesystem::copy(file, std::string(folder) + "/" + file);
  }
  EXPECT_EQ(start({"check", "--base-dir", "built-a", "--head-dir", "built-b", "-o", "out"}), 0) << console_.err_text;
  for (const char* side : {"out/samples-base.json", "out/samples-head.json"})
    EXPECT_FALSE(samples_in(side).at("run").contains("commit")) << side;
}

TEST_F(Check, WhereReportsCannotBeWrittenTheVerdictIsPrintedAndStored) {
  write("reports", "a file where the folder should be");
  write(".gitignore", ".perfwarden\nreports\n");
  variables_["PERFWARDEN_HISTORY"] = "sqlite:.perfwarden/history.db";
  for (const auto& [value, code] : {std::pair("1000", 6), std::pair("2000", 1)}) {
    write("values.txt", std::string("parse ") + value + "\nsort 2000\n");
    commit(std::string("value-") + value);
    EXPECT_EQ(start({"check", "--base", "main"}), code) << console_.err_text;
    const std::string unwrapped = text::replace_all(console_.out_text, "\n  ", " ");
    EXPECT_NE(unwrapped.find("exit " + std::to_string(code)), std::string::npos) << console_.out_text;
    EXPECT_NE(console_.err_text.find("cannot make the folder"), std::string::npos) << console_.err_text;
  }
  const auto store = store::open("sqlite:.perfwarden/history.db", store::Access::read);
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_EQ((*store)->runs("", 10)->size(), 2U);
}

TEST_F(Check, ReportsAreNotWrittenThroughALinkThatAPullRequestCommitted) {
  const support::TemporaryDirectory elsewhere;
  std::filesystem::create_directory_symlink(elsewhere.path(), "reports");
  commit("link");
  EXPECT_EQ(start({"check", "--base", "main"}), 6) << console_.err_text;
  EXPECT_NE(console_.err_text.find("symbolic link"), std::string::npos) << console_.err_text;
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(Check, TheHistoryIsNotWrittenThroughALink) {
  const support::TemporaryDirectory elsewhere;
  std::filesystem::create_symlink(elsewhere / "history.db", "history.db");
  commit("link");
  variables_["PERFWARDEN_HISTORY"] = "sqlite:history.db";
  EXPECT_EQ(start({"check", "--base", "main"}), 6) << console_.err_text;
  EXPECT_NE(console_.err_text.find("symbolic link"), std::string::npos) << console_.err_text;
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(Check, TwoJobsOfOneCommitInOneSecondAreTwoRuns) {
  write("perfwarden.yml", text::replace_all(k_config, "history: off", "history: sqlite:.perfwarden/history.db"));
  write("values.txt", "parse 1001\nsort 2000\n");
  commit("head");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(start({"check", "--base", "main"}), 0) << console_.err_text;
  const auto store = store::open("sqlite:.perfwarden/history.db", store::Access::read);
  ASSERT_TRUE(store) << store.error().text();
  EXPECT_EQ((*store)->runs("", 10)->size(), 2U);
}

TEST_F(Check, ACompareThatComparedNothingDoesNotPassTheGate) {
  ASSERT_EQ(perfwarden({"run", "-o", "a.json"}), 0);
  write("other.json", text::replace_all(support::slurp("a.json"), "\"core\"", "\"other\""));
  EXPECT_EQ(start({"compare", "a.json", "other.json"}), 0);
  EXPECT_EQ(start({"compare", "--gate", "a.json", "other.json"}), 3) << console_.out_text;
  EXPECT_EQ(start({"compare", "--gate", "--mode", "observe", "a.json", "other.json"}), 3);
  write("unit.json", text::replace_all(support::slurp("a.json"), R"("unit":"s")", R"("unit":"r")"));
  EXPECT_EQ(start({"compare", "--gate", "a.json", "unit.json"}), 3) << console_.out_text;
}

// Each file is within the limits; together they have more facts of machines than a reader takes.
TEST_F(Check, AMergeThatNobodyCouldReadIsNotWritten) {
  const auto part = [](const std::string& name) {
    nlohmann::json out{{"schema", "perfwarden.samples/1"},
                       {"run", {{"commit", std::string(40, 'a')}, {"session", name}}},
                       {"series", {{{"suite", name}, {"benchmark", "b"}, {"metric", "m"}, {"unit", "s"}}}}};
    out["series"][0]["invocations"] = {{1.0}};
    out["run"]["machine"]["fingerprint"] = std::string(16, name[0]);
    for (int i = 0; i < 60; ++i) out["run"]["machine"]["facts"][name + std::to_string(i)] = "x";
    return out.dump();
  };
  write("a.json", part("a"));
  write("b.json", part("b"));
  EXPECT_EQ(start({"merge", "a.json", "a.json", "-o", "twice.json"}), 2);
  EXPECT_EQ(start({"merge", "a.json", "b.json", "-o", "out.json"}), 3) << console_.err_text;
  EXPECT_NE(console_.err_text.find("cannot be read"), std::string::npos) << console_.err_text;
  EXPECT_FALSE(os::exists("out.json"));
}

TEST_F(Check, WhatKilledRunsLeftHalfWrittenIsSwept) {
  write("values.txt", "parse 1001\nsort 2000\n");
  commit("head");
  write("reports/0123/report.json.tmp-0123456789abcdef", "half");
  EXPECT_EQ(start({"check", "--base", "main"}), 0) << console_.err_text;
  EXPECT_TRUE(std::filesystem::is_empty("reports/0123"));
}

TEST_F(Check, ReadingVerbsMakeNoHistory) {
  variables_["PERFWARDEN_HISTORY"] = "sqlite:.perfwarden/history.db";
  EXPECT_EQ(start({"compare", "0123456789ab", "ba9876543210"}), 2);
  EXPECT_NE(console_.err_text.find("which does not exist"), std::string::npos) << console_.err_text;
  EXPECT_EQ(start({"baseline", "history"}), 0);
  EXPECT_FALSE(os::exists(".perfwarden"));
}

TEST_F(Check, ADamagedHistoryIsSaidAndNotReadAsEmpty) {
  variables_["PERFWARDEN_HISTORY"] = "sqlite:history.db";
  ASSERT_EQ(perfwarden({"run", "-o", "a.json"}), 0);
  ASSERT_EQ(start({"baseline", "import", "a.json"}), 0) << console_.err_text;
  std::string bytes = support::slurp("history.db");
  for (std::size_t at = 4096; at < bytes.size(); at += 4096) bytes[at] = 'x';  // the kind of each page
  write("history.db", bytes);
  const std::string sha = git("rev-parse HEAD");
  EXPECT_EQ(start({"compare", "--gate", sha.c_str(), sha.c_str()}), 6);
  EXPECT_EQ(start({"baseline", "history"}), 6);
  EXPECT_EQ(start({"baseline", "import", "a.json"}), 6);
}

}  // namespace
}  // namespace perfwarden::app
