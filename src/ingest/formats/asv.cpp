#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The results of asv (airspeed velocity), .asv/results/<machine>/<commit>-<environment>.json, version 2: each benchmark
// is an array whose places `result_columns` names (asv/results.py). Values and samples stand in the order of the
// product of the parameters, the last one fastest.
namespace perfwarden::ingest {
namespace {

constexpr std::size_t k_most_axes = 64;
constexpr std::string_view k_asv_cure =
    "give the file of one commit below .asv/results, made with asv run --record-samples";

// The kind of an asv benchmark is the start of its function's name.
std::optional<std::pair<Metric, std::string_view>> metric_of_asv(std::string_view benchmark) {
  const std::string_view function = benchmark.substr(benchmark.rfind('.') + 1);
  const auto known = [](std::string_view name) { return known_metric(name).value_or(Metric{}); };
  if (function.starts_with("time_") || function.starts_with("timeraw_")) return std::pair(wall_time(), "s");
  if (function.starts_with("peakmem_")) return std::pair(Metric{known("max_rss").name, "B"}, "B");
  if (function.starts_with("mem_")) return std::pair(Metric{"memory", "B"}, "B");
  if (function.starts_with("track_")) return std::pair(Metric{"value", "1"}, "");
  return std::nullopt;
}

class AsvReader {
 public:
  explicit AsvReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_asv_cure));
    const auto columns = tree.root().find("result_columns");
    const auto results = tree.root().find("results");
    if (!columns || !results || !results->is(json::Kind::object))
      return Error{.kind = ErrorKind::parse,
                   .what = "the asv file has no result_columns and results",
                   .where = document_.name + ":1",
                   .hint = std::string(k_asv_cure)};
    std::size_t place = 0;
    columns->each([&](const json::Node& column) { places_.emplace(column.text(), place++); });
    Status status = Nothing{};
    results->each_member([&](std::string_view name, const json::Node& row) {
      if (status) status = read_benchmark(std::string(name), row);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable result",
                         "look at asv's log: the benchmarks failed or were skipped");
  }

 private:
  [[nodiscard]] std::optional<json::Node> column(const json::Node& row, std::string_view name) const {
    const auto place = places_.find(name);
    std::optional<json::Node> out;
    std::size_t at = 0;
    if (place == places_.end()) return out;
    row.each([&](const json::Node& cell) {
      if (at++ == place->second) out = cell;
    });
    return out;
  }

  Status read_benchmark(const std::string& name, const json::Node& row) {
    const auto metric = metric_of_asv(name);
    if (!metric) return Nothing{};  // asv keeps other files' keys and its own bookkeeping here
    if (!row.is(json::Kind::array)) {
      note_bad_record(table_, row, name, "an array of columns");
      return Nothing{};
    }
    const auto results = column(row, "result");
    if (!results || results->is(json::Kind::null)) {
      table_.fail(row.line(), name, "failed");
      return Nothing{};
    }
    const std::vector<std::vector<std::string>> axes = axes_of(row);
    if (axes.size() > k_most_axes) {
      note_bad_record(table_, row, name, fmt::format("a benchmark of at most {} parameters", k_most_axes));
      return Nothing{};
    }
    std::vector<json::Node> samples;
    if (const auto all = column(row, "samples")) all->each([&](const json::Node& list) { samples.push_back(list); });
    std::size_t index = 0;
    Status status = Nothing{};
    const auto read_one = [&](const json::Node& result) {
      if (status)
        status = read_combination(name_of_combination(name, axes, index), *metric, result,
                                  index < samples.size() ? std::optional(samples[index]) : std::nullopt);
      ++index;
    };
    if (results->is(json::Kind::array))
      results->each(read_one);
    else
      read_one(*results);
    return status;
  }

  [[nodiscard]] std::vector<std::vector<std::string>> axes_of(const json::Node& row) const {
    std::vector<std::vector<std::string>> axes;
    if (const auto params = column(row, "params"))
      params->each([&](const json::Node& axis) {
        axes.emplace_back();
        axis.each([&](const json::Node& value) { axes.back().push_back(shared_part(scalar_text(value))); });
      });
    return axes;
  }

  static std::string name_of_combination(const std::string& name, const std::vector<std::vector<std::string>>& axes,
                                         std::size_t index) {
    std::vector<std::pair<std::string, std::string>> parameters(axes.size());
    for (std::size_t i = axes.size(); i-- > 0;) {
      if (axes[i].empty()) continue;
      parameters[i].second = axes[i][index % axes[i].size()];
      index /= axes[i].size();
    }
    return with_parameters(name, parameters);
  }

  Status read_combination(const std::string& name, const std::pair<Metric, std::string_view>& metric,
                          const json::Node& result, const std::optional<json::Node>& samples) {
    if (result.is(json::Kind::null)) {
      table_.fail(result.line(), name, "failed");
      return Nothing{};
    }
    if (std::isnan(number_or_nan(result))) {  // asv's sign of a combination that its benchmark skipped
      table_.note(result.line(), "not-finite",
                  fmt::format("benchmark '{}': {} is NaN; ignored", shown(name), metric.first.name));
      return Nothing{};
    }
    if (!samples || !samples->is(json::Kind::array)) {
      if (metric.first.name == "wall_time")
        table_.note_summary_only("this asv file", "the median of each benchmark's samples",
                                 "use asv run --record-samples");
      return table_.add(result.line(), name, metric.first, metric.second, number_or_nan(result));
    }
    Status status = Nothing{};
    samples->each([&](const json::Node& value) {
      if (status) status = table_.add(value.line(), name, metric.first, metric.second, number_or_nan(value));
    });
    return status;
  }

  const Document& document_;
  Table table_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

Result<Reading> read_asv(const Document& document) {
  return AsvReader(document).run();
}

int sniff_asv(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '{' && outline.has("result_columns") && outline.has("env_name") ? 90 : 0;
}

}  // namespace

extern const Format k_format_asv{
    .name = "asv",
    .summary =
        "asv (airspeed velocity), the results file of one commit: time, memory and track benchmarks with parameters",
    .sniff = sniff_asv,
    .read = read_asv,
    .how = "read the results file that `asv run` wrote: output-file: .asv/results/MACHINE/COMMIT-ENVIRONMENT.json",
    .for_people = "· Discovering benchmarks"};

}  // namespace perfwarden::ingest
