#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// Swift: google/swift-benchmark's text ("name time std iterations") and --format json, whose times are nanoseconds, and
// the tables of ordo-one/package-benchmark, one a benchmark, with a row a metric. The median is taken of each.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_swift_benchmark_cure =
    "run it with --format json (swift-benchmark) or --format jmh (package-benchmark)";

Result<Reading> read_swift_json(const Document& document) {
  PW_TRY_ASSIGN(const json::Tree tree, read_whole(document, json::Kind::object, k_swift_benchmark_cure));
  Table table(document);
  Status status = Nothing{};
  if (const auto benchmarks = tree.root().find("benchmarks"))
    benchmarks->each([&](const json::Node& entry) {
      if (!status) return;
      const std::string name = string_of(entry, "name");
      const auto time = entry.find("time") ? entry.find("time") : entry.find("median");
      if (name.empty() || !time)
        return note_bad_record(table, entry, "a benchmark without a name or time", "one with both");
      status = table.add(time->line(), name, wall_time(), "ns", number_or_nan(*time) / 1e9);
    });
  if (!status) return std::move(status).error();
  table.note_summary_only("swift-benchmark", "the median of each benchmark", "repeat the run to know the noise");
  return table.finish("no benchmark with a name and a time", std::string(k_swift_benchmark_cure));
}

// "MySuite.fast   1500.000 ns ±  47.14 %   2": name, value, unit, and behind ± what is not needed.
struct SwiftBenchmarkRow {
  std::string_view name, value, unit;
};

std::optional<SwiftBenchmarkRow> row_of_swift_benchmark(std::string_view line) {
  const std::size_t error = line.find(" ± ");
  if (error == std::string_view::npos || line.find('%', error) == std::string_view::npos) return std::nullopt;
  const std::string_view left = text::trim(line.substr(0, error));
  const std::size_t unit = left.rfind(' ');
  if (unit == std::string_view::npos) return std::nullopt;
  const std::string_view before = text::trim(left.substr(0, unit));
  const std::size_t value = before.rfind(' ');
  if (value == std::string_view::npos) return std::nullopt;
  const SwiftBenchmarkRow row{text::trim(before.substr(0, value)), before.substr(value + 1), left.substr(unit + 1)};
  return unit_in_words(row.unit).dimension == Dimension::time ? std::optional(row) : std::nullopt;
}

bool is_swift_header(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  return fields.size() >= 4 && fields[0] == "name" && fields[1] == "time" && fields[2] == "std" &&
         fields[3] == "iterations";
}

constexpr std::string_view k_column_bar = "│";

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> out;
  line = text::trim(line);
  if (!line.starts_with(k_column_bar)) return out;
  line.remove_prefix(k_column_bar.size());
  for (std::size_t end = line.find(k_column_bar); end != std::string_view::npos; end = line.find(k_column_bar)) {
    out.push_back(text::trim(line.substr(0, end)));
    line.remove_prefix(end + k_column_bar.size());
  }
  return out;
}

// The place of the column p50 in "│ Metric │ p0 │ p25 │ p50 │ … │ Samples │".
std::optional<std::size_t> median_column(const std::vector<std::string_view>& cells) {
  if (cells.size() < 4 || cells.front() != "Metric" || cells.back() != "Samples") return std::nullopt;
  const auto found = std::find(cells.begin(), cells.end(), "p50");
  return found == cells.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - cells.begin()));
}

struct TableMetric {
  Metric metric;
  std::string unit;
  double factor = 1;
};

// "Time (wall clock) (μs) *", "Malloc (total) (K) *", "Throughput (# / s) (K)": the last bracket is the scale.
TableMetric table_metric(std::string_view cell) {
  if (cell.ends_with('*')) cell = text::trim(cell.substr(0, cell.size() - 1));
  std::string scale;
  const std::size_t open = cell.rfind(" (");
  const std::string_view inside =
      open == std::string_view::npos || !cell.ends_with(')') ? "" : cell.substr(open + 2, cell.size() - open - 3);
  constexpr std::array<std::pair<std::string_view, double>, 7> k_scales{
      {{"#", 1}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"ns", 1e-9}, {"ms", 1e-3}, {"s", 1}}};
  double factor = 1;
  for (const auto& [name, value] : k_scales)
    if (name == inside) std::tie(scale, factor) = std::pair(std::string(name), value);
  if (inside == "μs" || inside == "µs" || inside == "us")
    std::tie(scale, factor) = std::pair(std::string(inside), 1e-6);
  if (!scale.empty()) cell = text::trim(cell.substr(0, open));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> k_known{
      {{"Time (wall clock)", "wall_time"},
       {"Time (total CPU)", "cpu_time"},
       {"Throughput (# / s)", "throughput"},
       {"Throughput (scaled / s)", "throughput"},
       {"Malloc (total)", "allocations"},
       {"Memory (resident peak)", "max_rss"},
       {"Instructions", "instructions"}}};
  for (const auto& [theirs, ours] : k_known)
    if (theirs == cell) return {known_metric(ours).value_or(Metric{}), scale, factor};
  const bool time = cell.starts_with("Time (");
  return {
      {std::string(cell), time ? "s" : "1", time ? Better::lower : better_of_name(cell), false, false}, scale, factor};
}

class SwiftTextReader {
 public:
  explicit SwiftTextReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    Lines lines(document_.text);
    while (lines.next()) PW_TRY(read_line(lines.line(), lines.number()));
    table_.note_long_lines(lines.passed_over());
    table_.note_summary_only("this text", "the median of each benchmark", "repeat the run to know the noise");
    return table_.finish("no line reads like the result of a Swift benchmark", std::string(k_swift_benchmark_cure));
  }

 private:
  Status read_line(std::string_view line, int number) {
    const std::vector<std::string_view> cells = cells_of(line);
    if (cells.empty()) return read_plain(line, number);
    if (const auto column = median_column(cells)) {
      column_ = column;
      benchmark_ = before_;
      return Nothing{};
    }
    if (!column_ || cells.size() <= *column_) return Nothing{};
    TableMetric metric = table_metric(cells[0]);
    const auto value = grouped_number(cells[*column_]);
    if (!value) {
      table_.note(number, "bad-record",
                  fmt::format("benchmark '{}': {} is '{}'; ignored", shown(benchmark_), shown(cells[0]),
                              shown(cells[*column_])));
      return Nothing{};
    }
    return table_.add(number, benchmark_, std::move(metric.metric), metric.unit,
                      to_base(*value, Unit{"", metric.factor, Dimension::other}));
  }

  Status read_plain(std::string_view line, int number) {
    if (is_swift_header(line)) listing_ = true;
    const auto row = row_of_swift_benchmark(line);
    if (listing_ && row) {
      if (const auto value = text::to_double(row->value))
        return table_.add(number, row->name, wall_time(), row->unit, to_base(*value, unit_in_words(row->unit)));
      table_.not_finite(number, row->name, wall_time(), fmt::format("'{}' is not a finite number", shown(row->value)));
    }
    const std::string_view word = text::trim(line);
    constexpr std::string_view k_rules = "═╒╞╘─=";
    if (!word.empty() && k_rules.find(word.substr(0, 3)) == std::string_view::npos && word.front() != '=')
      before_ = word;
    return Nothing{};
  }

  const Document& document_;
  Table table_;
  bool listing_ = false;
  std::optional<std::size_t> column_;
  std::string before_, benchmark_;
};

Result<Reading> read_swift_benchmark(const Document& document) {
  const bool json = text::trim(document.text.substr(0, 4096)).starts_with('{');
  return json ? read_swift_json(document) : SwiftTextReader(document).run();
}

int sniff_swift_benchmark(std::string_view head) {
  const Outline outline(head);
  if (outline.root() == '{')
    return outline.has("benchmarks/*/std") && outline.has("benchmarks/*/time") && !outline.has("context") ? 80 : 0;
  if (outline.root() != '\0') return 0;
  Lines lines(head);
  bool listing = false;
  while (lines.next()) {
    listing = listing || is_swift_header(lines.line());
    if ((listing && row_of_swift_benchmark(lines.line())) || median_column(cells_of(lines.line()))) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_swift_benchmark{
    .name = "swift-benchmark",
    .summary = "Swift: google/swift-benchmark's text or JSON, package-benchmark's tables; the median, one value a run",
    .sniff = sniff_swift_benchmark,
    .read = read_swift_benchmark};

}  // namespace perfwarden::ingest
