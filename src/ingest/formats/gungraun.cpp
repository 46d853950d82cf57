#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "ingest/bundle.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/json_stream.hpp"

// gungraun, called iai-callgrind before 0.17: the text of cargo bench, and its JSON (--output-format=json, or the
// summary.json files; summary schemas 1 to 7). Counts of a simulated processor: the same code gives the same number.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_gungraun_cure = "run `cargo bench -- --output-format=json`, or use its text unchanged";

struct Event {
  std::string_view label, key;  // in the text, in the JSON
  std::string_view metric;
  bool primary;
};

constexpr std::array<Event, 13> k_events{{{"Instructions", "Ir", "instructions", true},
                                          {"L1 Hits", "L1hits", "l1_hits", false},
                                          {"LL Hits", "LLhits", "ll_hits", false},
                                          {"L2 Hits", "", "ll_hits", false},
                                          {"RAM Hits", "RamHits", "ram_hits", false},
                                          {"Total read+write", "TotalRW", "reads_and_writes", false},
                                          {"Estimated Cycles", "EstimatedCycles", "estimated_cycles", false},
                                          {"Total bytes", "TotalBytes", "allocated_bytes", true},
                                          {"Total blocks", "TotalBlocks", "allocations", true},
                                          {"At t-gmax bytes", "AtTGmaxBytes", "heap_peak_bytes", false},
                                          {"At t-gmax blocks", "AtTGmaxBlocks", "heap_peak_blocks", false},
                                          {"Reads bytes", "ReadsBytes", "read_bytes", false},
                                          {"Writes bytes", "WritesBytes", "written_bytes", false}}};

Metric metric_of(const Event& event) {
  Metric metric = counter_metric(event.metric);
  metric.deterministic = true;
  metric.better = Better::lower;  // also of hits: a hit is an access, and less of them is less work
  metric.primary = event.primary;
  return metric;
}

// The new value of {"new": 1}, {"Left": 1}, {"Both": [1, old]}, {"Int": 1}, {"metrics": …}, {"values": …}, or 1 itself.
std::optional<double> new_value(const json::Node& node, int depth = 0) {
  if (node.is(json::Kind::number)) return node.number();
  if (node.is(json::Kind::array)) {
    std::optional<double> first;
    node.each([&](const json::Node& value) {
      if (!first && value.is(json::Kind::number)) first = value.number();
      if (!first && value.is(json::Kind::object) && depth < 6) first = new_value(value, depth + 1);
    });
    return first;
  }
  for (const std::string_view key : {"values", "metrics", "new", "Left", "Both", "Int", "Float"})
    if (const auto member = node.find(key)) return depth < 6 ? new_value(*member, depth + 1) : std::nullopt;
  return std::nullopt;
}

class GungraunReader {
 public:
  GungraunReader(const Document& document, Table& table) : document_(document), table_(table) {}

  Status run() {
    for (const BundledFile& file : unbundle(document_.text, document_.name))
      PW_TRY(for_each_json(file.text, document_.name, file.line, table_,
                           [&](const json::Node& value) { return read(value); }));
    return Nothing{};
  }

 private:
  Status read(const json::Node& value) {
    Status status = Nothing{};
    value.each([&](const json::Node& summary) {  // `jq -s` puts the summaries into an array
      if (status) status = read_summary(summary);
    });
    return value.is(json::Kind::array) ? status : read_summary(value);
  }

  Status read_summary(const json::Node& summary) {
    std::string name = string_of(summary, "module_path");
    if (name.empty()) return Nothing{};  // another program's JSON
    if (const std::string id = string_of(summary, "id"); !id.empty()) name += "/" + id;
    for (const std::string_view key : {"profiles", "callgrind_summary"})
      if (const auto profiles = summary.find(key)) PW_TRY(read_totals(*profiles, name, 0));
    return Nothing{};
  }

  // The counts stand in "total" of each tool, at a depth that differs by version; "parts" repeat them.
  Status read_totals(const json::Node& node, const std::string& name, int depth) {
    Status status = Nothing{};
    if (depth > 8) return status;
    node.each([&](const json::Node& element) {
      if (status) status = read_totals(element, name, depth + 1);
    });
    node.each_member([&](std::string_view key, const json::Node& member) {
      if (!status || key == "parts" || key == "segments" || key == "regressions") return;
      status = key == "total" ? read_events(member, name, 0) : read_totals(member, name, depth + 1);
    });
    return status;
  }

  Status read_events(const json::Node& node, const std::string& name, int depth) {
    Status status = Nothing{};
    if (depth > 4) return status;
    node.each_member([&](std::string_view key, const json::Node& member) {
      if (!status) return;
      const auto event =
          std::find_if(k_events.begin(), k_events.end(), [&](const Event& row) { return row.key == key; });
      if (event == k_events.end()) {
        status = read_events(member, name, depth + 1);
      } else if (const auto value = new_value(member)) {
        status = table_.add(member.line(), name, metric_of(*event), "", *value);
      }
    });
    return status;
  }

  const Document& document_;
  Table& table_;
};

// "test_lib_bench::group::bench_fibonacci short:10" → "test_lib_bench::group::bench_fibonacci/short"; empty for other
// lines. The text behind the id are the arguments, which may be long.
std::string name_of_line(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return "";
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view path = line.substr(0, blank);
  if (path.find("::") == std::string_view::npos) return "";
  const std::string_view rest = text::trim(line.substr(blank));
  const std::string_view id = rest.substr(0, rest.find(':'));
  return id.empty() || id.front() == '(' ? std::string(path) : fmt::format("{}/{}", path, id);
}

struct Count {
  const Event* event;
  std::string_view value;
};

// "  Instructions:            1733|1700        (+1.94118%) [+1.01941x]"
std::optional<Count> count_of(std::string_view line) {
  if (!line.starts_with("  ")) return std::nullopt;
  line = text::trim(line);
  const std::size_t colon = line.find(':');
  const std::size_t bar = line.find('|', colon);
  if (colon == std::string_view::npos || bar == std::string_view::npos) return std::nullopt;
  for (const Event& event : k_events)
    if (event.label == line.substr(0, colon)) return Count{&event, text::trim(line.substr(colon + 1, bar - colon - 1))};
  return std::nullopt;
}

Status read_text(const Document& document, Table& table) {
  Lines lines(document.text);
  std::string name;
  while (lines.next()) {
    // Any other line that is not indented, such as "Comparison with …", ends the benchmark.
    if (const std::string_view line = lines.line(); !line.empty() && line.front() != ' ') name = name_of_line(line);
    const auto count = count_of(lines.line());
    if (!count || name.empty()) continue;
    if (const auto value = grouped_number(count->value))
      PW_TRY(table.add(lines.number(), name, metric_of(*count->event), "", *value));
    else
      table.note(
          lines.number(), "bad-record",
          fmt::format("benchmark '{}': {} is '{}'; ignored", shown(name), count->event->label, shown(count->value)));
  }
  table.note_long_lines(lines.passed_over());
  return Nothing{};
}

Result<Reading> read_gungraun(const Document& document) {
  Table table(document);
  const std::string_view start = text::trim(document.text.substr(0, 4096));
  const bool json = start.starts_with('{') || start.starts_with('[') || is_bundle(document.text);
  PW_TRY(json ? GungraunReader(document, table).run() : read_text(document, table));
  return table.finish("the input has no counts of gungraun or iai-callgrind", std::string(k_gungraun_cure));
}

int sniff_gungraun(std::string_view head) {
  const std::string_view first = unbundle(head, "").front().text;
  const Outline outline(first);
  if (outline.root() != '\0') {
    const std::string prefix = outline.root() == '[' ? "*/" : "";
    const bool summary = outline.has(prefix + "profiles") || outline.has(prefix + "callgrind_summary");
    return summary && outline.has(prefix + "module_path") ? 90 : 0;
  }
  Lines lines(head);
  bool named = false;
  while (lines.next()) {
    named = named || !name_of_line(lines.line()).empty();
    if (const auto count = count_of(lines.line()); named && count && grouped_number(count->value)) return 80;
  }
  return 0;
}

}  // namespace

extern const Format k_format_gungraun{
    .name = "gungraun",
    .summary =
        "gungraun and iai-callgrind, text or JSON: instructions, cache hits, estimated cycles, heap; compared exactly",
    .sniff = sniff_gungraun,
    .read = read_gungraun};

}  // namespace perfwarden::ingest
