#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// Bencher Metric Format: {"benchmark": {"measure": {"value": 1, "lower_value": 0.9, "upper_value": 1.1}}}
// (bencher.dev/docs/reference/bencher-metric-format). The built-in measures have units of their own.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_bmf_cure = "print {\"benchmark\": {\"latency\": {\"value\": 12.5}}} and nothing else";

struct Measure {
  std::string_view name, metric, unit;
};

constexpr std::array<Measure, 7> k_measures{{{"latency", "wall_time", "ns"},
                                             {"throughput", "throughput", "op/s"},
                                             {"build-time", "build-time", "s"},
                                             {"file-size", "binary_size", "B"},
                                             {"instructions", "instructions", ""},
                                             {"estimated-cycles", "estimated_cycles", ""},
                                             {"allocated", "allocated_bytes", "B"}}};

Result<Reading> read_bmf(const Document& document) {
  PW_TRY_ASSIGN(const json::Tree tree, read_whole(document, json::Kind::object, k_bmf_cure));
  Table table(document);
  Status status = Nothing{};
  tree.root().each_member([&](std::string_view benchmark, const json::Node& measures) {
    if (!measures.is(json::Kind::object)) return note_bad_record(table, measures, benchmark, "an object of measures");
    measures.each_member([&](std::string_view measure, const json::Node& metric) {
      if (!status) return;
      if (!metric.is(json::Kind::object)) return note_bad_record(table, metric, benchmark, "an object with a value");
      const auto known =
          std::find_if(k_measures.begin(), k_measures.end(), [&](const Measure& row) { return row.name == measure; });
      const std::string_view unit = known == k_measures.end() ? "" : known->unit;
      const auto value = metric.find("value");
      status =
          table.add(metric.line(), benchmark, named_metric(known == k_measures.end() ? measure : known->metric, unit),
                    unit, to_base(value ? number_or_nan(*value) : number_or_nan(metric), unit_in_words(unit)));
    });
  });
  if (!status) return std::move(status).error();
  table.note_summary_only("Bencher's format", "one value of each benchmark", "repeat the run to know the noise");
  return table.finish("no benchmark has a measure with a value", std::string(k_bmf_cure));
}

int sniff_bmf(std::string_view head) {
  const Outline outline(head);
  if (outline.root() != '{') return 0;
  bool any = false;
  for (const Outline::Member& member : outline.members()) {
    if (member.depth < 3 && member.opening != '{' && member.opening != '\0') return 0;
    if (member.path.find('*') != std::string::npos && member.opening == '{') return 0;
    if (member.depth < 3) continue;
    if (member.key != "value" && member.key != "lower_value" && member.key != "upper_value") return 0;
    any = any || member.key == "value";
  }
  return any ? 60 : 0;
}

}  // namespace

extern const Format k_format_bmf{
    .name = "bmf",
    .summary = "Bencher Metric Format: {\"benchmark\": {\"latency\": {\"value\": 12.5}}}; one value a run",
    .sniff = sniff_bmf,
    .read = read_bmf};

}  // namespace perfwarden::ingest
