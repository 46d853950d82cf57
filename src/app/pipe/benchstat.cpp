#include "app/pipe/benchstat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "base/table.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"
#include "stats/rank_sum.hpp"
#include "stats/summary.hpp"

namespace perfwarden::app {
namespace {

constexpr double k_confidence = 0.95;
constexpr double k_alpha = 0.05;
constexpr std::size_t k_wide = 1000;  // tables are not cut: they may be read by scripts

struct Row {
  std::string name;
  std::vector<double> base, head;
};

// One number a process; of a single process its repetitions.
std::vector<double> values_of(const Series& series) {
  std::vector<double> out;
  std::size_t processes = 0;
  for (const std::vector<double>& one : series.invocations) processes += one.empty() ? 0U : 1U;
  for (const std::vector<double>& one : series.invocations) {
    if (one.empty()) continue;
    if (processes == 1) return one;
    out.push_back(stats::median(one));
  }
  return out;
}

std::string per_op(const Series& series) {
  const std::string& metric = series.id.metric;
  if (metric == "wall_time") return "sec/op";
  if (metric == "allocated_bytes") return "B/op";
  if (metric == "allocations") return "allocs/op";
  return metric + (series.metric.unit.empty() || series.metric.unit == "1" ? "" : " (" + series.metric.unit + ")");
}

std::string spread_of(const std::vector<double>& values) {
  const stats::MedianInterval interval = stats::median_interval(values, k_confidence);
  const double middle = stats::median(values);
  if (std::isnan(interval.low) || middle == 0) return "∞";
  return fmt::format("{:.0f}%", std::max(interval.high - middle, middle - interval.low) / std::abs(middle) * 100);
}

std::string cell_of(const std::vector<double>& values, const std::string& unit) {
  if (values.empty()) return "";
  return format_value(stats::median(values), unit) + " ± " + spread_of(values);
}

std::string change_of(const Row& row) {
  if (row.base.empty() || row.head.empty()) return "";
  stats::NullCache nulls;
  const double p = stats::rank_sum(row.base, row.head, nulls).p_two_sided;
  const double base = stats::median(row.base);
  const double head = stats::median(row.head);
  const std::string n = row.base.size() == row.head.size() ? fmt::format("{}", row.base.size())
                                                           : fmt::format("{}+{}", row.base.size(), row.head.size());
  const std::string change = p < k_alpha && base != 0 ? fmt::format("{:+.2f}%", (head / base - 1) * 100) : "~";
  return fmt::format("{} (p={:.3f} n={})", change, p, n);
}

// Of the benchmarks that both sides have; empty where a value is not above 0.
void add_geomean(const std::vector<Row>& rows, const std::string& unit, text::Table& table) {
  double base = 0;
  double head = 0;
  double count = 0;
  for (const Row& row : rows) {
    if (row.base.empty() || row.head.empty()) continue;
    if (stats::median(row.base) <= 0 || stats::median(row.head) <= 0) return;
    base += std::log(stats::median(row.base));
    head += std::log(stats::median(row.head));
    ++count;
  }
  if (count < 2) return;
  table.add({"geomean", format_value(std::exp(base / count), unit), format_value(std::exp(head / count), unit),
             fmt::format("{:+.2f}%", (std::exp((head - base) / count) - 1) * 100)});
}

}  // namespace

std::string benchstat_text(const Samples& base, const Samples& head, const std::string& base_name,
                           const std::string& head_name) {
  struct Unit {
    std::string base;  // of values
    std::vector<Row> rows;
  };
  std::vector<std::pair<std::string, Unit>> units;  // in the order first seen
  std::map<SeriesId, std::pair<std::size_t, std::size_t>> places;
  const auto add = [&](const Series& series, bool is_head) {
    auto place = places.find(series.id);
    if (place == places.end()) {
      const std::string title = per_op(series);
      auto unit = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.first == title; });
      if (unit == units.end()) unit = units.insert(units.end(), {title, {series.metric.unit, {}}});
      place =
          places.emplace(series.id, std::pair(static_cast<std::size_t>(unit - units.begin()), unit->second.rows.size()))
              .first;
      unit->second.rows.push_back({text::one_line(series.id.benchmark), {}, {}});
    }
    Row& row = units[place->second.first].second.rows[place->second.second];
    (is_head ? row.head : row.base) = values_of(series);
  };
  for (const Series& series : base.series) add(series, false);
  for (const Series& series : head.series) add(series, true);
  std::string out;
  bool few = false;
  for (const auto& [title, unit] : units) {
    text::Table table({{title},
                       {text::one_line(base_name), text::Align::right},
                       {text::one_line(head_name), text::Align::right},
                       {"vs base", text::Align::right}});
    for (const Row& row : unit.rows) {
      table.add({row.name, cell_of(row.base, unit.base), cell_of(row.head, unit.base), change_of(row)});
      for (const std::vector<double>* side : {&row.base, &row.head}) few = few || (!side->empty() && side->size() < 6);
    }
    add_geomean(unit.rows, unit.base, table);
    if (!out.empty()) out += "\n";
    for (const std::string& line : table.lines(k_wide)) out += line + "\n";
  }
  if (few) out += "\n± ∞: an interval of 95 % needs 6 values or more; run the benchmarks with -count=10\n";
  return out;
}

}  // namespace perfwarden::app
