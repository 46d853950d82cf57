#include "app/history/lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "ingest/read.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "json/write.hpp"
#include "report/json/write.hpp"
#include "report/renderer.hpp"
#include "store/encode.hpp"

namespace perfwarden::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_history_schema = "perfwarden.history/1";
constexpr std::size_t k_most_events = 10'000;
constexpr std::size_t k_most_profiles = 10'000;
constexpr std::size_t k_most_parents = 1'000;

// What a store keeps of a report, as a report: it has a form that can be read back.
Report report_of(const store::RunRecord& record) {
  Report report;
  report.context.event = record.event;
  report.context.pull_request = record.pull_request;
  report.base.run.commit = record.base_commit;
  report.verdict.conclusion = from_name<Conclusion>(record.conclusion).value_or(Conclusion::pass);
  report.verdict.findings = record.findings;
  report.verdict.judgements.resize(record.comparisons.size());
  report.comparisons = record.comparisons;
  for (Comparison& one : report.comparisons) {
    const auto series = std::find_if(record.head.series.begin(), record.head.series.end(),
                                     [&](const Series& candidate) { return candidate.id == one.id; });
    if (series != record.head.series.end()) one.metric = series->metric;
  }
  return report;
}

Alert alert_in(const json::Cursor& at) {
  Alert alert;
  alert.fingerprint = at["fingerprint"].text();
  alert.series = {at["suite"].text(), at["benchmark"].text(), at["metric"].text()};
  alert.branch = at["branch"].text();
  alert.machine = at["machine"].text();
  alert.unit = at["unit"].text();
  alert.shape = at["shape"].text();
  alert.direction = at["direction"].one_of<Direction>();
  alert.detected_at = at["detected_at"].text();
  alert.last_before = at["baseline_sha"].text();
  alert.first_changed = at["regression_sha"].text();
  alert.before = at["before"].number();
  alert.after = at["after"].number();
  alert.low = at["low"].number();
  alert.high = at["high"].number();
  alert.confidence = at["confidence"].one_of<Confidence>();
  alert.evidence = at["evidence_path"].text();
  at["events"].each(k_most_events, [&](const json::Cursor& item) {
    AlertEvent& event = alert.events.emplace_back();
    event = {item["version"].integer(),
             item["time"].text(),
             item["who"].text(),
             item["status"].one_of<AlertStatus>(),
             item["resolution"].one_of<Resolution>(),
             item["why"].text()};
    if (!item.has("first_changed")) return;
    event.last_before = item["last_before"].text();
    event.first_changed = item["first_changed"].text();
  });
  if (alert.events.empty()) at.fail("has no events");
  return alert;
}

store::Event event_in(const json::Cursor& at) {
  return {at["time"].text(), at["kind"].text(),    at["commit"].text(), at["pull_request"].integer(),
          at["who"].text(),  at["subject"].text(), at["reason"].text()};
}

Deployment deployment_in(const json::Cursor& at) {
  return {at["time"].text(), at["environment"].text(), at["commit"].text(), at["name"].text()};
}

ProfileSummary profile_in(const json::Cursor& at) {
  ProfileSummary out;
  out.suite = at["suite"].text();
  out.benchmark = at["benchmark"].text();
  out.type = {at["type"].text(), at["unit"].text()};
  out.cost = at["cost"].number();
  out.samples = at["samples"].number();
  out.seconds = at["seconds"].number();
  out.stacks = at["stacks"].text();
  if (out.stacks.size() > ProfileSummary::k_most_stack_bytes) at.fail("has stacks that are too long");
  at["functions"].each(ProfileSummary::k_most_functions, [&](const json::Cursor& item) {
    out.functions.push_back({item["name"].text(), item["self"].number(), item["total"].number()});
  });
  return out;
}

// What runs have since schema 11 of the history.
void later_parts(const json::Cursor& at, store::RunRecord& record) {
  if (at.has("parents"))
    at["parents"].each(k_most_parents, [&](const json::Cursor& one) { record.parents.push_back(one.text()); });
  if (at.has("rating"))
    record.rating = store::decode_rating(at["rating"]["cpu"].number(), at["rating"]["memory"].number());
  if (at.has("profiles"))
    at["profiles"].each(k_most_profiles, [&](const json::Cursor& one) { record.profiles.push_back(profile_in(one)); });
}

Result<store::RunRecord> run_in(const nlohmann::json& run, const json::Cursor& at, const std::string& place) {
  store::RunRecord record;
  record.identity = at["identity"].text();
  record.role = at["role"].text() == "base" ? store::RunRole::base : store::RunRole::head;
  record.conclusion = at["conclusion"].text();
  if (!at.has("samples") || !at.has("report")) {
    at.fail("has no samples, or no report");
    return record;
  }
  PW_TRY_ASSIGN(record.head, ingest::parse_samples(json::dump(run["samples"]), place));
  PW_TRY_ASSIGN(const Report report, report::read_json(json::dump(run["report"]), place));
  record.run = record.head.run;
  record.base_commit = report.base.run.commit;
  record.event = report.context.event;
  record.pull_request = report.context.pull_request;
  record.comparisons = report.comparisons;
  record.findings = report.verdict.findings;
  later_parts(at, record);
  return record;
}

Status read_line(std::string_view line, const std::string& place, HistoryText& out) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(line, place));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  if (root["schema"].text() != k_history_schema) root.fail(fmt::format("the schema is not {}", k_history_schema));
  if (!root.failed() && root.has("alert")) {
    out.alerts.push_back(alert_in(root["alert"]));
  } else if (!root.failed() && root.has("event")) {
    out.events.push_back(event_in(root["event"]));
  } else if (!root.failed() && root.has("deployment")) {
    out.deployments.push_back(deployment_in(root["deployment"]));
  } else if (!root.failed()) {
    const json::Cursor run = root["run"];  // a missing one is a problem
    if (!root.failed()) {
      PW_TRY_ASSIGN(store::RunRecord record, run_in(json["run"], run, place));
      out.runs.push_back(std::move(record));
    }
  }
  if (problem.what.empty()) return Nothing{};
  return Error{.kind = ErrorKind::parse,
               .what = fmt::format("{}: {}", problem.place, problem.what),
               .where = place,
               .hint = "give a file that `perfwarden baseline export` wrote"};
}

Json json_of(const ProfileSummary& profile) {
  Json out{{"suite", profile.suite},
           {"benchmark", profile.benchmark},
           {"type", profile.type.name},
           {"unit", profile.type.unit},
           {"cost", json::exact_number(profile.cost)},
           {"samples", json::exact_number(profile.samples)},
           {"seconds", json::exact_number(profile.seconds)},
           {"functions", Json::array()},
           {"stacks", profile.stacks}};
  for (const FunctionShare& one : profile.functions)
    out["functions"].push_back(
        {{"name", one.name}, {"self", json::exact_number(one.self)}, {"total", json::exact_number(one.total)}});
  return out;
}

}  // namespace

std::string line_of(const store::RunRecord& record) {
  Json run;
  run["identity"] = record.identity;
  run["role"] = record.role == store::RunRole::base ? "base" : "head";
  run["conclusion"] = record.conclusion;
  run["samples"] = json::parse(ingest::write_samples(record.head)).value_or({});
  run["report"] = report::to_json(report_of(record), {});
  run["parents"] = record.parents;
  if (record.rating)
    run["rating"] = {{"cpu", json::exact_number(record.rating->cpu_measured ? record.rating->cpu : k_nan)},
                     {"memory", json::exact_number(record.rating->memory_measured ? record.rating->memory : k_nan)}};
  run["profiles"] = Json::array();
  for (const ProfileSummary& one : record.profiles) run["profiles"].push_back(json_of(one));
  return json::dump(Json{{"schema", k_history_schema}, {"run", std::move(run)}});
}

Json json_of(const Alert& alert) {
  Json out;
  out["fingerprint"] = alert.fingerprint;
  out["suite"] = alert.series.suite;
  out["benchmark"] = alert.series.benchmark;
  out["metric"] = alert.series.metric;
  out["branch"] = alert.branch;
  out["machine"] = alert.machine;
  out["unit"] = alert.unit;
  out["shape"] = alert.shape;
  out["direction"] = name_of(alert.direction);
  out["detected_at"] = alert.detected_at;
  out["baseline_sha"] = alert.last_before;
  out["regression_sha"] = alert.first_changed;
  out["before"] = json::exact_number(alert.before);
  out["after"] = json::exact_number(alert.after);
  out["low"] = json::exact_number(alert.low);
  out["high"] = json::exact_number(alert.high);
  out["confidence"] = name_of(alert.confidence);
  out["evidence_path"] = alert.evidence;
  out["events"] = Json::array();
  for (const AlertEvent& event : alert.events) {
    Json one{{"version", event.version},
             {"time", event.time},
             {"who", event.who},
             {"status", name_of(event.status)},
             {"resolution", name_of(event.resolution)},
             {"why", event.why}};
    if (!event.first_changed.empty()) {
      one["last_before"] = event.last_before;
      one["first_changed"] = event.first_changed;
    }
    out["events"].push_back(std::move(one));
  }
  return out;
}

std::string line_of(const Alert& alert) {
  return json::dump(Json{{"schema", k_history_schema}, {"alert", json_of(alert)}});
}

std::string line_of(const store::Event& event) {
  Json one{{"time", event.time}, {"kind", event.kind}, {"commit", event.commit}, {"pull_request", event.pull_request}};
  one.update({{"who", event.who}, {"subject", event.subject}, {"reason", event.reason}});
  return json::dump(Json{{"schema", k_history_schema}, {"event", std::move(one)}});
}

std::string line_of(const Deployment& deployment) {
  return json::dump(Json{{"schema", k_history_schema},
                         {"deployment",
                          {{"time", deployment.time},
                           {"environment", deployment.environment},
                           {"commit", deployment.commit},
                           {"name", deployment.name}}}});
}

bool is_history_text(std::string_view text) {
  constexpr std::size_t k_head = 200;
  return text.substr(0, k_head).find(k_history_schema) != std::string_view::npos;
}

Result<HistoryText> read_history_text(std::string_view text, const std::string& file) {
  HistoryText out;
  std::size_t number = 0;
  for (const std::string_view line : text::lines(text)) {
    ++number;
    if (!text::trim(line).empty()) PW_TRY(read_line(line, fmt::format("{}:{}", file, number), out));
  }
  return out;
}

}  // namespace perfwarden::app
