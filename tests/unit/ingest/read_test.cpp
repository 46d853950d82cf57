#include "ingest/read.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One suite "core" of a regex parser, measured `invocations` times a side.
struct Bench {
  Raw raw;
  Plan plan;
  Config config;

  Bench() {
    Suite suite;
    suite.name = "core";
    suite.run.argv = {"./bench"};
    suite.parser = {"regex", R"(^(?<name>\S+) (?<value>\S+) ?(?<unit>\S*)$)", ""};
    suite.where = {"perfwarden.yml", 3, 3};
    plan.suites = {suite};
    plan.two_sided = true;
  }
  RawInvocation& add(Side side, int number, const std::string& output, std::size_t case_index = 0) {
    RawInvocation invocation;
    invocation.step = {Step::Kind::measure, side, 0, case_index, number};
    invocation.output = output;
    invocation.output_name =
        "core (" + std::string(name_of(side)) + ", run " + std::to_string(number + 1) + "): stdout";
    invocation.ok = true;
    invocation.usage.wall_s = 1 + number;
    invocation.usage.max_rss_bytes = 1000 + number;
    raw.invocations.push_back(invocation);
    return raw.invocations.back();
  }
  [[nodiscard]] Result<SidedSamples> read() const { return ingest::read(raw, plan, config); }
};

Series series_of(const Samples& samples, const std::string& path) {
  for (const Series& series : samples.series)
    if (series.id.path() == path) return series;
  ADD_FAILURE() << "no series " << path;
  return {};
}

std::vector<std::string> paths(const Samples& samples) {
  std::vector<std::string> out;
  for (const Series& series : samples.series) out.push_back(series.id.path());
  return out;
}

using Values = std::vector<std::vector<double>>;

TEST(Read, PutsInvocationsOfEachSideInTheirPlaces) {
  Bench bench;
  bench.add(Side::base, 0, "b 1 s\na 2 s\na 3 s\n");
  bench.add(Side::head, 0, "a 20 s\n");
  bench.add(Side::head, 1, "a 21 s\n");
  bench.add(Side::base, 1, "a 4 s\nb 5 s\n");
  const auto samples = bench.read();
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_THAT(paths(samples->base), ElementsAre("core/a/wall_time", "core/b/wall_time"));
  EXPECT_EQ(samples->base.series[0].invocations, (Values{{2, 3}, {4}}));
  EXPECT_EQ(samples->head.series[0].invocations, (Values{{20}, {21}}));
  EXPECT_THAT(samples->base.warnings, IsEmpty());
}

TEST(Read, KeepsThePlaceOfAFailedInvocationEmptyAndSaysWhy) {
  Bench bench;
  bench.add(Side::head, 0, "a 1 s");
  RawInvocation& failed = bench.add(Side::head, 1, "a 2 s");
  failed.ok = false;
  failed.failure = "exit status 1: no\x1b[2J such file";
  bench.add(Side::head, 2, "a 3 s");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->head.series[0].invocations, (Values{{1}, {}, {3}}));
  EXPECT_THAT(samples->head.series[0].warnings, IsEmpty());
  EXPECT_THAT(
      texts(samples->head.warnings),
      ElementsAre(
          "invocation-failed: core (head, run 2): stdout: exit status 1: no [2J such file; its values are missing"));
  EXPECT_THAT(samples->base.series, IsEmpty());
}

TEST(Read, CountsTheInvocationsThatDidNotReportABenchmark) {
  Bench bench;
  bench.add(Side::head, 0, "a 1 s\nb 1 s");
  bench.add(Side::head, 1, "a 1 s");
  bench.add(Side::head, 2, "a 1 s\nb 3 s");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_THAT(series_of(samples->head, "core/a/wall_time").warnings, IsEmpty());
  const Series partly = series_of(samples->head, "core/b/wall_time");
  EXPECT_EQ(partly.invocations, (Values{{1}, {}, {3}}));
  EXPECT_THAT(texts(partly.warnings), ElementsAre(HasSubstr("partly-reported: reported by 2 of 3 invocations")));
}

TEST(Read, AnInvocationThatCannotBeReadIsAWarningUntilNoneCan) {
  Bench bench;
  bench.add(Side::base, 0, "a 1 s");
  bench.add(Side::head, 0, "garbage without numbers");
  auto samples = bench.read();
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().kind, ErrorKind::benchmark);
  EXPECT_EQ(samples.error().where, "core (head, run 1): stdout");
  EXPECT_THAT(samples.error().what, HasSubstr("suite 'core' gave no value on head (parser: regex): no line matches"));
  bench.add(Side::head, 1, "a 2 s");
  samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->head.series[0].invocations, (Values{{}, {2}}));
  EXPECT_THAT(texts(samples->head.warnings), ElementsAre(HasSubstr("unreadable-output: core (head, run 1)")));
}

TEST(Read, TellsOnceWhatEveryInvocationRepeats) {
  Bench bench;
  for (int i = 0; i < 3; ++i)
    bench.add(Side::head, i, std::string(static_cast<std::size_t>(i), '\n') + "a 1 s\nbad x\nbad x\n");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_THAT(
      texts(samples->head.warnings),
      ElementsAre(
          "bad-record: core (head, run 1): stdout:2: benchmark 'bad': the value 'x' is not a finite number; ignored"));
}

TEST(Read, IsAnErrorWhenEveryInvocationOfASideFailed) {
  Bench bench;
  bench.add(Side::base, 0, "a 1 s");
  RawInvocation& failed = bench.add(Side::head, 0, "");
  failed.ok = false;
  failed.failure = "timed out after 600 s";
  const auto samples = bench.read();
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().kind, ErrorKind::benchmark);
  EXPECT_EQ(samples.error().what, "suite 'core' gave no value on head (parser: regex): timed out after 600 s");
  EXPECT_FALSE(samples.error().hint.empty());
}

TEST(Read, IsAnErrorWhenNothingWasMeasuredUnlessASignalEndedIt) {
  Bench bench;
  EXPECT_FALSE(bench.read());
  EXPECT_EQ(bench.read().error().what, "nothing was measured");
  bench.raw.interrupted = true;
  ASSERT_TRUE(bench.read());
  EXPECT_THAT(bench.read()->head.series, IsEmpty());
}

TEST(Read, NeverReadsWarmUp) {
  Bench bench;
  bench.add(Side::head, 0, "a 99 s").step.kind = Step::Kind::warmup;
  bench.add(Side::head, 0, "a 1 s");
  EXPECT_EQ(bench.read()->head.series[0].invocations, (Values{{1}}));
}

TEST(Read, AppendsTheCaseUnlessTheNameEndsInIt) {
  Bench bench;
  bench.plan.suites[0].cases = {"small", "large"};
  bench.add(Side::head, 0, "parse 1 s\nload/small 2 s", 0);
  bench.add(Side::head, 0, "parse 3 s", 1);
  bench.add(Side::head, 1, "parse 4 s", 1);
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_THAT(paths(samples->head),
              ElementsAre("core/load/small/wall_time", "core/parse/large/wall_time", "core/parse/small/wall_time"));
  EXPECT_EQ(series_of(samples->head, "core/parse/large/wall_time").invocations, (Values{{3}, {4}}));
  EXPECT_EQ(series_of(samples->head, "core/parse/small/wall_time").invocations, (Values{{1}}));
}

TEST(Read, NamesTimedCasesAfterTheCase) {
  Bench bench;
  bench.plan.suites[0].parser = {"time", "", ""};
  bench.plan.suites[0].cases = {"small.json"};
  bench.add(Side::head, 0, "");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_EQ(series_of(samples->head, "core/small.json/wall_time").invocations, (Values{{1}}));
}

TEST(Read, AddsTheKernelsAccountingThatMetricsAskForAndDropsTheRest) {
  Bench bench;
  bench.plan.suites[0].metrics = {"wall_time", "max_rss"};
  bench.add(Side::head, 0, "a 5 s\nb 7 kB");
  bench.add(Side::head, 1, "a 6 s\nb 8 kB");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_THAT(paths(samples->head), ElementsAre("core/a/wall_time", "core/process/max_rss"));
  EXPECT_EQ(samples->head.series[1].invocations, (Values{{1000}, {1001}}));
  EXPECT_TRUE(samples->head.series[1].metric.primary);
  EXPECT_TRUE(samples->head.series[0].metric.primary);
}

TEST(Read, TellsOfAMetricThatNothingReports) {
  Bench bench;
  bench.plan.suites[0].metrics = {"wall_time", "instructions"};
  bench.add(Side::head, 0, "a 5 s");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_THAT(texts(samples->head.warnings),
              ElementsAre("metric-missing: suite 'core' asks for the metric 'instructions', which nothing reported on "
                          "head; these were reported: wall_time"));
  bench.plan.suites[0].metrics = {"instructions"};
  const auto none = bench.read();
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("none of its `metrics` was reported"));
}

TEST(Read, AppliesDeclaredMetricsToBareNumbers) {
  Bench bench;
  bench.plan.suites[0].parser = {"json", "", ""};
  bench.config.metrics["lag"] = {"lag", "ms", Better::higher, true, false};
  bench.config.metrics["wall_time"] = {"wall_time", "B", Better::lower, false, true};
  bench.add(Side::head, 0, R"({"lag": 5, "x": {"value": 1, "unit": "s"}})");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  const Series lag = series_of(samples->head, "core/lag/lag");
  EXPECT_EQ(lag.metric, (Metric{"lag", "s", Better::higher, true, false}));
  EXPECT_EQ(lag.invocations, (Values{{0.005}}));
  EXPECT_EQ(lag.original_unit, "ms");
  EXPECT_THAT(texts(samples->head.warnings),
              ElementsAre(HasSubstr("metric 'wall_time' is declared in B, but benchmark 'x' reports s")));
}

TEST(Read, LeavesOutValuesWhoseUnitChangedBetweenInvocations) {
  Bench bench;
  bench.plan.suites[0].parser.metric = "size";
  bench.add(Side::head, 0, "a 5 kB");
  bench.add(Side::head, 1, "a 5 s");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->head.series[0].invocations, (Values{{5000}, {}}));
  EXPECT_THAT(texts(samples->head.warnings), Contains(HasSubstr("unit-changed")));
}

TEST(Read, RefusesABadParserAsAConfigErrorBeforeReading) {
  Bench bench;
  bench.add(Side::head, 0, "a 5 s");
  bench.plan.suites[0].parser.regex = "(";
  EXPECT_EQ(bench.read().error().kind, ErrorKind::config);
  EXPECT_EQ(bench.read().error().where, "perfwarden.yml:3:3");
  bench.plan.suites[0].parser = {"google-benchmrk", "", ""};
  EXPECT_EQ(bench.read().error().hint, "did you mean 'google-benchmark'?");
}

TEST(Read, ChoosesOneFormatForBothSidesOfASuite) {
  Bench bench;
  bench.plan.suites[0].parser = {"auto", "", ""};
  bench.add(Side::base, 0, "");
  bench.add(Side::base, 1, "BenchmarkX-8 1 5 ns/op\n");
  bench.add(Side::head, 0, "BenchmarkX-8 1 6 ns/op\n");
  const auto samples = bench.read();
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_EQ(samples->base.series[0].invocations, (Values{{}, {5e-9}}));
  EXPECT_THAT(texts(samples->base.warnings), ElementsAre(HasSubstr("no known benchmark output")));
}

TEST(Read, MakesNamesValidUtf8AndCarriesTheMeasuringsWarnings) {
  Bench bench;
  bench.raw.warnings = {{"no-counters", "instructions not counted"}};
  bench.add(Side::head, 0, "a\xFF 5 s");
  const auto samples = bench.read();
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->head.series[0].id.benchmark, "a\xEF\xBF\xBD");
  EXPECT_THAT(texts(samples->head.warnings), ElementsAre("no-counters: instructions not counted"));
  EXPECT_THAT(samples->base.warnings, IsEmpty());
  EXPECT_TRUE(parse_samples(write_samples(samples->head), "x"));
}

TEST(ReadFiles, TakeEachFileAsOneInvocation) {
  Suite suite;
  const auto samples =
      read_files({{"1.txt", "BenchmarkX 1 1 ns/op\n"}, {"2.txt", "?"}, {"3.txt", "BenchmarkX 1 3 ns/op\n"}}, "auto",
                 suite, Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  ASSERT_EQ(samples->series.size(), 1U);
  EXPECT_EQ(samples->series[0].id.suite, "default");
  EXPECT_EQ(samples->series[0].invocations, (Values{{1e-9}, {}, {3e-9}}));
  EXPECT_THAT(texts(samples->warnings), ElementsAre(HasSubstr("unreadable-output: 2.txt")));
}

TEST(ReadFiles, GiveTheFirstErrorWhenNoneCanBeRead) {
  const auto samples = read_files({{"1.txt", "?"}, {"2.txt", ""}}, "auto", Suite{}, Config{});
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().where, "1.txt");
  EXPECT_EQ(samples.error().kind, ErrorKind::parse);
  EXPECT_EQ(read_files({}, "auto", Suite{}, Config{}).error().kind, ErrorKind::usage);
  EXPECT_EQ(read_files({{"1.txt", "?"}}, "gogo", Suite{}, Config{}).error().kind, ErrorKind::config);
}

TEST(ReadFiles, AppendTheInvocationsOfSamplesFiles) {
  const auto file = [](const std::string& values, const std::string& branch) {
    return R"({"schema": "perfwarden.samples/1", "run": {"branch": ")" + branch +
           R"("}, "series": [{"suite": "s", "benchmark": "a", "metric": "wall_time", "invocations": )" + values + "}]}";
  };
  const auto samples =
      read_files({{"1", file("[[1],[2]]", "main")}, {"2", file("[[3]]", "x")}}, "auto", Suite{}, Config{});
  ASSERT_TRUE(samples) << samples.error().text();
  EXPECT_EQ(samples->run.branch, "main");
  ASSERT_EQ(samples->series.size(), 1U);
  EXPECT_EQ(samples->series[0].id.suite, "s");
  EXPECT_EQ(samples->series[0].invocations, (Values{{1}, {2}, {3}}));
  Suite named;
  named.name = "other";
  EXPECT_EQ(read_files({{"1", file("[[1]]", "m")}}, "json", named, Config{})->series[0].id.suite, "other");
}

TEST(Choose, FindsTheFormatOfAText) {
  const auto chosen = [](std::string_view text) {
    const auto format = choose("auto", {text, "f", nullptr, nullptr, ""});
    return format ? std::string((*format)->name) : format.error().text();
  };
  EXPECT_EQ(chosen("ok\nBenchmarkX-8 1 5 ns/op\n"), "go-bench");
  EXPECT_EQ(chosen("{\"context\": {\"library_build_type\": \"release\"}}"), "google-benchmark");
  EXPECT_EQ(chosen("{\"schema\" : \"perfwarden.samples/1\"}"), "json");
  EXPECT_THAT(chosen("{\"a\": 1}"), HasSubstr("f: error: the text looks like no known benchmark output"));
  EXPECT_THAT(chosen(" \n"), HasSubstr("parser: time"));
  EXPECT_THAT(chosen("Benchmark   Time   CPU   Iterations\n-----\nBM_x 1 ns 1 ns 5\n"),
              HasSubstr("--benchmark_format=json"));
}

TEST(Choose, LooksBeyondALogButNotIntoJson) {
  const std::string far = std::string(70000, '\n') + "BenchmarkX-8 1 5 ns/op\n";
  const std::string json = "{\"a\": [" + far + "]}";
  EXPECT_TRUE(choose("auto", {far, "f", nullptr, nullptr, ""}));
  EXPECT_FALSE(choose("auto", {json, "f", nullptr, nullptr, ""}));
  EXPECT_TRUE(choose("go-bench", {far, "f", nullptr, nullptr, ""}));
}

}  // namespace
}  // namespace perfwarden::ingest
