#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dashboard/api/answer.hpp"
#include "dashboard/api/filter.hpp"
#include "dashboard/api/profiles.hpp"
#include "dashboard/api/words.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::size_t k_runs_listed = 50;
constexpr std::size_t k_series_of_run = 100;

Json warnings_json(const std::vector<Warning>& warnings) {
  Json out = Json::array();
  for (const Warning& warning : warnings) out.push_back({{"code", warning.code}, {"text", warning.text}});
  return out;
}

Json failures_json(const std::vector<Failure>& failures) {
  Json out = Json::array();
  for (const Failure& one : failures)
    out.push_back({{"suite", one.suite},
                   {"benchmark", one.benchmark},
                   {"failed", one.failed},
                   {"runs", one.runs},
                   {"reason", one.reason}});
  return out;
}

Json findings_json(const std::vector<Finding>& findings, const Numbers& numbers) {
  Json out = Json::array();
  for (const Finding& one : findings)
    out.push_back({{"series", numbers.ref(one.series)},
                   {"rule", one.rule},
                   {"level", name_of(one.level)},
                   {"op", one.op},
                   {"expected", json::number(one.expected)},
                   {"actual", json::number(one.actual)},
                   {"unit", one.unit},
                   {"reason", one.reason}});
  return out;
}

Json statistics_json(const store::Statistics& one) {
  return {{"series", json_of(store::NumberedSeries{one.number, one.id})},
          {"unit", one.metric.unit},
          {"better", name_of(one.metric.better)},
          {"n", one.n},
          {"value", json::number(one.median)},
          {"low", json::number(one.q1)},
          {"high", json::number(one.q3)},
          {"cv", json::number(one.cv)},
          {"p95", json::number(one.p95)},
          {"p99", json::number(one.p99)}};
}

Result<Json> samples_of_series(const Desk& desk, std::int64_t run, std::int64_t number) {
  PW_TRY_ASSIGN(const std::vector<store::Statistics> found,
                desk.store.browser().statistics(run, std::span(&number, 1)));
  if (found.empty()) return not_there(fmt::format("run {} did not measure series {}", run, number));
  PW_TRY_ASSIGN(const auto raw, desk.store.browser().raw(number, std::span(&run, 1)));
  Json invocations = Json::array();
  const auto values = raw.find(run);
  if (values != raw.end())
    for (const std::vector<double>& invocation : values->second) invocations.push_back(numbers_json(invocation));
  return Json{{"series", json_of(store::NumberedSeries{number, found.front().id})},
              {"unit", found.front().metric.unit},
              {"kept", values != raw.end()},
              {"invocations", invocations}};
}

// The statistics of a part of the series that the run measured and the query asks for, by their names.
struct Measured {
  std::size_t total = 0;
  Json rows = Json::array();
};
Result<Measured> measured_by(const Desk& desk, std::int64_t run, const std::vector<Term>& terms, const Part& part) {
  PW_TRY_ASSIGN(const std::vector<std::int64_t> numbers, desk.store.browser().series_in(run));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  std::vector<std::size_t> places;
  for (const std::int64_t number : numbers) {
    const auto place = overview->place_of.find(number);
    if (place != overview->place_of.end() && path_matches(overview->lines[place->second].series.id, terms))
      places.push_back(place->second);
  }
  std::sort(places.begin(), places.end());
  std::vector<std::int64_t> shown;
  for (std::size_t i = part.offset; i < std::min(places.size(), part.offset + part.limit); ++i)
    shown.push_back(overview->lines[places[i]].series.number);
  Measured out{places.size()};
  if (shown.empty()) return out;
  PW_TRY_ASSIGN(const std::vector<store::Statistics> statistics, desk.store.browser().statistics(run, shown));
  for (const store::Statistics& one : statistics) out.rows.push_back(statistics_json(one));
  return out;
}

}  // namespace

Result<Json> runs_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const Part part, part_of(question, k_runs_listed, 500));
  // "*" is every branch; the API's text "" means the default.
  const std::string named = question.text("branch", desk.setting.branch);
  const std::string branch = named == "*" ? "" : named;
  PW_TRY_ASSIGN(const std::vector<store::RunSummary> runs, desk.store.browser().runs(branch, part.offset, part.limit));
  PW_TRY_ASSIGN(const std::size_t total, desk.store.browser().count_runs(branch));
  Json items = Json::array();
  for (const store::RunSummary& run : runs) items.push_back(json_of(run, *desk.setting.repository));
  return Json{{"branch", named}, {"total", total}, {"offset", part.offset}, {"limit", part.limit}, {"items", items}};
}

Result<Json> run_answer(const Desk& desk, const Question& question) {
  PW_TRY_ASSIGN(const std::int64_t id, id_in(question, "a run"));
  PW_TRY_ASSIGN(const Part part, part_of(question, k_series_of_run, 1000));
  store::Browser& history = desk.store.browser();
  PW_TRY_ASSIGN(const std::optional<store::RunSummary> run, history.run(id));
  if (!run) return not_there(fmt::format("there is no run {}", id));
  PW_TRY_ASSIGN(const store::RunRecord record, history.record(id));
  PW_TRY_ASSIGN(const std::shared_ptr<const Overview> overview, desk.overview());
  Json about = json_of(*run, *desk.setting.repository);
  about["role"] = record.role == store::RunRole::base ? "base" : "head";
  about["session"] = record.run.session;
  about["base_commit"] = record.base_commit;
  about["parents"] = record.parents;
  about["rating"] = record.rating
                        ? Json{{"cpu", json::number(record.rating->cpu_measured ? record.rating->cpu : k_nan)},
                               {"memory", json::number(record.rating->memory_measured ? record.rating->memory : k_nan)}}
                        : Json();
  about["event"] = record.event;
  about["tool"] = record.run.tool;
  about["config_hash"] = run->config_hash;
  Json environment = Json::array();
  for (const auto& [name, value] : record.run.machine.facts) environment.push_back({name, value});
  PW_TRY_ASSIGN(const Measured measured, measured_by(desk, id, read_filter(question.text("q")), part));
  Json samples;
  PW_TRY_ASSIGN(const std::int64_t number, question.number("series", 0, 1, std::int64_t{1} << 53));
  if (number > 0) {
    PW_TRY_ASSIGN(samples, samples_of_series(desk, id, number));
  }
  PW_TRY_ASSIGN(const Json profiles, profiles_of(desk, id));
  return Json{{"run", about},
              {"profiles", profiles},
              {"environment", environment},
              {"warnings", warnings_json(record.head.warnings)},
              {"failures", failures_json(record.head.failures)},
              {"findings", findings_json(record.findings, Numbers(*overview))},
              {"q", question.text("q")},
              {"total", measured.total},
              {"offset", part.offset},
              {"limit", part.limit},
              {"series", measured.rows},
              {"samples", samples}};
}

}  // namespace perfwarden::dashboard
