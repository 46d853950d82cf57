#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"

// The lines that String(benchmark) of benchmark.js 1 and 2 gives:
// "RegExp#test x 93,108,712 ops/sec ±1.67% (6 runs sampled)".
namespace perfwarden::ingest {
namespace {

struct BenchmarkJsRow {
  std::string_view name, value;
};

std::optional<BenchmarkJsRow> row_of_benchmark_js(std::string_view line) {
  const std::size_t unit = line.rfind(" ops/sec ");
  if (unit == std::string_view::npos || line.find(" sampled)", unit) == std::string_view::npos) return std::nullopt;
  const std::string_view left = line.substr(0, unit);
  const std::size_t times = left.rfind(" x ");
  if (times == std::string_view::npos || times == 0) return std::nullopt;
  return BenchmarkJsRow{text::trim(left.substr(0, times)), text::trim(left.substr(times + 3))};
}

// "parse: TypeError: x is not a function": the name, and the error in place of the numbers.
std::optional<BenchmarkJsRow> failure_of_benchmark_js(std::string_view line) {
  for (std::size_t colon = line.find(": "); colon != std::string_view::npos; colon = line.find(": ", colon + 1)) {
    const std::string_view error = line.substr(colon + 2);
    const std::string_view type =
        error.substr(0, error.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"));
    const std::string_view after = error.substr(type.size());
    if (colon > 0 && line.front() != ' ' && type.ends_with("Error") && (after.empty() || after.starts_with(": ")))
      return BenchmarkJsRow{text::trim(line.substr(0, colon)), error};
  }
  return std::nullopt;
}

Result<Reading> read_benchmark_js(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  while (lines.next()) {
    const auto row = row_of_benchmark_js(lines.line());
    if (!row) {
      if (const auto failure = failure_of_benchmark_js(lines.line()))
        table.fail(lines.number(), failure->name, fmt::format("failed: {}", shown(failure->value)));
      if (lines.line().find(" ops/sec") != std::string_view::npos) table.note_unread(lines.number(), lines.line());
      continue;
    }
    if (const auto value = grouped_number(row->value)) {
      Metric metric = metric_of_unit(unit_in_words("ops/sec"));
      PW_TRY(table.add(lines.number(), row->name, std::move(metric), "ops/sec", *value));
    } else {
      table.not_finite(lines.number(), row->name, metric_of_unit(unit_in_words("ops/sec")),
                       fmt::format("'{}' is not a finite number", shown(row->value)));
    }
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("benchmark.js", "the mean of each benchmark's samples", "repeat the run to know the noise");
  return table.finish("no line reads like the result of benchmark.js",
                      "print String(event.target) in the suite's 'cycle' event: `name x 1,234 ops/sec ±1% (90 runs "
                      "sampled)`");
}

int sniff_benchmark_js(std::string_view head) {
  Lines lines(head);
  while (lines.next())
    if (const auto row = row_of_benchmark_js(lines.line()); row && grouped_number(row->value)) return 80;
  return 0;
}

}  // namespace

extern const Format k_format_benchmark_js{
    .name = "benchmark-js",
    .summary = "benchmark.js, one line a benchmark: name x 1,234 ops/sec ±1.00% (90 runs sampled); one value a run",
    .sniff = sniff_benchmark_js,
    .read = read_benchmark_js};

}  // namespace perfwarden::ingest
