#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The JSON of JMH, `-rf json` (org.openjdk.jmh.results.format.JSONResultFormat). rawData holds one array a fork, and a
// fork is a process.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_jmh_cure = "run JMH with -rf json -rff FILE and set output-file";

struct Scale {
  Metric metric;
  double factor = 1;  // value × factor = value in metric.unit
};

// "ns/op", "ops/ms", "ops/min", "# / s", "MB/sec", "K"; of any other unit the value is kept as it is.
Scale scale_of(std::string_view spelled) {
  const std::string unit = text::replace_all(text::replace_all(std::string(spelled), " ", ""), "#/", "ops/");
  if (unit.starts_with("ops/")) {
    const Unit per = unit_in_words(unit.substr(4));
    if (per.dimension == Dimension::time) return {known_metric("throughput").value_or(Metric{}), 1 / per.factor};
  }
  const std::string over = unit.substr(0, unit.find("/op"));
  const Unit base = unit_in_words(over == "MB/sec" ? "MB/s" : over);
  if (base.dimension == Dimension::time) return {wall_time(), base.factor};
  constexpr std::array<std::pair<std::string_view, double>, 5> k_counts{
      {{"#", 1}, {"counts", 1}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}}};
  for (const auto& [name, factor] : k_counts)
    if (over == name) return {{"value", "1", Better::unknown, false, false}, factor};
  return {{"value", base.base, better_of_unit(unit), false, false}, base.factor};
}

double scaled(double value, double factor) {
  return to_base(value, Unit{"", factor, Dimension::other});
}

// JMH puts a middle dot before the metrics of its profilers. The last rows are package-benchmark's (Swift).
Metric secondary_metric(std::string_view name, const Scale& scale) {
  constexpr std::string_view k_dot = "\xC2\xB7";
  if (name.starts_with(k_dot)) name.remove_prefix(k_dot.size());
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_known{
      {{"gc.alloc.rate.norm", "allocated_bytes"},
       {"Time (wall clock)", "wall_time"},
       {"Time (total CPU)", "cpu_time"},
       {"Malloc (total)", "allocations"},
       {"Memory (resident peak)", "max_rss"},
       {"Instructions", "instructions"}}};
  for (const auto& [theirs, ours] : k_known) {
    std::optional<Metric> known = known_metric(ours);
    if (theirs != name || !known) continue;
    if (scale.metric.unit == known->unit || known->unit == "1") return *std::move(known);
    if (known->unit == "B") return *std::move(known);  // package-benchmark writes K and M for bytes
  }
  Metric metric = scale.metric;
  metric.name = name;
  metric.primary = false;
  if (metric.better == Better::unknown) metric.better = better_of_name(name);
  if (name.starts_with("gc.")) metric.better = Better::lower;  // also of the allocation rate
  return metric;
}

class JmhReader {
 public:
  explicit JmhReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::array, k_jmh_cure));
    Status status = Nothing{};
    tree.root().each([&](const json::Node& entry) {
      if (status) status = read_benchmark(entry);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no benchmark with a usable score", "check whether JMH's run failed");
  }

 private:
  Status read_benchmark(const json::Node& entry) {
    std::string name = string_of(entry, "benchmark");
    const auto primary = entry.find("primaryMetric");
    if (name.empty() || !primary || !primary->is(json::Kind::object)) {
      note_bad_record(table_, entry, "a benchmark without a name or a primaryMetric", "one with both");
      return Nothing{};
    }
    std::vector<std::pair<std::string, std::string>> parameters;
    if (const auto params = entry.find("params"))
      params->each_member(
          [&](std::string_view key, const json::Node& value) { parameters.emplace_back(key, scalar_text(value)); });
    name = with_parameters(std::move(name), parameters);
    Scale scale = scale_of(string_of(*primary, "scoreUnit"));
    scale.metric.primary = true;
    const std::string mode = string_of(entry, "mode");
    const auto [found, added] = modes_.try_emplace(name + '\n' + scale.metric.name, mode);
    if (!added && found->second != mode) name = with_parameters(std::move(name), {{"mode", mode}});
    if (!added && found->second == mode) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    PW_TRY(read_metric(*primary, name, scale));
    Status status = Nothing{};
    if (const auto secondary = entry.find("secondaryMetrics"))
      secondary->each_member([&](std::string_view key, const json::Node& metric) {
        if (!status) return;
        Scale own = scale_of(string_of(metric, "scoreUnit"));
        own.metric = secondary_metric(key, own);
        status = read_metric(metric, name, own);
      });
    return status;
  }

  Status read_metric(const json::Node& node, const std::string& name, const Scale& scale) {
    const std::string unit = string_of(node, "scoreUnit");
    const auto add = [&](const json::Node& place, double value, std::uint32_t fork) {
      return table_.add(place.line(), name, scale.metric, unit, scaled(value, scale.factor), fork);
    };
    const auto raw = node.find("rawData");
    const auto histogram = node.find("rawDataHistogram");
    Status status = Nothing{};
    std::uint32_t fork = 0;
    bool any = false;
    if (raw || histogram)
      (raw ? raw : histogram)->each([&](const json::Node& iterations) {
        iterations.each([&](const json::Node& iteration) {
          any = true;
          if (status) status = add(iteration, raw ? number_or_nan(iteration) : mean_of(iteration), fork);
        });
        ++fork;
      });
    if (any || !status) return status;
    table_.note_summary_only("this JMH file", "the score of each benchmark", "");
    return add(node, number_or_nan(node, "score"), 0);
  }

  // An iteration of mode "sample" as [[value, count], …].
  static double mean_of(const json::Node& buckets) {
    double sum = 0, count = 0;
    buckets.each([&](const json::Node& bucket) {
      std::array<double, 2> pair{};
      std::size_t at = 0;
      bucket.each([&](const json::Node& number) {
        if (at < pair.size()) pair[at++] = number_or_nan(number);
      });
      sum += pair[0] * pair[1];
      count += pair[1];
    });
    return sum / count;
  }

  const Document& document_;
  Table table_;
  std::map<std::string, std::string> modes_;  // of benchmark and metric
};

Result<Reading> read_jmh(const Document& document) {
  return JmhReader(document).run();
}

int sniff_jmh(std::string_view head) {
  const Outline outline(head);
  return outline.root() == '[' && outline.has("*/benchmark") &&
                 (outline.has("*/primaryMetric") || outline.has("*/jmhVersion"))
             ? 90
             : 0;
}

}  // namespace

extern const Format k_format_jmh{
    .name = "jmh",
    .summary =
        "JMH, -rf json: each fork is an invocation, each iteration a repetition; also package-benchmark's export",
    .sniff = sniff_jmh,
    .read = read_jmh,
    .how = "run it with -rf json -rff jmh.json, and set output-file: jmh.json",
    .for_people = "Mode  Cnt"};

}  // namespace perfwarden::ingest
