#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "ingest/read.hpp"
#include "os/machine/facts.hpp"
#include "report/renderer.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"

// `perfwarden baseline` on a real repository: main has two commits, the branch `change` one more.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;

class BaselineVerb : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    git("init -q -b main .");
    for (const char* subject : {"one", "two"}) git(std::string("commit -q --allow-empty -m ") + subject);
    git("checkout -q -b change && git commit -q --allow-empty -m three");
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  std::string git(const std::string& arguments) {
    os::Command command;
    command.argv = {"/bin/sh", "-c", "git " + arguments};
    command.env = variables();
    const Result<os::ProcessResult> result = processes_.run(command);
    EXPECT_TRUE(result && result->ok()) << arguments << (result ? result->err : result.error().text());
    std::string out = result ? result->out : "";
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }
  [[nodiscard]] std::map<std::string, std::string> variables() const {
    return {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
            {"HOME", directory_.path()},
            {"GIT_AUTHOR_NAME", "t"},
            {"GIT_AUTHOR_EMAIL", "t@example.invalid"},
            {"GIT_COMMITTER_NAME", "t"},
            {"GIT_COMMITTER_EMAIL", "t@example.invalid"}};
  }
  int perfwarden(std::vector<const char*> words) {
    words.insert(words.begin(), {"perfwarden", "baseline"});
    console_ = {};
    const os::Environment environment(variables());
    World world{processes_, clock_, environment, console_, http_};
    return app::run(world, words);
  }

  [[nodiscard]] Samples samples_of(const std::string& revision, double value = 0.012) {
    Samples samples;
    samples.run.commit = git("rev-parse " + revision);
    samples.run.branch = "main";
    samples.run.time = "2026-11-20T10:00:00Z";
    samples.run.machine = os::read_machine();
    Series series;
    series.id = {"core", "parse/large", "wall_time"};
    series.metric = {"wall_time", "s", Better::lower, false, true};
    series.invocations = {{value}, {value * 1.01}};
    samples.series = {series};
    return samples;
  }
  std::string write_samples(const std::string& name, const Samples& samples) {
    return directory_.write(name, ingest::write_samples(samples));
  }
  std::string write_report(Conclusion conclusion, const std::string& commit) {
    Report report;
    report.base.run.commit = std::string(40, 'b');
    report.head.run.commit = commit;
    report.verdict.conclusion = conclusion;
    const auto text = report::find_renderer("json")->render(report, report::Templates{}, {});
    return directory_.write("report.json", text.value_or(""));
  }
  void save_run(const Samples& samples, const std::string& time, std::int64_t pull_request = 0) {
    store::RunRecord record;
    record.run = samples.run;
    record.run.time = time;
    record.pull_request = pull_request;
    record.conclusion = "pass";
    record.head = samples;
    auto store = store::open("sqlite:.perfwarden/history.db", store::Access::write);
    ASSERT_TRUE(store && (*store)->save(record));
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path before_;
  os::SystemProcesses processes_;
  support::FakeClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(BaselineVerb, ShowNamesTheMergeBaseThatCheckWouldMeasure) {
  EXPECT_EQ(perfwarden({"show"}), 0) << console_.err_text;
  EXPECT_EQ(console_.out_text.find("Commit " + git("rev-parse main").substr(0, 10) + ", the merge base with main"), 0U)
      << console_.out_text;
  EXPECT_FALSE(std::filesystem::exists(".perfwarden")) << "looking writes nothing";
}

TEST_F(BaselineVerb, ShowSaysWhichCachedEntryServesAndWhy) {
  const std::string file = write_samples("s.json", samples_of("main~1"));
  ASSERT_EQ(perfwarden({"update", file.c_str(), "--reason", "nightly"}), 0) << console_.err_text;
  ASSERT_EQ(perfwarden({"show", "--json"}), 0);
  const Json shown = Json::parse(console_.out_text);
  EXPECT_EQ(shown["cached"]["commit"], git("rev-parse main~1"));
  EXPECT_EQ(shown["cached"]["note"], "is 1 commit older than " + git("rev-parse main").substr(0, 10));
  EXPECT_EQ(shown["merge_base"], git("rev-parse main"));
  EXPECT_EQ(shown["entries"].size(), 1U);
  ASSERT_EQ(perfwarden({"show"}), 0);
  EXPECT_NE(console_.out_text.find("nightly"), std::string::npos);
}

TEST_F(BaselineVerb, ShowDoesNotOfferWhatIsNewerThanTheMergeBase) {
  git("checkout -q main && git commit -q --allow-empty -m four");
  const std::string file = write_samples("s.json", samples_of("main"));
  ASSERT_EQ(perfwarden({"update", file.c_str(), "--reason", "nightly"}), 0);
  git("checkout -q change");
  ASSERT_EQ(perfwarden({"show", "--json"}), 0);
  EXPECT_TRUE(Json::parse(console_.out_text)["cached"].is_null()) << console_.out_text;
}

TEST_F(BaselineVerb, ShowNamesTheFactThatKeepsAnotherMachineOut) {
  Samples samples = samples_of("main");
  samples.run.machine.facts = {{"cpu", "Z80"}};
  seal(samples.run.machine);
  const std::string file = write_samples("s.json", samples);
  ASSERT_EQ(perfwarden({"update", file.c_str(), "--reason", "nightly"}), 0);
  ASSERT_EQ(perfwarden({"show", "--json"}), 0);
  const std::string why = Json::parse(console_.out_text)["why_not_cached"];
  EXPECT_NE(why.find("cpu: Z80 there"), std::string::npos) << why;
}

TEST_F(BaselineVerb, ShowWorksOutsideARepository) {
  std::filesystem::remove_all(".git");
  EXPECT_EQ(perfwarden({"show"}), 0) << console_.err_text;
  EXPECT_EQ(console_.out_text.find("Nothing is what HEAD"), 0U) << console_.out_text;
}

TEST_F(BaselineVerb, UpdateWantsAReason) {
  const std::string file = write_samples("s.json", samples_of("HEAD"));
  EXPECT_EQ(perfwarden({"update", file.c_str()}), 2);
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "  "}), 2);
  EXPECT_NE(console_.err_text.find("--reason"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(".perfwarden/baseline/index.json"));
}

TEST_F(BaselineVerb, UpdateRefusesAFailedGateUnlessForced) {
  const std::string file = write_samples("s.json", samples_of("HEAD"));
  const std::string report = write_report(Conclusion::fail, git("rev-parse HEAD"));
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r", "--report", report.c_str()}), 1) << console_.err_text;
  EXPECT_NE(console_.err_text.find("the gate failed"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(".perfwarden/baseline/index.json"));
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r", "--report", report.c_str(), "--force"}), 0);
  EXPECT_NE(console_.err_text.find("--force"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(".perfwarden/baseline/index.json"));
}

TEST_F(BaselineVerb, UpdateTakesAPassedReportOfTheSameCommitOnly) {
  const std::string file = write_samples("s.json", samples_of("HEAD"));
  const std::string other = write_report(Conclusion::pass, git("rev-parse HEAD~1"));
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r", "--report", other.c_str()}), 2);
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r", "--report", other.c_str(), "--force"}), 2);
  const std::string own = write_report(Conclusion::pass, git("rev-parse HEAD"));
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r", "--report", own.c_str()}), 0) << console_.err_text;
}

TEST_F(BaselineVerb, UpdateWarnsOfUncommittedChanges) {
  directory_.write("tracked", "x");
  git("add tracked && git commit -q -m tracked");
  directory_.write("tracked", "y");
  const std::string file = write_samples("s.json", samples_of("HEAD"));
  EXPECT_EQ(perfwarden({"update", file.c_str(), "--reason", "r"}), 0);
  EXPECT_NE(console_.err_text.find("uncommitted changes"), std::string::npos) << console_.err_text;
}

TEST_F(BaselineVerb, UpdateRefusesSamplesThatNameNoCommitOrHoldNothing) {
  Samples samples = samples_of("HEAD");
  samples.run.commit = "";
  const std::string nameless = write_samples("n.json", samples);
  EXPECT_EQ(perfwarden({"update", nameless.c_str(), "--reason", "r"}), 2) << console_.err_text;
  EXPECT_NE(perfwarden({"update", "missing.json", "--reason", "r"}), 0);
  EXPECT_FALSE(std::filesystem::exists(".perfwarden/baseline/index.json"));
}

TEST_F(BaselineVerb, HistoryIsEmptyBeforeTheFirstRunAndMakesNoFile) {
  EXPECT_EQ(perfwarden({"history"}), 0);
  EXPECT_EQ(perfwarden({"history", "--json"}), 0);
  EXPECT_TRUE(Json::parse(console_.out_text)["runs"].empty());
  EXPECT_FALSE(std::filesystem::exists(".perfwarden"));
}

TEST_F(BaselineVerb, HistoryListsRunsOfTheBaselineBranchAndOnDemandAll) {
  save_run(samples_of("main"), "2026-11-01T10:00:00Z");
  Samples fork = samples_of("HEAD");
  fork.run.branch = "main\n\x1b[31m";
  save_run(fork, "2026-11-02T10:00:00Z", 66);
  ASSERT_EQ(perfwarden({"history"}), 0);
  EXPECT_NE(console_.out_text.find("2026-11-01 10:00"), std::string::npos) << console_.out_text;
  EXPECT_EQ(console_.out_text.find("2026-11-02"), std::string::npos);
  ASSERT_EQ(perfwarden({"history", "--all"}), 0);
  EXPECT_NE(console_.out_text.find("pull/66"), std::string::npos);
  EXPECT_EQ(console_.out_text.find('\x1b'), std::string::npos);
  ASSERT_EQ(perfwarden({"history", "--branch", "pull/66", "--json"}), 0);
  EXPECT_EQ(Json::parse(console_.out_text)["runs"].size(), 1U);
  ASSERT_EQ(perfwarden({"history", "--branch", "nosuch"}), 0);
  EXPECT_NE(console_.out_text.find("--all"), std::string::npos);
}

TEST_F(BaselineVerb, HistoryDrawsASeries) {
  save_run(samples_of("main~1", 0.010), "2026-11-01T10:00:00Z");
  save_run(samples_of("main", 0.020), "2026-11-02T10:00:00Z");
  ASSERT_EQ(perfwarden({"history", "core/parse/*"}), 0);
  EXPECT_EQ(console_.out_text.find("core/parse/large/wall_time  ▁█\n"), 0U) << console_.out_text;
  ASSERT_EQ(perfwarden({"history", "core", "--json", "-n", "1"}), 0);
  const Json series = Json::parse(console_.out_text)["series"];
  ASSERT_EQ(series.size(), 1U);
  ASSERT_EQ(series[0]["points"].size(), 1U);
  EXPECT_EQ(series[0]["points"][0]["commit"], git("rev-parse main")) << "the newest";
  EXPECT_EQ(series[0]["points"][0]["unit"], "s");
  ASSERT_EQ(perfwarden({"history", "core", "--machine", "0000000000000000"}), 0);
  EXPECT_EQ(console_.out_text.find("No series matches 'core'"), 0U);
  ASSERT_EQ(perfwarden({"history", "core", "--machine", "this"}), 0);
  EXPECT_NE(console_.out_text.find("▁█"), std::string::npos);
}

TEST_F(BaselineVerb, HistoryThatIsSwitchedOffSaysHowToKeepOne) {
  directory_.write("perfwarden.yml",
                   "version: 1\nsuites:\n  core: { run: ./b }\nbudgets:\n  \"*\": +5%\nhistory: off\n");
  EXPECT_EQ(perfwarden({"history"}), 2);
  EXPECT_NE(console_.err_text.find("history: sqlite:"), std::string::npos) << console_.err_text;
}

TEST_F(BaselineVerb, ImportKeepsEveryRunOfAnotherToolsHistoryOnce) {
  const auto run = [](const char* id, const char* date, const char* value) {
    return std::string(R"({"commit": {"id": ")") + id + R"("}, "date": )" + date +
           R"(, "tool": "cargo", "benches": [{"name": "sort", "unit": "ns/iter", "value": )" + value + "}]}";
  };
  const std::string file = directory_.write(
      "data.js", "window.BENCHMARK_DATA = {\"entries\": {\"Rust\": [" + run("aaaa1111", "1763632800000", "10") + "," +
                     run("bbbb2222", "1763719200000", "20") + "," + run("", "1763719300000", "30") + "]}}");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(perfwarden({"import", file.c_str(), "--suite", "old"}), 0) << console_.err_text;
    EXPECT_EQ(console_.out_text, "read 2 runs into sqlite:.perfwarden/history.db\n");
    EXPECT_NE(console_.err_text.find("1 runs have no commit or no time"), std::string::npos) << console_.err_text;
  }
  ASSERT_EQ(perfwarden({"history", "--json"}), 0);
  EXPECT_EQ(Json::parse(console_.out_text)["runs"].size(), 2U);
  ASSERT_EQ(perfwarden({"history", "old", "--json"}), 0);
  const Json points = Json::parse(console_.out_text)["series"][0]["points"];
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0]["commit"], "aaaa1111");
  EXPECT_EQ(points[0]["time"], "2025-11-20T10:00:00Z");
  EXPECT_DOUBLE_EQ(points[1]["median"].get<double>(), 20e-9);
}

TEST_F(BaselineVerb, ImportTakesSamplesFilesToo) {
  const std::string file = write_samples("old.json", samples_of("main~1"));
  ASSERT_EQ(perfwarden({"import", file.c_str(), "--branch", "release"}), 0) << console_.err_text;
  ASSERT_EQ(perfwarden({"history", "core", "--branch", "release", "--json"}), 0);
  EXPECT_EQ(Json::parse(console_.out_text)["series"][0]["points"][0]["commit"], git("rev-parse main~1"));
}

TEST_F(BaselineVerb, ImportOfNothingThatHasAPlaceIsAMistake) {
  const std::string file = directory_.write("1.txt", "BenchmarkX-8 1 5 ns/op\n");
  EXPECT_EQ(perfwarden({"import", file.c_str()}), 2);
  EXPECT_NE(console_.err_text.find("there is no run to import"), std::string::npos) << console_.err_text;
  EXPECT_EQ(perfwarden({"import", "absent.json"}), 2);
}

TEST_F(BaselineVerb, NeedsOneOfItsWords) {
  EXPECT_EQ(perfwarden({}), 2);
  EXPECT_EQ(perfwarden({"shwo"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
