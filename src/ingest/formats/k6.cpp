#include <fmt/format.h>

#include <algorithm>
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
// Counters of k6's own that count work done.
constexpr std::array<std::string_view, 6> k_work{"http_reqs",        "iterations",   "ws_sessions",
                                                 "ws_msgs_received", "ws_msgs_sent", "grpc_streams"};

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
    metrics->each_member([&](std::string_view name, const json::Node& metric) { read_failures(name, metric); });
    metrics->each([&](const json::Node& metric) { read_failures(string_of(metric, "name"), metric); });
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
    return table_.add(share->line(), name, {"value", "1", better_of_name(name), false, false}, "",
                      number_or_nan(*share));
  }

  // A crossed threshold: {"ok": false}, in --summary-export true. Failed requests and checks end early, so their times
  // are not those of the work.
  void read_failures(std::string_view name, const json::Node& metric) {
    if (const auto thresholds = metric.find("thresholds"))
      thresholds->each_member([&](std::string_view expression, const json::Node& state) {
        const auto ok = state.find("ok");
        const bool crossed = ok ? ok->number() == 0 : state.is(json::Kind::boolean) && state.number() != 0;
        if (crossed)
          fail(state, std::string(name), {.failed = 1, .runs = 0},
               fmt::format("threshold '{}' is crossed", shown(expression)));
      });
    const bool requests = name == "http_req_failed" || name == "grpc_req_failed";
    if (!requests && name != "checks") return;
    const json::Node values = metric.find("values").value_or(metric);
    const double passes = number_of(values, "passes", 0);  // times that the rate was true
    const double fails = number_of(values, "fails", 0);
    const double failed = requests ? passes : fails;
    if (passes + fails > 0) {
      fail(values, std::string(name),
           {.failed = static_cast<std::size_t>(failed), .runs = static_cast<std::size_t>(passes + fails)},
           fmt::format("{} of {} {} failed", failed, passes + fails, requests ? "requests" : "checks"));
    } else if (const double share = number_of(values, "rate", number_of(values, "value", requests ? 0 : 1));
               requests ? share > 0 : share < 1) {
      fail(values, std::string(name), {.failed = 1, .runs = 0},
           fmt::format("{:.3g} % of the {} failed", (requests ? share : 1 - share) * 100,
                       requests ? "requests" : "checks"));
    }
  }

  // Nothing is dropped: the summary is of all requests.
  void fail(const json::Node& place, std::string name, Failed failed, const std::string& what) {
    failed.reason = fmt::format("{}:{}: {}: {}", document_.name, place.line(), shown(name), what);
    if (failed.failed > 0) table_.note(place.line(), "benchmark-failed", fmt::format("{}: {}", shown(name), what));
    failed.benchmark = std::move(name);
    failed.dropped = false;
    table_.add_failure(std::move(failed));
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
      const Metric metric{std::string(ours), time ? "s" : "1", time ? Better::lower : better_of_name(name), false,
                          primary};
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
    const bool of_k6 = std::any_of(k_work.begin(), k_work.end(), [&](std::string_view one) { return name == one; });
    if (!bytes && !of_k6)
      metric.better = better_of_name(name);  // "timeouts", "login_failures"; of "http_5xx" nobody knows
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
    .read = read_k6,
    .how =
        "write the summary as JSON with handleSummary, or run it with --summary-export k6.json, and set output-file: "
        "k6.json",
    .for_people = "http_req_duration"};

}  // namespace perfwarden::ingest
