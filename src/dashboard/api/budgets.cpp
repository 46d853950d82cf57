#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "dashboard/api/answer.hpp"
#include "dashboard/api/filter.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "trend/tune.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_budget_rows = 50;
constexpr std::size_t k_runs_looked_at = 200;
constexpr std::size_t k_most_headrooms = 60;  // runs with comparisons; the newest of each series is in them
constexpr double k_days_in_month = 30;

// The limit that is reached first by a change: a fraction > 0 where worse. NaN when it has none of that kind.
double tightest(const Limit& limit, Better better) {
  double least = k_nan;
  for (const std::optional<Change>* change : {&limit.soft, &limit.hard, &limit.warn}) {
    if (!*change || !(*change)->relative) continue;
    const double worse = better == Better::higher ? -(*change)->value : (*change)->value;
    if (!(least <= worse)) least = worse;
  }
  return least;
}

Json limits_json(const Limit& limit) {
  Json out = Json::array();
  for (const auto& [name, change] : {std::pair<const char*, const std::optional<Change>&>{"warn", limit.warn},
                                     {"soft", limit.soft},
                                     {"hard", limit.hard}})
    if (change)
      out.push_back({{"level", name},
                     {"change", change->relative ? json::number(change->value) : Json()},
                     {"value", change->relative ? Json() : json::number(change->value)},
                     {"text", change->original}});
  for (const auto& [word, bound] :
       {std::pair<const char*, const std::optional<Quantity>&>{"max", limit.max}, {"min", limit.min}})
    if (bound)
      out.push_back({{"level", name_of(limit.level)},
                     {"change", nullptr},
                     {"value", json::number(bound->value)},
                     {"text", fmt::format("{} {}", word, bound->original)}});
  return out;
}

struct BudgetRow {
  const Overview::Line* line = nullptr;
  SeriesLimit limit;
  double room = k_nan;    // tightest limit − latest change
  double latest = k_nan;  // > 0 is worse
};

// Every series that has a limit and that the query asks for; least headroom first.
Result<std::vector<BudgetRow>> budget_rows(const Desk& desk, const Overview& overview, const std::vector<Term>& terms) {
  PW_TRY_ASSIGN(const std::vector<store::NumberedComparison> past, desk.store.browser().past({}, 1));
  std::map<std::int64_t, double> ratio_of;
  for (const store::NumberedComparison& one : past) ratio_of[one.number] = one.ratio;
  std::vector<BudgetRow> out;
  for (const Overview::Line& line : overview.lines) {
    if (line.medians.empty() || !path_matches(line.series.id, terms)) continue;
    auto limit = desk.setting.limit_of(line.series.id, line.metric);
    if (!limit) continue;
    BudgetRow row{&line, *std::move(limit)};
    if (const auto ratio = ratio_of.find(line.series.number); ratio != ratio_of.end())
      row.latest = worse_by(1, ratio->second, line.metric.better);
    row.room = tightest(row.limit.limit, line.metric.better) - row.latest;
    out.push_back(std::move(row));
  }
  std::stable_sort(out.begin(), out.end(), [](const BudgetRow& a, const BudgetRow& b) {
    return std::isnan(b.room) ? !std::isnan(a.room) : a.room < b.room;
  });
  return out;
}

Json proposal_json(const trend::Proposal& proposal) {
  Json caught = Json::array();
  for (const trend::PastChange& change : proposal.caught)
    caught.push_back({{"commit", change.commit}, {"time", change.time}, {"worse", json::number(change.worse)}});
  return {{"budget", json::number(proposal.budget)},
          {"spread", json::number(proposal.spread)},
          {"alarms_a_month", json::number(proposal.alarms_a_month)},
          {"hard", proposal.hard},
          {"runs", proposal.runs},
          {"caught", caught}};
}

// How many runs there are a month, from the times of the newest.
double runs_a_month(const Overview& overview) {
  if (overview.times.size() < 2 || overview.times.back() <= overview.times.front()) return 1;
  constexpr double k_seconds_a_day = 86'400;
  const double days = static_cast<double>(overview.times.back() - overview.times.front()) / k_seconds_a_day;
  return static_cast<double>(overview.times.size() - 1) * k_days_in_month / std::max(days, 1.0);
}

Json row_json(const BudgetRow& row, const std::vector<trend::PastChange>& past, const Overview& overview) {
  Json times = Json::array();
  Json worse = Json::array();
  for (std::size_t i = past.size() - std::min(past.size(), k_most_headrooms); i < past.size(); ++i) {
    times.push_back(unix_of(past[i].time));
    worse.push_back(json::number(past[i].worse));
  }
  const trend::Proposal proposal =
      trend::tune(row.line->series.id, past, overview.lines.size(), {1, runs_a_month(overview)});
  return {{"series", json_of(row.line->series)},
          {"unit", row.line->metric.unit},
          {"budget", row.limit.glob},
          {"limits", limits_json(row.limit.limit)},
          {"latest", json::number(row.latest)},
          {"headroom", json::number(row.room)},
          {"t", times},
          {"worse", worse},
          {"proposal", row.line->metric.better == Better::unknown ? Json() : proposal_json(proposal)}};
}

Json budgets_json(const Desk& desk, const std::vector<BudgetRow>& rows) {
  std::map<std::string, std::size_t> used;
  for (const BudgetRow& row : rows) ++used[row.limit.glob];
  Json out = Json::array();
  for (const Budget& budget : desk.setting.budgets) {
    Json limits = Json::array();
    for (const auto& [metric, limit] : budget.limits)
      for (Json& one : limits_json(limit)) {
        limits.push_back({{"metric", metric}, {"level", one["level"]}, {"limit", one["text"]}});
      }
    out.push_back({{"glob", budget.glob},
                   {"off", budget.off},
                   {"where", fmt::format("{}:{}", desk.setting.config_file, budget.where.line)},
                   {"limits", limits},
                   {"series", used[budget.glob]}});
  }
  return out;
}

}  // namespace

Result<Json> budgets_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const std::vector<BudgetRow> rows, budget_rows(desk, *overview, read_filter(question.text("q"))));
  const std::size_t shown = std::min(rows.size(), k_budget_rows);
  std::map<std::int64_t, std::vector<trend::PastChange>> past_of;
  if (shown > 0) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < shown; ++i) numbers.push_back(rows[i].line->series.number);
    PW_TRY_ASSIGN(const std::vector<store::NumberedComparison> past,
                  desk.store.browser().past(numbers, k_runs_looked_at));
    for (const store::NumberedComparison& one : past)
      past_of[one.number].push_back(
          {one.commit, one.time, worse_by(1, one.ratio, overview->find(one.number)->metric.better), one.distinct});
  }
  Json items = Json::array();
  for (std::size_t i = 0; i < shown; ++i)
    items.push_back(row_json(rows[i], past_of[rows[i].line->series.number], *overview));
  return Json{{"q", question.text("q")},
              {"file", desk.setting.config_file},
              {"budgets", budgets_json(desk, rows)},
              {"total", rows.size()},
              {"rows", items}};
}

}  // namespace perfwarden::dashboard
