#include <gmock/gmock.h>

#include <string>

#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string file(const std::string& benchmarks, const std::string& context = "") {
  return "{\"context\": {\"num_cpus\": 2" + context + "},\n\"benchmarks\": [\n" + benchmarks + "\n]}\n";
}

Result<Reading> read_google(const std::string& benchmarks, const std::string& context = "") {
  return read_as("google-benchmark", file(benchmarks, context));
}

TEST(GoogleBenchmark, TidiesEveryTimeUnitToSeconds) {
  const auto reading = read_google(R"({"name": "a", "real_time": 3, "cpu_time": 2, "time_unit": "ns"},
                              {"name": "b", "real_time": 3, "time_unit": "us"},
                              {"name": "c", "real_time": 3, "time_unit": "ms"},
                              {"name": "d", "real_time": 3, "time_unit": "s"},
                              {"name": "e", "real_time": 3})");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(3e-9));
  EXPECT_THAT(find(reading, "a", "cpu_time").values, ElementsAre(2e-9));
  EXPECT_THAT(find(reading, "b", "wall_time").values, ElementsAre(3e-6));
  EXPECT_THAT(find(reading, "c", "wall_time").values, ElementsAre(3e-3));
  EXPECT_THAT(find(reading, "d", "wall_time").values, ElementsAre(3.0));
  EXPECT_THAT(find(reading, "e", "wall_time").values, ElementsAre(3e-9));
  EXPECT_EQ(find(reading, "b", "wall_time").original_unit, "us");
  EXPECT_TRUE(find(reading, "a", "wall_time").metric.primary);
  EXPECT_FALSE(find(reading, "a", "cpu_time").metric.primary);
}

TEST(GoogleBenchmark, TakesRepetitionsTogetherAndDropsAggregatesAndComplexity) {
  const auto reading = read_google(R"(
    {"name": "a", "run_name": "a", "run_type": "iteration", "repetition_index": 0, "family_index": 0, "real_time": 1},
    {"name": "a", "run_name": "a", "run_type": "iteration", "repetition_index": 1, "family_index": 0, "real_time": 2},
    {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 1.5},
    {"name": "a_cv", "run_name": "a", "run_type": "aggregate", "aggregate_name": "cv", "real_time": 0.3},
    {"name": "a_BigO", "run_name": "a", "run_type": "aggregate", "aggregate_name": "BigO", "big_o": "N"},
    {"name": "a_RMS", "run_name": "a", "run_type": "aggregate", "aggregate_name": "RMS", "rms": 0.1})");
  EXPECT_THAT(names(reading), ElementsAre("a wall_time"));
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1e-9, 2e-9));
  EXPECT_THAT(reading->warnings, IsEmpty());
}

TEST(GoogleBenchmark, ReadsTheMedianWhereOnlyAggregatesAreAndSaysSo) {
  const auto reading = read_google(R"(
    {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 5},
    {"name": "a_median", "run_name": "a", "run_type": "aggregate", "aggregate_name": "median", "real_time": 4},
    {"name": "b_mean", "run_name": "b", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 7},
    {"name": "b_stddev", "run_name": "b", "run_type": "aggregate", "aggregate_name": "stddev", "real_time": 1})");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(4e-9));
  EXPECT_THAT(find(reading, "b", "wall_time").values, ElementsAre(7e-9));
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("leave out --benchmark_report_aggregates_only")));
}

TEST(GoogleBenchmark, TellsAggregatesOfOldLibrariesByTheirNames) {
  const auto reading = read_google(R"({"name": "a", "real_time": 1}, {"name": "a", "real_time": 3},
    {"name": "a_mean", "real_time": 2}, {"name": "a_median", "real_time": 2}, {"name": "a_stddev", "real_time": 1})");
  EXPECT_THAT(names(reading), ElementsAre("a wall_time"));
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1e-9, 3e-9));
}

TEST(GoogleBenchmark, MakesCountersMetricsOfTheirOwnThatAreNotPrimary) {
  const auto reading = read_google(R"({"name": "a", "real_time": 1, "items_per_second": 5, "bytes_per_second": 6,
    "rows": 7, "rows_per_second": 8, "heap_bytes": 9, "allocs_per_iter": 2, "max_bytes_used": 3, "label": "x",
    "iterations": 4, "threads": 1, "max_rss": 10})");
  EXPECT_EQ(find(reading, "a", "throughput").metric.unit, "op/s");
  EXPECT_EQ(find(reading, "a", "byte_throughput").metric.better, Better::higher);
  EXPECT_EQ(find(reading, "a", "rows").metric, (Metric{"rows", "1", Better::unknown, false, false}));
  EXPECT_EQ(find(reading, "a", "rows_per_second").metric,
            (Metric{"rows_per_second", "op/s", Better::higher, false, false}));
  EXPECT_EQ(find(reading, "a", "heap_bytes").metric.unit, "B");
  EXPECT_EQ(find(reading, "a", "max_bytes_used").metric.unit, "B");
  EXPECT_EQ(find(reading, "a", "allocations").metric, *known_metric("allocations"));
  EXPECT_EQ(find(reading, "a", "max_rss").metric.unit, "B");
  EXPECT_EQ(reading->measurements.size(), 9U);
}

TEST(GoogleBenchmark, NamesBenchmarkAndLineOfABareNaN) {
  const auto reading = read_google(
      "{\"name\": \"BM_Sort/1024\",\n\"real_time\": NaN,\n\"cpu_time\": -Infinity, \"x\": -nan},\n"
      "{\"name\": \"b\", \"real_time\": 1}");
  EXPECT_THAT(names(reading), ElementsAre("b wall_time"));
  EXPECT_THAT(texts(reading->warnings),
              ElementsAre("not-finite: out.txt:4: benchmark 'BM_Sort/1024': wall_time is NaN; ignored",
                          "not-finite: out.txt:5: benchmark 'BM_Sort/1024': cpu_time is infinite; ignored",
                          "not-finite: out.txt:5: benchmark 'BM_Sort/1024': x is NaN; ignored"));
}

TEST(GoogleBenchmark, LeavesOutFailedAndSkippedBenchmarksByName) {
  const auto reading = read_google(R"(
    {"name": "a", "run_type": "iteration", "error_occurred": true, "error_message": "no file", "real_time": 0},
    {"name": "b", "run_type": "iteration", "skipped": "skipped", "skip_message": "needs AVX", "real_time": 0},
    {"name": "a_median", "run_name": "a", "run_type": "aggregate", "aggregate_name": "median", "real_time": 0},
    {"name": "c", "error_occurred": false, "real_time": 1})");
  EXPECT_THAT(names(reading), ElementsAre("c wall_time"));
  EXPECT_THAT(texts(reading->warnings),
              ElementsAre("benchmark-failed: out.txt:4: benchmark 'a' reported an error: no file",
                          "benchmark-skipped: out.txt:5: benchmark 'b' was skipped: needs AVX; ignored"));
}

TEST(GoogleBenchmark, WarnsOfADebugLibraryAndOfCpuScalingWithTheCure) {
  const auto reading = read_google(R"({"name": "a", "real_time": 1})",
                                   R"(, "library_build_type": "debug", "cpu_scaling_enabled": true)");
  ASSERT_TRUE(reading);
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("CMAKE_BUILD_TYPE=Release"), HasSubstr("cpupower")));
  const auto quiet = read_google(R"({"name": "a", "real_time": 1})",
                                 R"(, "library_build_type": "release", "cpu_scaling_enabled": false)");
  EXPECT_THAT(quiet->warnings, IsEmpty());
}

TEST(GoogleBenchmark, ReadsNeitherOfTwoBenchmarksWithOneName) {
  const auto reading = read_google(R"(
    {"name": "a", "family_index": 0, "per_family_instance_index": 0, "repetition_index": 0, "real_time": 1},
    {"name": "a", "family_index": 1, "per_family_instance_index": 0, "repetition_index": 0, "real_time": 9},
    {"name": "b", "family_index": 2, "per_family_instance_index": 0, "repetition_index": 0, "real_time": 2})");
  EXPECT_THAT(names(reading), ElementsAre("b wall_time"));
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("benchmark 'a' occurs twice")));
}

TEST(GoogleBenchmark, FindsTheJsonAmongLogLinesAndReadsSeveralPrograms) {
  const std::string text = "start {\"x\": 1}\n" + file(R"({"name": "a", "real_time": 1})", R"(, "executable": "one")") +
                           "between }\n" + file(R"({"name": "b", "real_time": 2})", R"(, "executable": "two")") + "end";
  EXPECT_THAT(names(read_as("google-benchmark", text)), ElementsAre("a wall_time", "b wall_time"));
}

TEST(GoogleBenchmark, TakesASecondRunOfOneProgramAsRepetitionsAndAnotherProgramNot) {
  const std::string one = file(R"({"name": "a", "repetition_index": 0, "real_time": 1})", R"(, "executable": "one")");
  const std::string two = file(R"({"name": "a", "repetition_index": 0, "real_time": 5})", R"(, "executable": "two")");
  EXPECT_THAT(find(read_as("google-benchmark", one + one), "a", "wall_time").values, ElementsAre(1e-9, 1e-9));
  const auto reading = read_as("google-benchmark", one + two);
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_EQ(reading->measurements[0].qualifiers.at(0), (Qualifier{"target", "one"}));
  EXPECT_EQ(reading->measurements[1].qualifiers.at(0), (Qualifier{"target", "two"}));
}

TEST(GoogleBenchmark, LeavesOutACounterThatHasTheNameOfABuiltInMetric) {
  const auto reading = read_google(R"({"name": "a", "real_time": 1, "wall_time": 99, "cpu_time": 2})");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1e-9));
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("the user counter 'wall_time'")));
}

TEST(GoogleBenchmark, ReadsTheFirstOfARepeatedKey) {
  const auto reading = read_google(R"({"name": "a", "real_time": 1, "x": 3, "real_time": 8})");
  EXPECT_THAT(find(reading, "a", "wall_time").values, Contains(1e-9));
  EXPECT_THAT(texts(reading->warnings), Contains(HasSubstr("the key 'real_time' occurs twice")));
}

}  // namespace
}  // namespace perfwarden::ingest
