#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/parts.hpp"
#include "ingest/samples.hpp"
#include "json/tree.hpp"

// Two shapes, both one JSON value that is the whole text:
//   a samples file (perfwarden.samples/1), whose invocations count as repetitions of this one process;
//   a flat object, each member a benchmark:
//     {"parse": {"value": 1.2, "unit": "ms"}, "load": {"values": [3, 4], "unit": "s"}, "score": {"value": 7, "better":
//     "higher", "metric": "points"}, "binary_size": 4096}
//   A bare number, or a value without a unit, is a metric of its own name; with a unit the metric follows from the
//   unit.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_json_cure =
    "print one JSON object and nothing else, such as {\"parse\": {\"value\": 1.2, \"unit\": \"ms\"}, \"binary_size\": "
    "4096}";

class FlatReader {
 public:
  explicit FlatReader(const Document& document) : table_(document) {}

  Result<Reading> read(const json::Node& root) {
    Status status = Nothing{};
    root.each_member([&](std::string_view name, const json::Node& node) {
      if (status) status = read_member(name, node);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no member of the object is a number or has a value", std::string(k_json_cure));
  }

 private:
  // JavaScript writes NaN and Infinity as null.
  static bool is_number(const json::Node& node) {
    return node.is(json::Kind::number) || node.is(json::Kind::non_finite) || node.is(json::Kind::null);
  }

  Status read_member(std::string_view name, const json::Node& node) {
    if (is_number(node)) return table_.add(node.line(), name, named_metric(name, ""), "", number_or_nan(node));
    if (!node.is(json::Kind::object)) return skip(name, node, "a number or an object with a value");
    const auto unit = node.find("unit");
    if (unit && !unit->is(json::Kind::string)) return skip(name, *unit, "a string: its unit");
    const Unit base = unit_in_words(unit ? unit->text() : "");
    Metric metric = unit ? metric_of_unit(base) : named_metric(name, "");
    if (const auto named = node.find("metric")) metric = named_metric(named->text(), unit ? unit->text() : "");
    if (const auto better = node.find("better")) {
      if (better->text() != "lower" && better->text() != "higher")
        return skip(name, *better, "\"lower\" or \"higher\"");
      metric.better = better->text() == "lower" ? Better::lower : Better::higher;
    }
    return read_values(name, node, metric, unit ? unit->text() : "", base);
  }

  Status read_values(std::string_view name, const json::Node& node, const Metric& metric, std::string_view unit,
                     const Unit& base) {
    const auto value = node.find("value");
    const auto values = node.find("values");
    if (value && is_number(*value))
      return table_.add(value->line(), name, metric, unit, to_base(number_or_nan(*value), base));
    if (value) return skip(name, *value, "a number");
    if (!values) return skip(name, node, "an object with value or values");
    if (!values->is(json::Kind::array)) return skip(name, *values, "an array of numbers");
    Status status = Nothing{};
    values->each([&](const json::Node& element) {
      if (status) status = table_.add(element.line(), name, metric, unit, to_base(number_or_nan(element), base));
    });
    return status;
  }

  Status skip(std::string_view name, const json::Node& node, std::string_view expected) {
    table_.note(
        node.line(), "bad-record",
        fmt::format("benchmark '{}': {} where {} is expected; ignored", shown(name), name_of(node.kind()), expected));
    return Nothing{};
  }

  Table table_;
};

Result<Reading> flatten(const Samples& samples, const Document& document) {
  std::set<std::string_view> suites;
  for (const Series& series : samples.series) suites.insert(series.id.suite);
  Reading out;
  for (const Series& series : samples.series) {
    Measurement measurement{suites.size() > 1 ? series.id.suite + "/" + series.id.benchmark : series.id.benchmark,
                            series.metric,
                            series.original_unit,
                            {},
                            {}};
    for (const std::vector<double>& invocation : series.invocations)
      measurement.values.insert(measurement.values.end(), invocation.begin(), invocation.end());
    if (!measurement.values.empty()) out.measurements.push_back(std::move(measurement));
    for (const Warning& warning : series.warnings)
      out.warnings.push_back({warning.code, fmt::format("{}: {}", document.name, warning.text)});
  }
  out.warnings.insert(out.warnings.end(), samples.warnings.begin(), samples.warnings.end());
  return out;
}

Result<Reading> read_json(const Document& document) {
  PW_TRY_ASSIGN(const json::Tree tree, json::Tree::read(document.text, document.name, {.hint = k_json_cure}));
  const json::Node root = tree.root();
  if (!root.is(json::Kind::object))
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the JSON is {}, not an object", name_of(root.kind())),
                 .where = fmt::format("{}:{}", document.name, root.line()),
                 .hint = std::string(k_json_cure)};
  const auto schema = root.find("schema");
  if (!schema || !schema->is(json::Kind::string)) return FlatReader(document).read(root);
  PW_TRY_ASSIGN(const Samples samples, samples_of(tree, document.name));
  return flatten(samples, document);
}

int sniff_json(std::string_view head) {
  return looks_like_samples(head) ? 100 : 0;  // any other JSON object may be anything
}

}  // namespace

extern const Format k_format_json{.name = "json",
                                  .summary =
                                      "A samples file (perfwarden.samples/1), or an object of numbers: {\"parse\": "
                                      "{\"value\": 1.2, \"unit\": \"ms\"}}",
                                  .sniff = sniff_json,
                                  .read = read_json,
                                  .reads_whole_samples = true};

}  // namespace perfwarden::ingest
