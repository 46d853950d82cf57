#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/limits.hpp"

// The JSON of BenchmarkDotNet, `--exporters json` or JsonExporter.Full (Exporters/Json/JsonExporterBase.cs). A launch
// is a process; of its measurements those of the stage "Result" are the times without the harness's overhead.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_benchmark_dotnet_cure =
    "run it with --exporters json and set output-file to the …-report-full.json";

// "Sorting.Quick: Job-XKQYAF(Runtime=.NET 8.0) [N=100]" → the job.
std::string job_of(const std::string& display) {
  const std::size_t begin = display.find(": ");
  if (begin == std::string::npos) return "";
  const std::size_t end = display.find(" [", begin);
  return display.substr(begin + 2, end == std::string::npos ? end : end - begin - 2);
}

// "Sorting.Quick.Sort(N: 100)"; older exporters write its parts alone.
std::string full_name_of(const json::Node& entry) {
  std::string name = string_of(entry, "FullName");
  if (!name.empty()) return name;
  std::string method = string_of(entry, "Method");
  if (method.empty()) method = string_of(entry, "MethodTitle");
  if (method.empty()) return "";
  for (const std::string_view key : {"Namespace", "Type"})
    if (const std::string part = string_of(entry, key); !part.empty()) name += part + ".";
  name += method;
  const std::string parameters = string_of(entry, "Parameters");
  return parameters.empty() ? name : name + "(" + parameters + ")";
}

class BenchmarkDotnetReader {
 public:
  explicit BenchmarkDotnetReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_benchmark_dotnet_cure));
    const auto benchmarks = tree.root().find("Benchmarks");
    if (!benchmarks || !benchmarks->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the BenchmarkDotNet JSON has no array \"Benchmarks\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_benchmark_dotnet_cure)};
    benchmarks->each([&](const json::Node& entry) { ++uses_[full_name_of(entry)]; });
    Status status = Nothing{};
    benchmarks->each([&](const json::Node& entry) {
      if (status) status = read_benchmark(entry);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable time", "look at BenchmarkDotNet's log: the benchmarks failed");
  }

 private:
  Status read_benchmark(const json::Node& entry) {
    std::string name = full_name_of(entry);
    if (name.empty()) {
      note_bad_record(table_, entry, "a benchmark without a FullName or a Method", "one with a name");
      return Nothing{};
    }
    if (uses_[name] > 1) name = with_parameters(std::move(name), {{"", job_of(string_of(entry, "DisplayInfo"))}});
    if (!seen_.insert(name).second) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    PW_TRY(read_times(entry, name));
    const auto memory = entry.find("Memory");
    const auto bytes = memory ? memory->find("BytesAllocatedPerOperation") : std::nullopt;
    if (!bytes || bytes->is(json::Kind::null)) return Nothing{};
    return table_.add(bytes->line(), name, known_metric("allocated_bytes").value_or(Metric{}), "B",
                      number_or_nan(*bytes));
  }

  Status read_times(const json::Node& entry, const std::string& name) {
    bool any = false;
    Status status = Nothing{};
    if (const auto measurements = entry.find("Measurements"))
      measurements->each([&](const json::Node& row) {
        const std::string mode = string_of(row, "IterationMode");
        const bool result = mode == "Result" || (mode == "Workload" && string_of(row, "IterationStage") == "Result");
        if (!status || !result) return;
        any = true;
        const double launch = number_of(row, "LaunchIndex", 1);
        const bool usual = launch >= 1 && launch <= static_cast<double>(k_max_invocations);
        status = table_.add(row.line(), name, wall_time(), "ns",
                            number_or_nan(row, "Nanoseconds") / number_or_nan(row, "Operations") / 1e9,
                            usual ? static_cast<std::uint32_t>(launch) - 1 : 0);
      });
    if (any || !status) return status;
    return read_statistics(entry, name);
  }

  // "Brief" exports have no measurements, but the statistics keep the values without outliers.
  Status read_statistics(const json::Node& entry, const std::string& name) {
    const auto statistics = entry.find("Statistics");
    if (!statistics || !statistics->is(json::Kind::object)) {
      table_.fail(entry.line(), name, "has no statistics: it failed");
      return Nothing{};
    }
    const auto values = statistics->find("OriginalValues");
    if (!values || !values->is(json::Kind::array)) {
      table_.note_summary_only("this BenchmarkDotNet file", "the mean of each benchmark",
                               "export it with JsonExporter.Full");
      return table_.add(statistics->line(), name, wall_time(), "ns", number_or_nan(*statistics, "Mean") / 1e9);
    }
    Status status = Nothing{};
    values->each([&](const json::Node& value) {
      if (status) status = table_.add(value.line(), name, wall_time(), "ns", number_or_nan(value) / 1e9);
    });
    return status;
  }

  const Document& document_;
  Table table_;
  std::map<std::string, std::size_t> uses_;
  std::set<std::string> seen_;
};

Result<Reading> read_benchmark_dotnet(const Document& document) {
  return BenchmarkDotnetReader(document).run();
}

int sniff_benchmark_dotnet(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("HostEnvironmentInfo") ? 90 : 0;
}

}  // namespace

extern const Format k_format_benchmark_dotnet{
    .name = "benchmark-dotnet",
    .summary = "BenchmarkDotNet's full JSON: each launch is an invocation, each result a repetition; allocated bytes",
    .sniff = sniff_benchmark_dotnet,
    .read = read_benchmark_dotnet,
    .how = "run it with --exporters fulljson, and print the file below BenchmarkDotNet.Artifacts/results",
    .for_people = "| Method "};

}  // namespace perfwarden::ingest
