#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

#include "ingest/read.hpp"
#include "unit/ingest/helpers.hpp"

namespace perfwarden::ingest {
namespace {

// A Broken input and the first line of the error that it must give. `format` "samples" is parse_samples.
struct Broken {
  std::string name, format, text, message;
};

void PrintTo(const Broken& row, std::ostream* out) {
  *out << row.name;
}

std::string samples(const std::string& series, const std::string& more = "") {
  return "{\"schema\": \"perfwarden.samples/1\"" + more + ",\n\"series\": [" + series + "]}";
}

std::string series(const std::string& member) {
  return samples(R"({"suite": "s", "benchmark": "b", "metric": "m", "unit": "1", )" + member + "}");
}

const std::vector<Broken>& table() {
  static const std::vector<Broken> k_rows{
      {"empty", "samples", "", "f:1:1: error: the text is empty, not JSON"},
      {"not_json", "samples", "hello", "f:1:1: error: this is not JSON: unexpected 'hello'"},
      {"cut_off", "samples", samples("").substr(0, 40),
       "f:2:6: error: the JSON ends in the middle; the text was cut off, or a bracket is missing"},
      {"array", "samples", "[]", "f:1: error: the samples file is an array; it must be an object"},
      {"no_schema", "samples", "{}", "f:1: error: /schema is missing, so this is not a samples file"},
      {"schema_number", "samples", "{\"schema\": 1}", "f:1: error: /schema is a number; it must be a string"},
      {"schema_newer", "samples", "{\"schema\": \"perfwarden.samples/2\"}",
       "f:1: error: the schema 'perfwarden.samples/2' is unknown; this perfwarden reads perfwarden.samples/1"},
      {"schema_report", "samples", "{\"schema\": \"perfwarden.report/1\"}",
       "f:1: error: the schema 'perfwarden.report/1' is unknown; this perfwarden reads perfwarden.samples/1"},
      {"no_series", "samples", "{\"schema\": \"perfwarden.samples/1\"}", "f:1: error: /series is missing"},
      {"series_object", "samples", "{\"schema\": \"perfwarden.samples/1\",\n\"series\": {}}",
       "f:2: error: /series is an object; it must be an array"},
      {"series_empty", "samples", samples(""), "f:2: error: the samples file holds no value"},
      {"entry_string", "samples", samples("\"x\""), "f:2: error: /series/0 is a string; it must be an object"},
      {"no_suite", "samples", samples("{}"), "f:2: error: /series/0/suite is missing"},
      {"empty_suite", "samples", samples("{\"suite\": \"\"}"), "f:2: error: /series/0/suite is empty"},
      {"benchmark_null", "samples", samples("{\"suite\": \"s\",\n\"benchmark\": null}"),
       "f:3: error: /series/0/benchmark is null; it must be a string"},
      {"no_unit", "samples", samples(R"({"suite": "s", "benchmark": "b", "metric": "m"})"),
       "f:2: error: /series/0/unit is missing"},
      {"better", "samples", series(R"("better": "faster", "invocations": [[1]])"),
       "f:2: error: /series/0/better is 'faster'; it must be \"lower\" or \"higher\""},
      {"better_bool", "samples", series(R"("better": true, "invocations": [[1]])"),
       "f:2: error: /series/0/better is true or false; it must be \"lower\" or \"higher\""},
      {"half_a_pair", "samples", series(R"("adaptive_pairs": 2.5, "invocations": [[1]])"),
       "f:2: error: /series/0/adaptive_pairs is a number; it must be a whole number from 1 to 100000"},
      {"primary", "samples", series(R"("primary": 1, "invocations": [[1]])"),
       "f:2: error: /series/0/primary is a number; it must be true or false"},
      {"no_invocations", "samples", series(R"("invocation": [[1]])"), "f:2: error: /series/0/invocations is missing"},
      {"flat_invocations", "samples", series(R"("invocations": [1, 2])"),
       "f:2: error: /series/0/invocations/0 is a number; it must be an array of numbers, one a repetition"},
      {"value_string", "samples", series(R"("invocations": [[1], [2, "3"]])"),
       "f:2: error: benchmark 'b', m: /series/0/invocations/1/1 is a string; it must be a finite number"},
      {"value_nan", "samples", series(R"("invocations": [[NaN]])"),
       "f:2: error: benchmark 'b', m: /series/0/invocations/0/0 is NaN, which is not a finite number; it must be a "
       "finite "
       "number"},
      {"value_overflow", "samples", series(R"("invocations": [[1e999]])"),
       "f:2: error: benchmark 'b', m: /series/0/invocations/0/0 is 1e999, which is not a finite number; it must be a "
       "finite number"},
      {"unit_overflow", "samples",
       samples(R"({"suite": "s", "benchmark": "b", "metric": "m", "unit": "h", "invocations": [[1e308]]})"),
       "f:2: error: benchmark 'b', m: /series/0/invocations/0/0 is too large in the base unit"},
      {"empty_places", "samples", series(R"("invocations": [[], []])"), "f:2: error: the samples file holds no value"},
      {"twice", "samples",
       samples(
           R"({"suite": "s", "benchmark": "b", "metric": "wall_time", "invocations": [[1]]}, {"suite": "s", "benchmark": "b", "metric": "wall_time", "invocations": [[2]]})"),
       "f:2: error: the series 's/b/wall_time' occurs twice"},
      {"key_twice", "samples", "{\"schema\": \"perfwarden.samples/1\",\n\"schema\": \"perfwarden.samples/1\"}",
       "f:2: error: the key 'schema' occurs twice in one object"},
      {"deep", "samples", std::string(100000, '['), "f:1:65: error: the JSON nests more than 64 levels deep"},
      {"behind", "samples", series(R"("invocations": [[1]])") + " x",
       "f:2:97: error: there is more text after the end of the JSON"},
      {"run_array", "samples", samples("", ", \"run\": []"), "f:1: error: /run is an array; it must be an object"},
      {"commit_number", "samples", samples("", ", \"run\": {\"commit\": 12}"),
       "f:1: error: /run/commit is a number; it must be a string"},
      {"fact_number", "samples", samples("", ", \"run\": {\"machine\": {\"facts\": {\"cores\": 2}}}"),
       "f:1: error: /run/machine/facts/cores is a number; it must be a string"},
      {"warning_text", "samples", samples("", ", \"warnings\": [{\"code\": \"x\"}]"),
       "f:1: error: /warnings/0/text is missing"},
      {"long_name", "samples", samples("{\"suite\": \"" + std::string(1025, 'x') + "\"}"),
       "f:2: error: /series/0/suite has 1025 bytes, more than 1024"},
      {"google_instead", "samples", "{\"context\": {}, \"benchmarks\": []}",
       "f:1: error: /schema is missing, so this is not a samples file"},
      {"gb_console", "google-benchmark", "Benchmark  Time  CPU  Iterations\n--------\nBM_x  1 ns  1 ns  5\n",
       "out.txt: error: this is Google Benchmark's console table, not its JSON"},
      {"gb_none", "google-benchmark", "no such file",
       "out.txt: error: the input has no Google Benchmark JSON: no object begins with \"context\""},
      {"gb_cut_off", "google-benchmark", "{\"context\": {},\n\"benchmarks\": [{\"name\": \"a\",",
       "out.txt:2:29: error: the JSON ends in the middle; the text was cut off, or a bracket is missing"},
      {"gb_log_inside", "google-benchmark", "{\"context\": {},\nWARNING: x\n\"benchmarks\": []}",
       "out.txt:2:1: error: this is not JSON: unexpected 'WARNING:'"},
      {"gb_no_benchmarks", "google-benchmark", "{\"context\": {}}",
       "out.txt:1: error: the Google Benchmark JSON has no array \"benchmarks\""},
      {"gb_filtered", "google-benchmark", "{\"context\": {}, \"benchmarks\": []}",
       "out.txt: error: no benchmark with a usable time"},
      {"gb_all_nan", "google-benchmark", "{\"context\": {},\n\"benchmarks\": [{\"name\": \"a\", \"real_time\": NaN}]}",
       "out.txt: error: no benchmark with a usable time (first: out.txt:2: benchmark 'a': wall_time is NaN; ignored)"},
      {"gb_nameless", "google-benchmark", "{\"context\": {}, \"benchmarks\": [{\"real_time\": 1}, 7]}",
       "out.txt: error: no benchmark with a usable time (first: out.txt:1: /benchmarks/0 has no name; ignored)"},
      {"gb_time_unit", "google-benchmark",
       "{\"context\": {}, \"benchmarks\": [{\"name\": \"a\", \"real_time\": 1, \"time_unit\": \"eons\"}]}",
       "out.txt: error: no benchmark with a usable time (first: out.txt:1: the time_unit 'eons' is unknown; ignored)"},
      {"go_nothing", "go-bench", "PASS\nok p 0.1s\n",
       "out.txt: error: no line reads like the result of a Go benchmark"},
      {"go_json", "go-bench", "{\"Time\":\"2026\",\"Action\":\"run\"}\n",
       "out.txt: error: no line reads like the result of a Go benchmark"},
      {"divan_nothing", "divan", "a  fastest │ slowest │ median │ mean │ samples │ iters\n",
       "out.txt: error: no row reads like the result of a divan benchmark"},
      {"go_panic", "go-bench", "BenchmarkX-8  \tpanic: boom\npanic: boom\n",
       "out.txt: error: no line reads like the result of a Go benchmark (first: out.txt:1: the Go program stopped: "
       "panic: boom)"},
      {"go_build_failed", "go-bench", "FAIL\texample.com/p [build failed]\nFAIL\n",
       "out.txt: error: no line reads like the result of a Go benchmark (first: out.txt:1: `go test` reports a "
       "failure: FAIL example.com/p [build failed])"},
      {"json_array", "json", "[1, 2]", "out.txt:1: error: the JSON is an array, not an object"},
      {"json_log", "json", "starting\n{\"a\": 1}\n", "out.txt:1:1: error: this is not JSON: unexpected 'starting'"},
      {"json_strings", "json", "{\"a\": \"1\"}",
       "out.txt: error: no member of the object is a number or has a value (first: out.txt:1: benchmark 'a': a string "
       "where a number or an object with a value is expected; ignored)"},
      {"json_newer", "json", "{\"schema\": \"perfwarden.samples/9\"}",
       "out.txt:1: error: the schema 'perfwarden.samples/9' is unknown; this perfwarden reads perfwarden.samples/1"},
      {"json_lines", "json", "{\"a\": 1}\n{\"a\": 2}\n",
       "out.txt:2:1: error: there is more text after the end of the JSON"},
      {"regex_no_pattern", "regex", "a 1", "out.txt: error: the format 'regex' needs a pattern"},
      {"time_file", "time", "a 1",
       "out.txt: error: the format 'time' reads no file: perfwarden itself times the command"},
  };
  return k_rows;
}

class BrokenInput : public testing::TestWithParam<Broken> {};

TEST_P(BrokenInput, GivesItsMessage) {
  const Broken& row = GetParam();
  Error error;
  if (row.format == "samples") {
    const auto read = parse_samples(row.text, "f");
    ASSERT_FALSE(read);
    error = read.error();
  } else {
    const auto read = read_as(row.format, row.text);
    ASSERT_FALSE(read);
    error = read.error();
  }
  const std::string text = error.text();
  const std::string first = text.substr(0, text.find('\n'));
  EXPECT_EQ(first, row.message);
  EXPECT_TRUE(error.kind == ErrorKind::parse || row.name == "regex_no_pattern") << "exit 3, not 2";
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenInput, testing::ValuesIn(table()),
                         [](const auto& tested) { return tested.param.name; });

TEST(BrokenInputs, OfEveryFormatTellTheCure) {
  for (const Broken& row : table()) {
    if (row.format == "samples") continue;
    const auto read = read_as(row.format, row.text);
    ASSERT_FALSE(read) << row.name;
    EXPECT_FALSE(read.error().hint.empty()) << row.name;
  }
}

}  // namespace
}  // namespace perfwarden::ingest
