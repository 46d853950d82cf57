#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

// What the goldens do not show: processes as invocations, and what is told of values that are missing.
namespace perfwarden::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Values = std::vector<std::vector<double>>;
using Processes = std::vector<std::uint32_t>;

const std::string k_hyperfine =
    R"({"results": [{"command": "a", "times": [1, 2, 3]}, {"command": "b", "times": [4, null, 5]}]})";

Samples ingested(const std::vector<NamedText>& files, std::string_view format = "auto") {
  Suite suite;
  suite.name = "cli";
  const auto samples = read_files(files, format, suite, Config{});
  if (!samples) ADD_FAILURE() << samples.error().text();
  return samples.value_or(Samples{});
}

TEST(Processes, OfAHarnessAreInvocationsForIngest) {
  const Samples samples = ingested({{"h.json", k_hyperfine}});
  ASSERT_EQ(samples.series.size(), 2U);
  EXPECT_EQ(samples.series[0].invocations, (Values{{1}, {2}, {3}}));
  EXPECT_EQ(samples.series[1].invocations, (Values{{4}, {}, {5}}));
  EXPECT_THAT(samples.series[0].warnings, IsEmpty());
  EXPECT_THAT(texts(samples.warnings), ElementsAre(HasSubstr("benchmark 'b': wall_time is NaN; ignored")));
}

TEST(Processes, OfTheNextFileFollowThoseOfTheFirst) {
  const std::string next = R"({"results": [{"command": "a", "times": [9]}, {"command": "b", "times": [8]}]})";
  const Samples samples = ingested({{"1.json", k_hyperfine}, {"2.json", next}});
  EXPECT_EQ(samples.series[0].invocations, (Values{{1}, {2}, {3}, {9}}));
  EXPECT_EQ(samples.series[1].invocations, (Values{{4}, {}, {5}, {8}}));
  EXPECT_THAT(samples.series[0].warnings, IsEmpty());
}

TEST(Processes, AreRepetitionsOfTheInvocationThatPerfwardenStarted) {
  Plan plan;
  Suite suite;
  suite.name = "cli";
  suite.parser.name = "hyperfine";
  plan.suites = {suite};
  Raw raw;
  for (int number = 0; number < 2; ++number) {
    RawInvocation invocation;
    invocation.step = {Step::Kind::measure, Side::head, 0, 0, number};
    invocation.output = k_hyperfine;
    invocation.output_name = "cli: stdout";
    invocation.ok = true;
    raw.invocations.push_back(invocation);
  }
  const auto samples = read(raw, plan, Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_EQ(samples->head.series[0].invocations, (Values{{1, 2, 3}, {1, 2, 3}}));
}

TEST(Jmh, ForksAreProcessesAndModesAreApart) {
  const auto reading = read_as("jmh", R"([
    {"benchmark": "B.x", "mode": "avgt", "primaryMetric": {"scoreUnit": "us/op", "rawData": [[1, 2], [3]]}},
    {"benchmark": "B.x", "mode": "ss", "primaryMetric": {"scoreUnit": "us/op", "rawData": [[9]]}},
    {"benchmark": "B.y", "mode": "thrpt", "primaryMetric": {"scoreUnit": "ops/min", "rawData": [[120]]}}])");
  EXPECT_THAT(find(reading, "B.x", "wall_time").values, ElementsAre(1e-6, 2e-6, 3e-6));
  EXPECT_EQ(find(reading, "B.x", "wall_time").processes, (Processes{0, 0, 1}));
  EXPECT_THAT(find(reading, "B.x/mode=ss", "wall_time").values, ElementsAre(9e-6));
  EXPECT_THAT(find(reading, "B.y", "throughput").values, ElementsAre(testing::DoubleEq(2)));
  EXPECT_EQ(find(reading, "B.y", "throughput").metric.better, Better::higher);
}

TEST(BenchmarkDotNet, LaunchesAreProcesses) {
  const auto reading = read_as("benchmark-dotnet", R"({"HostEnvironmentInfo": {}, "Benchmarks": [{"FullName": "A",
    "Measurements": [
      {"IterationMode": "Workload", "IterationStage": "Result", "LaunchIndex": 1, "Operations": 2, "Nanoseconds": 8},
      {"IterationMode": "Workload", "IterationStage": "Warmup", "LaunchIndex": 1, "Operations": 2, "Nanoseconds": 99},
      {"IterationMode": "Result", "LaunchIndex": 2, "Operations": 1, "Nanoseconds": 5},
      {"IterationMode": "Result", "LaunchIndex": 1e300, "Operations": 1, "Nanoseconds": 6}]}]})");
  EXPECT_THAT(find(reading, "A", "wall_time").values, ElementsAre(4e-9, 5e-9, 6e-9));
  EXPECT_EQ(find(reading, "A", "wall_time").processes, (Processes{0, 1, 0}));
}

TEST(Gungraun, CountsAreComparedExactlyAndHitsAreCosts) {
  const auto reading = read_as("gungraun", "lib::g::b id:1\n  Instructions:  10|N/A (***)\n  L1 Hits:  5|4 (+25%)\n");
  const Measurement instructions = find(reading, "lib::g::b/id", "instructions");
  EXPECT_TRUE(instructions.metric.deterministic);
  EXPECT_TRUE(instructions.metric.primary);
  EXPECT_EQ(find(reading, "lib::g::b/id", "l1_hits").metric.better, Better::lower);
  EXPECT_THAT(reading->warnings, IsEmpty());
}

TEST(Asv, NamesCombinationsOfParametersWithTheLastOneFastest) {
  const auto reading = read_as("asv", R"({"env_name": "e", "result_columns": ["result", "params", "samples"],
    "results": {"m.time_x": [[1, 2, 3, 4], [["a", "b"], ["10", "20"]]], "m.time_few": [[1, 2, 3], [["a"]]]}})");
  EXPECT_THAT(names(reading),
              ElementsAre("m.time_x/a/10 wall_time", "m.time_x/a/20 wall_time", "m.time_x/b/10 wall_time",
                          "m.time_x/b/20 wall_time", "m.time_few/a wall_time"));
}

TEST(Criterion, TellsThatTextGivesNoSamplesAndFoldersDo) {
  const auto text = read_as("criterion", "sort   time:   [1.0 ns 2.0 ns 3.0 ns]\n");
  EXPECT_THAT(texts(text->warnings), ElementsAre(HasSubstr("give the folder target/criterion")));
  const auto folder = read_as("criterion",
                              "==> target/criterion/sort/new/sample.json <==\n{\"iters\":[10,20],\"times\":[50,100]}\n"
                              "==> target/criterion/sort/base/sample.json <==\n{\"iters\":[1],\"times\":[900]}\n");
  EXPECT_THAT(find(folder, "sort", "wall_time").values, ElementsAre(5e-9, 5e-9));
  EXPECT_THAT(folder->warnings, IsEmpty());
}

TEST(Catch2, AnswersXmlThatDeclaresADocumentTypeWithAnError) {
  const auto reading = read_as("catch2", "<!DOCTYPE x [<!ENTITY a \"b\">]><Catch2TestRun><TestCase/></Catch2TestRun>");
  ASSERT_FALSE(reading);
  EXPECT_THAT(reading.error().what, HasSubstr("document type"));
}

TEST(GithubActionBenchmark, GivesItsHistoryByCommitOldestFirst) {
  const auto run = [](const char* id, const char* date, const char* bench) {
    return std::string(R"({"commit": {"id": ")") + id + R"("}, "date": )" + date +
           R"(, "tool": "cargo", "benches": [)" + bench + "]}";
  };
  const std::string text = "window.BENCHMARK_DATA = {\"entries\": {\"A\": [" +
                           run("bb22", "1763719200000", R"({"name": "x", "unit": "ns/iter", "value": 2})") + "," +
                           run("aa11", "1763632800000", R"({"name": "x", "unit": "ns/iter", "value": 1})") +
                           "], \"B\": [" + run("aa11", "1763632800000", R"({"name": "y", "unit": "s", "value": 3})") +
                           "," + run("<script>", "-5", R"({"name": "y", "unit": "s", "value": 4})") + "," +
                           run("cc33", "1763719200001", "") + "]}}";
  Suite suite;
  suite.name = "old";
  const auto runs = read_history({"data.js", text}, "auto", suite, Config{});
  ASSERT_TRUE(runs) << runs.error().text();
  ASSERT_EQ(runs->size(), 3U);
  EXPECT_EQ((*runs)[0].run.commit, "");
  EXPECT_EQ((*runs)[0].run.time, "");
  EXPECT_EQ((*runs)[1].run.commit, "aa11");
  EXPECT_EQ((*runs)[1].run.time, "2025-11-20T10:00:00Z");
  ASSERT_EQ((*runs)[1].series.size(), 2U);
  EXPECT_EQ((*runs)[1].series[0].id.path(), "old/A/x/wall_time");
  EXPECT_EQ((*runs)[1].series[0].invocations, (Values{{1e-9}}));
  EXPECT_EQ((*runs)[1].series[1].id.path(), "old/B/y/wall_time");
  EXPECT_EQ((*runs)[2].run.commit, "bb22");
}

TEST(ReadHistory, OfAnyOtherFormatIsTheOneRun) {
  const auto runs = read_history({"h.json", k_hyperfine}, "auto", Suite{}, Config{});
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ(runs->front().series[0].invocations, (Values{{1}, {2}, {3}}));
  EXPECT_FALSE(read_history({"data.js", "window.BENCHMARK_DATA = {\"entries\": {}}"}, "auto", Suite{}, Config{}));
}

TEST(Auto, AsksWhichOneIsMeantWhenATextHoldsTwoOutputs) {
  const auto chosen = choose(
      "auto", {"test a ... bench:  10 ns/iter (+/- 1)\na   time:   [1 ns 2 ns 3 ns]\n", "mixed", nullptr, nullptr, ""});
  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error().what, HasSubstr("the text looks like"));
  EXPECT_THAT(chosen.error().what, HasSubstr("libtest"));
  EXPECT_THAT(chosen.error().what, HasSubstr("criterion"));
}

TEST(Summaries, SayThatThereIsOneValueAndRawSamplesDoNot) {
  const std::string summary = "aggregates-only";
  const auto codes = [](const Result<Reading>& reading) {
    std::vector<std::string> out;
    for (const Warning& warning : reading->warnings) out.push_back(warning.code);
    return out;
  };
  EXPECT_THAT(codes(read_as("libtest", "test a ... bench:  10 ns/iter (+/- 1)\n")), Contains(summary));
  EXPECT_THAT(codes(read_as("bmf", R"({"a": {"latency": {"value": 1}}})")), Contains(summary));
  EXPECT_THAT(codes(read_as("hyperfine", k_hyperfine)), Not(Contains(summary)));
}

}  // namespace
}  // namespace perfwarden::ingest
