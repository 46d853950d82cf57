#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

// Whole runs in which base and head do not each run their own code. The benchmark prints COST of a module.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class Guard : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    if (const auto traced = processes_.trace(support::shell(":"), ""); !traced || !traced->trace.not_known.empty())
      GTEST_SKIP() << "programs cannot be traced here";
    std::filesystem::create_directories("cost");
    write("cost/value", "1000\n");
    write("bench.sh", "echo \"parse $(( $(cat \"${PREFIX:-$(dirname \"$0\")}\"/cost/value) * (997 + $$ % 7) )) us\"\n");
  }
  void config(const std::string& members) {
    write("perfwarden.yml",
          "version: 1\nsuites:\n  core:\n    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
          "    iterations: 10\n" +
              members + "budgets:\n  \"*\": +5%\nhistory: off\n");
  }
  void twice_as_slow() {
    commit("base");
    git("branch -f main HEAD");
    write("cost/value", "2000\n");
    commit("slower");
  }
};

TEST_F(Guard, EachSideItsOwnCodeIsMeasured) {
  config("    run: sh bench.sh\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
}

TEST_F(Guard, AnAbsolutePathIntoTheCheckoutIsRefused) {
  config("    run: sh " + directory_.path() + "/bench.sh\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.err_text, HasSubstr("uses cost/value"));
  EXPECT_THAT(console_.err_text, HasSubstr("relative to the checkout"));
}

TEST_F(Guard, ASearchPathIntoTheCheckoutIsRefused) {
  variables_["PREFIX"] = directory_.path();
  config("    run: sh bench.sh\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.err_text, HasSubstr("differs between base and head"));
}

TEST_F(Guard, ASharedInstallPrefixIsRefused) {
  const support::TemporaryDirectory prefix;
  config("    build: sh install.sh\n    run: sh bench.sh\n    env: { PREFIX: " + prefix.path() + " }\n");
  write("install.sh", "mkdir -p \"$PREFIX/cost\"; cp cost/* \"$PREFIX/cost/\"\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.err_text, HasSubstr("which a build changed"));
}

// Builds run side by side: one that fails because of the other is tried again alone, instead of losing the base.
TEST_F(Guard, ABuildThatMetTheOtherSidesIsTriedAgainAlone) {
  const support::TemporaryDirectory shared;
  config("    build: sh build.sh\n    run: sh bench.sh\n    env: { SHARED: " + shared.path() + " }\n");
  write("build.sh", "mkdir \"$SHARED/busy\" || exit 1\nsleep 1\nrmdir \"$SHARED/busy\"\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
}

TEST_F(Guard, HeadThatWritesIntoBaseVoidsTheRun) {
  config("    run: sh bench.sh\n");
  write("bench.sh",
        "cat cost/value >/dev/null\n"
        "for other in ../*/cost/value; do [ ../$(basename $PWD)/cost/value = $other ] || [ ! -e attack ] || echo 9 "
        ">$other; "
        "done\necho \"parse $(( $(cat cost/value) * (997 + $$ % 7) )) us\"\n");
  commit("base");
  git("branch -f main HEAD");
  write("attack", "");
  write("cost/value", "2000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text << console_.err_text;
}

TEST_F(Guard, HeadThatWritesIntoBaseOnlyLaterVoidsTheRunToo) {
  config("    run: sh bench.sh\n");
  write("bench.sh",
        "echo x >>count\n"
        "[ ! -e attack ] || [ $(wc -l <count) -lt 4 ] || for other in ../*/cost/value; do [ ../$(basename "
        "$PWD)/cost/value = "
        "$other ] || echo 9 >$other; done\necho \"parse $(( $(cat cost/value) * (997 + $$ % 7) )) us\"\n");
  commit("base");
  git("branch -f main HEAD");
  write("attack", "");
  commit("attack");
  EXPECT_EQ(perfwarden({"check"}), 3) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.err_text, HasSubstr("'cost/value' of base was changed"));
}

TEST_F(Guard, ASidesOwnOutputsVoidNothing) {
  config("    run: sh bench.sh\n");
  write("bench.sh",
        "cat state 2>/dev/null; echo $$ >state; cat state; echo $$ >>log; rm -f gone; [ -e gone ] || touch gone\n"
        "echo \"parse $(( $(cat cost/value) * (997 + $$ % 7) )) us\"\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
}

// perfwarden removes it before each run, which is nobody else's change.
TEST_F(Guard, AnOutputFileThatTheBenchmarkLooksForFirstVoidsNothing) {
  config("    run: sh once.sh\n    output-file: out.txt\n");
  write("once.sh", "test ! -e out.txt && sh bench.sh > out.txt\n");
  write(".gitignore", "out.txt\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
}

TEST_F(Guard, AnUnchangedSharedHarnessIsANote) {
  config("    run: sh " + directory_.path() + "/harness.sh\n");
  write("harness.sh", "exec sh bench.sh\n");
  twice_as_slow();
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("harness.sh"));
}

}  // namespace
}  // namespace perfwarden::app
