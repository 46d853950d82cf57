#include <fmt/format.h>

#include <set>
#include <string>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The JSON of pytest-benchmark 3 to 5, --benchmark-json (stats.py, Metadata.as_dict). `data` holds one time a round, in
// seconds of one iteration.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_pytest_benchmark_cure = "run pytest with --benchmark-json=FILE and set output-file";

class PytestBenchmarkReader {
 public:
  explicit PytestBenchmarkReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_pytest_benchmark_cure));
    const auto benchmarks = tree.root().find("benchmarks");
    if (!benchmarks || !benchmarks->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the pytest-benchmark JSON has no array \"benchmarks\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_pytest_benchmark_cure)};
    Status status = Nothing{};
    benchmarks->each([&](const json::Node& entry) {
      if (status) status = read_benchmark(entry);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable time", "check whether the tests fail or are skipped");
  }

 private:
  Status read_benchmark(const json::Node& entry) {
    std::string name = string_of(entry, "fullname");
    if (name.empty()) name = string_of(entry, "name");
    const auto stats = entry.find("stats");
    if (const auto error = entry.find("has_error"); error && error->number() != 0) {
      table_.fail(entry.line(), name, "raised an error");
      return Nothing{};
    }
    if (name.empty() || !stats || !stats->is(json::Kind::object)) {
      note_bad_record(table_, entry, "a benchmark without a name or stats", "one with both");
      return Nothing{};
    }
    if (!seen_.insert(name).second) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    PW_TRY(read_times(*stats, name));
    Status status = Nothing{};
    if (const auto extra = entry.find("extra_info"))
      extra->each_member([&](std::string_view key, const json::Node& value) {
        if (!status || !(value.is(json::Kind::number) || value.is(json::Kind::non_finite))) return;
        status = table_.add(value.line(), name, counter_metric(key), "", number_or_nan(value));
      });
    return status;
  }

  Status read_times(const json::Node& stats, const std::string& name) {
    const auto data = stats.find("data");
    if (!data || !data->is(json::Kind::array)) {
      table_.note_summary_only("this pytest-benchmark file", "the median of each benchmark's rounds",
                               "run pytest with --benchmark-save-data or --benchmark-json");
      return table_.add(stats.line(), name, wall_time(), "s", number_or_nan(stats, "median"));
    }
    Status status = Nothing{};
    data->each([&](const json::Node& value) {
      if (status) status = table_.add(value.line(), name, wall_time(), "s", number_or_nan(value));
    });
    return status;
  }

  const Document& document_;
  Table table_;
  std::set<std::string> seen_;
};

Result<Reading> read_pytest_benchmark(const Document& document) {
  return PytestBenchmarkReader(document).run();
}

int sniff_pytest_benchmark(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("machine_info") && outline.has("commit_info") ? 90 : 0;
}

}  // namespace

extern const Format k_format_pytest_benchmark{
    .name = "pytest-benchmark",
    .summary = "pytest-benchmark, --benchmark-json: each round is a repetition; numbers of extra_info as counters",
    .sniff = sniff_pytest_benchmark,
    .read = read_pytest_benchmark,
    .how = "run it with --benchmark-json=bench.json, and set output-file: bench.json",
    .for_people = "Name (time in "};

}  // namespace perfwarden::ingest
