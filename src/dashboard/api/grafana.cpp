#include "dashboard/api/grafana.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "dashboard/api/line.hpp"
#include "dashboard/api/words.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_lines = 20;  // series of one question
constexpr std::size_t k_least_points = 10;
constexpr std::size_t k_most_points = 5000;  // of each
constexpr std::size_t k_most_targets = 20;
constexpr std::size_t k_names_listed = 1000;
constexpr std::int64_t k_latest_ms = 100'000'000'000'000;

// A stretch of time, in milliseconds since 1970.
struct Stretch {
  std::int64_t from = 0, to = k_latest_ms;
  [[nodiscard]] bool holds(std::int64_t ms) const { return from <= ms && ms <= to; }
};

std::int64_t ms_of(const std::string& time) {
  return unix_of(time) * 1000;
}

Result<Stretch> stretch_in(const Question& question) {
  Stretch out;
  PW_TRY_ASSIGN(out.from, question.number("from", 0, 0, k_latest_ms));
  PW_TRY_ASSIGN(out.to, question.number("to", k_latest_ms, 0, k_latest_ms));
  return out;
}

struct Drawn {
  std::string path;
  std::shared_ptr<const Line> line;
  std::vector<std::size_t> places;  // of its points
};

// Series that a glob names, each on the machine of its newest run; decimated.
Result<std::vector<Drawn>> drawn(const Desk& desk, const std::string& glob, const std::string& branch,
                                 const Stretch& stretch, std::size_t points) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  std::vector<Drawn> out;
  for (const Overview::Line& known : overview->lines) {
    if (out.size() == k_most_lines) break;
    if (!text::glob_match_prefix(glob, known.series.id.path())) continue;
    Drawn one{known.series.id.path(), {}, {}};
    PW_TRY_ASSIGN(one.line, line_of(desk, known.series, branch, ""));
    std::vector<double> values;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < one.line->points.size(); ++i)
      if (stretch.holds(one.line->run(i).t * 1000)) {
        values.push_back(one.line->points[i].median);
        places.push_back(i);
      }
    for (const Bucket& bucket : buckets_of(values, 0, values.size(), {}, points))
      one.places.push_back(places[bucket.at]);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Json> alert_annotations(const std::vector<Alert>& alerts, const Stretch& stretch) {
  std::vector<Json> out;
  for (const Alert& alert : alerts) {
    const std::int64_t time = ms_of(alert.detected_at);
    if (!stretch.holds(time)) continue;
    out.push_back({{"time", time},
                   {"timeEnd", time},
                   {"title", fmt::format("{} {}", alert.series.path(), name_of(alert.direction))},
                   {"text", fmt::format("alert {}: {}..{}, {}", alert.id, short_sha(alert.range().last_before),
                                        short_sha(alert.range().first_changed), name_of(alert.state().status))},
                   {"tags", {"alert", alert.series.suite, std::string(name_of(alert.direction))}}});
  }
  return out;
}

Result<Json> simpod_metrics(const Desk& desk) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  Json out = Json::array();
  for (const Overview::Line& line : overview->lines) {
    if (out.size() == k_names_listed) break;
    out.push_back({{"label", line.series.id.path()}, {"value", line.series.id.path()}, {"payloads", Json::array()}});
  }
  return out;
}

Result<Json> simpod_query(const Desk& desk, std::string_view body) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(body, "body"));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  Stretch stretch;
  if (root.has("range")) {
    // With or without milliseconds.
    const auto time = [&](const char* key) { return root["range"][key].text().substr(0, 19) + "Z"; };
    stretch = {ms_of(time("from")), ms_of(time("to")) + 999};
  }
  std::size_t points = k_most_points;
  if (root.has("maxDataPoints"))
    points = static_cast<std::size_t>(std::clamp(root["maxDataPoints"].number(), static_cast<double>(k_least_points),
                                                 static_cast<double>(k_most_points)));
  std::vector<std::string> globs;
  root["targets"].each(k_most_targets, [&](const json::Cursor& target) {
    if (target.has("target")) globs.push_back(target["target"].text());
  });
  if (!problem.what.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("{}: {}", problem.place, problem.what),
                 .where = "body",
                 .hint = "this is for Grafana's JSON data source"};
  Json out = Json::array();
  for (const std::string& glob : globs) {
    PW_TRY_ASSIGN(const auto lines, drawn(desk, glob, desk.setting.branch, stretch, points));
    for (const auto& [path, line, places] : lines) {
      Json list = Json::array();
      for (const std::size_t i : places) list.push_back({json::number(line->points[i].median), line->run(i).t * 1000});
      out.push_back({{"target", path}, {"datapoints", list}});
    }
  }
  return out;
}

}  // namespace

Result<Json> grafana_points_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Stretch stretch, stretch_in(question));
  PW_TRY_ASSIGN(const std::int64_t points, question.number("points", 1000, static_cast<std::int64_t>(k_least_points),
                                                           static_cast<std::int64_t>(k_most_points)));
  PW_TRY_ASSIGN(const auto lines,
                drawn(desk, question.text("series", "**"), question.text("branch", desk.setting.branch), stretch,
                      static_cast<std::size_t>(points)));
  Json out = Json::array();
  for (const auto& [path, line, places] : lines)
    for (const std::size_t i : places)
      out.push_back({{"time", line->run(i).t * 1000},
                     {"metric", path},
                     {"value", json::number(line->points[i].median)},
                     {"low", json::number(line->points[i].low)},
                     {"high", json::number(line->points[i].high)},
                     {"commit", line->run(i).commit}});
  return out;
}

Result<Json> grafana_annotations_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Stretch stretch, stretch_in(question));
  PW_TRY_ASSIGN(const auto alerts, desk.alerts());
  PW_TRY_ASSIGN(const std::vector<Deployment> deployments, desk.store.deployments());
  Json out = alert_annotations(*alerts, stretch);
  for (const Deployment& one : deployments)
    if (const std::int64_t time = ms_of(one.time); stretch.holds(time))
      out.push_back({{"time", time},
                     {"timeEnd", time},
                     {"title", fmt::format("{} {}", one.environment, one.name)},
                     {"text", short_sha(one.commit)},
                     {"tags", {"deploy", one.environment}}});
  return out;
}

Result<Json> simpod_answer(const Desk& desk, std::string_view path, std::string_view body) {
  if (path == "metrics" || path == "search") return simpod_metrics(desk);
  if (path == "query") return simpod_query(desk, body);
  if (path == "metric-payload-options" || path == "variable" || path == "tag-keys" || path == "tag-values")
    return Json::array();
  return not_there("there is no such address");
}

}  // namespace perfwarden::dashboard
