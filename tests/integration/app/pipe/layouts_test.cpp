#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "integration/app/check_fixture.hpp"

namespace perfwarden::app {
namespace {

using testing::HasSubstr;

// A benchmark whose number depends on where the linker put one of its functions, as times do.
class CheckOverLayouts : public Check {
 protected:
  static std::string config(const std::string& more) {
    return "version: 1\nsuites:\n  core:\n    build: cc -O2 bench.c -o bench\n    run: ./bench\n" + more +
           "    iterations: 10\n"
           "    parser: { regex: '^(?<name>\\S+) (?<value>\\d+) (?<unit>us)$' }\n"
           "budgets: { \"*\": +5% }\nhistory: off\n";
  }
  // 1,000 us; `more` of them added always, and 160 where `one` lies in this slot of eight.
  static std::string program(int slot, int more) {
    return "#include <stdint.h>\n#include <stdio.h>\n#define SLOT " + std::to_string(slot) + "\n#define MORE " +
           std::to_string(more) +
           "\n__attribute__((noinline)) int one(int x) { return x * 3 + MORE + (SLOT >= 0); }\n"
           "int main(int argc, char** argv) {\n  (void)argv;\n  const int at = (int)((uintptr_t)one / 64 % 8);\n"
           "  if (argc > 1) printf(\"%d\\n\", at);\n  else printf(\"one %d us\\n\", 1000 + (at == SLOT ? 160 : 0) + "
           "(one(argc) > 3 ? MORE : 0));\n  return 0;\n}\n";
  }
  // Where the head of this many more lies when it is built as check builds it.
  static int slot_of_head(int more) {
    std::ofstream("probe.c") << program(0, more);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
        ::popen("cc -falign-functions=64 -O2 probe.c -o probe && ./probe where; rm -f probe probe.c", "r"), ::pclose);
    std::array<char, 16> line{};
    EXPECT_NE(std::fgets(line.data(), line.size(), pipe.get()), nullptr);
    return std::atoi(line.data());
  }
  void two_commits(int more, const std::string& config_more) {
    write("perfwarden.yml", config(config_more));
    write("bench.c", program(-1, 0));
    commit("base");
    write("bench.c", program(slot_of_head(more), more));
    commit("head");
  }
  int check_it() { return perfwarden({"check", "--base", "HEAD~1", "--seed", "7"}); }
};

TEST_F(CheckOverLayouts, ADifferenceThatIsGoneInOtherLayoutsFailsNothing) {
  two_commits(0, "");
  ASSERT_EQ(check_it(), 1) << "as built it is slower\n" << console_.out_text << console_.err_text;
  two_commits(0, "    layouts: 8\n");
  EXPECT_EQ(check_it(), 0) << console_.out_text;
  EXPECT_THAT(console_.err_text, HasSubstr("layout 8 of 8"));
  EXPECT_THAT(report()["comparisons"][0]["method"], "Student's t over layouts");
}

TEST_F(CheckOverLayouts, ADifferenceThatStaysFails) {
  two_commits(110, "    layouts: 4\n");
  EXPECT_EQ(check_it(), 1) << console_.out_text;
  EXPECT_THAT(console_.err_text, HasSubstr("layout 4 of 4"));
}

TEST_F(CheckOverLayouts, WhatCannotBeMovedIsSaidAndFailsAsBuilt) {
  two_commits(110, "    layouts: 4\n");
  const std::string text = support::slurp("perfwarden.yml");
  write("perfwarden.yml", std::string(text).replace(text.find("build: cc"), 9, "build: /usr/bin/cc"));
  commit("compiler-by-its-path");
  write("bench.c", program(-1, 230));
  commit("slower");
  EXPECT_EQ(check_it(), 1) << console_.out_text;
  EXPECT_THAT(console_.out_text + console_.err_text, HasSubstr("came out the same each time"));
}

TEST_F(CheckOverLayouts, AChangeWithinTheKnownRangeIsUndecided) {
  two_commits(0, "");
  ASSERT_EQ(check_it(), 1) << console_.out_text;
  const std::string fingerprint = report()["head"]["machine"]["fingerprint"];
  write(
      ".perfwarden/baseline/placement/" + fingerprint + ".json",
      R"({"schema":"perfwarden.placement/1","commit":"","time":"2026-11-29T00:00:00Z","fingerprint":")" + fingerprint +
          R"(","layouts":8,"ranges":[{"suite":"core","benchmark":"one","metric":"wall_time","low":0,"high":0.2,"error":0.001}]})");
  EXPECT_EQ(check_it(), 0) << console_.out_text;
  EXPECT_THAT(console_.out_text, HasSubstr("may be placement"));
  EXPECT_THAT(console_.out_text, HasSubstr("`layouts: 8`"));
}

TEST_F(CheckOverLayouts, ARangeThatHeadWritesWhileItIsMeasuredExcusesNothing) {
  two_commits(110, "");
  ASSERT_EQ(check_it(), 1) << console_.out_text;
  const std::string fingerprint = report()["head"]["machine"]["fingerprint"];
  const std::string folder = std::filesystem::current_path().string() + "/.perfwarden/baseline/placement";
  const std::string text =
      R"({\"schema\":\"perfwarden.placement/1\",\"commit\":\"\",\"time\":\"\",\"fingerprint\":\")" + fingerprint +
      R"(\",\"layouts\":8,\"ranges\":[{\"suite\":\"core\",\"benchmark\":\"one\",\"metric\":\"wall_time\",)"
      R"(\"low\":0,\"high\":0.2,\"error\":0.001}]})";
  std::string source = support::slurp("bench.c");
  source.replace(source.find("  return 0;"), 0,
                 "  system(\"mkdir -p " + folder + "\");\n  FILE* f = fopen(\"" + folder + "/" + fingerprint +
                     ".json\", \"w\");\n  if (f) fputs(\"" + text + "\", f), fclose(f);\n");
  write("bench.c", "#include <stdlib.h>\n" + source);
  git("reset -q --soft HEAD~1");
  commit("head-that-excuses-itself");
  EXPECT_EQ(start({"check", "--base", "HEAD~1", "--seed", "7"}), 1) << console_.out_text;
  EXPECT_TRUE(std::filesystem::exists(folder + "/" + fingerprint + ".json")) << "the attack did not take place";
}

}  // namespace
}  // namespace perfwarden::app
