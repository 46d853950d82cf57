#include "app/history/trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "app/history/commits.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "ingest/energy.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"
#include "trend/lines.hpp"

namespace perfwarden::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_few_runs = 24;  // fewer show few steps, as measured in docs/statistics.md#change-points

struct Analysis {
  std::vector<std::size_t> cuts;  // points that begin another environment
  trend::Segmentation found;
};

Analysis analysis_of(const SeriesHistory& series, std::span<const Bump> bumps,
                     const trend::ChangePointOptions& options) {
  Analysis out{.cuts = trend::cuts_of(series, bumps), .found = {}};
  std::vector<double> values;
  values.reserve(series.points.size());
  for (const HistoryPoint& point : series.points) values.push_back(point.median);
  out.found = trend::find_changes(values, out.cuts, options);
  return out;
}

std::string_view name_of(trend::Shape shape) {
  return shape == trend::Shape::step ? "step" : "drift";
}

// "1f2e3d4c5b..9be01d4aaa": the last run at the old level, and the first at the new one.
std::string where(const SeriesHistory& series, const trend::Change& change) {
  const HistoryPoint& last_before = series.points[change.index - 1];
  return fmt::format("{}..{}", short_sha(last_before.commit), short_sha(series.points[change.end].commit));
}

std::string picture(const SeriesHistory& series) {
  constexpr std::size_t k_points = 30;
  std::vector<double> values;
  for (const HistoryPoint& point : series.points) values.push_back(point.median);
  if (values.size() > k_points) values.erase(values.begin(), values.end() - k_points);
  return text::sparkline(values);
}

std::string changes_text(const SeriesHistory& series, const Analysis& analysis, std::size_t columns) {
  text::Table table({{.header = "change"},
                     {.header = "where", .minimum = 22},
                     {.header = "before", .align = text::Align::right},
                     {.header = "after", .align = text::Align::right},
                     {.header = "by", .align = text::Align::right},
                     {.header = "99 % interval", .align = text::Align::right, .importance = -1},
                     {.header = "since", .align = text::Align::right}});
  for (const trend::Change& change : analysis.found.changes) {
    const ValuePair levels = format_pair(change.before, change.after, series.points[change.index].unit);
    table.add({std::string(name_of(change.shape)), where(series, change), levels.first, levels.second,
               format_change(change.ratio - 1),
               fmt::format("{} … {}", format_change(change.low - 1), format_change(change.high - 1)),
               fmt::format("{} runs", series.points.size() - change.index)});
  }
  std::string out;
  for (const std::string& line : table.lines(columns > 2 ? columns - 2 : columns)) out += "  " + line + "\n";
  return out;
}

Json series_json(const SeriesHistory& series, const Analysis& analysis) {
  Json out;
  out["suite"] = series.id.suite;
  out["benchmark"] = series.id.benchmark;
  out["metric"] = series.id.metric;
  out["unit"] = series.points.empty() ? "" : series.points.back().unit;
  out["machine"] = series.points.empty() ? "" : series.points.back().fingerprint;
  out["points"] = series.points.size();
  out["spread_percent"] = json::number(analysis.found.spread * 100);
  out["autocorrelation"] = json::number(analysis.found.autocorrelation);
  out["environment_changes"] = analysis.cuts;
  out["segments"] = Json::array();
  for (const trend::Segment& segment : analysis.found.segments)
    out["segments"].push_back({{"begin", segment.begin}, {"end", segment.end}, {"level", json::number(segment.level)}});
  out["changes"] = Json::array();
  for (const trend::Change& change : analysis.found.changes) {
    Json one;
    one["shape"] = name_of(change.shape);
    one["index"] = change.index;
    one["end"] = change.end;
    one["last_before"] = series.points[change.index - 1].commit;
    one["commit"] = series.points[change.index].commit;
    one["time"] = series.points[change.index].time;
    one["before"] = json::number(change.before);
    one["after"] = json::number(change.after);
    one["change_percent"] = json::number((change.ratio - 1) * 100);
    one["interval"] = {json::number((change.low - 1) * 100), json::number((change.high - 1) * 100)};
    one["p"] = json::number(change.p);
    out["changes"].push_back(one);
  }
  out["spikes"] = Json::array();
  for (const trend::Spike& spike : analysis.found.spikes)
    out["spikes"].push_back({{"index", spike.index},
                             {"commit", series.points[spike.index].commit},
                             {"change_percent", json::number((spike.ratio - 1) * 100)}});
  return out;
}

}  // namespace

std::string trend_text(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                       const trend::ChangePointOptions& options, std::size_t columns) {
  std::string out;
  std::size_t changed = 0;
  std::size_t points = 0;
  std::size_t longest = 0;
  std::map<SeriesId, std::size_t> lines_of_id;
  for (const SeriesHistory& series : all) ++lines_of_id[series.id];
  for (const SeriesHistory& series : all) {
    points += series.points.size();
    longest = std::max(longest, series.points.size());
    const Analysis analysis = analysis_of(series, bumps, options);
    if (analysis.found.changes.empty() && all.size() > 1) continue;
    changed += analysis.found.changes.empty() ? 0U : 1U;
    const std::string name = series.id.suite.empty() ? series.id.benchmark : series.id.path();
    out += fmt::format("{}  {}\n", text::truncate_middle(text::one_line(name), columns > 40 ? columns - 34 : columns),
                       picture(series));
    if (lines_of_id[series.id] > 1)
      out += fmt::format("  on machine {}\n", text::one_line(series.points.front().fingerprint));
    out += changes_text(series, analysis, columns);
    for (const trend::Spike& spike : analysis.found.spikes)
      if (all.size() == 1)
        out += fmt::format("  spike at {}: {}, and back\n", short_sha(series.points[spike.index].commit),
                           format_change(spike.ratio - 1));
    if (!analysis.cuts.empty())
      out += fmt::format(
          "  cut {}, where the machine or the unit changed or a bump began; no change is looked for across a cut\n",
          analysis.cuts.size() == 1 ? "once" : fmt::format("{} times", analysis.cuts.size()));
    out += "\n";
  }
  out += fmt::format("{} of {} series changed {} level ({} points)\n", changed, all.size(),
                     changed == 1 ? "its" : "their", points);
  if (changed == 0 && longest < k_few_runs)
    out += fmt::format(
        "fewer than {} runs prove few changes: `perfwarden bisect --good A --bad B` measures two commits now\n",
        k_few_runs);
  const bool energy = std::any_of(all.begin(), all.end(),
                                  [](const SeriesHistory& series) { return ingest::is_energy(series.id.metric); });
  if (energy)
    out += fmt::format("energy where RAPL cannot be read: CPU time × {:g} W a core; CO2e at {:g} g/kWh\n",
                       ingest::k_core_watts, ingest::k_grams_per_kwh);
  return out;
}

std::string trend_json(std::span<const SeriesHistory> all, std::span<const Bump> bumps,
                       const trend::ChangePointOptions& options) {
  Json out;
  out["schema"] = "perfwarden.trend/1";
  out["min_effect_percent"] = options.min_effect * 100;
  out["series"] = Json::array();
  for (const SeriesHistory& series : all)
    out["series"].push_back(series_json(series, analysis_of(series, bumps, options)));
  return json::pretty(out);
}

}  // namespace perfwarden::app
