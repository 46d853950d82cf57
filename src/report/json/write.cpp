#include "report/json/write.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "base/text.hpp"
#include "json/write.hpp"
#include "model/unit.hpp"
#include "report/build.hpp"
#include "report/json/profile_diff.hpp"
#include "report/page/medium.hpp"
#include "report/view/facts.hpp"
#include "report/view/profile_table.hpp"

namespace perfwarden::report {
namespace {

using Json = nlohmann::ordered_json;

using json::exact_number;

Json values(const std::vector<double>& numbers) {
  Json out = Json::array();
  for (const double value : numbers) out.push_back(exact_number(value));
  return out;
}

Json warnings(const std::vector<Warning>& all) {
  Json out = Json::array();
  for (const Warning& warning : all) out.push_back({{"code", warning.code}, {"text", warning.text}});
  return out;
}

Json summary(const Summary& side) {
  return {{"n", side.n},
          {"median", exact_number(side.median)},
          {"mean", exact_number(side.mean)},
          {"minimum", exact_number(side.minimum)},
          {"maximum", exact_number(side.maximum)},
          {"standard_deviation", exact_number(side.standard_deviation)},
          {"coefficient_of_variation", exact_number(side.coefficient_of_variation)}};
}

Json interval(const Interval& i) {
  return {{"low", exact_number(i.low)}, {"high", exact_number(i.high)}, {"confidence", exact_number(i.confidence)}};
}

Json criteria(const std::vector<Criterion>& all) {
  Json out = Json::object();
  for (const Criterion& criterion : all)
    out[std::string(criterion.name)] = {{"met", criterion.met}, {"detail", criterion.detail}};
  return out;
}

Json comparison(const Comparison& c, const Judgement& judgement) {
  Json out = {
      {"suite", c.id.suite},
      {"benchmark", c.id.benchmark},
      {"metric", c.id.metric},
      {"unit", c.metric.unit},
      {"base", json::number(c.base.median)},
      {"head", json::number(c.head.median)},
      {"change_percent", json::number((c.ratio - 1) * 100)},
      {"interval", {json::number((c.ratio_interval.low - 1) * 100), json::number((c.ratio_interval.high - 1) * 100)}},
      {"p", json::number(c.p)},
      {"p_adjusted", json::number(c.p_adjusted)},
      {"effect_d", exact_number(c.effect_d)},
      {"mde_percent", json::number(c.minimum_detectable * 100)},
      {"pairs", c.pairs},
      {"criteria", criteria(c.criteria)}};
  out["confidence"] = c.confidence ? Json(name_of(*c.confidence)) : Json(nullptr);
  out["verdict"] = name_of(judgement.outcome);
  out["level"] = name_of(judgement.level);
  out["warnings"] = warnings(c.warnings);
  out["limit"] = judgement.limit;
  out["gated"] = judgement.gated;
  if (judgement.accepted) out["accepted"] = true;
  out["presence"] = name_of(c.presence);
  if (!c.failure.empty()) out["failure"] = c.failure;
  out["renamed_to"] = c.renamed_to;
  out["design"] = name_of(c.design);
  out["method"] = c.method;
  out["significance"] = name_of(c.significance);
  out["strongest"] = name_of(c.strongest);
  out["fresh_pairs"] = c.fresh_pairs;
  out["better"] = name_of(c.metric.better);
  out["deterministic"] = c.metric.deterministic;
  out["primary"] = c.metric.primary;
  out["exact"] = {{"ratio", exact_number(c.ratio)},
                  {"ratio_interval", interval(c.ratio_interval)},
                  {"difference", exact_number(c.difference)},
                  {"difference_interval", interval(c.difference_interval)},
                  {"head_interval", interval(c.head_interval)},
                  {"ratio_bounds", interval(c.ratio_bounds)},
                  {"difference_bounds", interval(c.difference_bounds)},
                  {"fresh_ratio", exact_number(c.fresh_ratio)},
                  {"p", exact_number(c.p)},
                  {"p_worse", exact_number(c.p_worse)},
                  {"p_adjusted", exact_number(c.p_adjusted)},
                  {"minimum_detectable", exact_number(c.minimum_detectable)},
                  {"base", summary(c.base)},
                  {"head", summary(c.head)}};
  out["base_values"] = values(c.base_values);
  out["head_values"] = values(c.head_values);
  return out;
}

Json finding(const Finding& f) {
  Json out{{"rule", f.rule},
           {"suite", f.series.suite},
           {"benchmark", f.series.benchmark},
           {"metric", f.series.metric},
           {"level", name_of(f.level)},
           {"undecided", f.undecided},
           {"not_measured", f.not_measured},
           {"frame", f.frame},
           {"op", f.op},
           {"expected", exact_number(f.expected)},
           {"actual", exact_number(f.actual)},
           {"unit", f.unit},
           {"reason", f.reason},
           {"budget", f.budget},
           {"where", {{"file", f.where.file}, {"line", f.where.line}, {"column", f.where.column}}}};
  if (f.accepted) out["accepted"] = true;
  return out;
}

Json side(const SideInfo& info) {
  Json facts = Json::array();
  for (const auto& [name, value] : info.run.machine.facts) facts.push_back({{"name", name}, {"value", value}});
  return {{"commit", info.run.commit},
          {"label", info.label},
          {"branch", info.run.branch},
          {"time", info.run.time},
          {"session", info.run.session},
          {"config_hash", info.run.config_hash},
          {"tool", info.run.tool},
          {"machine", {{"fingerprint", info.run.machine.fingerprint}, {"facts", std::move(facts)}}}};
}

Json context(const RunContext& c) {
  Json out{{"in_github", c.in_github},
           {"event", c.event},
           {"repository", c.repository},
           {"repository_id", c.repository_id},
           {"pull_request", c.pull_request},
           {"from_fork", c.from_fork},
           {"head_sha", c.head_sha},
           {"base_sha", c.base_sha},
           {"base_ref", c.base_ref},
           {"head_ref", c.head_ref},
           {"actor", c.actor},
           {"run_id", c.run_id},
           {"run_attempt", c.run_attempt},
           {"workflow", c.workflow},
           {"job", c.job},
           {"server_url", c.server_url}};
  if (!c.leg.empty()) out["leg"] = c.leg;
  return out;
}

Json statistics(const StatisticsConfig& s) {
  return {{"confidence", s.confidence},          {"significance", s.significance},
          {"correction", name_of(s.correction)}, {"min_effect", s.min_effect},
          {"high_effect", s.high_effect},        {"unstable_cv", s.unstable_cv},
          {"false_alarms", s.false_alarms},      {"inconclusive", name_of(s.inconclusive)},
          {"fail_from", name_of(s.fail_from)}};
}

// The kinds of entries in the flat lists.
enum class Resource { cpu, memory, other };
Resource resource_of(const Metric& metric) {
  static const std::set<std::string_view> k_cpu{"cpu_time", "user_time",    "system_time",  "instructions",
                                                "cycles",   "cache_misses", "branch_misses"};
  if (k_cpu.contains(metric.name)) return Resource::cpu;
  const bool memory = metric.name == "allocations" || metric.name == "page_faults" ||
                      (metric.unit == "B" && metric.name != "binary_size");
  return memory ? Resource::memory : Resource::other;
}

// "core/parse: 12.4 ms -> 13.3 ms (7.0% regression)"; names the metric when it is not the wall time.
std::string flat(const Comparison& c, std::string_view word) {
  const auto [base, head] = format_pair(c.base.median, c.head.median, text::one_line(c.metric.unit));
  const double percent = std::abs(c.ratio - 1) * 100;
  const std::string metric =
      c.id.metric == "wall_time" ? "" : fmt::format(" [{}]", name_in(Medium::plain, c.id.metric));
  const std::string change = std::isfinite(percent) ? fmt::format("{:.1f}% ", percent) : "";
  return fmt::format("{}{}: {} -> {} ({}{})", name_in(Medium::plain, path_of(c.id)), metric, base, head, change, word);
}

// "main.process: 8.0% -> 16.4% (8.4% regression)", in the list that its kind of profile and change belong to.
void put_flat(Json& out, const ProfileDiff& evidence, const FrameDelta& frame) {
  const bool memory = counts_memory(evidence.type);
  const Share& share = telling_share(frame);
  std::string key;
  if (frame.change == FrameChange::added) key = "new_hotspots";
  if (frame.change == FrameChange::removed) key = "removed_hotspots";
  if (frame.change == FrameChange::regression) key = memory ? "memory_regressions" : "cpu_regressions";
  if (frame.change == FrameChange::improvement) key = memory ? "memory_improvements" : "cpu_improvements";
  if (key.empty()) return;
  out[key].push_back(fmt::format("{}: {:.1f}% -> {:.1f}% ({:.1f}% {})", name_in(Medium::plain, frame.name),
                                 share.base * 100, share.head * 100, std::abs(share.delta()) * 100,
                                 name_of(frame.change)));
}

void put_flat(Json& out, const Report& report, const Templates& templates) {
  const std::vector<std::size_t> order = reading_order(report);
  for (const char* key : {"cpu_improvements", "cpu_regressions", "memory_improvements", "memory_regressions",
                          "new_hotspots", "removed_hotspots", "benchmark_regressions"})
    out[key] = Json::array();
  for (const std::size_t i : order) {
    const Comparison& c = report.comparisons[i];
    const Outcome outcome = judgement_of(report, i).outcome;
    if (outcome != Outcome::regression && outcome != Outcome::improvement) continue;
    const bool worse = outcome == Outcome::regression;
    const std::string line = flat(c, worse ? "regression" : "improvement");
    if (worse) out["benchmark_regressions"].push_back(line);
    const Resource resource = resource_of(c.metric);
    if (resource == Resource::cpu) out[worse ? "cpu_regressions" : "cpu_improvements"].push_back(line);
    if (resource == Resource::memory) out[worse ? "memory_regressions" : "memory_improvements"].push_back(line);
  }
  for (const ProfileDiff& evidence : report.evidence)
    for (const FrameDelta& frame : evidence.frames) put_flat(out, evidence, frame);
  out["rating"] = nullptr;
  out["summary"] = verdict_line(report, templates);
  out["recommendations"] = next_steps(report, templates);
}

Json counts(const Counts& c) {
  Json out = {{"regressions", c.regressions},
              {"improvements", c.improvements},
              {"passed", c.passed},
              {"inconclusive", c.inconclusive},
              {"added", c.added},
              {"vanished", c.vanished},
              {"hard", c.hard},
              {"soft", c.soft},
              {"warned", c.warned},
              {"failed", c.failed}};
  if (c.placement > 0) out["placement"] = c.placement;
  return out;
}

Json overrides(const std::vector<Override>& accepted) {
  Json out = Json::array();
  for (const Override& one : accepted) out.push_back({{"by", one.by}, {"reason", one.reason}, {"glob", one.glob}});
  return out;
}

// Members that most reports lack.
void put_identities(Json& out, const Report& report) {
  for (const SuiteIdentity& one : report.head.run.identities)
    out["identities"].push_back({{"suite", one.suite},
                                 {"answer", name_of(one.answer)},
                                 {"measured", one.measured},
                                 {"files", one.files},
                                 {"reasons", one.reasons}});
  for (const ChangeCause& one : report.causes)
    out["causes"].push_back({{"suite", one.suite},
                             {"benchmark", one.benchmark},
                             {"cause", name_of(one.cause)},
                             {"changed", one.changed},
                             {"ran", one.ran},
                             {"reason", one.reason}});
  for (const Tradeoff& one : report.verdict.tradeoffs)
    out["tradeoffs"].push_back({{"suite", one.suite},
                                {"benchmark", one.benchmark},
                                {"gain", one.gain},
                                {"cost", one.cost},
                                {"better_by", exact_number(one.better_by)},
                                {"worse_by", exact_number(one.worse_by)},
                                {"rule", one.rule}});
  for (const auto& [id, medians] : report.recent)
    out["recent"].push_back(
        {{"suite", id.suite}, {"benchmark", id.benchmark}, {"metric", id.metric}, {"medians", values(medians)}});
}

}  // namespace

nlohmann::ordered_json to_json(const Report& report, const Templates& templates) {
  const Verdict& verdict = report.verdict;
  Json out = {{"schema", k_report_schema}, {"verdict", name_of(verdict.conclusion)}};
  put_flat(out, report, templates);
  out["counts"] = counts(verdict.counts);
  out["mode"] = name_of(report.mode);
  out["design"] = name_of(report.design);
  out["project"] = report.project;
  out["tool_version"] = report.tool_version;
  out["time"] = report.time;
  out["measured_s"] = exact_number(report.measured_s);
  out["seed"] = std::to_string(report.seed);  // text: jq and JavaScript round 64-bit numbers
  out["config_file"] = report.config_file;
  out["config_hash"] = report.config_hash;
  out["reproduce"] = report.reproduce;
  out["override"] = {{"applied", verdict.overridden},
                     {"note", verdict.override_note},
                     {"label", report.override_label},
                     {"accepted", overrides(report.accepted)}};
  out["has_baseline"] = report.has_baseline;
  out["left_out"] = report.left_out;
  put_identities(out, report);
  out["statistics"] = statistics(report.statistics);
  out["context"] = context(report.context);
  out["base"] = side(report.base);
  out["head"] = side(report.head);
  Json differences = Json::array();
  for (const MachineDifference& d : report.machine_differences)
    differences.push_back({{"fact", d.fact}, {"base", d.base}, {"head", d.head}});
  out["machine_differences"] = std::move(differences);
  out["warnings"] = warnings(report.warnings);
  out["verdict_warnings"] = warnings(verdict.warnings);
  Json findings = Json::array();
  for (const Finding& f : verdict.findings) findings.push_back(finding(f));
  out["findings"] = std::move(findings);
  Json comparisons = Json::array();
  for (std::size_t i = 0; i < report.comparisons.size(); ++i)
    comparisons.push_back(comparison(report.comparisons[i], judgement_of(report, i)));
  out["comparisons"] = std::move(comparisons);
  Json evidence = Json::array();
  for (const ProfileDiff& one : report.evidence) evidence.push_back(evidence_to_json(one));
  out["evidence"] = std::move(evidence);
  return out;
}

}  // namespace perfwarden::report
