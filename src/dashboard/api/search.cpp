#include <algorithm>

#include "dashboard/api/alerts.hpp"
#include "dashboard/api/answer.hpp"
#include "dashboard/api/words.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_most_series = 50;
constexpr std::size_t k_most_others = 20;

}  // namespace

Result<Json> search_answer(const Desk& desk, const Question& question) {
  const std::string q = question.text("q");
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  PW_TRY_ASSIGN(const auto all, desk.alerts());
  Json series = Json::array();
  Json alerts = Json::array();
  Json runs = Json::array();
  std::size_t total = 0;
  const std::vector<Term> terms = read_filter(q);
  const Numbers numbers(*overview);
  if (!terms.empty()) {
    for (const Overview::Line& line : overview->lines) {
      if (!path_matches(line.series.id, terms)) continue;
      if (++total <= k_most_series) series.push_back(json_of(line.series));
    }
    for (auto alert = all->rbegin(); alert != all->rend() && alerts.size() < k_most_others; ++alert)
      if (alert_matches(*alert, terms, *desk.setting.repository)) alerts.push_back(json_of(*alert, numbers, desk));
    const auto matches = [&](const store::RunSummary& run) {
      const std::string subject = desk.setting.repository->subject(run.commit);
      return std::all_of(terms.begin(), terms.end(), [&](const Term& term) {
        return (run.commit.starts_with(term.value) || term.matches(run.branch) || term.matches(subject)) !=
               term.negated;
      });
    };
    PW_TRY_ASSIGN(const std::vector<store::RunSummary> newest, desk.store.browser().runs("", 0, 200));
    for (const store::RunSummary& run : newest)
      if (runs.size() < k_most_others && matches(run)) runs.push_back(json_of(run, *desk.setting.repository));
    // An older commit is found by its hash.
    if (runs.empty() && terms.size() == 1 && is_sha(terms.front().value)) {
      const auto run = desk.store.browser().run_of_commit(terms.front().value);
      if (run && *run) runs.push_back(json_of(**run, *desk.setting.repository));
    }
  }
  return Json{{"q", q}, {"series", series}, {"series_total", total}, {"alerts", alerts}, {"runs", runs}};
}

}  // namespace perfwarden::dashboard
