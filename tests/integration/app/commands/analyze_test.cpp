#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "support/fakes.hpp"
#include "support/paths.hpp"

// `perfwarden analyze` on files, from the files to the report and the gate.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

std::string top_text(const char* other, const char* rest, const char* process) {
  return std::string("File: app\nType: cpu\nShowing nodes accounting for 10s, 100% of 10s total\n") +
         "      flat  flat%   sum%        cum   cum%\n     " + other + "  main.other\n     " + rest +
         "  main.rest\n     " + process + "  main.process\n";
}

class AnalyzeFiles : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    directory_.write("base_top.txt", top_text("6s 60.00% 60.00%  6s 60.00%", "3.2s 32.00% 92.00%  3.2s 32.00%",
                                              "0.8s 8.00% 100%  0.8s 8.00%"));
    directory_.write("head_top.txt", top_text("5.16s 51.60% 51.60%  5.16s 51.60%", "3.2s 32.00% 83.60%  3.2s 32.00%",
                                              "1.64s 16.40% 100%  1.64s 16.40%"));
    directory_.write("base.perf-folded", "main;X 1500\nmain;Y 800\nmain;other 9000\n");
    directory_.write("head.perf-folded", "main;X 2200\nmain;Y 600\nmain;other 9010\nmain;Z 300\n");
    directory_.write("bench.txt",
                     "         │  old.txt    │            new.txt                 │\n"
                     "         │   sec/op    │   sec/op     vs base               │\n"
                     "Encode-8   1.700µ ± 1%   1.760µ ± 1%  +3.53% (p=0.000 n=10)\n");
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  int perfwarden(std::vector<std::string> words, std::map<std::string, std::string> variables = {}) {
    std::vector<const char*> argv{"perfwarden"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    console_ = {};
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    variables["HOME"] = directory_.path();
    const os::Environment environment(std::move(variables));
    World world{processes_, clock_, environment, console_, http_};
    return app::run(world, argv);
  }
  [[nodiscard]] Json report(const std::string& folder) const {
    return Json::parse(support::slurp(directory_ / (folder + "/report.json")));
  }
  std::string shell(const std::string& line) {
    os::Command command;
    command.argv = {"/bin/sh", "-c", line};
    command.env = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    const Result<os::ProcessResult> result = processes_.run(command);
    return result ? result->out : result.error().text();
  }

  std::filesystem::path before_;
  support::TemporaryDirectory directory_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(AnalyzeFiles, TopTextsGiveTheStringThatScriptsReadAndFailTheGateByThePlainThresholds) {
  ASSERT_EQ(perfwarden({"analyze", "--cpu", "base_top.txt", "head_top.txt", "-o", "out"}), k_pass) << console_.err_text;
  const Json json = report("out");
  ASSERT_EQ(json["cpu_regressions"].size(), 1U);
  EXPECT_EQ(json["cpu_regressions"][0], "main.process: 8.0% -> 16.4% (8.4% regression)");
  EXPECT_EQ(json["cpu_improvements"][0], "main.other: 60.0% -> 51.6% (8.4% improvement)");
  EXPECT_EQ(json["rating"], Json({{"cpu", 5}, {"memory", 5}, {"overall", 5}}));
  EXPECT_THAT(support::slurp(directory_ / "out/report.md"), HasSubstr("Judged by the plain thresholds"));
  EXPECT_EQ(perfwarden({"gate", "out/report.json"}), k_gate_failed) << console_.out_text;
  EXPECT_THAT(console_.out_text, HasSubstr("the number of samples is not known"));
  EXPECT_EQ(perfwarden({"analyze", "--cpu", "base_top.txt", "head_top.txt", "--gate"}), k_gate_failed);
}

TEST_F(AnalyzeFiles, AJqStepReadsTheReport) {
  ASSERT_EQ(perfwarden({"analyze", "--cpu", "base_top.txt", "head_top.txt", "-o", "out"}), k_pass);
  if (shell("command -v jq").empty()) GTEST_SKIP() << "no jq here";
  EXPECT_EQ(shell("jq '.cpu_regressions | length' out/report.json"), "1\n");
  EXPECT_EQ(shell("jq -r '.cpu_regressions[]' out/report.json"), "main.process: 8.0% -> 16.4% (8.4% regression)\n");
  EXPECT_EQ(shell("[ \"$(jq .rating.overall out/report.json)\" -lt 6 ] && echo low"), "low\n");
}

TEST_F(AnalyzeFiles, TheSameFilesGiveTheSameBytesAndAreCopiedNotWrittenTwice) {
  directory_.write(
      "perfwarden.yml",
      "version: 1\nsuites: { core: { run: ./bench } }\nanalysis: { dir: .docs/artifacts/ci/ai_analysis }\n");
  const std::vector<std::string> words{"analyze", "--cpu", "base_top.txt", "head_top.txt", "--bench", "bench.txt"};
  const auto into = [&](const char* folder) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"-o", folder});
    EXPECT_EQ(perfwarden(all), k_pass) << console_.err_text;
    return support::slurp(directory_ / (std::string(folder) + "/report.json"));
  };
  const std::string once = into("one");
  EXPECT_EQ(into("two"), once);
  for (const char* name : {"report.json", "report.md"})
    EXPECT_EQ(support::slurp(directory_ / (std::string(".docs/artifacts/ci/ai_analysis/") + name)),
              support::slurp(directory_ / (std::string("two/") + name)));
}

TEST_F(AnalyzeFiles, BenchmarksComeFromATableOrFromTwoOutputs) {
  ASSERT_EQ(perfwarden({"analyze", "--bench", "bench.txt", "-o", "out"}), k_pass) << console_.err_text;
  EXPECT_EQ(report("out")["benchmark_regressions"][0], "default/Encode-8: 1.70 µs -> 1.76 µs (3.5% regression)");
  for (const auto& [name, ns] : {std::pair{"old.txt", 100}, {"new.txt", 150}}) {
    std::string text;
    for (int i = 0; i < 10; ++i)
      text += "BenchmarkRun-8  1000  " + std::to_string(ns) + "." + std::to_string(i) + " ns/op\n";
    directory_.write(name, text);
  }
  ASSERT_EQ(perfwarden({"analyze", "--bench", "old.txt", "new.txt", "-o", "raw"}), k_pass) << console_.err_text;
  EXPECT_EQ(report("raw")["comparisons"][0]["metric"], "wall_time");
  EXPECT_EQ(perfwarden({"analyze", "--bench", "old.txt"}), k_usage);
  EXPECT_EQ(perfwarden({"analyze", "--bench", "old.txt", "bench.txt"}), k_usage);
}

TEST_F(AnalyzeFiles, TwoFoldedFilesAloneSayFunctionByFunctionWhatChanged) {
  EXPECT_EQ(perfwarden({"analyze", "base.perf-folded", "head.perf-folded"}), k_pass) << console_.err_text;
  for (const char* line :
       {"- Function X: 1500 → 2200 samples (+47 %) ⚠️ REGRESSION",
        "- Function Y: 800 → 600 samples (-25 %) ✅ IMPROVEMENT",
        "- Function Z: NEW in current (300 samples) 🔍 INVESTIGATE", "## Top 5 Most Expensive Functions", "### Baseline",
        "### Current", "1. other: 9000 samples", "## Regressions Detected", "## Improvements Detected", "## Trend",
        "## Recommendations", "📊 Mixed results: 1 regressed"})
    EXPECT_THAT(console_.out_text, HasSubstr(line));
}

TEST_F(AnalyzeFiles, ItsClosingLineIsOneOfFour) {
  directory_.write("same.perf-folded", "main;X 1500\nmain;Y 800\nmain;other 9000\n");
  directory_.write("worse.perf-folded", "main;X 2600\nmain;Y 800\nmain;other 9000\n");
  const auto last_line = [&](const char* base, const char* head) {
    EXPECT_EQ(perfwarden({"analyze", base, head}), k_pass);
    const std::string out = console_.out_text.substr(0, console_.out_text.size() - 1);
    return out.substr(out.rfind('\n') + 1);
  };
  EXPECT_THAT(last_line("base.perf-folded", "same.perf-folded"), HasSubstr("no regressions detected"));
  EXPECT_THAT(last_line("base.perf-folded", "worse.perf-folded"), HasSubstr("Regressions found: 1"));
  EXPECT_THAT(last_line("worse.perf-folded", "base.perf-folded"), HasSubstr("Improvements found: 1"));
  EXPECT_THAT(last_line("base.perf-folded", "head.perf-folded"), HasSubstr("Mixed results"));
}

TEST_F(AnalyzeFiles, AMinimumRatingIsJudgedFromTheVariableAndAgainFromTheReport) {
  const std::vector<std::string> words{"analyze", "--bench", "bench.txt", "-o", "out", "--gate"};
  EXPECT_EQ(perfwarden(words), k_pass) << "+3.5 % is within the usual +5 %: " << console_.err_text;
  EXPECT_EQ(report("out")["rating"], Json({{"cpu", 3}, {"memory", 5}, {"overall", 4}}));
  EXPECT_EQ(perfwarden(words, {{"AI_GATE_MIN_RATING", "5"}}), k_gate_failed);
  EXPECT_EQ(perfwarden(words, {{"AI_GATE_MIN_RATING", "4"}}), k_pass);
  EXPECT_EQ(perfwarden({"gate", "out/report.json"}, {{"AI_GATE_MIN_RATING", "4.5"}}), k_gate_failed);
  EXPECT_THAT(console_.out_text, HasSubstr("rating"));
  EXPECT_EQ(perfwarden({"gate", "out/report.json"}, {{"AI_GATE_MIN_RATING", "5"}, {"AI_GATE_ENABLE", "false"}}),
            k_pass);
}

TEST_F(AnalyzeFiles, ThreeLevelsOfGovernanceWarnFailSoftlyAndFailHard) {
  directory_.write("perfwarden.yml", support::slurp(support::source_path("config/examples/governance.yml")));
  const auto level_of = [&](const char* process, const char* rule) {
    directory_.write("head_top.txt",
                     top_text("4.5s 45.00% 45.00%  4.5s 45.00%", "3s 30.00% 75.00%  3s 30.00%", process));
    EXPECT_EQ(perfwarden({"analyze", "--cpu", "base_top.txt", "head_top.txt", "-o", "out"}), k_pass)
        << console_.err_text;
    const Json json = report("out");
    for (const Json& finding : json["findings"])
      if (finding["rule"] == rule) return finding["level"].get<std::string>();
    return std::string("none");
  };
  EXPECT_EQ(level_of("1.2s 12.00% 100%  1.2s 12.00%", "cpu-regression"), "none");
  EXPECT_EQ(level_of("1.4s 14.00% 100%  1.4s 14.00%", "cpu-regression"), "warn");
  EXPECT_EQ(level_of("1.7s 17.00% 100%  1.7s 17.00%", "cpu-regression"), "soft");
  EXPECT_EQ(level_of("2.4s 24.00% 100%  2.4s 24.00%", "cpu-regression"), "hard");
}

TEST_F(AnalyzeFiles, WhatCannotBeAnalyzedIsSaid) {
  EXPECT_EQ(perfwarden({"analyze"}), k_usage);
  EXPECT_EQ(perfwarden({"analyze", "base.perf-folded"}), k_usage);
  EXPECT_EQ(perfwarden({"analyze", "--range", "a..b", "--bench", "bench.txt"}), k_usage);
  EXPECT_EQ(perfwarden({"analyze", "--cpu", "base.perf-folded", "nowhere.txt"}), k_not_measured);
  EXPECT_EQ(perfwarden({"analyze", "--cpu", "bench.txt", "bench.txt"}), k_not_measured) << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
