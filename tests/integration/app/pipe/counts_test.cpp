#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "integration/app/check_fixture.hpp"

// Numbers that are counted and compared exactly, end to end.
namespace perfwarden::app {
namespace {

using testing::HasSubstr;

class Counts : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    git("checkout -q main");
    write("bench.sh", "#!/bin/sh\nread -r count how < count.txt\nexec " + support::allocator() + " $count $how\n");
    configure("count: [allocations]");
    write("count.txt", "1000\n");
    write("app.bin", std::string(5000, 'x'));
    commit("counted");
    git("checkout -q -B change");
  }
  void configure(const std::string& more, const std::string& budget = "process") {
    write("perfwarden.yml", R"(version: 1
suites:
  core:
    run: ./bench.sh
    parser: { regex: '^(?<name>\S+) (?<value>\d+) (?<unit>ms)$' }
    iterations: 10
    warmup: 0
    profile: off
    )" + more + R"(
budgets:
  "core/)" + budget + R"(": +0%
history: off
)");
  }
  nlohmann::json comparison(const std::string& metric) {
    const nlohmann::json all = report();
    for (const auto& one : all["comparisons"])
      if (one["metric"] == metric) return one;
    return {};
  }
};

TEST_F(Counts, OneMoreAllocationInAThousandIsSeenForSure) {
  write("count.txt", "1001\n");
  commit("more");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  const nlohmann::json allocations = comparison("allocations");
  EXPECT_EQ(allocations["verdict"], "regression") << allocations;
  EXPECT_EQ(allocations["method"], "exact") << allocations;
  EXPECT_EQ(allocations["head"].get<double>() - allocations["base"].get<double>(), 1.0);
  EXPECT_EQ(comparison("allocated_bytes")["verdict"], "regression");
}

TEST_F(Counts, EqualCountsPassWithoutStatistics) {
  write("docs.md", "x\n");
  commit("same");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.out_text << console_.err_text;
  for (const char* metric : {"allocations", "allocated_bytes", "peak_heap"}) {
    EXPECT_EQ(comparison(metric)["verdict"], "pass") << metric;
    EXPECT_EQ(comparison(metric)["pairs"], 2) << metric;
  }
}

TEST_F(Counts, NoisyCountsAreNotComparedAsFacts) {
  write("count.txt", "1000 vary\n");
  commit("noisy");
  const int code = perfwarden({"check"});
  EXPECT_TRUE(code == 0 || code == 1) << console_.err_text;
  const nlohmann::json allocations = comparison("allocations");
  EXPECT_EQ(allocations["pairs"], 10);
  EXPECT_NE(allocations["method"], "exact") << allocations;
}

TEST_F(Counts, ABinaryThatGrowsByOneByteBreaksItsBudget) {
  configure("binary: app.bin", "app.bin");
  commit("binary");
  git("checkout -q main && git merge -q change && git checkout -q change");
  write("app.bin", std::string(5001, 'x'));
  commit("grown");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.out_text << console_.err_text;
  const nlohmann::json size = comparison("binary_size");
  EXPECT_EQ(size["verdict"], "regression");
  EXPECT_EQ(size["head"], 5001.0);
}

TEST_F(Counts, AMissingValgrindStopsTheRunBeforeItIsMeasured) {
  configure("count: [instructions]");
  commit("instructions");
  variables_["PATH"] = directory_ / "bin";
  std::filesystem::create_directory("bin");
  for (const char* tool : {"git", "sh"})
    std::filesystem::create_symlink(std::string("/usr/bin/") + tool, std::string("bin/") + tool);
  EXPECT_EQ(perfwarden({"run"}), 3);
  EXPECT_THAT(console_.err_text, HasSubstr("counts instructions, which needs valgrind"));
  EXPECT_FALSE(std::filesystem::exists("samples"));
}

}  // namespace
}  // namespace perfwarden::app
