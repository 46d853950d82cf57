#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "dashboard/api/answer.hpp"
#include "dashboard/api/chart.hpp"
#include "dashboard/api/filter.hpp"
#include "dashboard/api/line.hpp"
#include "dashboard/api/profiles.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_series_listed = 100;

bool series_matches(const SeriesId& id, const std::vector<Term>& terms) {
  return std::all_of(terms.begin(), terms.end(), [&](const Term& term) {
    const bool found = term.key == "suite"       ? term.matches(id.suite)
                       : term.key == "benchmark" ? term.matches(id.benchmark)
                       : term.key == "metric"    ? term.matches(id.metric)
                                                 : term.matches(id.path());
    return found != term.negated;
  });
}

Json row_of(const Overview& overview, const Overview::Line& line) {
  Json spark = Json::array();
  double first = k_nan;
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < line.medians.size(); ++i) {
    spark.push_back(json::number(line.medians[i]));
    if (!std::isfinite(line.medians[i])) continue;
    if (std::isnan(first)) first = line.medians[i];
    newest = i;
  }
  const double last = newest ? line.medians[*newest] : k_nan;
  return {{"series", json_of(line.series)},
          {"unit", line.metric.unit},
          {"better", name_of(line.medians.empty() ? Better::unknown : line.metric.better)},
          {"value", json::number(last)},
          {"t", newest ? Json(overview.times[*newest]) : Json()},
          {"commit", newest ? overview.runs[*newest].commit : ""},
          {"spark", spark},
          {"change", json::number(last / first - 1)}};
}

// "i:100" is a place, another number a time.
struct Bounds {
  std::size_t begin = 0, end = 0;
};
Result<std::size_t> bound_in(const Question& question, const char* key, const Line& line, bool is_end) {
  const std::string text = question.text(key);
  const std::size_t size = line.points.size();
  if (text.empty()) return is_end ? size : 0;
  const bool place = text.starts_with("i:");
  Question one;
  one.parameters[key] = place ? text.substr(2) : text;
  PW_TRY_ASSIGN(const std::int64_t number, one.number(key, 0, 0, 100'000'000'000));
  if (place) return std::min(static_cast<std::size_t>(number) + (is_end ? 1 : 0), size);
  const auto found = std::partition_point(line.points.begin(), line.points.end(), [&](const Line::Point& point) {
    const std::int64_t t = line.timeline->runs[point.place].t;
    return is_end ? t <= number : t < number;
  });
  return static_cast<std::size_t>(found - line.points.begin());
}

Result<Bounds> bounds_in(const Question& question, const Line& line) {
  Bounds out;
  PW_TRY_ASSIGN(out.begin, bound_in(question, "from", line, false));
  PW_TRY_ASSIGN(out.end, bound_in(question, "to", line, true));
  return out;
}

}  // namespace

Result<Json> series_list_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Part part, part_of(question, k_series_listed, 1000));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  const std::vector<Term> terms = read_filter(question.text("q"));
  Json items = Json::array();
  std::size_t total = 0;
  for (const Overview::Line& line : overview->lines) {
    if (!series_matches(line.series.id, terms)) continue;
    if (total >= part.offset && items.size() < part.limit) items.push_back(row_of(*overview, line));
    ++total;
  }
  return Json{{"q", question.text("q")}, {"problems", problems_of(terms, {"suite", "benchmark", "metric"})},
              {"total", total},          {"offset", part.offset},
              {"limit", part.limit},     {"items", items}};
}

Result<Json> series_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const std::int64_t number, id_in(question, "a series"));
  PW_TRY_ASSIGN(const std::optional<SeriesId> id, desk.store.browser().series_of(number));
  if (!id) return not_there(fmt::format("there is no series {}", number));
  ChartQuery query;
  PW_TRY_ASSIGN(const std::int64_t points, question.number("points", 1200, 10, 20'000));
  query.points = static_cast<std::size_t>(points);
  query.values = question.flag("values");
  PW_TRY_ASSIGN(const std::shared_ptr<const Line> line,
                line_of(desk, {number, *id}, question.text("branch", desk.setting.branch), question.text("machine")));
  PW_TRY_ASSIGN(const Bounds bounds, bounds_in(question, *line));
  query.begin = bounds.begin;
  query.end = std::max(bounds.begin, bounds.end);
  PW_TRY_ASSIGN(Json out, chart_of(desk, *line, query));
  PW_TRY_ASSIGN(out["functions"], hot_functions_of(desk, *line));
  return out;
}

}  // namespace perfwarden::dashboard
