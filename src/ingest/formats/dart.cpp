#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"

// What package:benchmark_harness of Dart prints: "Template(RunTime): 0.156 us." The word in brackets is the metric of
// its emitter.
namespace perfwarden::ingest {
namespace {

struct DartRow {
  std::string_view name, metric, value, unit;
};

std::optional<DartRow> row_of_dart(std::string_view line) {
  const std::size_t colon = line.rfind("): ");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t open = line.rfind('(', colon);
  if (open == std::string_view::npos || open == 0) return std::nullopt;
  std::string_view rest = text::trim(line.substr(colon + 3));
  if (rest.ends_with('.')) rest.remove_suffix(1);
  const std::vector<std::string_view> fields = fields_of(rest);
  const std::string_view metric = line.substr(open + 1, colon - open - 1);
  if (fields.size() != 2 || metric.empty() || metric.find(' ') != std::string_view::npos) return std::nullopt;
  return DartRow{text::trim(line.substr(0, open)), metric, fields[0], fields[1]};
}

Result<Reading> read_dart(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  while (lines.next()) {
    const auto row = row_of_dart(lines.line());
    if (!row) {
      if (lines.line().find("(RunTime") != std::string_view::npos) table.note_unread(lines.number(), lines.line());
      continue;
    }
    const Unit unit = unit_in_words(row->unit);
    const auto value = text::to_double(row->value);
    Metric metric = row->metric.starts_with("RunTime") && unit.dimension == Dimension::time
                        ? wall_time()
                        : named_metric(row->metric, row->unit);
    if (value)
      PW_TRY(table.add(lines.number(), row->name, std::move(metric), row->unit, to_base(*value, unit)));
    else
      table.not_finite(lines.number(), row->name, metric,
                       fmt::format("'{}' is not a finite number", shown(row->value)));
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("benchmark_harness", "the mean of each benchmark", "repeat the run to know the noise");
  return table.finish("no line reads like the result of Dart's benchmark_harness",
                      "a line looks like `Template(RunTime): 0.156 us.`");
}

int sniff_dart(std::string_view head) {
  Lines lines(head);
  while (lines.next()) {
    const auto row = row_of_dart(lines.line());
    const bool time = row && unit_in_words(row->unit).dimension == Dimension::time;
    if (time && row->metric.starts_with("RunTime") && text::to_double(row->value)) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_dart{
    .name = "dart",
    .summary = "Dart's benchmark_harness, one line a benchmark: Template(RunTime): 0.156 us.; one value a run",
    .sniff = sniff_dart,
    .read = read_dart};

}  // namespace perfwarden::ingest
