#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "integration/app/check_fixture.hpp"
#include "support/fakes.hpp"

// Measuring until decided, on real processes.
namespace perfwarden::app {
namespace {

// Speaks like a Google Benchmark program and takes its filter.
constexpr const char* k_google = R"(#!/bin/sh
filter=.
for word; do case $word in --benchmark_filter=*) filter=${word#*=} ;; esac; done
echo "$filter" >> ../../filters.txt
printf '{"context": {"library_build_type": "release"}, "benchmarks": ['
comma=
while read -r name value; do
  echo "$name" | grep -Eq "$filter" || continue
  time=$((value * (997000 + $(date +1%N) % 6007) / 1000))
  printf '%s{"name": "%s", "run_type": "iteration", "iterations": 1, "real_time": %s, "cpu_time": %s, "time_unit": "ns"}' \
    "$comma" "$name" "$time" "$time"
  comma=,
done < values.txt
echo ']}'
)";

class Adaptive : public Check {
 protected:
  void SetUp() override {
    Check::SetUp();
    git("checkout -q main");
    write("bench.sh", k_google);
    write("values.txt", "parse/8 1000\nsort<int> 2000\nscan 3000\n");
    write("perfwarden.yml",
          "version: 1\nsuites:\n  core: { run: ./bench.sh --benchmark_format=json, warmup: 0, profile: off }\n"
          "budgets: { '*': +5% }\nhistory: off\n");
    commit("google");
    git("checkout -q -b slower");
  }
};

TEST_F(Adaptive, OnlyWhatIsUndecidedIsRunAgainAndTheChangeIsConfirmed) {
  write("values.txt", "parse/8 1000\nsort<int> 2200\nscan 3000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text << console_.out_text;
  int seen = 0;
  const nlohmann::json said = report();
  for (const nlohmann::json& one : said.at("comparisons")) {
    if (one.at("metric") != "wall_time") continue;
    ++seen;
    const bool slower = one.at("benchmark") == "sort<int>";
    EXPECT_EQ(one.at("verdict"), slower ? "regression" : "pass") << one;
    EXPECT_EQ(one.at("confidence"), slower ? nlohmann::json("HIGH") : nlohmann::json()) << one;
    if (slower)
      EXPECT_GE(one.at("pairs"), 28) << one;
    else
      EXPECT_EQ(one.at("pairs"), 6) << one;
    for (const nlohmann::json& warning : one.at("warnings")) EXPECT_NE(warning.at("code"), "partly-reported") << one;
  }
  EXPECT_EQ(seen, 3);
  const std::string filters = support::slurp(".perfwarden/filters.txt");
  EXPECT_NE(filters.find("^(sort<int>)$\n"), std::string::npos) << filters;
  EXPECT_EQ(filters.find("^(parse"), std::string::npos) << filters;
}

TEST_F(Adaptive, AProgramThatDoesNotKnowItsOwnNamesIsRunWhole) {
  std::string deaf = k_google;
  deaf.replace(deaf.find("filter=${word#*=}"), 17, "filter=nothing");
  git("checkout -q main");
  write("bench.sh", deaf);
  commit("deaf");
  git("checkout -q -b other");
  write("values.txt", "parse/8 1000\nsort<int> 2200\nscan 3000\n");
  commit("slower");
  EXPECT_EQ(perfwarden({"check"}), 1) << console_.err_text << console_.out_text;
  const nlohmann::json said = report();
  for (const nlohmann::json& one : said.at("comparisons")) {
    if (one.at("metric") != "wall_time") continue;
    EXPECT_EQ(one.at("verdict"), one.at("benchmark") == "sort<int>" ? "regression" : "pass") << one;
  }
}

TEST_F(Adaptive, NothingChangedTakesSixPairs) {
  write("note.txt", "no code");
  commit("note");
  EXPECT_EQ(perfwarden({"check"}), 0) << console_.err_text << console_.out_text;
  const nlohmann::json said = report();
  for (const nlohmann::json& one : said.at("comparisons")) EXPECT_EQ(one.at("pairs"), 6) << one;
}

// A slow suite that has no time for more than its first six pairs, and the same six as a fixed number.
class SlowSuite : public Check {
 protected:
  void measure(const std::string& iterations, const std::string& values) {
    git("checkout -q main");
    write("bench.sh", "#!/bin/sh\nsleep 0.08\n" + std::string(k_script).substr(10));
    write("values.txt", "parse 1000\n");
    std::string config = k_config;
    config.replace(config.find("iterations: 10"), 14, "iterations: " + iterations);
    write("perfwarden.yml", config);
    commit("slow-suite");
    git("checkout -q -B change");
    write("values.txt", values);
    write("note.txt", iterations);
    commit("slower");
    code_ = perfwarden({"check"});
  }
  int code_ = 0;
};

TEST_F(SlowSuite, SixPairsOfHalfAsMuchAgainFailWhetherTimeEndedOrSixWereAskedFor) {
  for (const std::string iterations : {"{ max-time: 0.5s }", "6"}) {
    measure(iterations, "parse 1500\n");
    EXPECT_EQ(code_, 1) << iterations << console_.err_text << console_.out_text;
    EXPECT_EQ(report().at("comparisons").at(0).at("pairs"), 6) << iterations;
    EXPECT_EQ(report().at("comparisons").at(0).at("confidence"), "MEDIUM") << iterations;
  }
}

TEST_F(SlowSuite, SaysAtOnceHowMuchTimeADecisionTakes) {
  measure("{ max-time: 0.5s }", "parse 1500\n");
  EXPECT_NE(console_.err_text.find("a decision needs at least 10: set max-time: "), std::string::npos)
      << console_.err_text;
}

TEST_F(SlowSuite, WithEnoughTimeNothingIsSaidOfIt) {
  measure("{ max-time: 60s }", "parse 1000\n");
  EXPECT_EQ(code_, 0) << console_.err_text << console_.out_text;
  EXPECT_EQ(console_.err_text.find("max-time"), std::string::npos) << console_.err_text;
}

}  // namespace
}  // namespace perfwarden::app
