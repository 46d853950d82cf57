#include "dashboard/api/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {

Json json_of(const store::NumberedSeries& series) {
  return {{"id", series.number},
          {"suite", series.id.suite},
          {"benchmark", series.id.benchmark},
          {"metric", series.id.metric},
          {"path", series.id.path()}};
}

Json json_of(const store::RunSummary& run, Repository& repository) {
  return {{"id", run.id},
          {"commit", run.commit},
          {"subject", repository.subject(run.commit)},
          {"branch", run.branch},
          {"time", run.time},
          {"machine", run.fingerprint},
          {"conclusion", run.conclusion},
          {"findings", run.findings},
          {"series", run.series},
          {"pull_request", run.pull_request}};
}

Numbers::Numbers(const Overview& overview) : overview_(&overview) {}

Json Numbers::ref(const SeriesId& id) const {
  const auto& lines = overview_->lines;
  const auto found =
      std::lower_bound(lines.begin(), lines.end(), id,
                       [](const Overview::Line& line, const SeriesId& one) { return line.series.id < one; });
  const bool known = found != lines.end() && found->series.id == id;
  return json_of(store::NumberedSeries{known ? found->series.number : 0, id});
}

Json json_of(const Alert& alert, const Numbers& numbers, const Desk& desk) {
  const AlertEvent& state = alert.state();
  const CommitRange range = alert.range();
  return {{"id", alert.id},
          {"version", state.version},
          {"status", name_of(state.status)},
          {"resolution", name_of(state.resolution)},
          {"direction", name_of(alert.direction)},
          {"series", numbers.ref(alert.series)},
          {"branch", alert.branch},
          {"machine", alert.machine},
          {"unit", alert.unit},
          {"shape", alert.shape},
          {"detected_at", alert.detected_at},
          {"last_before", range.last_before},
          {"first_changed", range.first_changed},
          {"before", json::number(alert.before)},
          {"after", json::number(alert.after)},
          {"change", json::number(alert.after / alert.before - 1)},
          {"low", json::number(alert.low - 1)},
          {"high", json::number(alert.high - 1)},
          {"confidence", name_of(alert.confidence)},
          {"owners", desk.setting.repository->origins(range).owners},
          {"age_s", std::max<std::int64_t>(0, desk.setting.clock->unix_s() - unix_of(alert.detected_at))},
          {"nudged", range != CommitRange{alert.last_before, alert.first_changed}},
          {"by", state.who},
          {"reason", state.why}};
}

Json events_of(const Alert& alert) {
  Json out = Json::array();
  for (const AlertEvent& event : alert.events)
    out.push_back({{"version", event.version},
                   {"time", event.time},
                   {"who", event.who},
                   {"status", name_of(event.status)},
                   {"resolution", name_of(event.resolution)},
                   {"why", event.why},
                   {"last_before", event.last_before},
                   {"first_changed", event.first_changed}});
  return out;
}

Json numbers_json(std::span<const double> numbers) {
  Json out = Json::array();
  for (const double number : numbers) out.push_back(json::number(number));
  return out;
}

std::string label_of(const Machine& machine) {
  for (const auto& [name, value] : machine.facts)
    if (name == "cpu" && !value.empty()) return value;
  return machine.fingerprint;
}

std::string bisect_line(const Alert& alert) {
  const CommitRange range = alert.range();
  const std::string path = text::one_line(alert.series.suite + "/" + alert.series.benchmark);
  return fmt::format("perfwarden bisect --good {} --bad {} --benchmark '{}'", short_sha(range.last_before),
                     short_sha(range.first_changed), text::replace_all(path, "'", "'\\''"));
}

bool is_sha(std::string_view commit) {
  constexpr std::size_t k_least = 7;
  return commit.size() >= k_least && std::all_of(commit.begin(), commit.end(), text::is_hex_digit);
}

std::string short_sha(const std::string& commit) {
  constexpr std::size_t k_digits = 10;
  return is_sha(commit) ? commit.substr(0, k_digits) : text::truncate(text::one_line(commit), k_digits);
}

double worse_by(double base, double head, Better better) {
  if (better == Better::unknown) return k_nan;
  const double change = head / base - 1;
  return better == Better::lower ? change : -change;
}

}  // namespace perfwarden::dashboard
