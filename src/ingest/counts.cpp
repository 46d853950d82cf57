#include "ingest/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "ingest/parts.hpp"

namespace perfwarden::ingest {
namespace {

SeriesId id_of(const RawCount& count, const Plan& plan) {
  const Suite& suite = plan.suites[count.suite];
  std::string benchmark = count.benchmark.empty() ? std::string(k_process) : valid_utf8(count.benchmark);
  if (count.benchmark.empty() && count.case_index < suite.cases.size())
    benchmark += "/" + valid_utf8(suite.cases[count.case_index]);
  return {suite.name, std::move(benchmark), count.metric};
}

Metric metric_of(const std::string& name, const Config& config) {
  Metric metric = known_metric(name).value_or(Metric{name, "1", Better::lower, false, true});
  metric.primary = true;
  if (const auto declared = config.metrics.find(name); declared != config.metrics.end()) {
    metric.better = declared->second.better;
    metric.primary = declared->second.primary;
  }
  return metric;
}

using Values = std::vector<std::vector<double>>;

bool all_equal(const Values& values) {
  return std::all_of(values.begin(), values.end(), [&](const auto& one) { return one == values.front(); });
}

}  // namespace

std::vector<std::string> counted_metrics(const Suite& suite) {
  std::vector<std::string> out;
  if (suite.count_allocations) out = {"allocations", "allocated_bytes", "peak_heap"};
  if (suite.count_instructions) out.emplace_back("instructions");
  if (!suite.binary.empty()) out.emplace_back("binary_size");
  return out;
}

void add_counts(const Raw& raw, const Plan& plan, const Config& config, SidedSamples& samples) {
  std::map<SeriesId, std::map<Side, Values>> counted;
  for (const RawCount& count : raw.counts) {
    if (count.suite >= plan.suites.size() || count.invocation < 0) continue;
    Values& values = counted[id_of(count, plan)][count.side];
    const std::size_t place = static_cast<std::size_t>(count.invocation);
    if (values.size() <= place) values.resize(place + 1);
    values[place].push_back(count.value);
  }
  for (auto& [id, sides] : counted) {
    Metric metric = metric_of(id.metric, config);
    metric.deterministic =
        std::all_of(sides.begin(), sides.end(), [](const auto& side) { return all_equal(side.second); });
    for (auto& [side, values] : sides) {
      Samples& target = side == Side::base ? samples.base : samples.head;
      const auto place = std::lower_bound(target.series.begin(), target.series.end(), id,
                                          [](const Series& one, const SeriesId& other) { return one.id < other; });
      if (place != target.series.end() && place->id == id) {
        target.warnings.push_back(
            {"counted-twice",
             fmt::format("'{}' is reported by the benchmark itself, so perfwarden's own count is ignored",
                         shown(id.path()))});
        continue;
      }
      target.series.insert(place, Series{id, metric, std::move(values), metric.unit, 0, 0, {}});
    }
  }
}

}  // namespace perfwarden::ingest
