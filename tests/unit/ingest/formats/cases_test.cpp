#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

// Outputs that were once read wrongly, each with the value that is right.
namespace perfwarden::ingest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::map<std::string, Better> directions(const Result<Reading>& reading) {
  std::map<std::string, Better> out;
  if (!reading) {
    ADD_FAILURE() << reading.error().text();
    return out;
  }
  for (const Measurement& one : reading->measurements)
    out[one.original_unit.empty() ? one.metric.name : one.original_unit] = one.metric.better;
  return out;
}

// ---- gungraun

TEST(GungraunText, OfSeveralPartsReadsTheTotal) {
  const auto reading = read_as("gungraun",
                               "bin::group::sub id:() -> /x/sub\n"
                               "  ======= CALLGRIND ====================================================\n"
                               "  ## pid: 11 thread: 1 part: 1      |N/A\n"
                               "  Command:             /x/sub\n"
                               "  Instructions:                        900|N/A                  (*********)\n"
                               "  ## pid: 12 thread: 1 part: 1      |N/A\n"
                               "  Instructions:                        100|N/A                  (*********)\n"
                               "  ## Total\n"
                               "  Instructions:                       1000|N/A                  (*********)\n");
  EXPECT_THAT(find(reading, "bin::group::sub/id", "instructions").values, ElementsAre(1000));
  EXPECT_THAT(reading->warnings, IsEmpty());
}

TEST(GungraunText, OfSeveralPartsWithoutATotalReadsNothingAndSaysSo) {
  const auto reading = read_as("gungraun",
                               "a::b::c x:1\n  ## pid: 1 thread: 1 part: 1\n  Instructions:  5|N/A\n"
                               "  ## pid: 2 thread: 1 part: 1\n  Instructions:  6|N/A\n"
                               "a::b::d x:1\n  ## pid: 3 thread: 1 part: 1\n  Instructions:  7|N/A\n");
  EXPECT_THAT(names(reading), ElementsAre("a::b::d/x instructions"));
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("'a::b::c/x' has several parts and no total")));
}

TEST(GungraunText, EndsABenchmarkAtAComparison) {
  const auto reading = read_as("gungraun",
                               "lib::g::fast id:1\n"
                               "  Instructions:                         66|N/A                  (*********)\n"
                               "  Comparison with slow id:1\n"
                               "  Instructions:                         63|66                   (-4.54545%)\n"
                               "lib::g::next id:1\n"
                               "  Instructions:                         70|N/A                  (*********)\n");
  EXPECT_THAT(find(reading, "lib::g::fast/id", "instructions").values, ElementsAre(66));
  EXPECT_THAT(find(reading, "lib::g::next/id", "instructions").values, ElementsAre(70));
}

TEST(GungraunText, LosesNoBenchmarkByOutputOrByArgumentsOfSeveralLines) {
  const auto reading = read_as("gungraun",
                               "lib::group::quiet id:1\n  Instructions:  500|N/A\n"
                               "lib::group::loud id:1\n1999000\n- end of stdout/stderr\n  Instructions:  1000|N/A\n"
                               "lib::g::two id:\"first\nsecond\"\n  Instructions:   7|N/A\n");
  EXPECT_THAT(names(reading), ElementsAre("lib::group::quiet/id instructions", "lib::group::loud/id instructions",
                                          "lib::g::two/id instructions"));
}

TEST(GungraunText, KeepsTwoToolsThatCountOneEventApart) {
  const auto reading = read_as("gungraun",
                               "a::b::c x:1\n"
                               "  ======= CALLGRIND ======\n  Instructions:  5|N/A\n"
                               "  ======= CACHEGRIND =====\n  Instructions:  9|N/A\n");
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_THAT(reading->measurements[0].qualifiers, IsEmpty());
  EXPECT_THAT(reading->measurements[1].qualifiers, ElementsAre(Qualifier{"tool", "cachegrind"}));
}

TEST(GungraunText, SaysWhichLinesItDidNotRead) {
  const auto reading = read_as(
      "gungraun", "a::b::c x:1\n  Instructions:  5|N/A\n  D1 Misses:  7|N/A\n  Ge:  1|N/A\n  L1 Hits:  many|N/A\n");
  EXPECT_THAT(texts(reading->warnings),
              UnorderedElementsAre("unread-line: out.txt:3: events that are not read: D1 Misses, Ge",
                                   HasSubstr("out.txt:5: 'L1 Hits:  many|N/A' looks like a result")));
}

const std::string k_summary =
    R"({"module_path":"m::g::f","id":"a","profiles":[{"summaries":{"parts":[],"total":{"summary":{"Callgrind":{"Ir":)"
    R"({"metrics":{"Left":{"Int":6}}}}}}},"tool":"Callgrind"}],"version":"6"})";

TEST(GungraunJson, IsReadAfterCargosOwnLines) {
  const std::string text = "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed\n\n" + k_summary + "\n";
  EXPECT_THAT(find(read_as("gungraun", text), "m::g::f/a", "instructions").values, ElementsAre(6));
  const auto chosen = choose("auto", {text, "out.txt", nullptr, nullptr, ""});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ((*chosen)->name, "gungraun");
}

// ---- libtest

TEST(Libtest, ReadsOtherUnitsThanNanoseconds) {
  const auto reading = read_as("libtest",
                               "test a ... bench:       3,161 ns/iter (+/- 975)\n"
                               "test b ... bench:          22 ms/iter (+/- 2)\n"
                               "test c ... bench:        2835 cycles/iter (+/- 14)\n");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(3161e-9));
  EXPECT_THAT(find(reading, "b", "wall_time").values, ElementsAre(22e-3));
  EXPECT_THAT(find(reading, "c", "cycles").values, ElementsAre(2835));
  EXPECT_EQ(find(reading, "c", "cycles").metric.better, Better::lower);
}

TEST(Libtest, ReadsABenchmarkWhoseOwnOutputStandsBeforeItsResult) {
  const auto reading = read_as("libtest",
                               "running 3 tests\n"
                               "test a ... hello from the benchmark\nbench:       3,161 ns/iter (+/- 975)\n"
                               "test b ... bench:       5,000 ns/iter (+/- 9)\n"
                               "test c ... no line end bench:       7,000 ns/iter (+/- 9)\n"
                               "\ntest result: ok. 0 passed; 0 failed; 0 ignored; 3 measured; 0 filtered out\n");
  EXPECT_THAT(names(reading), ElementsAre("a wall_time", "b wall_time", "c wall_time"));
  EXPECT_THAT(texts(reading->warnings), Not(Contains(StartsWith("unread-line"))));
}

TEST(Libtest, SaysWhenTheHarnessMeasuredMoreThanWasRead) {
  const auto reading = read_as("libtest",
                               "test a ... bench:       3,161 ns/iter (+/- 975)\n"
                               "test b ... bench:       some ns per iter (+/- 975)\n"
                               "test result: ok. 0 passed; 0 failed; 0 ignored; 2 measured; 0 filtered out\n");
  EXPECT_THAT(texts(reading->warnings),
              Contains(HasSubstr("out.txt:3: cargo bench measured 2 benchmarks and 1 of them could be read")));
}

const std::string k_two_targets =
    "     Running benches/one.rs (target/release/deps/one-1)\n\nrunning 1 test\n"
    "test bench_sort ... bench:       3,011 ns/iter (+/- 9)\n\n"
    "     Running unittests src/lib.rs (target/release/deps/other-0123456789abcdef)\n\nrunning 1 test\n"
    "test bench_sort ... bench:       9,011 ns/iter (+/- 9)\n";

TEST(Libtest, KeepsTheTargetsOfOneNameApart) {
  const auto reading = read_as("libtest", k_two_targets);
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_THAT(reading->measurements[0].qualifiers, ElementsAre(Qualifier{"target", "one"}));
  EXPECT_THAT(reading->measurements[1].qualifiers, ElementsAre(Qualifier{"target", "other"}));
}

TEST(Libtest, TakesATargetThatRanAgainAsRepetitions) {
  const auto reading = read_as("libtest", k_two_targets + k_two_targets);
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_THAT(reading->measurements[0].values, ElementsAre(3011e-9, 3011e-9));
  EXPECT_EQ(reading->measurements[0].processes, (std::vector<std::uint32_t>{0, 1}));
}

// ---- names that occur twice: said, and never merged

TEST(TwoBenchmarksOfOneName, AreSaidAndNotJudged) {
  const struct {
    const char *format, *text;
  } rows[] = {
      {"libtest",
       "test a ... bench: 1 ns/iter (+/- 0)\ntest a ... bench: 2 ns/iter (+/- 0)\ntest b ... bench: 3 ns/iter\n"},
      {"criterion", "a   time:   [1 us 2 us 3 us]\na   time:   [4 us 5 us 6 us]\nb   time:   [1 us 2 us 3 us]\n"},
      {"benchmark-js",
       "a x 1 ops/sec ±1% (6 runs sampled)\na x 2 ops/sec ±1% (6 runs sampled)\nb x 3 ops/sec ±1% (6 runs sampled)\n"},
      {"csv", "benchmark,value,unit\na,1,ms\na,2,ms\nb,3,ms\n"},
      {"dart", "a(RunTime): 1 us.\na(RunTime): 2 us.\nb(RunTime): 3 us.\n"},
      {"github-action-benchmark",
       R"([{"name":"a","unit":"ms","value":1},{"name":"a","unit":"ms","value":2},{"name":"b","unit":"ms","value":3}])"},
      {"benchmark-ips", "a  1.0M (± 2.1%) i/s\na  2.0M (± 2.1%) i/s\nb  3.0M (± 2.1%) i/s\n"},
      {"hyperfine", R"({"results": [{"command": "a", "times": [1]}, {"command": "a", "times": [2]},
                                    {"command": "b", "times": [3]}]})"},
      {"vitest", R"({"files": [{"filepath": "f", "groups": [{"benchmarks": [{"name": "a", "median": 1},
                     {"name": "a", "median": 2}, {"name": "b", "median": 3}]}]}]})"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.format);
    const auto reading = read_as(row.format, row.text);
    EXPECT_THAT(names(reading), ElementsAre(StartsWith("b ")));
    ASSERT_TRUE(reading);
    EXPECT_THAT(texts(reading->warnings), Contains(HasSubstr("benchmark 'a' occurs twice")));
  }
}

TEST(TwoBenchmarksOfOneName, OfCsvAreRepetitionsWhereAColumnNumbersTheProcesses) {
  const auto reading = read_as("csv", "benchmark,value,unit,invocation\na,1,s,1\na,2,s,1\na,3,s,2\n");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(1, 2, 3));
}

// ---- go

TEST(GoBench, ReadsNamesWithALowerCaseLetter) {
  const auto reading = read_as("go-bench", "BenchmarkA-8 100 7 ns/op\nBenchmarkbuild_size 1 10138651 total-bytes\n");
  EXPECT_THAT(names(reading), ElementsAre("BenchmarkA wall_time", "Benchmarkbuild_size total-bytes"));
}

TEST(GoBench, KeepsTwoConfigurationsApart) {
  const auto reading =
      read_as("go-bench", "note: before\n\nBenchmarkX 1 100 ns/op\n\nnote: after\n\nBenchmarkX 1 200 ns/op\n");
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->measurements.size(), 2U);
  EXPECT_THAT(reading->measurements[0].qualifiers, Contains(Qualifier{"note", "before"}));
  EXPECT_THAT(reading->measurements[1].qualifiers, Contains(Qualifier{"note", "after"}));
}

TEST(GoBench, LeavesOutAKeyThatTellsNothingApartAndTheBenchmarksOwnOutput) {
  const auto reading = read_as("go-bench",
                               "commit: abc\n\nBenchmarkX 1 100 ns/op\nprogress: 1\nBenchmarkX 1 200 ns/op\n"
                               "progress: 2\nBenchmarkX 1 300 ns/op\n");
  EXPECT_THAT(find(reading, "BenchmarkX", "wall_time").values, ElementsAre(100e-9, 200e-9, 300e-9));
}

TEST(GoBench, ReadsDirectionsFromItsUnitLines) {
  const auto reading = read_as("go-bench",
                               "Unit hits/s better=lower\nUnit score better=higher assume=exact\n"
                               "BenchmarkA-8 100 5 ns/op 7 score 3 hits/s\n");
  EXPECT_EQ(find(reading, "BenchmarkA", "score").metric.better, Better::higher);
  EXPECT_TRUE(find(reading, "BenchmarkA", "score").metric.deterministic);
  EXPECT_EQ(find(reading, "BenchmarkA", "hits/s").metric.better, Better::lower);
}

TEST(GoBench, IsRecognisedWithoutAnyUnitPerOp) {
  const auto chosen = choose("auto", {"BenchmarkSize 1 10138651 total-bytes\n", "out.txt", nullptr, nullptr, ""});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ((*chosen)->name, "go-bench");
}

// ---- directions: rates are better higher, and what no unit says is asked for

TEST(Directions, OfGoUnits) {
  const auto seen = directions(read_as(
      "go-bench",
      "BenchmarkX-8 1 5 ns/op 100 compress-MB/s 3 req/sec 4 qps 5 tx/s 6 p99-MB/s 7 hits/op 8 %hit 9 ops/sec 10 "
      "rows/ms "
      "11 peak-bytes 12 GB/s 13 Mops/s 14 speedup 15 ratio 16 accuracy 17 x/s 18 ns/key 19 KB/sec 20 errors/s\n"));
  for (const char* unit :
       {"compress-MB/s", "req/sec", "qps", "tx/s", "p99-MB/s", "ops/sec", "rows/ms", "GB/s", "Mops/s", "x/s", "KB/sec"})
    EXPECT_EQ(seen.at(unit), Better::higher) << unit;
  for (const char* unit : {"ns/op", "peak-bytes", "ns/key", "errors/s"})
    EXPECT_EQ(seen.at(unit), Better::lower) << unit;
  for (const char* unit : {"hits/op", "%hit", "speedup", "ratio", "accuracy"})
    EXPECT_EQ(seen.at(unit), Better::unknown) << unit;
}

TEST(Directions, OfGithubActionBenchmarksUnits) {
  for (const char* unit : {"compress-MB/s", "qps", "fps", "Mops/s", "ops", "MiB/sec", "tokens/s", "Gbps",
                           "requests/second", "FPS", "it/s"}) {
    const auto reading =
        read_as("github-action-benchmark", std::string(R"([{"name":"a","unit":")") + unit + R"(","value":3}])");
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->measurements.front().metric.better, Better::higher) << unit;
  }
  const auto percent = read_as("github-action-benchmark", R"([{"name":"a","unit":"%","value":3}])");
  EXPECT_EQ(percent->measurements.front().metric.better, Better::unknown);
}

TEST(Directions, OfOtherFormatsAreAskedForToo) {
  EXPECT_EQ(find(read_as("json", R"({"score": 7})"), "score", "score").metric.better, Better::unknown);
  EXPECT_EQ(find(read_as("csv", "benchmark,metric,value,unit\na,accuracy,7,\n"), "a", "accuracy").metric.better,
            Better::unknown);
}

// ---- github-action-benchmark's data.js of the tool go

TEST(DataJs, OfGoKeepsTheUnitsApart) {
  const std::string text =
      R"(window.BENCHMARK_DATA = {"entries": {"Go": [{"commit": {"id": "aa"}, "date": 1, "tool": "go", "benches": [)"
      R"({"name": "BenchmarkA", "value": 100, "unit": "ns/op\t 512 B/op\t 3 allocs/op", "extra": "10 times"},)"
      R"({"name": "BenchmarkA - ns/op", "value": 100, "unit": "ns/op"},)"
      R"({"name": "BenchmarkA - B/op", "value": 512, "unit": "B/op"},)"
      R"({"name": "BenchmarkA - allocs/op", "value": 3, "unit": "allocs/op"},)"
      R"({"name": "BenchmarkOld", "value": 7, "unit": "ns/op\t 8 B/op"}]}]}})";
  const auto reading = read_as("github-action-benchmark", text);
  EXPECT_THAT(names(reading),
              ElementsAre("BenchmarkA wall_time", "BenchmarkA allocated_bytes", "BenchmarkA allocations",
                          "BenchmarkOld wall_time", "BenchmarkOld allocated_bytes"));
  EXPECT_THAT(find(reading, "BenchmarkA", "allocated_bytes").values, ElementsAre(512));
  EXPECT_THAT(find(reading, "BenchmarkOld", "allocated_bytes").values, ElementsAre(8));
}

// ---- k6

TEST(K6, FailuresAreBetterLower) {
  const auto reading = read_as("k6", R"({"root_group": {}, "metrics": {
    "failed_logins": {"count": 7, "rate": 0.5}, "timeouts": {"count": 7, "rate": 0.5}, "errors": {"count": 7, "rate": 0.5},
    "login_failures": {"type": "counter", "contains": "default", "values": {"count": 7, "rate": 0.5}},
    "timeout_rate": {"type": "rate", "contains": "default", "values": {"rate": 0.1, "passes": 1, "fails": 9}}}})");
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->measurements.size(), 5U);
  for (const Measurement& one : reading->measurements) EXPECT_EQ(one.metric.better, Better::lower) << one.benchmark;
}

TEST(K6, ReportsCrossedThresholdsAndFailedRequests) {
  const auto reading = read_as("k6", R"({"root_group": {}, "metrics": {
    "http_req_duration": {"avg": 5, "med": 4, "thresholds": {"p(95)<500": true, "avg<9": false}},
    "iteration_duration": {"type": "trend", "values": {"avg": 5}, "thresholds": {"avg<3": {"ok": false}}},
    "http_req_failed": {"value": 0.5, "passes": 7, "fails": 7}}})");
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->failures.size(), 3U);
  EXPECT_EQ(reading->failures[0].benchmark, "http_req_duration");
  EXPECT_THAT(reading->failures[0].reason, HasSubstr("threshold 'p(95)<500' is crossed"));
  EXPECT_EQ(reading->failures[1].benchmark, "iteration_duration");
  EXPECT_EQ(reading->failures[2].failed, 7U);
  EXPECT_EQ(reading->failures[2].runs, 14U);
}

// ---- others

TEST(BenchmarkDotnet, WithoutAFullNameIsNamedAfterItsParts) {
  const auto reading = read_as("benchmark-dotnet", R"({"HostEnvironmentInfo": {}, "Benchmarks": [
    {"Namespace": "N", "Type": "T", "Method": "M", "Parameters": "Size=1", "Statistics": {"Mean": 5}},
    {"Type": "T", "MethodTitle": "Other", "Statistics": {"Mean": 6}}]})");
  EXPECT_THAT(names(reading), ElementsAre("N.T.M(Size=1) wall_time", "T.Other wall_time"));
}

TEST(Catch2Text, ARowThatIsNotReadIsSaidWithItsLineAndTheSpreadIsNot) {
  const auto reading = read_as("catch2",
                               "benchmark name            samples    iterations          mean\n"
                               "-------------------------------------------------------------------------------\n"
                               "fib 15    20    9    558 us\n"
                               "    24.7 us    24.6 us    24.9 us\n"
                               "    1.2 us    0.9 us    1.5 us\n"
                               "fib 16    n/a    9    558 us\n");
  ASSERT_TRUE(reading) << reading.error().text();
  EXPECT_THAT(names(reading), ElementsAre("fib 15 wall_time"));
  std::size_t unread = 0;
  for (const std::string& warning : texts(reading->warnings))
    if (warning.starts_with("unread-line")) {
      ++unread;
      EXPECT_THAT(warning, HasSubstr("out.txt:6: 'fib 16"));
    }
  EXPECT_EQ(unread, 1U);
}

TEST(TinybenchText, ARowWhoseNameHoldsTheTablesBarIsSaidAndNotReadFromTheWrongColumn) {
  const auto reading = read_as("tinybench",
                               "│ (index) │ Task name │ Latency avg (ns) │ Samples │\n"
                               "│ 0 │ 'sort' │ '120.5 ± 1 %' │ 9 │\n"
                               "│ 1 │ 'a│77' │ '130.5 ± 1 %' │ 9 │\n");
  ASSERT_TRUE(reading) << reading.error().text();
  EXPECT_THAT(names(reading), ElementsAre("sort wall_time"));
  EXPECT_THAT(texts(reading->warnings), testing::Contains(HasSubstr("unread-line: out.txt:3")));
}

TEST(Catch2Text, JoinsTitlesThatTheConsoleBroke) {
  const std::string rule(79, '-');
  const std::string table =
      "benchmark name                       samples       iterations    estimated\n"
      "                                     mean          low mean      high mean\n" +
      rule +
      "\nsort                                          100             1     2.0 ms\n"
      "                                        20.0 us       19.0 us       21.0 us\n";
  const auto reading =
      read_as("catch2", rule +
                            "\nA test case whose name is so long that the console of Catch2 has to break it\n"
                            "over lines\n  a section\n" +
                            rule + "\nf.cpp:3\n" + std::string(79, '.') + "\n\n" + table);
  EXPECT_THAT(names(reading), ElementsAre("A test case whose name is so long that the console of Catch2 has to break "
                                          "it over lines/a section/sort wall_time"));
}

TEST(Formats, AreRecognisedAfterALongLog) {
  std::string log;
  while (log.size() < (200U << 10)) log += "[info] compiling something that takes a line of its own\n";
  for (const auto& [format, result] : {std::pair("go-bench", "BenchmarkA-8 100 7 ns/op\n"),
                                       std::pair("libtest", "test a ... bench:       3,161 ns/iter (+/- 975)\n"),
                                       std::pair("benchmark-js", "a x 1 ops/sec ±1% (6 runs sampled)\n")}) {
    const std::string text = log + result;
    const auto chosen = choose("auto", {text, "out.txt", nullptr, nullptr, ""});
    ASSERT_TRUE(chosen) << format << ": " << chosen.error().text();
    EXPECT_EQ((*chosen)->name, format);
  }
}

TEST(UnreadLines, AreNotedWithTheirNumber) {
  const struct {
    const char *format, *text;
  } rows[] = {
      {"go-bench", "BenchmarkA-8 100 7 ns/op\nBenchmarkB-8 100 7\n"},
      {"libtest", "test a ... bench: 1 ns/iter (+/- 0)\nbench:  3,161 ns/iter\n"},
      {"criterion", "a   time:   [1 us 2 us 3 us]\nb   time:   [1 us 2 us]\n"},
      {"benchmark-js", "a x 1 ops/sec ±1% (6 runs sampled)\nb: 12 ops/sec\n"},
      {"dart", "a(RunTime): 1 us.\nb(RunTime): none\n"},
      {"mitata", "benchmark   avg (min … max) p75\na   4.20 µs/iter   4.17 µs\nb   fast/iter\n"},
      {"benchmark-ips", "a  1.0M (± 2.1%) i/s\nb  ± i/s\n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.format);
    const auto reading = read_as(row.format, row.text);
    ASSERT_TRUE(reading) << reading.error().text();
    EXPECT_THAT(texts(reading->warnings),
                Contains(testing::AllOf(StartsWith("unread-line: out.txt:"), HasSubstr("looks like a result"))));
  }
}

// ---- benchmarks that stop, in each harness's own words

std::vector<std::string> failed(const Result<Reading>& reading) {
  std::vector<std::string> out;
  if (!reading) ADD_FAILURE() << reading.error().text();
  if (reading)
    for (const Failed& one : reading->failures) out.push_back(one.benchmark);
  return out;
}

TEST(Failing, IsNotLostBetweenTheResultsOfOthers) {
  EXPECT_THAT(failed(read_as("go-bench",
                             "BenchmarkA-8   \t--- FAIL: BenchmarkA-8\n    a_test.go:1: no\n"
                             "BenchmarkB-8   \t 100\t 5 ns/op\nFAIL\n")),
              ElementsAre("BenchmarkA"));
  EXPECT_THAT(failed(read_as("go-bench", "BenchmarkB-8 \t 100\t 5 ns/op\nBenchmarkA-8 \tpanic: boom\n")),
              ElementsAre(""));
  EXPECT_THAT(failed(read_as("mitata",
                             "benchmark      avg (min … max) p75\n"
                             "noop            4.20 µs/iter   4.17 µs\nparse           error: boom\n")),
              ElementsAre("parse"));
  EXPECT_THAT(failed(read_as("benchmark-js",
                             "a x 1,234 ops/sec ±1.00% (90 runs sampled)\n"
                             "b: c: TypeError: x is not a function\nFastest is a\n")),
              ElementsAre("b: c"));
}

TEST(Failing, ValuesThatAreNoNumbersAreFailuresUnlessOthersAreThere) {
  const auto go = read_as("go-bench", "BenchmarkA-8 1 NaN ns/op 5 B/op\nBenchmarkB-8 1 5 ns/op NaN hits\n");
  EXPECT_THAT(failed(go), ElementsAre("BenchmarkA"));
  EXPECT_THAT(go->failures[0].reason, HasSubstr("out.txt:1: benchmark 'BenchmarkA': ns/op is NaN"));
  EXPECT_THAT(failed(read_as("json", R"({"a": {"value": null, "unit": "s"}, "b": {"value": 1, "unit": "s"}})")),
              ElementsAre("a"));
  EXPECT_THAT(
      failed(read_as("libtest", "test a ... bench: nan ns/iter (+/- 0)\ntest b ... bench: 5 ns/iter (+/- 0)\n")),
      ElementsAre("a"));
  EXPECT_THAT(failed(read_as("go-bench", "BenchmarkA-8 1 NaN ns/op\nBenchmarkA-8 1 5 ns/op\n")), IsEmpty());
}

TEST(Libtest, AnnouncedTestsThatNeverCameAreAFailure) {
  const auto cut = read_as("libtest", "running 3 tests\ntest a ... bench: 5 ns/iter (+/- 0)\n");
  EXPECT_THAT(failed(cut), ElementsAre(""));
  EXPECT_THAT(cut->failures[0].reason, HasSubstr("ends with 2 of its tests still to come"));
  EXPECT_THAT(failed(read_as("libtest",
                             "running 2 tests\ntest a ... bench: 5 ns/iter (+/- 0)\ntest b ... ok\n"
                             "running 9 tests\ntest result: ok. 0 passed; 9 ignored; 0 measured\n")),
              IsEmpty());
}

TEST(GungraunText, LinesOfTheBenchmarkItselfAreNotItsName) {
  const auto reading = read_as("gungraun",
                               "lib::g::loud id:1\nmy::module took 5 ms\nmy::other: done\n"
                               "- end of stdout/stderr\n  Instructions:  1000|N/A  (*)\n"
                               "lib::g::stopped id:1\nthread 'main' panicked\n");
  EXPECT_THAT(names(reading), ElementsAre("lib::g::loud/id instructions"));
  EXPECT_THAT(texts(reading->warnings), ElementsAre(HasSubstr("'lib::g::stopped/id' has no count that is read")));
}

// ---- directions and units

TEST(K6, CountersThatAScriptMadeHaveTheDirectionOfTheirNameOrNone) {
  const auto reading = read_as("k6", R"({"root_group": {}, "metrics": {
      "http_reqs": {"count": 7, "rate": 0.5}, "http_5xx": {"count": 7, "rate": 0.5},
      "orders": {"count": 7, "rate": 0.5}, "panics_rejected": {"count": 7, "rate": 0.5}}})");
  EXPECT_EQ(find(reading, "http_reqs", "throughput").metric.better, Better::higher);
  EXPECT_EQ(find(reading, "http_5xx", "throughput").metric.better, Better::unknown);
  EXPECT_EQ(find(reading, "orders", "throughput").metric.better, Better::unknown);
  EXPECT_EQ(find(reading, "panics_rejected", "throughput").metric.better, Better::lower);
}

TEST(GithubActionBenchmark, ReadsUnitsThatAreWordsAndNumbersThatAreTexts) {
  const auto reading = read_as("github-action-benchmark", R"([
      {"name": "a", "unit": "Seconds", "value": "5.5"}, {"name": "b", "unit": "msec", "value": 3},
      {"name": "c", "unit": "requests per second", "value": 3}, {"name": "d", "unit": "ms/op", "value": 3}])");
  EXPECT_THAT(find(reading, "a", "wall_time").values, ElementsAre(5.5));
  EXPECT_THAT(find(reading, "b", "wall_time").values, ElementsAre(0.003));
  EXPECT_EQ(find(reading, "c", "value").metric.better, Better::higher);
  EXPECT_THAT(find(reading, "d", "wall_time").values, ElementsAre(0.003));
}

}  // namespace
}  // namespace perfwarden::ingest
