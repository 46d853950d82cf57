#include <fmt/format.h>

#include <algorithm>

#include "dashboard/api/alerts.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/chart.hpp"
#include "dashboard/api/profiles.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "trend/triage.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_around = 50;       // points on each side of a change
constexpr std::size_t k_runs_a_side = 5;   // whose values are shown
constexpr std::size_t k_most_group = 100;  // alerts

Json actions_of(const Alert& alert) {
  Json out = Json::array();
  for (const trend::Action& action : trend::actions()) {
    if (!trend::is_possible(action, alert)) continue;
    Json how = Json::array();
    for (const Resolution one : action.how) how.push_back(name_of(one));
    out.push_back({{"action", action.name}, {"summary", action.summary}, {"resolutions", how}});
  }
  return out;
}

// What the runs [begin, end) measured, one number a process; named after the run at `nearest`.
Result<Json> side_of(const Desk& desk, const Line& line, std::size_t begin, std::size_t end, std::size_t nearest) {
  std::vector<std::int64_t> runs;
  for (std::size_t i = begin; i < end; ++i) runs.push_back(line.run(i).id);
  PW_TRY_ASSIGN(const auto processes, processes_of(desk, line.series.number, runs));
  Json values = Json::array();
  for (const auto& [run, medians] : processes)
    for (const double median : medians) values.push_back(json::number(median));
  return Json{
      {"run", line.run(nearest).id}, {"commit", line.run(nearest).commit}, {"runs", runs.size()}, {"values", values}};
}

Result<Json> distributions_of(const Desk& desk, const Line& line, const CommitRange& range) {
  const auto before = line.place_of(range.last_before);
  const auto after = line.place_of(range.first_changed);
  if (!before || !after || *before >= *after) return Json();
  Json out{{"unit", line.unit}};
  PW_TRY_ASSIGN(out["before"],
                side_of(desk, line, *before + 1 - std::min(*before + 1, k_runs_a_side), *before + 1, *before));
  PW_TRY_ASSIGN(out["after"],
                side_of(desk, line, *after, std::min(*after + k_runs_a_side, line.points.size()), *after));
  return out;
}

// The other alerts that may have the same cause.
Result<Json> group_of(const Desk& desk, const std::vector<Alert>& all, const Alert& alert, const Numbers& numbers) {
  PW_TRY_ASSIGN(const auto groups, groups_on(desk, all, alert.branch));
  Json out = Json::array();
  for (const std::vector<std::size_t>& group : groups) {
    const bool mine =
        std::any_of(group.begin(), group.end(), [&](std::size_t place) { return all[place].id == alert.id; });
    if (!mine) continue;
    for (const std::size_t place : group)
      if (all[place].id != alert.id && out.size() < k_most_group) out.push_back(json_of(all[place], numbers, desk));
  }
  return out;
}

}  // namespace

Result<Json> alert_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const std::int64_t id, id_in(question, "an alert"));
  PW_TRY_ASSIGN(const auto all, desk.alerts());
  const auto found = std::find_if(all->begin(), all->end(), [&](const Alert& one) { return one.id == id; });
  if (found == all->end()) return not_there(fmt::format("there is no alert {}", id));
  const Alert& alert = *found;
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  const Numbers numbers(*overview);
  Json brief = json_of(alert, numbers, desk);
  PW_TRY_ASSIGN(const std::shared_ptr<const Line> kept,
                line_of(desk, {brief["series"]["id"].get<std::int64_t>(), alert.series}, alert.branch, alert.machine));
  const Line& line = *kept;
  const CommitRange range = alert.range();
  const std::size_t at = line.place_of(range.first_changed).value_or(line.points.size());
  ChartQuery query;
  query.begin = at - std::min(at, k_around);
  query.end = std::min(line.points.size(), at + k_around);
  brief["fingerprint"] = alert.fingerprint;
  brief["evidence"] = alert.evidence;
  brief["events"] = events_of(alert);
  Json out{{"alert", std::move(brief)}};
  PW_TRY_ASSIGN(out["chart"], chart_of(desk, line, query));
  const Origins origins = desk.setting.repository->origins(range);
  out["suspects"] = Json::array();
  for (const Suspect& suspect : origins.suspects)
    out["suspects"].push_back({{"commit", suspect.commit}, {"subject", suspect.subject}});
  out["commits"] = origins.commits;
  out["deploys"] = origins.deploys;
  out["rivals"] = origins.rivals;
  out["bisect"] = bisect_line(alert);
  PW_TRY_ASSIGN(out["distributions"], distributions_of(desk, line, range));
  PW_TRY_ASSIGN(out["profile"], profile_change_of(desk, line, range));
  PW_TRY_ASSIGN(out["group"], group_of(desk, *all, alert, numbers));
  out["actions"] = actions_of(alert);
  return out;
}

}  // namespace perfwarden::dashboard
