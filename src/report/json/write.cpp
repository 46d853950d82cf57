#include "report/json/write.hpp"

#include <array>
#include <cmath>

#include "base/text.hpp"
#include "json/object_writer.hpp"
#include "json/write.hpp"
#include "report/build.hpp"
#include "report/geomean.hpp"
#include "report/json/profile_diff.hpp"
#include "report/view/analysis.hpp"
#include "report/view/facts.hpp"

namespace perfwarden::report {
namespace {

using Json = nlohmann::ordered_json;

using json::exact_number;
using json::ObjectWriter;

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

void put_summary(ObjectWriter& out, const Summary& side) {
  out.whole("n", side.n);
  out.exact("median", side.median);
  out.exact("mean", side.mean);
  out.exact("minimum", side.minimum);
  out.exact("maximum", side.maximum);
  out.exact("standard_deviation", side.standard_deviation);
  out.exact("coefficient_of_variation", side.coefficient_of_variation);
}

void put_interval(ObjectWriter& out, std::string_view key, const Interval& i) {
  out.object(key, [&](ObjectWriter& in) {
    in.exact("low", i.low);
    in.exact("high", i.high);
    in.exact("confidence", i.confidence);
  });
}

// From which read_json restores the Comparison.
void put_exact(ObjectWriter& out, const Comparison& c) {
  out.exact("ratio", c.ratio);
  put_interval(out, "ratio_interval", c.ratio_interval);
  out.exact("difference", c.difference);
  put_interval(out, "difference_interval", c.difference_interval);
  put_interval(out, "head_interval", c.head_interval);
  put_interval(out, "ratio_bounds", c.ratio_bounds);
  put_interval(out, "difference_bounds", c.difference_bounds);
  out.exact("fresh_ratio", c.fresh_ratio);
  out.exact("p", c.p);
  out.exact("p_worse", c.p_worse);
  out.exact("p_adjusted", c.p_adjusted);
  out.exact("minimum_detectable", c.minimum_detectable);
  out.object("base", [&](ObjectWriter& in) { put_summary(in, c.base); });
  out.object("head", [&](ObjectWriter& in) { put_summary(in, c.head); });
}

// What people and jq read; null when unknown.
void put_numbers(ObjectWriter& out, const Comparison& c) {
  out.text("suite", c.id.suite);
  out.text("benchmark", c.id.benchmark);
  out.text("metric", c.id.metric);
  out.text("unit", c.metric.unit);
  out.number("base", c.base.median);
  out.number("head", c.head.median);
  out.number("change_percent", (c.ratio - 1) * 100);
  out.numbers("interval", std::array{(c.ratio_interval.low - 1) * 100, (c.ratio_interval.high - 1) * 100});
  out.number("p", c.p);
  out.number("p_adjusted", c.p_adjusted);
  out.exact("effect_d", c.effect_d);
  out.number("mde_percent", c.minimum_detectable * 100);
  out.whole("pairs", c.pairs);
  out.object("criteria", [&](ObjectWriter& in) {
    for (const Criterion& criterion : c.criteria)
      in.object(criterion.name, [&](ObjectWriter& one) {
        one.flag("met", criterion.met);
        one.text("detail", criterion.detail);
      });
  });
}

void put_comparison(ObjectWriter& out, const Comparison& c, const Judgement& judgement) {
  put_numbers(out, c);
  if (c.confidence) {
    out.text("confidence", name_of(*c.confidence));
  } else {
    out.null("confidence");
  }
  out.text("verdict", name_of(judgement.outcome));
  out.text("level", name_of(judgement.level));
  out.objects("warnings", c.warnings, [](ObjectWriter& in, const Warning& warning) {
    in.text("code", warning.code);
    in.text("text", warning.text);
  });
  out.text("limit", judgement.limit);
  out.flag("gated", judgement.gated);
  if (judgement.accepted) out.flag("accepted", true);
  out.text("presence", name_of(c.presence));
  if (!c.failure.empty()) out.text("failure", c.failure);
  out.text("renamed_to", c.renamed_to);
  out.text("design", name_of(c.design));
  out.text("method", c.method);
  out.text("significance", name_of(c.significance));
  out.text("strongest", name_of(c.strongest));
  out.whole("fresh_pairs", c.fresh_pairs);
  out.text("better", name_of(c.metric.better));
  out.flag("deterministic", c.metric.deterministic);
  out.flag("primary", c.metric.primary);
  out.object("exact", [&](ObjectWriter& in) { put_exact(in, c); });
  out.exact("base_values", c.base_values);
  out.exact("head_values", c.head_values);
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
  Json out{{"commit", info.run.commit},
           {"label", info.label},
           {"branch", info.run.branch},
           {"time", info.run.time},
           {"session", info.run.session},
           {"config_hash", info.run.config_hash},
           {"tool", info.run.tool},
           {"machine", {{"fingerprint", info.run.machine.fingerprint}, {"facts", std::move(facts)}}}};
  if (!info.tag.empty()) out["tag"] = info.tag;
  return out;
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

// The flat list that an entry belongs to; null for improvements of benchmarks, which `comparisons` has.
const char* list_of(const AnalysisEntry& entry) {
  const bool benchmark = entry.subject == AnalysisSubject::benchmark;
  const bool memory = entry.subject == AnalysisSubject::memory;
  switch (entry.change) {
    case AnalysisChange::added:
      return "new_hotspots";
    case AnalysisChange::removed:
      return "removed_hotspots";
    case AnalysisChange::regression:
      return benchmark ? "benchmark_regressions" : memory ? "memory_regressions" : "cpu_regressions";
    case AnalysisChange::improvement:
      return benchmark ? "benchmark_improvements" : memory ? "memory_improvements" : "cpu_improvements";
  }
  return nullptr;
}

Json rating(const std::optional<Rating>& rating) {
  if (!rating) return nullptr;
  // Whole numbers as such: scripts compare them with [ -lt ].
  const auto number = [](double value) {
    return value == std::floor(value) ? Json(static_cast<int>(value)) : Json(value);
  };
  return {{"cpu", number(rating->cpu)}, {"memory", number(rating->memory)}, {"overall", number(rating->overall)}};
}

void put_flat(Json& out, const Report& report, const Templates& templates) {
  for (const char* key : {"cpu_improvements", "cpu_regressions", "memory_improvements", "memory_regressions",
                          "new_hotspots", "removed_hotspots", "benchmark_regressions", "benchmark_improvements"})
    out[key] = Json::array();
  for (const AnalysisEntry& entry : report.analysis.entries)
    out[list_of(entry)].push_back(entry_text(Medium::plain, entry));
  out["rating"] = rating(report.analysis.rating);
  out["summary"] = verdict_line(report, templates);
  out["recommendations"] = next_steps(report, templates);
  out["geomeans"] = Json::array();
  for (const Geomean& one : geomeans_of(report))
    out["geomeans"].push_back({{"metric", one.metric.name},
                               {"unit", one.metric.unit},
                               {"benchmarks", one.benchmarks},
                               {"change_percent", exact_number((one.ratio - 1) * 100)}});
}

Json analysis(const Analysis& analysis) {
  Json entries = Json::array();
  for (const AnalysisEntry& entry : analysis.entries)
    entries.push_back({{"subject", name_of(entry.subject)},
                       {"change", name_of(entry.change)},
                       {"name", entry.name},
                       {"metric", entry.metric},
                       {"unit", entry.unit},
                       {"base", exact_number(entry.base)},
                       {"head", exact_number(entry.head)},
                       {"size", exact_number(entry.size)},
                       {"plain", entry.plain}});
  Json measured = Json::array();
  if (analysis.rating && analysis.rating->cpu_measured) measured.push_back("cpu");
  if (analysis.rating && analysis.rating->memory_measured) measured.push_back("memory");
  return {{"entries", std::move(entries)}, {"rated_from", std::move(measured)}};
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

Json hypotheses(const std::vector<Hypothesis>& all) {
  Json out = Json::array();
  for (const Hypothesis& one : all)
    out.push_back({{"suite", one.suite},
                   {"benchmark", one.benchmark},
                   {"kind", one.kind},
                   {"claim", one.claim},
                   {"share", exact_number(one.share)},
                   {"evidence", one.evidence},
                   {"refute", one.refute}});
  return out;
}

// What hypotheses are made from, beside what is above, and what git says of the range.
void put_facts(Json& out, const Report& report) {
  if (const Assistance& model = report.assistance; !model.source.empty())
    out["assistance"] = {{"source", model.source},
                         {"summary", model.summary},
                         {"recommendations", model.recommendations},
                         {"dropped", model.dropped},
                         {"problem", model.problem}};
  for (const EndpointTie& one : report.endpoints)
    out["endpoints"].push_back({{"endpoint", one.endpoint},
                                {"span", one.span},
                                {"function", one.function},
                                {"change", one.change},
                                {"base", exact_number(one.base)},
                                {"head", exact_number(one.head)},
                                {"spans", one.spans},
                                {"seconds", exact_number(one.seconds)},
                                {"trace", one.trace}});
  for (const RangeCommit& one : report.commits)
    out["commits"].push_back({{"hash", one.hash}, {"subject", one.subject}});
  if (report.commits_in_range > 0) out["commits_in_range"] = report.commits_in_range;
  for (const CounterChange& one : report.counters)
    out["counters"].push_back({{"suite", one.suite},
                               {"counter", one.counter},
                               {"base", exact_number(one.base)},
                               {"head", exact_number(one.head)}});
  for (const BuildDifference& one : report.build_differences)
    out["build_differences"].push_back(
        {{"suite", one.suite}, {"what", one.what}, {"base", one.base}, {"head", one.head}});
}

// All but the comparisons and the evidence, which follow.
Json head_of(const Report& report, const Templates& templates) {
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
  out["analysis"] = analysis(report.analysis);
  out["hypotheses"] = hypotheses(report.hypotheses);
  put_facts(out, report);
  return out;
}

Json evidence_of(const Report& report) {
  Json out = Json::array();
  for (const ProfileDiff& one : report.evidence) out.push_back(evidence_to_json(one));
  return out;
}

}  // namespace

std::string to_text(const Report& report, const Templates& templates) {
  std::string out = json::dump(head_of(report, templates));
  out.back() = ',';  // instead of its closing brace
  constexpr std::size_t k_usual_bytes = 3000;
  out.reserve(out.size() + report.comparisons.size() * k_usual_bytes);
  out += R"("comparisons":[)";
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    if (i > 0) out += ',';
    ObjectWriter one(out);
    put_comparison(one, report.comparisons[i], judgement_of(report, i));
  }
  out += R"(],"evidence":)" + json::dump(evidence_of(report)) + "}";
  return out;
}

nlohmann::ordered_json to_json(const Report& report, const Templates& templates) {
  return json::ordered(to_text(report, templates));
}

}  // namespace perfwarden::report
