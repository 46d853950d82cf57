#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// Ruby's benchmark-ips 2: the file of x.json!, and the text of its section "Calculating": "addition  38.988M (± 2.1%)
// i/s - …". A name longer than its column stands on the line before.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_benchmark_ips_cure = "call x.json! 'ips.json' in Benchmark.ips and set output-file";

Metric iterations_per_second() {
  return metric_of_unit(unit_in_words("op/s"));
}

Result<Reading> read_ips_json(const Document& document) {
  PW_TRY_ASSIGN(const json::Tree tree, read_whole(document, json::Kind::array, k_benchmark_ips_cure));
  Table table(document, Repeats::another_benchmark);
  Status status = Nothing{};
  tree.root().each([&](const json::Node& entry) {
    if (!status) return;
    const std::string name = string_of(entry, "name");
    const auto value = entry.find("central_tendency") ? entry.find("central_tendency") : entry.find("ips");
    if (name.empty() || !value) return note_bad_record(table, entry, "an entry without a name or ips", "one with both");
    status = table.add(entry.line(), name, iterations_per_second(), "i/s", number_or_nan(*value));
  });
  if (!status) return std::move(status).error();
  table.note_summary_only("benchmark-ips", "the mean of each benchmark's samples", "repeat the run to know the noise");
  return table.finish("no entry with a name and ips", std::string(k_benchmark_ips_cure));
}

struct BenchmarkIpsRow {
  std::string_view name;
  std::optional<double> value;
};

// "38.988M", "1234.5": benchmark-ips scales by thousands.
std::optional<double> scaled_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view k_suffixes = "kMBTQ";
  const std::size_t power = k_suffixes.find(text.back());
  if (power == std::string_view::npos) return text::to_double(text);
  auto value = text::to_double(text.substr(0, text.size() - 1));
  for (std::size_t i = 0; value && i <= power; ++i) *value *= 1000;
  return value;
}

std::optional<BenchmarkIpsRow> row_of_benchmark_ips(std::string_view line) {
  const std::size_t error = line.find(" (±");
  if (error == std::string_view::npos || line.find("%) i/s", error) == std::string_view::npos) return std::nullopt;
  const std::string_view left = text::trim(line.substr(0, error));
  const std::size_t gap = left.rfind(' ');
  const std::string_view number = gap == std::string_view::npos ? left : left.substr(gap + 1);
  return BenchmarkIpsRow{gap == std::string_view::npos ? std::string_view{} : text::trim(left.substr(0, gap)),
                         scaled_number(number)};
}

Result<Reading> read_ips_text(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  std::string before;
  while (lines.next()) {
    const auto row = row_of_benchmark_ips(lines.line());
    if (!row) {
      if (lines.line().find(" i/s") != std::string_view::npos && lines.line().find("±") != std::string_view::npos)
        table.note_unread(lines.number(), lines.line());
      before = text::trim(lines.line());
      continue;
    }
    const std::string name = row->name.empty() ? before : std::string(row->name);
    if (row->value)
      PW_TRY(table.add(lines.number(), name, iterations_per_second(), "i/s", *row->value));
    else
      table.not_finite(lines.number(), name, iterations_per_second(), "its i/s is not a finite number");
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("benchmark-ips", "the mean of each benchmark's samples", std::string(k_benchmark_ips_cure));
  return table.finish("no line reads like the result of benchmark-ips", std::string(k_benchmark_ips_cure));
}

Result<Reading> read_benchmark_ips(const Document& document) {
  const bool json = text::trim(document.text.substr(0, 4096)).starts_with('[');
  return json ? read_ips_json(document) : read_ips_text(document);
}

int sniff_benchmark_ips(std::string_view head) {
  const Outline outline(head);
  if (outline.root() == '[') return outline.has("*/ips") && outline.has("*/stddev") ? 80 : 0;
  if (outline.root() != '\0') return 0;
  Lines lines(head);
  while (lines.next())
    if (const auto row = row_of_benchmark_ips(lines.line()); row && row->value) return 80;
  return 0;
}

}  // namespace

extern const Format k_format_benchmark_ips{
    .name = "benchmark-ips",
    .summary = "Ruby's benchmark-ips: the file of x.json!, or its text; iterations per second, one value a run",
    .sniff = sniff_benchmark_ips,
    .read = read_benchmark_ips,
    .how = "call x.json! 'bench.json' in the block, and set output-file: bench.json"};

}  // namespace perfwarden::ingest
