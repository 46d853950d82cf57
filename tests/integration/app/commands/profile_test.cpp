#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "support/fakes.hpp"

// The verbs below `perfwarden profile`, from files to exit code.
namespace perfwarden::app {
namespace {

class ProfileVerbs : public testing::Test {
 protected:
  void SetUp() override {
    directory_.write("base.folded", stacks(2000));
    directory_.write("same.folded", stacks(2010));
    directory_.write("head.folded", stacks(9500));
    directory_.write("near.folded", stacks(3560));
  }
  // 20 000 samples, of which `validate` takes so many.
  static std::string stacks(int validate) {
    return "main;read " + std::to_string(11000 - validate) +
           "\nmain;parse 6000\nmain;parse;number 3000\nmain;validate " + std::to_string(validate) + "\n";
  }
  int perfwarden(std::vector<std::string> words) {
    std::vector<const char*> argv{"perfwarden", "profile"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    console_ = {};
    const os::Environment environment({{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", directory_.path()}});
    World world{processes_, clock_, environment, console_, http_};
    return app::run(world, argv);
  }
  std::string file(const std::string& name) { return directory_ / name; }
  [[nodiscard]] bool printed(const std::string& words) const {
    return console_.out_text.find(words) != std::string::npos;
  }

  support::TemporaryDirectory directory_;
  os::SystemProcesses processes_;
  os::SystemClock clock_;
  support::FakeConsole console_;
  support::FakeHttp http_;
};

TEST_F(ProfileVerbs, DiffSaysWhatGrewAndFailsOnlyWhenAsked) {
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded")}), k_pass) << console_.err_text;
  EXPECT_TRUE(printed("validate costs more: 2,000 → 9,500 samples (+375 %)")) << console_.out_text;
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "--gate"}), k_gate_failed);
  EXPECT_NE(console_.err_text.find("cpu-regression"), std::string::npos) << console_.err_text;
}

TEST_F(ProfileVerbs, DiffOfTheSameCodePasses) {
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("same.folded"), "--gate"}), k_pass) << console_.err_text;
  EXPECT_TRUE(printed("No function certainly uses more or less")) << console_.out_text;
}

// +7.8 points with an interval of ± 1: on both sides of 8 points.
TEST_F(ProfileVerbs, DiffThatCannotBeDecidedFailsOnlyByPolicy) {
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("near.folded"), "--gate"}), k_pass) << console_.err_text;
  EXPECT_TRUE(printed("lies on both sides of the soft limit")) << console_.out_text;
  directory_.write("strict.yml", "version: 1\nsuites: { core: { run: ./x } }\nstatistics: { inconclusive: fail }\n");
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("near.folded"), "--gate", "--config", file("strict.yml")}),
            k_inconclusive)
      << console_.err_text;
}

TEST_F(ProfileVerbs, DiffOfSeveralRecordingsASideSeesWhatOneCannot) {
  for (const char* run : {"1", "2", "3"}) {
    directory_.write(std::string("old/") + run + ".folded", stacks(2000));
    directory_.write(std::string("new/") + run + ".folded", stacks(4600));
  }
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("new/1.folded"), "--gate"}), k_pass) << console_.out_text;
  EXPECT_TRUE(printed("record each side 3 times")) << console_.out_text;
  EXPECT_EQ(perfwarden({"diff", file("old"), file("new"), "--gate"}), k_gate_failed) << console_.out_text;
  EXPECT_EQ(perfwarden({"diff", file("old/1.folded"), file("new/1.folded"), "--base", file("old/2.folded"), "--head",
                        file("new/2.folded"), "--gate"}),
            k_gate_failed)
      << console_.out_text;
  directory_.write("none/.keep/x", "");
  EXPECT_NE(perfwarden({"diff", file("none"), file("new")}), k_pass);
}

TEST_F(ProfileVerbs, DiffOfDifferentTotalsSaysBothReadings) {
  directory_.write("before.folded", "main;x 1500\nmain;y 1000\nmain;z 100\n");
  directory_.write("after.folded", "main;x 2200\nmain;y 1000\nmain;z 460\n");
  EXPECT_EQ(perfwarden({"diff", file("before.folded"), file("after.folded")}), k_pass) << console_.err_text;
  EXPECT_TRUE(printed("x: 1500 → 2200 samples (+47 %)")) << console_.out_text;
  EXPECT_TRUE(printed("57.7 %→60.1 %")) << console_.out_text;
  EXPECT_FALSE(printed("less")) << console_.out_text;
}

TEST_F(ProfileVerbs, DiffNamesWhatIsKnownToBeSlow) {
  std::string chain = "main";
  for (int i = 1; i <= 13; ++i) chain += ";layer" + std::to_string(i);
  const std::string rest = "main;parse 6000\nmain;read 3000\n";
  directory_.write("plain.folded", rest);
  for (const auto& [stack, frame] :
       std::vector<std::pair<std::string, std::string>>{{"main;Vec::push;alloc::grow", "alloc::grow"},
                                                        {"main;process;String::clone", "String::clone"},
                                                        {"main;report;write;syscall", "syscall"},
                                                        {chain, "layer13 under layer1"}}) {
    directory_.write("slow.folded", rest + stack + " 4000\n");
    EXPECT_EQ(perfwarden({"diff", file("plain.folded"), file("slow.folded")}), k_pass) << console_.err_text;
    EXPECT_TRUE(printed("! " + frame)) << frame << "\n" << console_.out_text;
  }
}

TEST_F(ProfileVerbs, DiffOfTextsWithoutSamplesIsJudgedByThePlainLimit) {
  const auto table = [](const std::string& a, const std::string& b) {
    return "Type: cpu\nShowing nodes accounting for 100s, 100% of 100s total\n      flat  flat%   sum%        cum   "
           "cum%\n"
           "  " +
           a + "s 1% 1%  " + a + "s 1%  main.a\n  " + b + "s 1% 1%  " + b + "s 1%  main.b\n";
  };
  directory_.write("base.txt", table("92", "8"));
  directory_.write("head.txt", table("83.6", "16.4"));
  EXPECT_EQ(perfwarden({"diff", file("base.txt"), file("head.txt"), "--gate"}), k_gate_failed) << console_.out_text;
  EXPECT_NE(console_.err_text.find("number of samples is not known"), std::string::npos) << console_.err_text;
}

TEST_F(ProfileVerbs, DiffAcceptsTheNamesOfTheReportersForms) {
  for (const char* form : {"terminal", "markdown", "md", "json", "html", "svg", "speedscope", "folded"})
    EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "--as", form}), k_pass) << form;
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "--as", "pdf"}), k_usage);
}

TEST_F(ProfileVerbs, DiffTakesItsLimitsFromTheConfig) {
  directory_.write("loose.yml",
                   "version: 1\nsuites: { core: { run: ./x } }\nprofile-gates: { cpu-regression: 100% }\n");
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "--gate", "--config", file("loose.yml")}),
            k_pass)
      << console_.err_text;
}

TEST_F(ProfileVerbs, DiffAsFoldedIsTheTwoColumnsOfDifffolded) {
  EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "--as", "folded"}), k_pass);
  EXPECT_EQ(console_.out_text,
            "main;read 9000 1500\nmain;parse 6000 6000\nmain;parse;number 3000 3000\nmain;validate 2000 9500\n");
}

TEST_F(ProfileVerbs, DiffWritesEveryFormByTheNameOfItsFile) {
  for (const char* name : {"d.svg", "d.html", "d.md", "d.json", "d.speedscope.json"}) {
    EXPECT_EQ(perfwarden({"diff", file("base.folded"), file("head.folded"), "-o", file(name)}), k_pass)
        << console_.err_text;
    EXPECT_NE(support::slurp(file(name)).find("validate"), std::string::npos) << name;
  }
  const nlohmann::json json = nlohmann::json::parse(support::slurp(file("d.json")));
  EXPECT_EQ(json["schema"], "perfwarden.profile/1");
  EXPECT_EQ(json["frames"][0]["name"], "validate");
}

TEST_F(ProfileVerbs, WhatCannotBeReadIsSaidWithItsFile) {
  directory_.write("nonsense.folded", "\x01\x02\x03");
  EXPECT_NE(perfwarden({"diff", file("base.folded"), file("nonsense.folded")}), k_pass);
  EXPECT_NE(console_.err_text.find("nonsense.folded"), std::string::npos) << console_.err_text;
  EXPECT_NE(perfwarden({"top", file("missing.folded")}), k_pass);
  EXPECT_NE(console_.err_text.find("missing.folded"), std::string::npos) << console_.err_text;
  EXPECT_EQ(perfwarden({"fold", file("base.folded"), "--format", "pprofs"}), k_usage);
  EXPECT_NE(console_.err_text.find("did you mean 'pprof'"), std::string::npos) << console_.err_text;
}

TEST_F(ProfileVerbs, TopListsTheHottestFirst) {
  EXPECT_EQ(perfwarden({"top", file("base.folded")}), k_pass) << console_.err_text;
  EXPECT_LT(console_.out_text.find("read"), console_.out_text.find("number")) << console_.out_text;
}

TEST_F(ProfileVerbs, ConvertedAndBackIsTheSame) {
  EXPECT_EQ(perfwarden({"fold", file("base.folded")}), k_pass);
  const std::string folded = console_.out_text;
  for (const char* form : {"pprof", "speedscope"}) {
    EXPECT_EQ(perfwarden({"convert", file("base.folded"), "--to", form, "-o", file(form)}), k_pass)
        << console_.err_text;
    EXPECT_EQ(perfwarden({"fold", file(form)}), k_pass) << console_.err_text;
    EXPECT_EQ(console_.out_text, folded) << form;
  }
}

TEST_F(ProfileVerbs, RecordRunsACommandUnderPerf) {
  const int code = perfwarden({"record", "-o", file("shell.folded"), "--", "/bin/sh", "-c",
                               "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done"});
  if (code == k_not_measured) GTEST_SKIP() << "perf cannot record: " << console_.err_text;
  ASSERT_EQ(code, k_pass) << console_.err_text;
  EXPECT_EQ(support::slurp(file("shell.folded")).substr(0, 3), "sh;");
}

TEST_F(ProfileVerbs, RecordKeepsSeveralRunsApart) {
  const int code = perfwarden({"record", "--runs", "2", "-o", file("runs"), "--", "/bin/sh", "-c",
                               "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done"});
  if (code == k_not_measured) GTEST_SKIP() << "perf cannot record: " << console_.err_text;
  ASSERT_EQ(code, k_pass) << console_.err_text;
  EXPECT_EQ(perfwarden({"diff", file("runs"), file("runs")}), k_pass) << console_.err_text;
  EXPECT_FALSE(printed("record each side 3 times")) << "two and two show how much they differ";
  EXPECT_EQ(perfwarden({"record", "--runs", "2", "-o", file("runs"), "--", "true"}), k_usage) << "it is not empty";
}

TEST_F(ProfileVerbs, RecordSaysWhatItNeeds) {
  EXPECT_EQ(perfwarden({"record"}), k_usage);
  EXPECT_EQ(perfwarden({"record", "--runs", "2", "--", "true"}), k_usage);
  EXPECT_NE(console_.err_text.find("several recordings need a folder"), std::string::npos) << console_.err_text;
}

TEST_F(ProfileVerbs, ABaselineIsReplacedWithAReasonAndNotAfterAFailedGate) {
  const std::string kept = file("kept.perf-folded");
  EXPECT_EQ(perfwarden({"baseline", "update", file("base.folded"), "--file", kept}), k_usage) << "no reason";
  EXPECT_EQ(perfwarden({"baseline", "update", file("base.folded"), "--file", kept, "--reason", " "}), k_usage);
  ASSERT_EQ(perfwarden({"baseline", "update", file("base.folded"), "--file", kept, "--reason", "the first"}), k_pass)
      << console_.err_text;
  const std::string before = support::slurp(kept);
  EXPECT_EQ(perfwarden({"baseline", "update", file("head.folded"), "--file", kept, "--reason", "slow"}), k_gate_failed);
  EXPECT_EQ(support::slurp(kept), before) << "a refused update changes nothing";
  EXPECT_EQ(perfwarden({"baseline", "update", file("same.folded"), "--file", kept, "--reason", "again"}), k_pass);
  EXPECT_EQ(perfwarden({"baseline", "show", "--file", kept}), k_pass);
  EXPECT_TRUE(printed("reason   again")) << console_.out_text;
  EXPECT_TRUE(printed("the first"));
  directory_.write("kept.perf-folded", "main;other 5\n");
  EXPECT_EQ(perfwarden({"baseline", "show", "--file", kept}), k_pass);
  EXPECT_NE(console_.err_text.find("changed by hand"), std::string::npos);
}

TEST_F(ProfileVerbs, ABaselineStaysWhereTheGateOfTheNamedReportFailed) {
  directory_.write("report.json", "{\"schema\": \"perfwarden.report/1\"");
  EXPECT_NE(perfwarden({"baseline", "update", file("base.folded"), "--file", file("k"), "--reason", "r", "--report",
                        file("report.json")}),
            k_pass);
  EXPECT_FALSE(std::filesystem::exists(file("k")));
}

}  // namespace
}  // namespace perfwarden::app
