#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

// What failed is recorded beside the values, with how often it ran.
namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string google(const std::string& benchmarks) {
  return R"({"context": {"library_build_type": "release"}, "benchmarks": [)" + benchmarks + "]}";
}
const std::string k_good = R"({"name": "BM_A", "run_type": "iteration", "real_time": 5, "cpu_time": 5})";
const std::string k_bad =
    R"({"name": "BM_A", "run_type": "iteration", "error_occurred": true, "error_message": "cannot open corpus"})";
const std::string k_other = R"({"name": "BM_B", "run_type": "iteration", "real_time": 5, "cpu_time": 5})";

Plan plan_of(const std::string& parser) {
  Suite suite;
  suite.name = "core";
  suite.parser.name = parser;
  Plan plan;
  plan.suites = {suite};
  plan.two_sided = true;
  return plan;
}

RawInvocation invocation(Side side, int number, const std::string& output, bool ok = true) {
  RawInvocation out;
  out.step = {Step::Kind::measure, side, 0, 0, number};
  out.output = output;
  out.output_name = "core: stdout";
  out.ok = ok;
  if (!ok) out.failure = "timed out after 1 s";
  return out;
}

TEST(Failures, OfABenchmarkAreCountedOverTheRunsOfItsSuite) {
  Raw raw;
  for (int i = 0; i < 3; ++i) {
    raw.invocations.push_back(invocation(Side::base, i, google(k_good + "," + k_other)));
    raw.invocations.push_back(invocation(Side::head, i, google((i == 1 ? k_bad : k_good) + "," + k_other)));
  }
  const auto samples = read(raw, plan_of("google-benchmark"), Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_THAT(samples->base.failures, IsEmpty());
  ASSERT_EQ(samples->head.failures.size(), 1U);
  const Failure& failure = samples->head.failures[0];
  EXPECT_EQ(failure.benchmark, "BM_A");
  EXPECT_EQ(failure.failed, 1U);
  EXPECT_EQ(failure.runs, 3U);
  EXPECT_TRUE(failure.dropped);
  EXPECT_THAT(failure.reason, HasSubstr("core: stdout:1: benchmark 'BM_A' reported an error: cannot open corpus"));
}

TEST(Failures, OfProcessesAreCountedWithoutABenchmark) {
  Raw raw;
  for (int i = 0; i < 3; ++i) {
    raw.invocations.push_back(invocation(Side::base, i, google(k_good)));
    raw.invocations.push_back(invocation(Side::head, i, google(k_good), i == 0));
  }
  const auto samples = read(raw, plan_of("google-benchmark"), Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  ASSERT_EQ(samples->head.failures.size(), 1U);
  EXPECT_EQ(samples->head.failures[0].benchmark, "");
  EXPECT_EQ(samples->head.failures[0].failed, 2U);
  EXPECT_EQ(samples->head.failures[0].runs, 3U);
}

TEST(Failures, OfTheOnlyBenchmarkOnHeadAreNotTheEndOfTheRun) {
  Raw raw;
  raw.invocations = {invocation(Side::base, 0, google(k_good)), invocation(Side::head, 0, google(k_bad))};
  const auto samples = read(raw, plan_of("google-benchmark"), Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_THAT(samples->head.series, IsEmpty());
  EXPECT_EQ(samples->head.failures.size(), 1U);
}

TEST(Failures, OfTheOnlyBenchmarkOnBaseSayWhatTheHarnessSaid) {
  Raw raw;
  raw.invocations = {invocation(Side::base, 0, google(k_bad)), invocation(Side::head, 0, google(k_good))};
  const auto samples = read(raw, plan_of("google-benchmark"), Config{});
  ASSERT_FALSE(samples);
  EXPECT_THAT(samples.error().what, HasSubstr("suite 'core' gave no value on base"));
  EXPECT_THAT(samples.error().what, HasSubstr("cannot open corpus"));
}

TEST(Failures, OfSomeRunsInsideHyperfineDropTheirTimesAndOfAllKeepThem) {
  const auto some =
      read_as("hyperfine", R"({"results": [{"command": "a", "times": [1, 9, 3], "exit_codes": [0, 1, 0]}]})");
  EXPECT_THAT(find(some, "a", "wall_time").values, ElementsAre(1, 3));
  EXPECT_EQ(some->failures[0].failed, 1U);
  EXPECT_EQ(some->failures[0].runs, 3U);
  EXPECT_TRUE(some->failures[0].dropped);
  const auto all = read_as("hyperfine", R"({"results": [{"command": "a", "times": [1, 9], "exit_codes": [1, null]}]})");
  EXPECT_THAT(find(all, "a", "wall_time").values, ElementsAre(1, 9));
  EXPECT_EQ(all->failures[0].failed, 2U);
  EXPECT_FALSE(all->failures[0].dropped);
}

TEST(Failures, AreReadInEveryFormatThatHasANotionOfThem) {
  const struct {
    const char *format, *text, *benchmark;
  } rows[] = {
      {"go-bench", "BenchmarkA-8 1 2 ns/op\n--- FAIL: BenchmarkB-8\n", "BenchmarkB"},
      {"libtest", "test a ... bench: 1 ns/iter (+/- 0)\ntest b ... FAILED\n", "b"},
      {"catch2",
       "<Catch2TestRun><TestCase name=\"t\"><BenchmarkResults name=\"a\"><mean value=\"5\"/></BenchmarkResults>"
       "<BenchmarkResults name=\"b\"><failed message=\"threw\"/></BenchmarkResults></TestCase></Catch2TestRun>",
       "t/b"},
      {"benchmark-dotnet", R"({"HostEnvironmentInfo": {}, "Benchmarks": [{"FullName": "b", "Statistics": null},
                              {"FullName": "a", "Statistics": {"Mean": 5}}]})",
       "b"},
      {"tinybench", R"([{"name": "a", "result": {"latency": {"p50": 1}}}, {"name": "b", "result": {"error": "x"}}])",
       "b"},
      {"vitest",
       R"({"files": [{"filepath": "f", "groups": [{"benchmarks": [{"name": "a", "median": 1}, {"name": "b"}]}]}]})",
       "b"},
      {"pytest-benchmark", R"({"machine_info": {}, "commit_info": {}, "benchmarks": [
          {"fullname": "a", "stats": {"data": [1]}}, {"fullname": "b", "has_error": true, "stats": {}}]})",
       "b"},
      {"mitata", R"({"layout": [], "benchmarks": [{"alias": "a", "runs": [{"stats": {"p50": 1}}]},
                     {"alias": "b", "runs": [{"error": "x"}]}]})",
       "b"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.format);
    const auto reading = read_as(row.format, row.text);
    ASSERT_TRUE(reading) << reading.error().text();
    ASSERT_EQ(reading->failures.size(), 1U);
    EXPECT_EQ(reading->failures[0].benchmark, row.benchmark);
    EXPECT_THAT(reading->failures[0].reason, HasSubstr("out.txt:"));
  }
}

}  // namespace
}  // namespace perfwarden::ingest
