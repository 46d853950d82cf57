#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/limits.hpp"
#include "ingest/parts.hpp"
#include "ingest/samples.hpp"
#include "json/tree.hpp"

// The text of `go test -bench`: golang.org/design/14313-benchmark-format.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_word = "Benchmark";

// "Benchmark" alone or followed by anything but a lower-case letter, as in a Go identifier of a benchmark.
bool is_benchmark_name(std::string_view word) {
  if (!word.starts_with(k_word)) return false;
  return word.size() == k_word.size() || word[k_word.size()] < 'a' || word[k_word.size()] > 'z';
}

bool is_count(std::string_view field) {
  const auto count = text::to_integer(field);
  return count && *count >= 0;
}

// value unit [value unit …], as the testing package prints it behind the iteration count.
bool are_measurements(const std::vector<std::string_view>& fields, std::size_t from) {
  if (fields.size() < from + 2 || (fields.size() - from) % 2 != 0) return false;
  const std::string_view first = fields[from];
  const std::string word = text::lower(first.substr(first.find_first_not_of("+-") == 1 ? 1 : 0));
  return text::to_double(first).has_value() || word == "nan" || word == "inf";
}

struct GoMetric {
  Metric metric;
  Unit unit;
};

// testing.B.ReportMetric takes any unit; "p99-ns" and "ns/GC" are times by the convention of golang.org/x/perf.
Unit unit_of_custom(std::string_view spelled) {
  const std::string_view over = spelled.substr(0, spelled.find('/'));
  const std::size_t dash = over.rfind('-');
  const std::string_view last = dash == std::string_view::npos ? over : over.substr(dash + 1);
  if (last == "ns") return unit_of("ns");
  return last == "bytes" && last != spelled ? unit_of("B") : unit_of(spelled);
}

GoMetric metric_of(std::string_view unit) {
  const auto known = [&](const char* name, const char* same) {
    return GoMetric{known_metric(name).value_or(Metric{}), unit_of(same)};
  };
  if (unit == "ns/op") return known("wall_time", "ns");
  if (unit == "MB/s") return known("byte_throughput", "MB/s");
  if (unit == "B/op") return known("allocated_bytes", "B");
  if (unit == "allocs/op") return known("allocations", "1");
  const Unit base = unit_of_custom(unit);
  return {Metric{std::string(unit), base.base, better_of_unit(base.base), false, false}, base};
}

struct Line {
  int number = 0;
  std::string package, name;
  std::vector<std::pair<double, std::string>> values;  // (value, unit as spelled)
};

// The "-8" that the testing package appends for GOMAXPROCS; empty when the name has none.
std::string_view processors_of(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view digits = name.substr(dash + 1);
  const bool number = !digits.empty() && digits.size() <= 5 && digits.front() != '0' &&
                      digits.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? name.substr(dash) : std::string_view{};
}

class GoBenchReader {
 public:
  explicit GoBenchReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    if (document_.text.starts_with("{\"Time\":") || document_.text.starts_with("{\"Action\":"))
      return Error{.kind = ErrorKind::parse,
                   .what = "this is the JSON of `go test -json`, not benchmark text",
                   .where = document_.name + ":1",
                   .hint = "leave out -json"};
    Lines lines(document_.text);
    while (lines.next() && found_.size() < k_max_values) read_line(lines.line(), lines.number());
    table_.note_long_lines(lines.passed_over());
    strip_processors();
    qualify_names();
    for (const Line& line : found_)
      for (const auto& [value, unit] : line.values) {
        GoMetric row = metric_of(unit);
        PW_TRY(table_.add(line.number, line.name, std::move(row.metric), unit, to_base(value, row.unit)));
      }
    return table_.finish("no line reads like the result of a Go benchmark",
                         "run `go test -run '^$' -bench .`; a line looks like `BenchmarkName-8  1000  1234 ns/op`");
  }

 private:
  void read_line(std::string_view line, int number) {
    if (line.starts_with("pkg:")) {
      package_ = text::trim(line.substr(4));
      return;
    }
    if (note_failure(line, number)) return;
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.empty()) return;
    if (is_benchmark_name(fields[0]) && !line.starts_with(' ') && !line.starts_with('\t')) {
      if (fields.size() >= 4 && is_count(fields[1]) && are_measurements(fields, 2))
        take(fields[0], fields, 2, number);
      else
        interrupted_ = fields[0];  // the name is printed before the benchmark runs: its own output may come between
      return;
    }
    if (!interrupted_.empty() && fields.size() >= 3 && is_count(fields[0]) && are_measurements(fields, 1)) {
      const std::string name = std::exchange(interrupted_, "");
      take(name, fields, 1, number);
    }
  }

  bool note_failure(std::string_view line, int number) {
    if (line.starts_with("--- FAIL: ")) {
      table_.note(number, "benchmark-failed",
                  fmt::format("benchmark '{}' failed",
                              shown(fields_of(line.substr(10)).empty() ? line : fields_of(line.substr(10)).front())));
    } else if (line.starts_with("panic: ")) {
      table_.note(number, "benchmark-failed", fmt::format("the Go program stopped: {}", shown(line)));
    } else if (line == "FAIL" && failed_) {
      return true;  // the line before said which
    } else if (line.starts_with("FAIL\t") || line == "FAIL") {
      table_.note(
          number, "benchmark-failed",
          fmt::format("`go test` reports a failure: {}", shown(text::replace_all(std::string(line), "\t", " "))));
    } else {
      return false;
    }
    interrupted_.clear();
    failed_ = true;
    return true;
  }

  void take(std::string_view name, const std::vector<std::string_view>& fields, std::size_t from, int number) {
    interrupted_.clear();
    Line line{number, package_, std::string(name), {}};
    for (std::size_t i = from; i + 1 < fields.size(); i += 2) {
      if (const auto value = text::to_double(fields[i]))
        line.values.emplace_back(*value, fields[i + 1]);
      else
        table_.note(
            number, "not-finite",
            fmt::format("benchmark '{}': {} is {}; ignored", shown(name), shown(fields[i + 1]), shown(fields[i])));
    }
    found_.push_back(std::move(line));
  }

  void strip_processors() {
    if (found_.empty()) return;
    const std::string suffix(processors_of(found_.front().name));
    const auto same = [&](const Line& line) { return processors_of(line.name) == suffix; };
    if (suffix.empty() || !std::all_of(found_.begin(), found_.end(), same)) return;
    for (Line& line : found_) line.name.resize(line.name.size() - suffix.size());
  }

  // Only names that two packages share take the package along, so that a new package renames nothing else.
  void qualify_names() {
    std::map<std::string, std::set<std::string>> packages;
    for (const Line& line : found_) packages[line.name].insert(line.package);
    for (Line& line : found_)
      if (packages[line.name].size() > 1 && !line.package.empty()) line.name = line.package + "/" + line.name;
  }

  const Document& document_;
  Table table_;
  std::string package_, interrupted_;
  bool failed_ = false;
  std::vector<Line> found_;
};

Result<Reading> read_go_bench(const Document& document) {
  return GoBenchReader(document).run();
}

int sniff_go_bench(std::string_view head) {
  if (json::find_object(head, "context") || looks_like_samples(head)) return 0;
  Lines lines(head);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (!line.starts_with(k_word)) continue;
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.size() >= 4 && is_benchmark_name(fields[0]) && is_count(fields[1]) && are_measurements(fields, 2) &&
        line.find("/op") != std::string_view::npos)
      return 80;
  }
  return 0;
}

// -bench chooses level by level of the name; the first is enough. The last -bench counts. Names that were qualified by
// their package, or kept a number of processors, depend on what runs beside them.
std::vector<std::string> only_go_bench(const std::vector<std::string>& argv,
                                       const std::vector<std::string>& benchmarks) {
  std::string flag;
  for (const std::string& word : argv) {
    if (word == "-args" || word == "--args") return {};
    for (const std::string_view known : {"-bench", "-test.bench"})
      if (word == known || word.starts_with(std::string(known) + "=")) flag = known;
  }
  std::set<std::string> first;
  for (const std::string& name : benchmarks) {
    if (!is_benchmark_name(name) || !processors_of(name).empty()) return {};
    first.insert(name.substr(0, name.find('/')));
  }
  const std::string pattern = regex_of_names({first.begin(), first.end()});
  if (flag.empty() || pattern.empty()) return {};
  return {flag + "=" + pattern};
}

}  // namespace

extern const Format k_format_go_bench{
    .name = "go-bench",
    .summary =
        "go test -bench: ns/op, B/op, allocs/op, MB/s and testing.B.ReportMetric units; -count gives repetitions",
    .sniff = sniff_go_bench,
    .read = read_go_bench,
    .only = only_go_bench};

}  // namespace perfwarden::ingest
