#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_alerts_on_status = 10;

// How a suite moved: the geometric mean of its primary series, each relative to its first value.
struct Movement {
  std::size_t series = 0;
  std::vector<double> sum, count;  // of logarithms, one a run
};

std::map<std::string, Movement> movements_of(const Overview& overview) {
  std::map<std::string, Movement> out;
  for (const Overview::Line& line : overview.lines) {
    if (line.medians.empty() || !line.metric.primary || line.metric.better == Better::unknown) continue;
    const auto first = std::find_if(line.medians.begin(), line.medians.end(), [](double v) { return v > 0; });
    if (first == line.medians.end()) continue;
    Movement& movement = out[line.series.id.suite];
    movement.sum.resize(overview.runs.size());
    movement.count.resize(overview.runs.size());
    ++movement.series;
    const double sign = line.metric.better == Better::lower ? 1 : -1;
    for (std::size_t i = 0; i < line.medians.size(); ++i) {
      if (!(line.medians[i] > 0)) continue;
      movement.sum[i] += sign * std::log(line.medians[i] / *first);
      ++movement.count[i];
    }
  }
  return out;
}

Json suites_of(const Overview& overview) {
  std::vector<std::pair<double, Json>> rows;
  for (const auto& [suite, movement] : movements_of(overview)) {
    Json times = Json::array();
    Json index = Json::array();
    double first = k_nan;
    double last = k_nan;
    for (std::size_t i = 0; i < movement.sum.size(); ++i) {
      if (movement.count[i] == 0) continue;
      last = std::exp(movement.sum[i] / movement.count[i]);
      if (std::isnan(first)) first = last;
      times.push_back(overview.times[i]);
      index.push_back(json::number(last));
    }
    const double change = last / first - 1;
    rows.emplace_back(change, Json{{"suite", suite},
                                   {"series", movement.series},
                                   {"t", times},
                                   {"index", index},
                                   {"change", json::number(change)}});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  Json out = Json::array();
  for (auto& [change, row] : rows) out.push_back(std::move(row));
  return out;
}

}  // namespace

Result<Json> status_answer(const Desk& desk, const Question& /*question*/) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const store::HistoryCounts counts, desk.store.browser().counts());
  PW_TRY_ASSIGN(const auto known, desk.alerts());
  const std::vector<Alert>& alerts = *known;
  Json recent = Json::array();
  for (auto run = overview->runs.rbegin(); run != overview->runs.rend(); ++run)
    recent.push_back(json_of(*run, *desk.setting.repository));
  std::vector<const Alert*> live;
  std::size_t acknowledged = 0;
  for (const Alert& alert : alerts) {
    if (alert.state().status == AlertStatus::acknowledged) ++acknowledged;
    if (alert.is_live() && alert.direction != Direction::improvement) live.push_back(&alert);
  }
  std::stable_sort(live.begin(), live.end(), [](const Alert* a, const Alert* b) {
    return std::pair(a->state().status, a->detected_at) < std::pair(b->state().status, b->detected_at);
  });
  const auto open = std::count_if(alerts.begin(), alerts.end(),
                                  [](const Alert& alert) { return alert.state().status == AlertStatus::open; });
  Json shown = Json::array();
  const Numbers numbers(*overview);
  for (std::size_t i = 0; i < std::min(live.size(), k_alerts_on_status); ++i)
    shown.push_back(json_of(*live[i], numbers, desk));
  return Json{{"branch", desk.setting.branch},
              {"now", os::rfc3339(desk.setting.clock->unix_s())},
              {"gate", recent.empty() ? Json() : recent.front()},
              {"recent", recent},
              {"counts",
               {{"series", counts.series},
                {"runs", counts.runs},
                {"machines", counts.machines},
                {"alerts_open", open},
                {"alerts_acknowledged", acknowledged},
                {"alerts_total", alerts.size()}}},
              {"alerts", shown},
              {"suites", suites_of(*overview)}};
}

}  // namespace perfwarden::dashboard
