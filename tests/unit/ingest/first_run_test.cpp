#include "ingest/first_run.hpp"

#include <gmock/gmock.h>

#include <string>

namespace perfwarden::ingest {
namespace {

using testing::HasSubstr;

constexpr const char* k_gbench_table =
    "2026-11-29T07:00:00+00:00\nRunning ./bench\n-----\nBenchmark        Time             CPU   Iterations\n"
    "-----------------------\nBM_Sum         345 ns          345 ns      2000000\n";
constexpr const char* k_go = "goos: linux\nBenchmarkSum-2   1000   1234 ns/op\nPASS\n";

Result<Samples> first(const std::string& parser, const std::string& output, const std::string& said = "") {
  Plan plan;
  plan.two_sided = true;
  plan.suites.resize(1);
  plan.suites[0].name = "core";
  plan.suites[0].run.argv = {"./bench"};
  plan.suites[0].parser.name = parser;
  RawInvocation run;
  run.step.kind = Step::Kind::warmup;
  run.output = output;
  run.output_name = "core (head, run 1): stdout";
  run.said = said;
  return read_first(run, plan, Config{});
}

TEST(ReadFirst, GivesWhatAWarmUpWrote) {
  const Result<Samples> samples = first("auto", k_go);
  ASSERT_TRUE(samples) << samples.error().text();
  ASSERT_EQ(samples->series.size(), 1U);
  EXPECT_EQ(samples->series[0].id.benchmark, "BenchmarkSum");
}

TEST(ReadFirst, NamesTheParserTheLinesSeenAndTheFlag) {
  const Result<Samples> samples = first("pytest-benchmark", "hello\n\nworld\n");
  ASSERT_FALSE(samples);
  const Error& error = samples.error();
  EXPECT_EQ(error.kind, ErrorKind::benchmark);
  EXPECT_THAT(error.what, HasSubstr("suite 'core' gave no value on head (parser: pytest-benchmark): "));
  EXPECT_EQ(error.excerpt, "  | hello\n  | world");
  EXPECT_EQ(error.hint, "run it with --benchmark-json=bench.json, and set output-file: bench.json");
}

TEST(ReadFirst, SuggestsTheParserThatTheTextIsOf) {
  EXPECT_EQ(first("google-benchmark", k_go).error().hint, "it looks like go-bench: set parser: go-bench");
}

TEST(ReadFirst, KnowsAHarnessByWhatItPrintsForPeople) {
  const std::string flag = "it looks like what google-benchmark prints for people; run it with --benchmark_format=json";
  EXPECT_EQ(first("auto", k_gbench_table).error().hint, flag);
  EXPECT_EQ(first("google-benchmark", k_gbench_table).error().hint, flag);
  EXPECT_EQ(first("k6", k_gbench_table).error().hint, flag + ", and parser: google-benchmark");
}

TEST(ReadFirst, ShowsStderrOfAProgramThatPrintsNothingElse) {
  const Result<Samples> samples = first("auto", " \n", "Usage: bench FILE");
  ASSERT_FALSE(samples);
  EXPECT_THAT(samples.error().what, HasSubstr("it wrote nothing there, but to stderr"));
  EXPECT_EQ(samples.error().excerpt, "  | Usage: bench FILE");
  EXPECT_THAT(samples.error().hint, HasSubstr("parser: time"));
}

}  // namespace
}  // namespace perfwarden::ingest
