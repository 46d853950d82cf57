#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/parts.hpp"

// The text of Rust's own `cargo bench` (library/test): "test sort ... bench:   11,764.31 ns/iter (+/- 102.4) = 2785
// MB/s". The time is the median of its samples.
namespace perfwarden::ingest {
namespace {

struct LibtestRow {
  std::string_view name, time, throughput;
};

std::optional<LibtestRow> row_of_libtest(std::string_view line) {
  line = text::trim(line);
  constexpr std::string_view k_bench = " ... bench:";
  constexpr std::string_view k_unit = " ns/iter";
  const std::size_t bench = line.find(k_bench);
  if (!line.starts_with("test ") || bench == std::string_view::npos || bench < 5) return std::nullopt;
  const std::string_view rest = line.substr(bench + k_bench.size());
  const std::size_t unit = rest.find(k_unit);
  if (unit == std::string_view::npos) return std::nullopt;
  LibtestRow row{text::trim(line.substr(5, bench - 5)), text::trim(rest.substr(0, unit)), {}};
  const std::size_t equals = rest.find(" = ", unit);
  if (equals != std::string_view::npos && rest.ends_with(" MB/s"))
    row.throughput = text::trim(rest.substr(equals + 3, rest.size() - equals - 8));
  return row;
}

Result<Reading> read_libtest(const Document& document) {
  Table table(document);
  Lines lines(document.text);
  while (lines.next()) {
    const std::string_view line = text::trim(lines.line());
    if (line.starts_with("test ") && line.ends_with(" ... FAILED"))
      table.note(lines.number(), "benchmark-failed",
                 fmt::format("benchmark '{}' failed", shown(text::trim(line.substr(5, line.size() - 16)))));
    const auto row = row_of_libtest(line);
    if (!row) continue;
    const auto time = grouped_number(row->time);
    if (!time) {
      table.note(
          lines.number(), "not-finite",
          fmt::format("benchmark '{}': '{}' is not a finite number; ignored", shown(row->name), shown(row->time)));
      continue;
    }
    PW_TRY(table.add(lines.number(), row->name, wall_time(), "ns/iter", *time / 1e9));
    if (const auto bytes = grouped_number(row->throughput))
      PW_TRY(table.add(lines.number(), row->name, known_metric("byte_throughput").value_or(Metric{}), "MB/s",
                       *bytes * 1e6));
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("cargo bench", "the median of each benchmark's samples",
                          "repeat the run to know the noise, or use criterion, which gives all samples");
  return table.finish("no line reads like the result of cargo bench",
                      "a line looks like `test sort ... bench:  11,764.31 ns/iter (+/- 102.4)`");
}

int sniff_libtest(std::string_view head) {
  Lines lines(head);
  while (lines.next())
    if (const auto row = row_of_libtest(lines.line()); row && grouped_number(row->time)) return 80;
  return 0;
}

}  // namespace

extern const Format k_format_libtest{
    .name = "libtest",
    .summary =
        "Rust's own cargo bench, test sort ... bench: 11,764 ns/iter (+/- 102): the median, MB/s; one value a run",
    .sniff = sniff_libtest,
    .read = read_libtest};

}  // namespace perfwarden::ingest
