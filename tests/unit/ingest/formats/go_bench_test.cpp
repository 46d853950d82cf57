#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Reading> read_go(std::string_view text) {
  return read_as("go-bench", text);
}

// The names as a whole file gives them.
std::vector<std::string> named(const std::string& text) {
  const auto samples = read_files({{"out.txt", text}}, "go-bench", Suite{}, Config{});
  std::vector<std::string> out;
  if (!samples) return {samples.error().text()};
  for (const Series& series : samples->series) out.push_back(series.id.benchmark);
  return out;
}

TEST(GoBench, ReadsTheStandardUnitsIntoBaseUnits) {
  const auto reading = read_go("BenchmarkX-8  \t 100\t 12.5 ns/op\t 2.5 MB/s\t 16 B/op\t 3 allocs/op\n");
  EXPECT_THAT(find(reading, "BenchmarkX", "wall_time").values, ElementsAre(12.5e-9));
  EXPECT_THAT(find(reading, "BenchmarkX", "byte_throughput").values, ElementsAre(2.5e6));
  EXPECT_THAT(find(reading, "BenchmarkX", "allocated_bytes").values, ElementsAre(16));
  EXPECT_THAT(find(reading, "BenchmarkX", "allocations").values, ElementsAre(3));
  EXPECT_TRUE(find(reading, "BenchmarkX", "wall_time").metric.primary);
  EXPECT_EQ(find(reading, "BenchmarkX", "wall_time").original_unit, "ns/op");
}

TEST(GoBench, TakesTheLinesOfOneBenchmarkAsRepetitions) {
  const auto reading =
      read_go("BenchmarkX 1 1 ns/op\r\nlog line\nBenchmarkX 1 2 ns/op\nBenchmarkY 1 9 ns/op\nBenchmarkX 1 3 ns/op");
  EXPECT_THAT(find(reading, "BenchmarkX", "wall_time").values, ElementsAre(1e-9, 2e-9, 3e-9));
}

// Two packages that run at the same time, a result in two events, and a complaint that is not an event.
constexpr std::string_view k_events = R"({"Time":"2026-01-01T00:00:00Z","Action":"start","Package":"m/a"}
{"Action":"output","Package":"m/a","Output":"pkg: m/a\n"}
{"Action":"output","Package":"m/b","Output":"pkg: m/b\n"}
{"Action":"output","Package":"m/a","Output":"BenchmarkX\n"}
{"Action":"output","Package":"m/a","Output":"BenchmarkX-2  \t"}
{"Action":"output","Package":"m/b","Output":"BenchmarkX-2  \t10\t7 ns/op\n"}
# m/c
{"Action":"output","Package":"m/a","Output":"  10\t5 ns/op\n"}
{"Action":"output","Package":"m/b","Output":"--- FAIL: BenchmarkY\n"}
)";

TEST(GoBench, ReadsTheEventsOfGoTestJsonPackageByPackage) {
  const auto reading = read_go(k_events);
  ASSERT_TRUE(reading) << reading.error().text();
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_THAT(reading->measurements[0].values, ElementsAre(5e-9));
  EXPECT_THAT(reading->measurements[0].qualifiers, testing::Contains(Qualifier{"package", "m/a"}));
  EXPECT_THAT(reading->measurements[1].values, ElementsAre(7e-9));
  ASSERT_EQ(reading->failures.size(), 1U);
  EXPECT_EQ(reading->failures[0].benchmark, "BenchmarkY");
  EXPECT_THAT(reading->failures[0].reason, HasSubstr("out.txt:9"));
  const auto chosen = choose("auto", Document{k_events, "out.txt", nullptr, nullptr, ""});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ((*chosen)->name, "go-bench");
}

TEST(GoBench, KeepsTheProcessorSuffixOnlyWhereItTellsBenchmarksApart) {
  EXPECT_THAT(names(read_go("BenchmarkX-4 1 1 ns/op\nBenchmarkY/n=1-4 1 1 ns/op\n")),
              ElementsAre("BenchmarkX wall_time", "BenchmarkY/n=1 wall_time"));
  EXPECT_THAT(named("BenchmarkX-4 1 1 ns/op\nBenchmarkX-8 1 1 ns/op\n"), ElementsAre("BenchmarkX-4", "BenchmarkX-8"));
  EXPECT_THAT(names(read_go("BenchmarkX/a-b 1 1 ns/op\n")), ElementsAre("BenchmarkX/a-b wall_time"));
}

TEST(GoBench, KeepsCustomUnitsAsMetricsThatAreNotPrimary) {
  const auto reading = read_go("BenchmarkX 1 5 ns/op 250 p99-ns 7 ns/GC 3 rows/op 9 rows/s\n");
  EXPECT_EQ(find(reading, "BenchmarkX", "p99-ns").metric, (Metric{"p99-ns", "s", Better::lower, false, false}));
  EXPECT_THAT(find(reading, "BenchmarkX", "p99-ns").values, ElementsAre(250e-9));
  EXPECT_THAT(find(reading, "BenchmarkX", "ns/GC").values, ElementsAre(7e-9));
  EXPECT_EQ(find(reading, "BenchmarkX", "rows/op").metric.unit, "rows/op");
  EXPECT_EQ(find(reading, "BenchmarkX", "rows/s").metric.better, Better::higher);
}

TEST(GoBench, JoinsAResultThatTheBenchmarksOwnOutputCutFromItsName) {
  const auto reading = read_go("BenchmarkX-2   loading\nmore\n   1000\t 33 ns/op\t 1 B/op\n  2000 44 ns/op\n");
  EXPECT_THAT(find(reading, "BenchmarkX", "wall_time").values, ElementsAre(33e-9));
}

TEST(GoBench, PutsThePackageBeforeOnlyThoseNamesThatTwoPackagesShare) {
  EXPECT_THAT(named("pkg: example.com/a\nBenchmarkX 1 1 ns/op\nBenchmarkY 1 1 ns/op\n"
                    "pkg: example.com/b\nBenchmarkX 1 2 ns/op\n"),
              ElementsAre("BenchmarkY", "example.com/a/BenchmarkX", "example.com/b/BenchmarkX"));
}

TEST(GoBench, TellsOfFailuresAndPanicsByLine) {
  const auto reading = read_go(
      "BenchmarkX 1 1 ns/op\n--- FAIL: BenchmarkBad/sub (0.1s)\npanic: boom\nFAIL\texample.com/p\t0.1s\nFAIL\n");
  ASSERT_TRUE(reading);
  EXPECT_THAT(texts(reading->warnings),
              ElementsAre("benchmark-failed: out.txt:2: benchmark 'BenchmarkBad/sub' failed",
                          "benchmark-failed: out.txt:3: the Go program stopped: panic: boom",
                          "benchmark-failed: out.txt:4: `go test` reports a failure: FAIL example.com/p 0.1s"));
}

TEST(GoBench, IsNotTakenInByWordsThatOnlyBeginAlike) {
  const auto reading =
      read_go("Benchmarking 1 of 2 ns/op\n--- BENCH: BenchmarkX-8\n    BenchmarkX 1 2 ns/op\nBenchmarkX 1 7 ns/op\n");
  EXPECT_THAT(find(reading, "BenchmarkX", "wall_time").values, ElementsAre(7e-9));
  EXPECT_EQ(reading->measurements.size(), 1U);
}

TEST(GoBench, ReadsThroughTerminalColours) {
  EXPECT_THAT(names(read_go("\x1b[32mBenchmarkX-8\x1b[0m 1 2 ns/op\n")), ElementsAre("BenchmarkX wall_time"));
}

TEST(GoBench, LeavesOutWhatIsNotFiniteByName) {
  const auto reading = read_go("BenchmarkX 1 5 ns/op NaN hit-ratio +Inf rows/s\n");
  EXPECT_THAT(names(reading), ElementsAre("BenchmarkX wall_time"));
  EXPECT_THAT(texts(reading->warnings),
              ElementsAre("not-finite: out.txt:1: benchmark 'BenchmarkX': hit-ratio is NaN; ignored",
                          "not-finite: out.txt:1: benchmark 'BenchmarkX': rows/s is +Inf; ignored"));
}

TEST(GoBench, PassesOverOverlongLinesAndSaysSo) {
  const auto reading = read_go("BenchmarkX 1 5 ns/op\n" + std::string(5000, 'x') + "\n");
  ASSERT_TRUE(reading);
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("1 lines of more than 4096 bytes")));
}

TEST(GoBench, HasNoWarningsForAHealthyOutput) {
  const auto reading = read_go("goos: linux\npkg: p\ncpu: x\nBenchmarkX-2 1 5 ns/op\nPASS\nok  \tp\t0.1s\n");
  ASSERT_TRUE(reading);
  EXPECT_THAT(reading->warnings, IsEmpty());
}

}  // namespace
}  // namespace perfwarden::ingest
