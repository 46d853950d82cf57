#include "ingest/criterion_text.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "ingest/cargo_target.hpp"
#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

struct Row {
  std::string_view name, label;  // label: "time" or "thrpt"
  std::string_view value, unit;  // the middle of the three
};

// "[low unit estimate unit high unit]" after "label:"; nullopt for the percentages of a change.
std::optional<Row> row_of(std::string_view line) {
  for (const std::string_view label : {"time:", "thrpt:"}) {
    const std::size_t at = line.rfind(label);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = text::trim(line.substr(at + label.size()));
    if (!rest.starts_with('[') || !rest.ends_with(']')) continue;
    const std::vector<std::string_view> fields = fields_of(rest.substr(1, rest.size() - 2));
    if (fields.size() != 6) continue;
    return Row{text::trim(line.substr(0, at)), label.substr(0, label.size() - 1), fields[2], fields[3]};
  }
  return std::nullopt;
}

// "time: [1.23 ms 1.25 ms" and no end; the line of a change has percentages.
bool looks_like_result(std::string_view line) {
  const std::size_t at = line.find(" time:");
  return at != std::string_view::npos && line.find('[', at) != std::string_view::npos &&
         line.find('%', at) == std::string_view::npos;
}

// "Melem/s" → ops; "MiB/s" as it is.
std::optional<std::pair<Metric, double>> throughput(double value, std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 4> k_elements{
      {{"elem/s", 1}, {"Kelem/s", 1e3}, {"Melem/s", 1e6}, {"Gelem/s", 1e9}}};
  for (const auto& [name, factor] : k_elements)
    if (name == unit) return std::pair(known_metric("throughput").value_or(Metric{}), value * factor);
  const Unit known = unit_in_words(unit);
  if (known.dimension != Dimension::byte_rate) return std::nullopt;
  return std::pair(known_metric("byte_throughput").value_or(Metric{}), to_base(value, known));
}

}  // namespace

Result<Reading> read_criterion_text(const Document& document) {
  Table table(document, Repeats::another_benchmark);
  Lines lines(document.text);
  CargoTarget target;
  std::string before, name;
  while (lines.next()) {
    if (target.read(lines.line())) table.qualify(target.qualifiers());
    const auto row = row_of(lines.line());
    if (!row) {
      if (looks_like_result(lines.line())) table.note_unread(lines.number(), lines.line());
      if (!lines.line().starts_with(' ')) before = text::trim(lines.line());
      continue;
    }
    if (row->label == "time") name = row->name.empty() ? before : std::string(row->name);
    const auto value = text::to_double(row->value);
    if (!value || name.empty()) {
      table.note(lines.number(), "bad-record",
                 fmt::format("benchmark '{}': '{}' is not a finite number; ignored", shown(name), shown(row->value)));
    } else if (row->label == "time") {
      if (const auto seconds = seconds_of(*value, row->unit))
        PW_TRY(table.add(lines.number(), name, wall_time(), row->unit, *seconds, target.process()));
      else
        table.note_unread(lines.number(), lines.line());
    } else if (const auto rate = throughput(*value, row->unit)) {
      PW_TRY(table.add(lines.number(), name, rate->first, row->unit, rate->second, target.process()));
    } else {
      table.note_unread(lines.number(), lines.line());
    }
  }
  table.note_long_lines(lines.passed_over());
  table.note_summary_only("criterion's text", "an estimate of each benchmark",
                          "give the folder target/criterion to `perfwarden ingest`, or run cargo criterion "
                          "--message-format=json, for all samples");
  return table.finish("no line reads like the result of criterion",
                      "a line looks like `sort/100   time:   [1.23 µs 1.25 µs 1.27 µs]`");
}

int sniff_criterion_text(std::string_view head) {
  Lines lines(head);
  while (lines.next()) {
    const auto row = row_of(lines.line());
    const auto value = row ? text::to_double(row->value) : std::nullopt;
    if (value && row->label == "time" && seconds_of(*value, row->unit)) return 80;
  }
  return 0;
}

}  // namespace perfwarden::ingest
