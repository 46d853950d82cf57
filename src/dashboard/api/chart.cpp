#include "dashboard/api/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_with_values = 400;
constexpr std::size_t k_most_deploys = 200;

// Places that no bucket may hide: both sides of each change, and the newest run.
std::vector<std::size_t> places_kept(const Line& line) {
  std::vector<std::size_t> out;
  for (const trend::Change& change : line.found.changes) {
    out.push_back(change.index - 1);
    out.push_back(change.index);
    out.push_back(change.end);
  }
  if (!line.points.empty()) out.push_back(line.points.size() - 1);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Json points_of(const Desk& desk, const Line& line, const std::vector<Bucket>& buckets, bool decimated) {
  Json out;
  for (const char* key : {"i", "t", "value", "low", "high", "min", "max", "n", "commit", "run", "subject"})
    out[key] = Json::array();
  for (const Bucket& bucket : buckets) {
    const Line::Point& one = line.points[bucket.at];
    const Timeline::Run& run = line.run(bucket.at);
    out["i"].push_back(bucket.at);
    out["t"].push_back(run.t);
    out["value"].push_back(json::number(one.median));
    out["low"].push_back(json::number(one.low));
    out["high"].push_back(json::number(one.high));
    out["min"].push_back(json::number(decimated ? bucket.least : one.low));
    out["max"].push_back(json::number(decimated ? bucket.most : one.high));
    out["n"].push_back(one.n);
    out["commit"].push_back(run.commit);
    out["run"].push_back(run.id);
    out["subject"].push_back(desk.setting.repository->subject(run.commit));
  }
  return out;
}

Result<Json> values_of(const Desk& desk, const Line& line, const std::vector<Bucket>& buckets) {
  std::vector<std::int64_t> runs;
  runs.reserve(buckets.size());
  for (const Bucket& bucket : buckets) runs.push_back(line.run(bucket.at).id);
  PW_TRY_ASSIGN(const auto processes, processes_of(desk, line.series.number, runs));
  Json out = Json::array();
  for (const std::int64_t run : runs) {
    const auto found = processes.find(run);
    out.push_back(found == processes.end() ? Json() : numbers_json(found->second));
  }
  return out;
}

// An alert of the line, and the place at which its change lies.
struct PlacedAlert {
  Alert alert;
  std::optional<std::size_t> place;
};

Result<std::vector<PlacedAlert>> alerts_of(const Desk& desk, const Line& line) {
  PW_TRY_ASSIGN(const auto all, desk.alerts());
  std::vector<PlacedAlert> out;
  for (const Alert& alert : *all)
    if (alert.series == line.series.id && alert.machine == line.machine && alert.unit == line.unit &&
        alert.branch == line.branch)
      out.push_back({alert, line.place_of(alert.first_changed)});
  return out;
}

// The alert that a change belongs to: the one whose range is nearest, within a few runs, as trend::review says.
const Alert* alert_at(const std::vector<PlacedAlert>& alerts, const trend::Change& change) {
  constexpr std::size_t k_near = 5;
  const Alert* nearest = nullptr;
  std::size_t least = k_near + 1;
  for (const auto& [alert, place] : alerts) {
    if (!place) continue;
    const std::size_t at = change.shape == trend::Shape::drift ? change.end : change.index;
    const std::size_t distance = at > *place ? at - *place : *place - at;
    if (distance < least) {
      least = distance;
      nearest = &alert;
    }
  }
  return nearest;
}

Json changes_of(const Line& line, const std::vector<PlacedAlert>& alerts) {
  Json out = Json::array();
  for (const trend::Change& change : line.found.changes) {
    const Timeline::Run& run = line.run(change.index);
    const Alert* alert = alert_at(alerts, change);
    out.push_back({{"i", change.index},
                   {"end", change.end},
                   {"shape", change.shape == trend::Shape::step ? "step" : "drift"},
                   {"t", run.t},
                   {"commit", run.commit},
                   {"last_before", line.run(change.index - 1).commit},
                   {"before", json::number(change.before)},
                   {"after", json::number(change.after)},
                   {"change", json::number(change.ratio - 1)},
                   {"low", json::number(change.low - 1)},
                   {"high", json::number(change.high - 1)},
                   {"alert", alert == nullptr ? Json() : Json(alert->id)}});
  }
  return out;
}

Json levels_of(const Line& line) {
  Json out = Json::array();
  for (const trend::Segment& segment : line.found.segments)
    out.push_back({{"begin", segment.begin}, {"end", segment.end}, {"level", json::number(segment.level)}});
  return out;
}

Json spikes_of(const Line& line) {
  Json out = Json::array();
  for (const trend::Spike& spike : line.found.spikes)
    out.push_back({{"i", spike.index}, {"t", line.run(spike.index).t}, {"ratio", json::number(spike.ratio)}});
  return out;
}

// Where a value breaks the limit that bites first: an absolute one, or a change from the present level.
Json budget_of(const Desk& desk, const Line& line) {
  const Overview::Line* known = nullptr;
  const auto overview = desk.overview();
  if (overview) known = (*overview)->find(line.series.number);
  const Metric metric = known != nullptr && !known->medians.empty()
                            ? known->metric
                            : Metric{line.series.id.metric, line.unit, line.better, false, true};
  const auto found = desk.setting.limit_of(line.series.id, metric);
  if (!found) return {};
  const Limit& limit = found->limit;
  const double level = line.found.segments.empty() ? k_nan : line.found.segments.back().level;
  const auto row = [&](std::string_view name, const std::string& text, double value) {
    return Json{{"glob", found->glob}, {"text", text}, {"level", name}, {"value", json::number(value)}};
  };
  if (limit.max) return row(name_of(limit.level), "max " + limit.max->original, limit.max->value);
  if (limit.min) return row(name_of(limit.level), "min " + limit.min->original, limit.min->value);
  for (const auto& [name, change] : {std::pair<std::string_view, const std::optional<Change>&>{"soft", limit.soft},
                                     {"hard", limit.hard},
                                     {"warn", limit.warn}}) {
    if (!change) continue;
    return row(name, change->original, change->relative ? level * (1 + change->value) : level + change->value);
  }
  return {};
}

// The newest ones.
Result<Json> deploys_of(const Desk& desk, const Line& line) {
  PW_TRY_ASSIGN(const std::vector<Deployment> all, desk.store.deployments());
  Json out = Json::array();
  for (std::size_t i = all.size() - std::min(all.size(), k_most_deploys); i < all.size(); ++i) {
    const std::optional<std::size_t> place = line.place_of(all[i].commit);
    out.push_back({{"t", unix_of(all[i].time)},
                   {"i", place ? Json(*place) : Json()},
                   {"commit", all[i].commit},
                   {"name", all[i].name},
                   {"environment", all[i].environment}});
  }
  return out;
}

Result<Json> machines_of(const Desk& desk, const Line& line) {
  PW_TRY_ASSIGN(const auto all, desk.machines());
  Json out = Json::array();
  for (const Line::Other& other : line.machines) {
    const auto known = std::find_if(all->begin(), all->end(), [&](const store::MachineSummary& one) {
      return one.machine.fingerprint == other.machine;
    });
    out.push_back({{"fingerprint", other.machine},
                   {"label", known == all->end() ? other.machine : label_of(known->machine)},
                   {"points", other.points}});
  }
  return out;
}

}  // namespace

Result<Json> chart_of(const Desk& desk, const Line& line, const ChartQuery& query) {
  std::vector<double> values;
  values.reserve(line.points.size());
  for (const Line::Point& one : line.points) values.push_back(one.median);
  const std::size_t wanted = query.end - query.begin;
  const bool decimated = wanted > query.points;
  const std::vector<Bucket> buckets = buckets_of(values, query.begin, query.end, places_kept(line), query.points);
  PW_TRY_ASSIGN(const std::vector<PlacedAlert> alerts, alerts_of(desk, line));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  const Numbers numbers(*overview);
  Json out{{"series", json_of(line.series)},
           {"unit", line.unit},
           {"better", name_of(line.better)},
           {"branch", line.branch},
           {"machine", line.machine}};
  PW_TRY_ASSIGN(out["machines"], machines_of(desk, line));
  out["total"] = line.points.size();
  out["decimated"] = decimated;
  out["points"] = points_of(desk, line, buckets, decimated);
  out["values"] = nullptr;
  if (query.values && !decimated && buckets.size() <= k_most_with_values) {
    PW_TRY_ASSIGN(out["values"], values_of(desk, line, buckets));
  }
  out["segments"] = levels_of(line);
  out["changes"] = changes_of(line, alerts);
  out["spikes"] = spikes_of(line);
  out["spread"] = json::number(line.points.empty() ? k_nan : line.found.spread);
  out["epochs"] = line.epochs;
  out["budget"] = budget_of(desk, line);
  PW_TRY_ASSIGN(out["deploys"], deploys_of(desk, line));
  out["alerts"] = Json::array();
  for (const PlacedAlert& one : alerts) out["alerts"].push_back(json_of(one.alert, numbers, desk));
  return out;
}

}  // namespace perfwarden::dashboard
