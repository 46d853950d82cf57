#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

class Bisect : public Check {
 protected:
  // A commit after which `parse` takes so many µs. Each changes the script, so that no two run the same program.
  std::string add(int parse, const std::string& subject) {
    write("values.txt", "parse " + std::to_string(parse) + "\nsort 2000\n");
    write("bench.sh", std::string(k_script) + "# " + subject + "\n");
    commit("'" + subject + "'");
    commits_.push_back(git("rev-parse HEAD"));
    return commits_.back();
  }
  // 16 commits, of which the `cause`-th, from 1, and those after it are 10 % slower.
  void history(int cause) {
    for (int i = 1; i <= 16; ++i) add(i >= cause ? 1100 : 1000, "change " + std::to_string(i));
  }
  int bisect(std::vector<const char*> words) {
    std::vector<const char*> all{"bisect", "--good", "main"};
    all.insert(all.end(), words.begin(), words.end());
    return start(all);
  }
  nlohmann::json answer() { return nlohmann::json::parse(console_.out_text); }
  std::string state_file() {
    for (const auto& entry : std::filesystem::directory_iterator(".perfwarden/bisect"))
      if (entry.path().extension() == ".json") return entry.path();
    return "";
  }

  std::vector<std::string> commits_;
};

TEST_F(Bisect, NamesTheCommitWithItsChangeAndHowToReproduceIt) {
  history(11);
  EXPECT_EQ(bisect({}), 0) << console_.err_text;
  EXPECT_TRUE(console_.out_text.starts_with("CULPRIT  " + commits_[10].substr(0, 10) + "  change 11\n"))
      << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("core/parse/wall_time"));
  EXPECT_THAT(console_.out_text, HasSubstr("perfwarden check --head " + commits_[10].substr(0, 10) + " --base " +
                                           commits_[9].substr(0, 10)));
  EXPECT_THAT(console_.out_text, HasSubstr("hypothesis"));
  EXPECT_EQ(git("worktree list | wc -l"), "1");
}

TEST_F(Bisect, AsJsonSaysTheSame) {
  history(2);
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  const nlohmann::json json = answer();
  EXPECT_EQ(json["schema"], "perfwarden.bisection/1");
  ASSERT_EQ(json["culprits"].size(), 1U) << console_.out_text;
  EXPECT_EQ(json["culprits"][0]["commit"], commits_[1]);
  EXPECT_EQ(json["culprits"][0]["against"], commits_[0]);
  EXPECT_GE(json["culprits"][0]["probability"], 0.99);
  EXPECT_NEAR(json["culprits"][0]["change"]["worse_percent"].get<double>(), 10, 1);
  EXPECT_EQ(json["culprits"][0]["subject"], "change 2");
}

TEST_F(Bisect, SaysWhenTheBadCommitIsNotWorse) {
  history(17);
  EXPECT_EQ(bisect({}), 4);
  EXPECT_THAT(console_.out_text, HasSubstr("NOTHING TO SEARCH"));
  EXPECT_THAT(console_.out_text, HasSubstr("is not shown to be worse"));
}

TEST_F(Bisect, ASecondRunMeasuresNothingAgain) {
  history(7);
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  const nlohmann::json first = answer();
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  EXPECT_EQ(answer(), first);
  EXPECT_EQ(bisect({"--json", "--restart"}), 0) << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["commit"], commits_[6]);
  EXPECT_NE(answer()["seconds"], first["seconds"]);
}

TEST_F(Bisect, CommitsThatDoNotRunArePassedOverAndSaid) {
  for (int i = 1; i <= 8; ++i) add(i >= 6 ? 1100 : 1000, "change " + std::to_string(i));
  git("checkout -q " + commits_[3]);
  write("bench.sh", "#!/bin/sh\nexit 1\n");
  commit("broken");
  const std::string broken = git("rev-parse HEAD");
  for (int i = 9; i <= 14; ++i) add(i >= 10 ? 1100 : 1000, "change " + std::to_string(i));
  EXPECT_EQ(bisect({"--json", "--mark", (broken + "=skip").c_str()}), 0) << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["subject"], "change 10") << console_.out_text;
  EXPECT_EQ(answer()["skipped"][0]["why"], "it is marked so");
}

TEST_F(Bisect, ABrokenCauseIsNamedWithTheOneAfterIt) {
  for (int i = 1; i <= 5; ++i) add(1000, "change " + std::to_string(i));
  write("bench.sh", "#!/bin/sh\nexit 1\n");
  commit("broken");
  const std::string broken = git("rev-parse HEAD");
  for (int i = 7; i <= 12; ++i) add(1100, "change " + std::to_string(i));
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["subject"], "change 7");
  EXPECT_EQ(answer()["culprits"][0]["or_else"], std::vector<std::string>{broken});
}

TEST_F(Bisect, CommitsWithTheGoodProgramAreNotMeasured) {
  write("perfwarden.yml", text::replace_all(k_config, "warmup: 0", "warmup: 1"));  // which is looked at
  for (int i = 1; i <= 20; ++i) {
    write("notes.txt", std::to_string(i));
    commit("note");
  }
  const std::string cause = add(1200, "slow");
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["commit"], cause);
  EXPECT_EQ(answer()["pairs"], 0);
}

TEST_F(Bisect, LooksInsideOfAMerge) {
  add(1000, "one");
  git("checkout -q -b side");
  add(1000, "inside, innocent");
  const std::string cause = add(1150, "inside, slow");
  add(1150, "inside, later");
  git("checkout -q change");
  write("other.txt", "x");
  commit("two");
  git("merge -q --no-ff -m merge side");
  add(1150, "three");
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  ASSERT_EQ(answer()["culprits"].size(), 1U) << console_.out_text << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["commit"], cause) << console_.err_text;
}

TEST_F(Bisect, SeveralCulpritsAreFoundFromTheLastOn) {
  for (int i = 1; i <= 14; ++i) add(i >= 11 ? 1250 : i >= 4 ? 1100 : 1000, "change " + std::to_string(i));
  EXPECT_EQ(bisect({"--json"}), 0) << console_.err_text;
  ASSERT_EQ(answer()["culprits"].size(), 2U) << console_.out_text << console_.err_text;
  EXPECT_EQ(answer()["culprits"][0]["commit"], commits_[10]);
  EXPECT_EQ(answer()["culprits"][1]["commit"], commits_[3]);
}

TEST_F(Bisect, ARangeThatIsNoneIsRefusedWithTheOneThatWouldDo) {
  const std::string one = add(1000, "one");
  git("checkout -q main");
  write("notes.txt", "x");
  commit("other");
  EXPECT_EQ(start({"bisect", "--good", one.c_str(), "--bad", "main"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("in common: try --good"));
  EXPECT_EQ(start({"bisect", "--good", "main", "--bad", "main"}), 2);
  EXPECT_EQ(start({"bisect", "--good", "main", "--bad", "main~1"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("exchange --good and --bad"));
  EXPECT_EQ(start({"bisect", "--good", "nonsense"}), 2);
}

TEST_F(Bisect, MeasuresElsewhereAreMarkedAndTheNextCommitIsNamed) {
  for (int i = 1; i <= 16; ++i) add(1000, "change " + std::to_string(i));
  std::string named;
  for (int asked = 0; asked < 16; ++asked) {
    ASSERT_EQ(bisect({"--next"}), 0) << console_.err_text;
    if (console_.out_text.starts_with("found")) {
      named = console_.out_text;
      break;
    }
    const std::string sha = console_.out_text.substr(0, console_.out_text.find('\n'));
    const auto at = std::find(commits_.begin(), commits_.end(), sha) - commits_.begin();
    ASSERT_LT(at, 16) << console_.out_text;
    ASSERT_EQ(bisect({"--next", "--mark", (sha + (at < 12 ? "=good" : "=bad")).c_str()}), 0);
  }
  EXPECT_THAT(named, HasSubstr("change 13"));
}

TEST_F(Bisect, AMarkThatIsNoneIsRefused) {
  history(3);
  EXPECT_EQ(bisect({"--next", "--mark", "HEAD=perhaps"}), 2);
  EXPECT_EQ(bisect({"--next", "--mark", "HEAD"}), 2);
  EXPECT_EQ(bisect({"--next", "--script", "judge.sh"}), 2);
  EXPECT_EQ(bisect({"--next", "--mark", "nonsense=good"}), 2);
}

TEST_F(Bisect, AStateOfAnotherConfigIsRefused) {
  history(9);
  EXPECT_EQ(bisect({}), 0) << console_.err_text;
  write("perfwarden.yml", text::replace_all(k_config, "warmup: 0", "warmup: 1"));
  EXPECT_EQ(bisect({}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("the config has changed"));
  EXPECT_THAT(console_.err_text, HasSubstr("--restart"));
  write(state_file(), "{");
  EXPECT_EQ(bisect({}), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("--restart"));
}

TEST_F(Bisect, SearchesForTheCommitOfAnAlertAndTellsIt) {
  write("perfwarden.yml", text::replace_all(k_config, "history: off", "history: sqlite:.perfwarden/history.db"));
  write(".gitignore", ".perfwarden\n");
  commit("history");
  history(6);
  std::filesystem::create_directories(".perfwarden");
  Alert alert;
  alert.fingerprint = "0123456789abcdef";
  alert.series = {"core", "parse", "wall_time"};
  alert.branch = "main";
  alert.unit = "s";
  alert.shape = "step";
  alert.detected_at = "2026-11-29T10:00:00Z";
  alert.last_before = git("rev-parse main");
  alert.first_changed = commits_[11];
  alert.before = 1;
  alert.after = 1.1;
  alert.events.push_back({1, alert.detected_at, "perfwarden", AlertStatus::open, Resolution::none, "found"});
  const auto store = store::open("sqlite:.perfwarden/history.db", store::Access::write);
  ASSERT_TRUE(store) << store.error().text();
  ASSERT_TRUE((*store)->save_alerts(std::span(&alert, 1)));
  EXPECT_EQ(start({"bisect", "--alert", "2"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("there is no alert 2"));
  EXPECT_EQ(start({"bisect", "--alert", "1", "--good", "main"}), 2);
  EXPECT_EQ(start({"bisect"}), 2);
  ASSERT_EQ(start({"bisect", "--alert", "1"}), 0) << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("change 6"));
  const std::vector<Alert> now = (*store)->alerts().value_or({});
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].range(), (CommitRange{commits_[4], commits_[5]}));
  EXPECT_THAT(now[0].state().why, HasSubstr("bisect names " + commits_[5].substr(0, 10)));
  EXPECT_EQ(now[0].state().status, AlertStatus::open) << "that a commit is named resolves nothing";
}

TEST_F(Bisect, PlansCommitsForSeveralMachines) {
  history(9);
  ASSERT_EQ(bisect({"--plan", "3"}), 0) << console_.err_text;
  const auto plan = answer();
  ASSERT_EQ(plan.size(), 3U) << console_.out_text;
  for (const auto& sha : plan) EXPECT_THAT(commits_, testing::Contains(sha.get<std::string>()));
  for (const auto& sha : plan) {
    const auto at = std::find(commits_.begin(), commits_.end(), sha.get<std::string>()) - commits_.begin();
    const std::string mark = sha.get<std::string>() + (at < 8 ? "=good" : "=bad");
    ASSERT_EQ(bisect({"--next", "--mark", mark.c_str()}), 0) << console_.err_text;
  }
  ASSERT_EQ(bisect({"--plan", "8"}), 0);
  EXPECT_LT(answer().size(), 8U) << "the marks narrow it: " << console_.out_text;
}

TEST_F(Bisect, JudgesOneCommitForScripts) {
  history(9);
  EXPECT_EQ(bisect({"--judge", commits_[3].c_str(), "--bad", "change"}), 0) << console_.err_text;
  EXPECT_EQ(console_.out_text, "good\n");
  EXPECT_EQ(bisect({"--judge", commits_[12].c_str(), "--bad", "change"}), 1) << console_.err_text;
  EXPECT_EQ(console_.out_text, "bad\n");
  write("bench.sh", "#!/bin/sh\nexit 1\n");
  commit("broken");
  EXPECT_EQ(bisect({"--judge", "HEAD", "--bad", "HEAD~1"}), 4) << console_.err_text;
  EXPECT_EQ(console_.out_text, "skip\n");
}

TEST_F(Check, HeadIsACommitAgainstItsParent) {
  write("values.txt", "parse 1100\nsort 2000\n");
  commit("slower");
  const std::string slower = git("rev-parse HEAD");
  write("values.txt", "parse 1101\nsort 2000\n");
  commit("later");
  EXPECT_EQ(start({"check", "--head", slower.c_str(), "--json"}), 1) << console_.err_text;
  const nlohmann::json json = nlohmann::json::parse(console_.out_text);
  EXPECT_EQ(json["head"]["commit"], slower);
  EXPECT_THAT(json["reproduce"].get<std::string>(), HasSubstr("--head " + slower.substr(0, 10)));
  EXPECT_EQ(start({"check", "--head", slower.c_str(), "--worktree"}), 2);
  EXPECT_EQ(start({"check", "--head", "main"}), 2);
  EXPECT_THAT(console_.err_text, HasSubstr("first commit"));
}

}  // namespace
}  // namespace perfwarden::app
