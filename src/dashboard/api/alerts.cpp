#include "dashboard/api/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"
#include "trend/alerts.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_alerts_listed = 100;

bool is_in_state(const Alert& alert, const std::string& word) {
  if (word == "live") return alert.is_live();
  if (word == "ended") return !alert.is_live();
  std::string state = text::lower(name_of(alert.state().status));
  std::replace(state.begin(), state.end(), '_', '-');
  return word == state || word == name_of(alert.direction) || word == name_of(alert.state().resolution);
}

bool is_owned(const Alert& alert, const Term& term, Repository& repository) {
  const std::vector<std::string> owners = repository.origins(alert.range()).owners;
  return std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) { return term.matches(owner); });
}

bool term_matches(const Alert& alert, const Term& term, Repository& repository) {
  const CommitRange range = alert.range();
  if (term.key == "is") return is_in_state(alert, text::lower(term.value));
  if (term.key == "suite") return term.matches(alert.series.suite);
  if (term.key == "benchmark") return term.matches(alert.series.benchmark);
  if (term.key == "metric") return term.matches(alert.series.metric);
  if (term.key == "machine") return term.matches(alert.machine);
  if (term.key == "branch") return term.matches(alert.branch);
  if (term.key == "confidence") return term.matches(name_of(alert.confidence));
  if (term.key == "commit")
    return range.first_changed.starts_with(term.value) || range.last_before.starts_with(term.value);
  if (term.key == "owner") return is_owned(alert, term, repository);
  if (term.key == "by") return term.matches(alert.state().who);
  return term.matches(alert.series.path()) || (term.value.size() >= 4 && range.first_changed.starts_with(term.value));
}

double share_of_false_positives(const std::vector<Alert>& alerts) {
  double right = 0;
  double wrong = 0;
  for (const Alert& alert : alerts) {
    const AlertEvent& state = alert.state();
    if (state.status == AlertStatus::false_positive) ++wrong;
    if (state.status == AlertStatus::resolved && state.resolution != Resolution::recovered) ++right;
  }
  return right + wrong == 0 ? k_nan : wrong / (right + wrong);
}

Json counts_of(const std::vector<Alert>& alerts) {
  Json out;
  for (const auto& [name, status] : k_names<AlertStatus>)
    out[std::string(name)] = std::count_if(
        alerts.begin(), alerts.end(), [wanted = status](const Alert& alert) { return alert.state().status == wanted; });
  return out;
}

}  // namespace

const std::vector<std::string>& alert_keys() {
  static const std::vector<std::string> k_keys{"is",     "suite",      "benchmark", "metric", "machine",
                                               "branch", "confidence", "commit",    "owner",  "by"};
  return k_keys;
}

bool alert_matches(const Alert& alert, const std::vector<Term>& terms, Repository& repository) {
  return std::all_of(terms.begin(), terms.end(),
                     [&](const Term& term) { return term_matches(alert, term, repository) != term.negated; });
}

Result<std::vector<std::vector<std::size_t>>> groups_on(const Desk& desk, std::span<const Alert> alerts,
                                                        const std::string& branch) {
  PW_TRY_ASSIGN(const std::shared_ptr<const Timeline> timeline, desk.timeline(branch));
  std::map<std::string, std::size_t> rank;
  for (const Alert& alert : alerts) {
    const CommitRange range = alert.range();
    for (const std::string& commit : {range.last_before, range.first_changed})
      if (const auto place = timeline->place_of_commit.find(commit); place != timeline->place_of_commit.end())
        rank.emplace(commit, place->second);
  }
  return trend::groups_of(alerts, rank);
}

Result<Json> alerts_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Part part, part_of(question, k_alerts_listed, 500));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const auto all, desk.alerts());
  const std::string q = question.text("q");
  const std::vector<Term> terms = read_filter(q);
  std::vector<Alert> matching;
  std::copy_if(all->begin(), all->end(), std::back_inserter(matching),
               [&](const Alert& alert) { return alert_matches(alert, terms, *desk.setting.repository); });
  // Those that somebody has to look at first, the newest of them first.
  std::stable_sort(matching.begin(), matching.end(), [](const Alert& a, const Alert& b) {
    return std::pair(a.state().status, b.detected_at) < std::pair(b.state().status, a.detected_at);
  });
  std::vector<Alert> shown;
  for (std::size_t i = part.offset; i < std::min(matching.size(), part.offset + part.limit); ++i)
    shown.push_back(matching[i]);
  PW_TRY_ASSIGN(const auto found, groups_on(desk, shown, desk.setting.branch));
  Json items = Json::array();
  const Numbers numbers(*overview);
  for (const Alert& alert : shown) items.push_back(json_of(alert, numbers, desk));
  Json groups = Json::array();
  for (const std::vector<std::size_t>& group : found) {
    Json ids = Json::array();
    for (const std::size_t place : group) ids.push_back(shown[place].id);
    groups.push_back(std::move(ids));
  }
  Json quarantine = Json::array();
  for (const SeriesId& id : trend::doubtful_series(*all)) quarantine.push_back(id.path());
  return Json{{"q", q},
              {"problems", problems_of(terms, alert_keys())},
              {"total", matching.size()},
              {"offset", part.offset},
              {"limit", part.limit},
              {"counts", counts_of(*all)},
              {"items", items},
              {"groups", groups},
              {"quarantine", quarantine},
              {"false_positive_share", json::number(share_of_false_positives(*all))}};
}

}  // namespace perfwarden::dashboard
