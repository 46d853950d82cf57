#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The end-of-test summary of k6 as JSON, in three shapes: what handleSummary is given (metrics.NAME.values), what
// --summary-export writes (the values right in metrics.NAME), and the machine-readable summary of k6 1.x
// (results.metrics, with metadata.k6Version). Times are milliseconds.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_k6_cure =
    "write it with k6 run --summary-export=FILE, or JSON.stringify(data) in handleSummary, and set output-file";

constexpr std::array<std::string_view, 4> k_of_the_test{"vus", "vus_max", "iterations", "checks"};

bool is_time(std::string_view name, std::string_view contains) {
  if (!contains.empty()) return contains == "time";
  for (const std::string_view start :
       {"http_req_", "iteration_duration", "group_duration", "browser_", "ws_", "grpc_req_"})
    if (name.starts_with(start)) return true;
  return false;
}

class K6Reader {
 public:
  explicit K6Reader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_k6_cure));
    auto metrics = tree.root().find("metrics");
    if (const auto results = tree.root().find("results"); !metrics && results) metrics = results->find("metrics");
    if (!metrics || !(metrics->is(json::Kind::object) || metrics->is(json::Kind::array)))
      return Error{.kind = ErrorKind::parse,
                   .what = "the k6 summary has no \"metrics\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_k6_cure)};
    Status status = Nothing{};
    metrics->each_member([&](std::string_view name, const json::Node& metric) {
      if (status) status = read_metric(name, metric);
    });
    metrics->each([&](const json::Node& metric) {
      if (status) status = read_metric(string_of(metric, "name"), metric);
    });
    if (!status) return std::move(status).error();
    table_.note_summary_only("k6's summary", "percentiles of each metric", "repeat the run to know the noise");
    return table_.finish("no metric with a usable value", "check whether k6 ran any iteration");
  }

 private:
  Status read_metric(std::string_view name, const json::Node& metric) {
    if (!metric.is(json::Kind::object)) {
      note_bad_record(table_, metric, name, "an object of values");
      return Nothing{};
    }
    const json::Node values = metric.find("values").value_or(metric);
    const std::string contains = string_of(metric, "contains");
    if (values.find("avg") || values.find("med")) return read_trend(name, values, is_time(name, contains));
    if (values.find("rate") && values.find("count")) return read_counter(name, values, contains);
    for (const std::string_view of_the_test : k_of_the_test)
      if (name == of_the_test) return Nothing{};
    // A rate from 0 to 1: of failures, and of what a script calls a success.
    const auto share = values.find("value") ? values.find("value") : values.find("rate");
    if (!share) return Nothing{};
    const Better better = name.starts_with("http_req_failed") || name.find("error") != std::string_view::npos ||
                                  name.find("fail") != std::string_view::npos
                              ? Better::lower
                              : Better::higher;
    const bool gauge = values.find("min").has_value() || string_of(metric, "type") == "gauge";
    return table_.add(share->line(), name, {"value", "1", gauge ? Better::lower : better, false, false}, "",
                      number_or_nan(*share));
  }

  // p90, p95 and the median are what budgets are about; the extremes are single requests.
  Status read_trend(std::string_view name, const json::Node& values, bool time) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> k_trend{{{"med", "median"},
                                                                                    {"avg", "mean"},
                                                                                    {"p(90)", "p90"},
                                                                                    {"p(95)", "p95"},
                                                                                    {"p(99)", "p99"},
                                                                                    {"p(99.9)", "p99.9"},
                                                                                    {"min", "min"},
                                                                                    {"max", "max"}}};
    for (const auto& [theirs, ours] : k_trend) {
      const auto value = values.find(theirs);
      if (!value) continue;
      const bool primary = ours == "median" || ours == "p95";
      const Metric metric{std::string(ours), time ? "s" : "1", Better::lower, false, primary};
      const double number = number_or_nan(*value);
      PW_TRY(table_.add(value->line(), name, metric, time ? "ms" : "", time ? number / 1e3 : number));
    }
    return Nothing{};
  }

  Status read_counter(std::string_view name, const json::Node& values, std::string_view contains) {
    const bool bytes = contains == "data" || name.starts_with("data_");
    const auto rate = values.find("rate");
    if (!rate) return Nothing{};
    Metric metric = known_metric(bytes ? "byte_throughput" : "throughput").value_or(Metric{});
    if (name.starts_with("dropped_") || name.find("error") != std::string_view::npos) metric.better = Better::lower;
    return table_.add(rate->line(), name, metric, bytes ? "B/s" : "op/s", number_or_nan(*rate));
  }

  const Document& document_;
  Table table_;
};

Result<Reading> read_k6(const Document& document) {
  return K6Reader(document).run();
}

int sniff_k6(std::string_view head) {
  const Outline outline(head);
  if (outline.root() != '{') return 0;
  const bool summary = outline.has("metrics") && outline.has("root_group");
  return summary || outline.has("metadata/k6Version") || outline.has("metadata/k6_version") ? 90 : 0;
}

}  // namespace

extern const Format k_format_k6{
    .name = "k6",
    .summary = "k6's end-of-test summary as JSON: median, mean and percentiles of each trend, rates of each counter",
    .sniff = sniff_k6,
    .read = read_k6};

}  // namespace perfwarden::ingest
