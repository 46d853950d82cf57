#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "base/hash.hpp"
#include "os/files/files.hpp"
#include "store/store.hpp"
#include "support/fakes.hpp"

// A repository of ninety commits and what its nightly runs measured: `alert`, `tune`, `compare`, `history prune` and
// `baseline export` on the same story.
namespace perfwarden::app {
namespace {

using Json = nlohmann::json;

constexpr int k_nights = 90;

class Story : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_.path());
    const auto file = [](const std::string& path, const std::string& text) {
      return fmt::format("M 100644 inline {}\ndata {}\n{}\n", path, text.size(), text);
    };
    std::string stream;  // for git fast-import, since ninety runs of git commit take seconds
    for (int i = 0; i < k_nights; ++i) {
      const std::string subject = "Change " + std::to_string(i);
      stream += fmt::format("commit refs/heads/main\ncommitter t <t@example.invalid> {} +0000\ndata {}\n{}\n",
                            1'788'000'000 + i, subject.size(), subject);
      if (i == 0) stream += file("CODEOWNERS", "* @everybody\n/src/parser/ @parsers\n");
      stream += file("src/parser/a.cpp", std::to_string(i));
    }
    directory_.write("commits", stream);
    git("init -q -b main . && git fast-import --quiet < commits && git checkout -q main && git tag v1.0 main~79");
    const std::string log = git("log --reverse --format=%H");
    for (std::size_t at = 0; at < log.size(); at += 41) commits_.push_back(log.substr(at, 40));
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
            {"GIT_COMMITTER_EMAIL", "t@example.invalid"},
            {"GIT_CONFIG_COUNT", "1"},
            {"GIT_CONFIG_KEY_0", "user.email"},
            {"GIT_CONFIG_VALUE_0", "ada@example.invalid"}};
  }
  int perfwarden(std::vector<const char*> words) {
    words.insert(words.begin(), "perfwarden");
    console_ = {};
    const os::Environment environment(variables());
    World world{processes_, clock_, environment, console_, http_};
    return app::run(world, words);
  }
  Json alerts(std::vector<const char*> words) {
    words.push_back("--json");
    EXPECT_EQ(perfwarden(words), 0) << console_.err_text;
    return Json::parse(console_.out_text, nullptr, false);
  }

  void today(std::int64_t unix_s) { clock_.tick(static_cast<double>(unix_s - clock_.unix_s())); }

  static std::string time_of(int night) {
    return fmt::format("2026-{:02}-{:02}T03:00:00Z", 9 + night / 30, 1 + night % 30);
  }
  // What each benchmark takes in a night: see the tests.
  static double level(const std::string& benchmark, int night) {
    if (benchmark == "step") return night < 30 ? 1 : 1.12;
    if (benchmark == "fixed") return night < 20 || night >= 50 ? 1 : 1.15;
    if (benchmark == "drift") return std::pow(1.003, std::clamp(night - 40, 0, 20));
    if (benchmark == "spikes") return night == 25 || night == 61 || night == 62 ? 2 : 1;
    if (benchmark == "faster") return night < 60 ? 1 : 0.8;
    return 1;
  }
  store::RunRecord night(int number) {
    store::RunRecord record;
    record.run.commit = commits_.at(static_cast<std::size_t>(number));
    record.run.branch = "main";
    record.run.time = time_of(number);
    record.run.session = "night " + std::to_string(number);
    // A new machine in the last month: 30 % faster, which nobody must take for an improvement of the code.
    record.run.machine.facts = {{"cpu", number < 70 ? "old" : "new"}};
    seal(record.run.machine);
    record.conclusion = "pass";
    record.head.run = record.run;
    for (const char* name : {"drift", "faster", "fixed", "spikes", "step", "still"}) {
      double noise = -6;
      for (int i = 0; i < 12; ++i) noise += random_.uniform();
      Series series;
      series.id = {"core", name, "wall_time"};
      series.metric = {"wall_time", "s", Better::lower, false, true};
      series.invocations = {{1e-3 * level(name, number) * (1 + 0.005 * noise) * (number < 70 ? 1 : 0.7)}};
      record.head.series.push_back(series);
      Comparison& comparison = record.comparisons.emplace_back();
      comparison.id = series.id;
      comparison.ratio = number == 0 ? 1 : level(name, number) / level(name, number - 1) * (1 + 0.003 * noise);
      comparison.significance =
          std::abs(comparison.ratio - 1) > 0.05 ? Significance::distinct : Significance::indistinct;
    }
    return record;
  }
  void save(int from, int to) {
    auto store = store::open("sqlite:.perfwarden/history.db", store::Access::write);
    ASSERT_TRUE(store);
    std::vector<store::RunRecord> records;
    for (int number = from; number < to; ++number) records.push_back(night(number));
    ASSERT_TRUE((*store)->save(records));
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path before_;
  std::vector<std::string> commits_;
  SplitMix64 random_{7};
  os::SystemProcesses processes_;
  support::FakeClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

// One line an alert: what, where, and what became of it.
std::vector<std::string> told(const Json& alerts, const std::vector<std::string>& commits) {
  std::vector<std::string> out;
  for (const Json& group : alerts["groups"]) {
    for (const Json& one : group) {
      const auto at = std::find(commits.begin(), commits.end(), one["regression_sha"].get<std::string>());
      std::string line = one["benchmark"].get<std::string>() + " " + one["direction"].get<std::string>() + " " +
                         one["shape"].get<std::string>() + " " + std::to_string(at - commits.begin());
      for (const Json& event : one["events"])
        line += " " + event["status"].get<std::string>() + event["resolution"].get<std::string>();
      out.push_back(line);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST_F(Story, ThreeMonthsOfNightsLeaveTheAlertsThatTheyShould) {
  for (int night = 0; night < k_nights; night += 5) {
    save(night, night + 5);
    today(1'790'000'000 + night * 86'400);
    ASSERT_EQ(perfwarden({"alert"}), 0) << console_.err_text;
  }
  const std::vector<std::string> all = told(alerts({"alert", "list", "--all"}), commits_);
  ASSERT_EQ(all.size(), 4U) << fmt::format("{}", fmt::join(all, "\n"));
  EXPECT_EQ(all[0].substr(0, 17), "drift regression ") << all[0];
  EXPECT_TRUE(all[0].ends_with(" OPEN")) << all[0];
  EXPECT_EQ(all[1], "faster improvement step 60 OPEN");
  EXPECT_EQ(all[2], "fixed regression step 20 OPEN RESOLVEDrecovered");
  EXPECT_EQ(all[3], "step regression step 30 OPEN");
  ASSERT_EQ(perfwarden({"alert"}), 0);
  EXPECT_NE(console_.err_text.find("no new change of level"), std::string::npos) << console_.err_text;
}

TEST_F(Story, AnAlertNamesSuspectsOwnersEvidenceAndTheSearch) {
  save(0, 50);
  const Json found = alerts({"alert", "--threshold", "5", "--confidence", "HIGH"});
  ASSERT_EQ(found["groups"].size(), 2U) << found;
  const Json& step = found["groups"][1][0];
  EXPECT_EQ(step["benchmark"], "step");
  EXPECT_EQ(step["baseline_sha"], commits_[29]);
  EXPECT_EQ(step["regression_sha"], commits_[30]);
  EXPECT_EQ(step["suspects"], Json::array({commits_[30].substr(0, 10) + " Change 30"}));
  EXPECT_EQ(step["owners"], Json::array({"@parsers"}));
  EXPECT_EQ(step["bisect"], fmt::format("perfwarden bisect --good {} --bad {} --benchmark 'core/step'",
                                        commits_[29].substr(0, 10), commits_[30].substr(0, 10)));
  const Json evidence = Json::parse(support::slurp(step["evidence_path"].get<std::string>()), nullptr, false);
  EXPECT_EQ(evidence["series"][0]["benchmark"], "step");
  ASSERT_EQ(perfwarden({"alert", "list"}), 0);
  EXPECT_NE(console_.out_text.find("suspect  " + commits_[30].substr(0, 10) + " Change 30"), std::string::npos)
      << console_.out_text;
  EXPECT_NE(console_.out_text.find("2 of 2 alerts on record are open"), std::string::npos) << console_.out_text;
}

TEST_F(Story, PeopleSayWhatBecameOfAnAlert) {
  save(0, 50);
  ASSERT_EQ(perfwarden({"alert"}), 0);
  EXPECT_EQ(perfwarden({"alert", "acknowledge", "1", "--reason", "looking"}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"alert", "acknowledge", "1", "--reason", "me too"}), 2);
  EXPECT_NE(console_.err_text.find("alert 1 is ACKNOWLEDGED already"), std::string::npos) << console_.err_text;
  EXPECT_NE(console_.err_text.find("by ada@example.invalid"), std::string::npos) << console_.err_text;
  EXPECT_EQ(perfwarden({"alert", "resolve", "1", "--as", "reverted", "--reason", "#12"}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"alert", "false-positive", "2", "--reason", "cold cache"}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"alert", "reopen", "2", "--reason", "it is not"}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"alert", "reopen", "3", "--reason", "x"}), 2);
  EXPECT_EQ(perfwarden({"alert", "resolve", "2", "--as", "noise", "--reason", "x"}), 2) << "is no end of that kind";
  EXPECT_EQ(perfwarden({"alert", "resolve", "2"}), 2) << "needs a reason";
  const std::vector<std::string> all = told(alerts({"alert", "list", "--all"}), commits_);
  EXPECT_EQ(all, (std::vector<std::string>{"fixed regression step 20 OPEN ACKNOWLEDGED RESOLVEDreverted",
                                           "step regression step 30 OPEN FALSE_POSITIVEnoise OPEN"}));
  EXPECT_EQ(alerts({"alert", "list"})["groups"].size(), 1U);
  directory_.write("perfwarden.yml", "version: 1\nsuites:\n  core: { run: ./bench }\n");
  ASSERT_EQ(perfwarden({"alert", "digest"}), 0) << console_.err_text;
  EXPECT_NE(console_.out_text.find(": 1 ended, 1 new, 0 still open\n"), std::string::npos) << console_.out_text;
  EXPECT_NE(console_.out_text.find("reverted by ada@example.invalid: #12"), std::string::npos) << console_.out_text;
  EXPECT_EQ(perfwarden({"alert", "digest", "--send"}), 2) << "nobody is told anything";
}

TEST_F(Story, ABumpEndsComparingAcrossIt) {
  save(0, 60);
  ASSERT_EQ(perfwarden({"history", "bump", "main~59", "--series", "core/step/**", "--reason", "larger corpus"}), 0)
      << console_.err_text;
  EXPECT_EQ(console_.out_text, "1 series begins anew with " + commits_[30].substr(0, 10) + "\n");
  EXPECT_EQ(perfwarden({"history", "bump", "--series", "nothing", "--reason", "x"}), 2);
  EXPECT_NE(console_.err_text.find("no series on record matches 'nothing'"), std::string::npos) << console_.err_text;
  ASSERT_EQ(perfwarden({"alert"}), 0);
  const std::vector<std::string> all = told(alerts({"alert", "list", "--all"}), commits_);
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const std::string& one) { return one.starts_with("step"); }))
      << fmt::format("{}", fmt::join(all, "\n"));
  EXPECT_EQ(all.size(), 2U) << "the others are found as ever: " << fmt::format("{}", fmt::join(all, "\n"));
  ASSERT_EQ(perfwarden({"trend", "core/step/**"}), 0);
  EXPECT_NE(console_.out_text.find("cut once,"), std::string::npos) << console_.out_text;
}

TEST_F(Story, AnAlertNamesTheDeploymentsOfItsCommitsAndAChangedConfig) {
  auto store = store::open("sqlite:.perfwarden/history.db", store::Access::write);
  std::vector<store::RunRecord> records;
  for (int number = 0; number < 60; number += 3) {  // three commits a run
    records.push_back(night(number));
    records.back().run.config_hash = records.back().head.run.config_hash = number < 30 ? "a" : "b";
  }
  ASSERT_TRUE((*store)->save(records));
  directory_.write(
      "deploys.json",
      fmt::format(
          R"([{{"sha": "{}", "created_at": "2026-10-02T06:00:00Z", "environment": "production", "ref": "v1.1"}},
      {{"commit": "{}", "time": "2026-09-01T00:00:00Z", "name": "before"}}])",
          commits_[29], commits_[24]));
  ASSERT_EQ(perfwarden({"history", "deploy", "--from", "deploys.json"}), 0) << console_.err_text;
  EXPECT_EQ(console_.out_text, "2 deployments added, 0 known already\n");
  ASSERT_EQ(perfwarden({"history", "deploy", "--from", "deploys.json"}), 0);
  EXPECT_EQ(console_.out_text, "0 deployments added, 2 known already\n");
  ASSERT_EQ(perfwarden({"history", "deploy", "main~50", "--name", "v1.2 `x`", "--time", "2026-10-03T00:00:00Z"}), 0);
  ASSERT_EQ(perfwarden({"history", "deploy", "main~50", "--environment", "test", "--time", "soon"}), 2);
  ASSERT_EQ(perfwarden({"alert", "--threshold", "8"}), 0) << console_.err_text;
  const std::string& text = console_.out_text;
  EXPECT_NE(text.find("deploy   production 2026-10-02T06:00:00Z v1.1: 2 of 3 commits (67 %)"), std::string::npos)
      << text;
  EXPECT_NE(text.find("deploy   production 2026-10-03T00:00:00Z v1.2 `x`: 1 of 3 commits (33 %)"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("before: "), std::string::npos) << text;
  EXPECT_NE(text.find("rival    the config changed in this range too"), std::string::npos) << text;
  directory_.write("bad.json", R"([{"commit": "--output=x", "time": "2026-09-01T00:00:00Z"}])");
  EXPECT_EQ(perfwarden({"history", "deploy", "--from", "bad.json"}), 3);
  EXPECT_NE(console_.err_text.find("bad.json"), std::string::npos) << console_.err_text;
}

TEST_F(Story, TuneProposesBudgetsAndSaysWhatTheyWouldHaveCaught) {
  save(0, 60);
  today(1'793'500'000);  // within 90 days of the first night
  ASSERT_EQ(perfwarden({"tune"}), 0) << console_.err_text;
  const std::string& yaml = console_.out_text;
  EXPECT_NE(yaml.find("\nbudgets:\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("would have caught " + commits_[30].substr(0, 10) + " (+1"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("\"core/step/wall_time\": { soft: +"), std::string::npos) << yaml;
  directory_.write("perfwarden.yml", "version: 1\nsuites:\n  core: { run: ./bench }\n" + yaml);
  EXPECT_EQ(perfwarden({"config", "check"}), 0) << console_.err_text;
  EXPECT_EQ(perfwarden({"tune", "--json"}), 0);
  EXPECT_EQ(Json::parse(console_.out_text, nullptr, false)["series"].size(), 6U);
  EXPECT_EQ(perfwarden({"tune", "nothing/**"}), 2);
}

TEST_F(Story, CompareTakesTagsBranchesAndShortHashes) {
  save(0, 60);
  for (const std::string& base : {std::string("v1.0"), commits_[10].substr(0, 8), std::string("main~79")}) {
    ASSERT_EQ(perfwarden({"compare", "--baseline", base.c_str(), "--current", "main~40", "--json"}), 0)
        << base << console_.err_text;
    const Json report = Json::parse(console_.out_text, nullptr, false);
    EXPECT_EQ(report["base"]["commit"], commits_[10]) << base;
    EXPECT_EQ(report["head"]["commit"], commits_[49]) << base;
  }
  EXPECT_EQ(perfwarden({"compare", "v1.0", "main"}), 2) << "main was not measured";
  EXPECT_NE(console_.err_text.find("no samples of commit " + commits_.back()), std::string::npos) << console_.err_text;
}

TEST_F(Story, PruneKeepsReleasesAndTheCommitsOfAlerts) {
  save(0, 60);
  ASSERT_EQ(perfwarden({"alert"}), 0);
  today(1'800'000'000);  // January 2027: more than 60 days after the last night
  EXPECT_EQ(perfwarden({"history", "prune", "--raw", "60", "--summaries", "30"}), 2);
  ASSERT_EQ(perfwarden({"history", "prune"}), 0) << console_.err_text;
  EXPECT_EQ(console_.out_text.substr(0, 14), "removed 0 runs") << "two years are not over";
  directory_.write("perfwarden.yml",
                   "version: 1\nsuites:\n  core: { run: ./bench }\nretention: { raw: 30d, summaries: 60d }\n");
  ASSERT_EQ(perfwarden({"history", "prune", "--keep", "main~85"}), 0) << console_.err_text;
  auto store = store::open("sqlite:.perfwarden/history.db", store::Access::read);
  std::vector<std::string> kept = *(*store)->commits("main");
  for (const std::size_t night : {4U, 10U, 19U, 20U, 29U, 30U})
    EXPECT_NE(std::find(kept.begin(), kept.end(), commits_[night]), kept.end()) << night;
  EXPECT_LT(kept.size(), 15U);
}

TEST_F(Story, AnExportedHistoryIsTheSameWhenItIsImported) {
  save(0, 40);
  ASSERT_EQ(perfwarden({"alert"}), 0);
  ASSERT_EQ(perfwarden({"alert", "acknowledge", "1", "--reason", "looking"}), 0);
  ASSERT_EQ(perfwarden({"history", "bump", "--series", "core/still/**", "--reason", "new data"}), 0);
  ASSERT_EQ(perfwarden({"history", "deploy", "main"}), 0);
  ASSERT_EQ(perfwarden({"baseline", "export", "-o", "one.jsonl"}), 0) << console_.err_text;
  ASSERT_TRUE(os::remove_all(".perfwarden/history.db"));
  for (int twice = 0; twice < 2; ++twice)
    ASSERT_EQ(perfwarden({"baseline", "import", "one.jsonl"}), 0) << console_.err_text;
  ASSERT_EQ(perfwarden({"baseline", "export", "-o", "two.jsonl"}), 0) << console_.err_text;
  EXPECT_EQ(support::slurp("one.jsonl"), support::slurp("two.jsonl"));
  EXPECT_NE(support::slurp("two.jsonl").find("\"reason\":\"new data\""), std::string::npos);
  EXPECT_NE(support::slurp("two.jsonl").find("\"deployment\":{"), std::string::npos);
  directory_.write("bad.jsonl", "{\"schema\":\"perfwarden.history/1\",\"run\":{}}\n");
  EXPECT_EQ(perfwarden({"baseline", "import", "bad.jsonl"}), 3);
  EXPECT_NE(console_.err_text.find("bad.jsonl:1"), std::string::npos) << console_.err_text;
}

TEST_F(Story, ACopyIsAHistoryOfItsOwn) {
  save(0, 40);
  ASSERT_EQ(perfwarden({"alert"}), 0);
  for (int twice = 0; twice < 2; ++twice)
    ASSERT_EQ(perfwarden({"history", "copy", "sqlite:copy.db"}), 0) << console_.err_text;
  auto copy = store::open("sqlite:copy.db", store::Access::read);
  ASSERT_TRUE(copy);
  EXPECT_EQ((*copy)->runs("main", 100)->size(), 40U);
  EXPECT_EQ((*copy)->alerts()->size(), 2U);
  EXPECT_EQ(perfwarden({"history", "copy", "sqlite:.perfwarden/history.db"}), 2);
}

TEST_F(Story, ResultsWithoutACommitAreImportedWithOne) {
  directory_.write("bmf.json", R"({"parse": {"latency": {"value": 88.0, "lower_value": 87.4, "upper_value": 88.9}}})");
  EXPECT_EQ(perfwarden({"baseline", "import", "bmf.json"}), 2);
  EXPECT_EQ(perfwarden({"baseline", "import", "bmf.json", "--commit", commits_[3].c_str(), "--time", "yesterday"}), 2);
  EXPECT_NE(console_.err_text.find("the time of a run is 'yesterday'"), std::string::npos) << console_.err_text;
  ASSERT_EQ(
      perfwarden({"baseline", "import", "bmf.json", "--commit", commits_[3].c_str(), "--time", "2026-09-04T03:00:00Z"}),
      0)
      << console_.err_text;
  auto store = store::open("sqlite:.perfwarden/history.db", store::Access::read);
  EXPECT_EQ((*store)->commits("main").value_or({}), std::vector<std::string>{commits_[3]});
}

}  // namespace
}  // namespace perfwarden::app
