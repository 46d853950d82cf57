#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

// Whole runs of a real program whose speed depends on where its code lies: what a changed function is blamed for.
namespace perfwarden::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// It says that it takes as long as `hot` lies far behind the start of its page, ±0.3 %. `rare` lies before it.
std::string program(const std::string& rare, const std::string& hot) {
  return "#include <stdio.h>\n#include <unistd.h>\n"
         "__attribute__((noinline)) long rare(long v) { " +
         rare + " return v; }\n__attribute__((noinline)) long hot(long v) { return v * " + hot +
         "; }\n"
         "int main(int argc, char** argv) {\n"
         "  if (argc > 5) printf(\"%ld\\n\", rare(argc));\n"
         "  printf(\"parse %ld us\\n\", (((long)&hot & 0xfff) + (hot(argc) == 1)) * (997 + getpid() % 7));\n"
         "  return 0;\n}\n";
}

std::string long_body() {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "v = v * " + std::to_string(2 * i + 3) + " ^ (v >> " + std::to_string(i) + ");";
  return text;
}

class Causes : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    if (const auto traced = processes_.trace(support::shell(":"), ""); !traced || !traced->trace.not_known.empty())
      GTEST_SKIP() << "programs cannot be traced here";
    write(".gitignore", "reports/\nbench\n");
    config("");
    write("bench.c", program("", "31"));
  }
  void config(const std::string& more) {
    write("perfwarden.yml",
          "version: 1\nsuites:\n  core:\n    build: cc -O0 -o bench bench.c\n    run: ./bench\n"
          "    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n    iterations: 10\n    profile: off\n"
          "budgets:\n  \"*\": +5%\nhistory: off\n" +
              more);
  }
  int check_change(const std::string& changed) {
    commit("base");
    git("branch -f main HEAD");
    write("bench.c", changed);
    commit("head");
    pull_request(git("rev-parse main"));
    return perfwarden({"check", "--no-publish"});
  }
};

TEST_F(Causes, AChangedFunctionThatDoesNotRunOnlyMovesTheOthers) {
  EXPECT_EQ(check_change(program(long_body(), "31")), 0) << console_.out_text << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["causes"].size(), 1U) << json["comparisons"];
  EXPECT_EQ(json["causes"][0]["cause"], "placement");
  EXPECT_THAT(console_.out_text, HasSubstr("other addresses"));
  EXPECT_THAT(console_.out_text, HasSubstr("1 changed function is run by no benchmark"));
  EXPECT_THAT(console_.out_text, HasSubstr("rare"));
}

TEST_F(Causes, ItFailsWhereTheConfigSaysSo) {
  config("identity: { placement: fail }\n");
  EXPECT_EQ(check_change(program(long_body(), "31")), 1) << console_.out_text << console_.err_text;
}

TEST_F(Causes, AChangedFunctionThatRunsIsTheSuspect) {
  EXPECT_EQ(check_change(program(long_body(), "33")), 1) << console_.out_text << console_.err_text;
  const nlohmann::json json = report();
  ASSERT_EQ(json["causes"].size(), 1U);
  EXPECT_EQ(json["causes"][0]["cause"], "changed-code");
  EXPECT_THAT(json["causes"][0]["ran"], ElementsAre("hot"));
}

}  // namespace
}  // namespace perfwarden::app
