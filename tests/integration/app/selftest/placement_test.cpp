#include <gmock/gmock.h>

#include <filesystem>

#include "integration/app/check_fixture.hpp"

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

// A program that is really built, and moved.
class SelftestOfPlacement : public Check {
 protected:
  void build(const std::string& line) {
    write("bench.c",
          "#include <stdio.h>\n__attribute__((noinline)) static int one(int x) { return x * 3; }\n"
          "int main(int argc, char** argv) { (void)argv; printf(\"one %d us\\n\", 1000 + one(argc)); return 0; }\n");
    write("perfwarden.yml",
          "version: 1\nsuites:\n  core:\n    shell: true\n    build: '" + line +
              "'\n    run: ./bench\n    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
              "budgets: { \"*\": +5% }\nhistory: off\n");
    commit("build");
  }
};

TEST_F(SelftestOfPlacement, MovesAllCodeAndKeepsWhatThatDid) {
  if (!std::filesystem::exists("/usr/bin/cc")) GTEST_SKIP() << "cc is not installed";
  build("cc -O2 bench.c -o bench");
  ASSERT_EQ(start({"selftest", "--placement", "--layouts", "2", "--pairs", "2", "--seed", "7"}), 0)
      << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("core/one wall_time: 0.0 % … 0.0 %")) << "it prints a number of its own";
  EXPECT_THAT(console_.err_text, HasSubstr("layout 2 of 2"));
  EXPECT_TRUE(std::filesystem::exists(".perfwarden/baseline/placement"));
}

TEST_F(SelftestOfPlacement, SaysWhereNothingMoves) {
  if (!std::filesystem::exists("/usr/bin/cc")) GTEST_SKIP() << "cc is not installed";
  build("/usr/bin/cc -O2 bench.c -o bench");
  EXPECT_EQ(start({"selftest", "--placement", "--layouts", "1", "--pairs", "2"}), 3) << console_.err_text;
  EXPECT_THAT(console_.out_text, HasSubstr("core: not known, since its program came out the same"));
  EXPECT_THAT(console_.err_text, HasSubstr("no program was moved"));
}

}  // namespace
}  // namespace perfwarden::app
