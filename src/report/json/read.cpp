#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "json/cursor.hpp"
#include "json/parse.hpp"
#include "report/json/profile_diff.hpp"
#include "report/json/write.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {
namespace {

constexpr std::string_view k_cut_off_cure = "the file may be cut off; write it again with perfwarden";
constexpr std::size_t k_most_series = 100'000;
constexpr std::size_t k_most_values_read = 100'000;  // of one side
constexpr std::size_t k_most_profiles = 1000;
constexpr std::size_t k_most_recent = 1000;         // medians of earlier runs
constexpr std::size_t k_most_items_read = 100'000;  // warnings, findings, facts

std::vector<double> values(const json::Cursor& at) {
  std::vector<double> out;
  at.each(k_most_values_read, [&](const json::Cursor& item) { out.push_back(item.number()); });
  return out;
}

std::vector<Warning> warnings(const json::Cursor& at) {
  std::vector<Warning> out;
  at.each(k_most_items_read, [&](const json::Cursor& item) {
    out.push_back({item["code"].text(), item["text"].text()});
  });
  return out;
}

Summary summary(const json::Cursor& at) {
  return {at["n"].size(),
          at["median"].number(),
          at["mean"].number(),
          at["minimum"].number(),
          at["maximum"].number(),
          at["standard_deviation"].number(),
          at["coefficient_of_variation"].number()};
}

Interval interval(const json::Cursor& at) {
  return {at["low"].number(), at["high"].number(), at["confidence"].number()};
}

SeriesId series_id(const json::Cursor& at) {
  return {at["suite"].text(), at["benchmark"].text(), at["metric"].text()};
}

std::vector<Criterion> criteria(const json::Cursor& at) {
  std::vector<Criterion> out;
  at.each_member(k_criteria.size(), [&](const std::string& name, const json::Cursor& item) {
    const auto known = std::find(k_criteria.begin(), k_criteria.end(), name);
    if (known == k_criteria.end()) return item.fail("unknown criterion");
    out.push_back({*known, item["met"].flag(), item["detail"].text()});
  });
  // A JSON object has no order; the checklist has.
  const auto rank = [](const Criterion& c) { return std::find(k_criteria.begin(), k_criteria.end(), c.name); };
  std::sort(out.begin(), out.end(), [&](const Criterion& a, const Criterion& b) { return rank(a) < rank(b); });
  return out;
}

Comparison comparison(const json::Cursor& at) {
  Comparison c;
  c.id = series_id(at);
  c.metric = {c.id.metric, at["unit"].text(), at["better"].one_of<Better>(), at["deterministic"].flag(),
              at["primary"].flag()};
  c.presence = at["presence"].one_of<Presence>();
  c.design = at["design"].one_of<Design>();
  const json::Cursor exact = at["exact"];
  c.base = summary(exact["base"]);
  c.head = summary(exact["head"]);
  c.base_values = values(at["base_values"]);
  c.head_values = values(at["head_values"]);
  c.pairs = at["pairs"].size();
  c.ratio = exact["ratio"].number();
  c.ratio_interval = interval(exact["ratio_interval"]);
  c.difference = exact["difference"].number();
  c.difference_interval = interval(exact["difference_interval"]);
  c.head_interval = interval(exact["head_interval"]);
  // Older reports have no bounds: their intervals are wider.
  c.ratio_bounds = exact.has("ratio_bounds") ? interval(exact["ratio_bounds"]) : c.ratio_interval;
  c.difference_bounds = exact.has("difference_bounds") ? interval(exact["difference_bounds"]) : c.difference_interval;
  if (exact.has("fresh_ratio")) c.fresh_ratio = exact["fresh_ratio"].number();
  if (at.has("fresh_pairs")) c.fresh_pairs = at["fresh_pairs"].size();
  if (at.has("strongest")) c.strongest = at["strongest"].one_of<Confidence>();
  c.p = exact["p"].number();
  c.p_worse = exact["p_worse"].number();
  c.p_adjusted = exact["p_adjusted"].number();
  c.effect_d = at["effect_d"].number();
  c.minimum_detectable = exact["minimum_detectable"].number();
  c.significance = at["significance"].one_of<Significance>();
  c.criteria = criteria(at["criteria"]);
  if (!at["confidence"].is_null()) c.confidence = at["confidence"].one_of<Confidence>();
  c.method = at["method"].text();
  c.renamed_to = at["renamed_to"].text();
  if (at.has("failure")) c.failure = at["failure"].text();
  c.warnings = warnings(at["warnings"]);
  return c;
}

Judgement judgement(const json::Cursor& at) {
  Judgement judgement;
  judgement.outcome = at["verdict"].one_of<Outcome>();
  judgement.level = at["level"].one_of<Level>();
  judgement.gated = at["gated"].flag();
  if (at.has("accepted")) judgement.accepted = at["accepted"].flag();
  judgement.limit = at["limit"].text();
  return judgement;
}

Position position(const json::Cursor& at) {
  const auto small = [](const json::Cursor& number) {
    constexpr std::int64_t k_most = 1'000'000'000;
    const std::int64_t n = number.integer();
    if (n < 0 || n > k_most) number.fail("not a line or column");
    return n < 0 || n > k_most ? 0 : static_cast<int>(n);
  };
  return {at["file"].text(), small(at["line"]), small(at["column"])};
}

Finding finding(const json::Cursor& at) {
  Finding f;
  f.rule = at["rule"].text();
  f.series = series_id(at);
  f.level = at["level"].one_of<Level>();
  if (at.has("undecided")) f.undecided = at["undecided"].flag();
  if (at.has("not_measured")) f.not_measured = at["not_measured"].flag();
  if (at.has("accepted")) f.accepted = at["accepted"].flag();
  if (at.has("frame")) f.frame = at["frame"].text();
  f.op = at["op"].text();
  f.expected = at["expected"].number();
  f.actual = at["actual"].number();
  f.unit = at["unit"].text();
  f.reason = at["reason"].text();
  f.budget = at["budget"].text();
  f.where = position(at["where"]);
  return f;
}

SideInfo side(const json::Cursor& at) {
  SideInfo info;
  info.label = at["label"].text();
  if (at.has("tag")) info.tag = at["tag"].text();
  info.run.commit = at["commit"].text();
  info.run.branch = at["branch"].text();
  info.run.time = at["time"].text();
  info.run.session = at["session"].text();
  info.run.config_hash = at["config_hash"].text();
  info.run.tool = at["tool"].text();
  const json::Cursor machine = at["machine"];
  info.run.machine.fingerprint = machine["fingerprint"].text();
  machine["facts"].each(k_most_items_read, [&](const json::Cursor& fact) {
    info.run.machine.facts.emplace_back(fact["name"].text(), fact["value"].text());
  });
  return info;
}

RunContext context(const json::Cursor& at) {
  RunContext c;
  c.in_github = at["in_github"].flag();
  c.event = at["event"].text();
  c.repository = at["repository"].text();
  c.repository_id = at["repository_id"].integer();
  c.pull_request = at["pull_request"].integer();
  c.from_fork = at["from_fork"].flag();
  c.head_sha = at["head_sha"].text();
  c.base_sha = at["base_sha"].text();
  c.base_ref = at["base_ref"].text();
  c.head_ref = at["head_ref"].text();
  c.actor = at["actor"].text();
  c.run_id = at["run_id"].text();
  c.run_attempt = at["run_attempt"].text();
  c.workflow = at["workflow"].text();
  c.job = at["job"].text();
  c.server_url = at["server_url"].text();
  if (at.has("leg")) c.leg = at["leg"].text();
  return c;
}

StatisticsConfig statistics(const json::Cursor& at) {
  StatisticsConfig s;
  s.confidence = at["confidence"].number();
  s.significance = at["significance"].number();
  s.correction = at["correction"].one_of<Correction>();
  s.min_effect = at["min_effect"].number();
  s.high_effect = at["high_effect"].number();
  s.unstable_cv = at["unstable_cv"].number();
  if (at.has("false_alarms")) s.false_alarms = at["false_alarms"].number();
  s.inconclusive = at["inconclusive"].one_of<OnInconclusive>();
  if (at.has("fail_from")) s.fail_from = at["fail_from"].one_of<FailFrom>();
  return s;
}

Counts counts(const json::Cursor& at) {
  Counts out = {at["regressions"].size(),  at["improvements"].size(), at["passed"].size(),
                at["inconclusive"].size(), at["added"].size(),        at["vanished"].size(),
                at["hard"].size(),         at["soft"].size(),         at["warned"].size()};
  if (at.has("failed")) out.failed = at["failed"].size();
  if (at.has("placement")) out.placement = at["placement"].size();
  return out;
}

std::vector<std::string> texts(const json::Cursor& at) {
  std::vector<std::string> out;
  at.each(k_most_items_read, [&](const json::Cursor& item) { out.push_back(item.text()); });
  return out;
}

void read_identities(const json::Cursor& at, Report& r) {
  if (at.has("identities"))
    at["identities"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.head.run.identities.push_back({item["suite"].text(), item["answer"].one_of<SameProgram>(),
                                       item["measured"].flag(), texts(item["reasons"]), item["files"].size()});
    });
  if (at.has("causes"))
    at["causes"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.causes.push_back({item["suite"].text(), item["benchmark"].text(), item["cause"].one_of<Cause>(),
                          item["changed"].size(), texts(item["ran"]), item["reason"].text()});
    });
}

void read_tradeoffs(const json::Cursor& at, Report& r) {
  if (at.has("tradeoffs"))
    at["tradeoffs"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.verdict.tradeoffs.push_back({item["suite"].text(), item["benchmark"].text(), item["gain"].text(),
                                     item["cost"].text(), item["better_by"].number(), item["worse_by"].number(),
                                     item["rule"].text()});
    });
  if (at.has("recent"))
    at["recent"].each(k_most_items_read, [&](const json::Cursor& item) {
      const SeriesId id{item["suite"].text(), item["benchmark"].text(), item["metric"].text()};
      item["medians"].each(k_most_recent, [&](const json::Cursor& value) { r.recent[id].push_back(value.number()); });
    });
}

void read_hypotheses(const json::Cursor& at, Report& r) {
  if (at.has("hypotheses"))
    at["hypotheses"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.hypotheses.push_back({item["suite"].text(), item["benchmark"].text(), item["kind"].text(), item["claim"].text(),
                              item["share"].number(), texts(item["evidence"]), item["refute"].text()});
    });
  if (at.has("counters"))
    at["counters"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.counters.push_back(
          {item["suite"].text(), item["counter"].text(), item["base"].number(), item["head"].number()});
    });
  if (at.has("assistance")) {
    const json::Cursor model = at["assistance"];
    r.assistance = {model["source"].text(), model["summary"].text(), texts(model["recommendations"]),
                    model["dropped"].size(), model["problem"].text()};
  }
  if (at.has("endpoints"))
    at["endpoints"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.endpoints.push_back({item["endpoint"].text(), item["span"].text(), item["function"].text(),
                             item["change"].text(), item["base"].number(), item["head"].number(), item["spans"].size(),
                             item["seconds"].number(), item["trace"].text()});
    });
  if (at.has("commits"))
    at["commits"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.commits.push_back({item["hash"].text(), item["subject"].text()});
    });
  if (at.has("commits_in_range")) r.commits_in_range = at["commits_in_range"].size();
  if (at.has("build_differences"))
    at["build_differences"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.build_differences.push_back(
          {item["suite"].text(), item["what"].text(), item["base"].text(), item["head"].text()});
    });
}

Rating rating(const json::Cursor& at) {
  return {.cpu = at["cpu"].number(),
          .memory = at["memory"].number(),
          .overall = at["overall"].number(),
          .cpu_measured = false,
          .memory_measured = false};
}

Analysis analysis(const json::Cursor& at) {
  Analysis out;
  if (!at.has("analysis")) return out;
  at["analysis"]["entries"].each(k_most_items_read, [&](const json::Cursor& item) {
    out.entries.push_back({.subject = item["subject"].one_of<AnalysisSubject>(),
                           .change = item["change"].one_of<AnalysisChange>(),
                           .name = item["name"].text(),
                           .metric = item["metric"].text(),
                           .unit = item["unit"].text(),
                           .base = item["base"].number(),
                           .head = item["head"].number(),
                           .size = item["size"].number(),
                           .plain = item["plain"].flag()});
  });
  if (!at["rating"].is_null()) out.rating = rating(at["rating"]);
  for (const std::string& measured : texts(at["analysis"]["rated_from"])) {
    if (out.rating && measured == "cpu") out.rating->cpu_measured = true;
    if (out.rating && measured == "memory") out.rating->memory_measured = true;
  }
  return out;
}

std::uint64_t seed(const json::Cursor& at) {
  const std::string digits = at.text();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) at.fail("expected digits");
  return value;
}

// Reports of 0.1.0 lack this member.
bool has_baseline(const json::Cursor& at, const Report& report) {
  if (at.has("has_baseline")) return at["has_baseline"].flag();
  return !report.base.run.commit.empty() ||
         std::any_of(report.comparisons.begin(), report.comparisons.end(),
                     [](const Comparison& one) { return one.presence != Presence::only_head; });
}

Report report(const json::Cursor& at) {
  Report r;
  r.tool_version = at["tool_version"].text();
  r.project = at["project"].text();
  r.context = context(at["context"]);
  r.base = side(at["base"]);
  r.head = side(at["head"]);
  r.design = at["design"].one_of<Design>();
  r.mode = at["mode"].one_of<Mode>();
  r.statistics = statistics(at["statistics"]);
  at["comparisons"].each(k_most_series, [&](const json::Cursor& item) {
    if (item.failed()) return;
    r.comparisons.push_back(comparison(item));
    r.verdict.judgements.push_back(judgement(item));
  });
  r.verdict.conclusion = at["verdict"].one_of<Conclusion>();
  at["findings"].each(k_most_items_read,
                      [&](const json::Cursor& item) { r.verdict.findings.push_back(finding(item)); });
  r.verdict.counts = counts(at["counts"]);
  const json::Cursor accepted = at["override"];
  r.verdict.overridden = accepted["applied"].flag();
  r.verdict.override_note = accepted["note"].text();
  r.override_label = accepted["label"].text();
  if (accepted.has("accepted"))
    accepted["accepted"].each(k_most_items_read, [&](const json::Cursor& item) {
      r.accepted.push_back({item["by"].text(), item["reason"].text(), item["glob"].text()});
    });
  r.has_baseline = has_baseline(at, r);
  if (at.has("left_out"))
    at["left_out"].each(k_most_items_read, [&](const json::Cursor& item) { r.left_out.push_back(item.text()); });
  read_identities(at, r);
  read_tradeoffs(at, r);
  r.verdict.warnings = warnings(at["verdict_warnings"]);
  at["machine_differences"].each(k_most_items_read, [&](const json::Cursor& item) {
    r.machine_differences.push_back({item["fact"].text(), item["base"].text(), item["head"].text()});
  });
  r.warnings = warnings(at["warnings"]);
  r.reproduce = at["reproduce"].text();
  r.config_file = at["config_file"].text();
  r.config_hash = at["config_hash"].text();
  r.measured_s = at["measured_s"].number();
  r.time = at["time"].text();
  r.seed = seed(at["seed"]);
  if (at.has("evidence"))
    at["evidence"].each(k_most_profiles,
                        [&](const json::Cursor& item) { r.evidence.push_back(evidence_from_json(item)); });
  r.analysis = analysis(at);
  read_hypotheses(at, r);
  return r;
}

}  // namespace

Result<Report> read_json(std::string_view text, const std::string& file_name) {
  PW_TRY_ASSIGN(const nlohmann::json json, json::parse(text, file_name, {.hint = k_cut_off_cure}));
  json::Cursor::Problem problem;
  const json::Cursor root(json, "", problem);
  const std::string schema = root["schema"].text();
  if (problem.what.empty() && schema != k_report_schema)
    return Error{
        .kind = ErrorKind::parse,
        .what = fmt::format("schema '{}' is not {}", text::truncate(text::one_line(schema), 60), k_report_schema),
        .where = file_name,
        .hint = "write the report with this version of perfwarden"};
  Report out = report(root);
  if (!problem.what.empty())
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("{}: {}", problem.place, problem.what),
                 .where = file_name,
                 .hint = "a report is written by perfwarden check --json or report --format json"};
  return out;
}

}  // namespace perfwarden::report
