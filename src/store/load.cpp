#include "store/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "store/encode.hpp"
#include "store/profiles.hpp"

namespace perfwarden::store {
namespace {

Error damaged(const Connection& connection, const std::string& what) {
  return {.kind = ErrorKind::store,
          .what = fmt::format("the values of {} are damaged", text::one_line(what)),
          .where = connection.place(),
          .hint = "restore the history from the cache, or move it away to start a new one"};
}

// Series whose raw values are no longer kept come without any.
Status load_series(Connection& connection, std::int64_t run, Samples& samples, bool& all_raw) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare("SELECT suite, benchmark, metric, unit, better, deterministic, is_primary, "
                                   "original_unit, invocations, warnings, naming, raw.run_id FROM samples "
                                   "JOIN series ON series.id = samples.series_id "
                                   "LEFT JOIN raw ON raw.run_id = samples.run_id AND raw.series_id = samples.series_id "
                                   "WHERE samples.run_id = $1"));
  rows->bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    Series series;
    series.id = {rows->text(0), rows->text(1), rows->text(2)};
    series.metric = {series.id.metric, rows->text(3), from_name<Better>(rows->text(4)).value_or(Better::lower),
                     rows->integer(5) != 0, rows->integer(6) != 0};
    series.original_unit = rows->text(7);
    if (rows->integer(11) == run) {
      auto values = decode_numbers(rows->text(8));
      if (!values) return damaged(connection, fmt::format("'{}'", series.id.path()));
      series.invocations = std::move(*values);
    } else {
      all_raw = false;
    }
    series.warnings = decode_warnings(rows->text(9));
    decode_naming(rows->text(10), series);
    samples.series.push_back(std::move(series));
  }
  std::sort(samples.series.begin(), samples.series.end(), [](const Series& a, const Series& b) { return a.id < b.id; });
  return Nothing{};
}

// A run without its values, and the digest by which they are checked.
struct KeptRun {
  RunRecord record;
  std::string digest;
};

Result<KeptRun> kept_run(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(
      const std::unique_ptr<Statement> query,
      connection.prepare("SELECT commit_sha, branch, time, session, config_hash, tool, fingerprint, facts, times, "
                         "warnings, failures, identity, role, base_commit, event, pull_request, conclusion, digest, "
                         "parents, rating_cpu, rating_memory "
                         "FROM runs JOIN machines ON machines.id = machine_id WHERE runs.id = $1"));
  PW_TRY_ASSIGN(const bool found, query->bind(run).step());
  if (!found) return damaged(connection, "a run");
  KeptRun out;
  RunRecord& record = out.record;
  RunInfo& info = record.run;
  info.commit = query->text(0);
  info.branch = query->text(1);
  info.time = query->text(2);
  info.session = query->text(3);
  info.config_hash = query->text(4);
  info.tool = query->text(5);
  info.machine.fingerprint = query->text(6);
  decode_facts(query->text(7), info.machine);
  info.times = decode_times(query->text(8));
  record.head.run = info;
  record.head.warnings = decode_warnings(query->text(9));
  record.head.failures = decode_failures(query->text(10));
  record.identity = query->text(11);
  record.role = query->text(12) == "base" ? RunRole::base : RunRole::head;
  record.base_commit = query->text(13);
  record.event = query->text(14);
  record.pull_request = query->integer(15);
  record.conclusion = query->text(16);
  out.digest = query->text(17);
  const std::string parents = query->text(18);
  for (const std::string_view parent : text::split(parents, ' '))
    if (!parent.empty()) record.parents.emplace_back(parent);
  record.rating = decode_rating(query->real(19), query->real(20));
  return out;
}

// A run with its raw values, which are as they were saved.
Result<RunRecord> load_measured(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(KeptRun kept, kept_run(connection, run));
  Samples& samples = kept.record.head;
  const std::string name = "the run of commit " + samples.run.commit.substr(0, 10);
  bool all_raw = true;
  PW_TRY(load_series(connection, run, samples, all_raw));
  if (!all_raw)
    return Error{.kind = ErrorKind::store,
                 .what = text::one_line(name) + " is too old: its raw values are no longer kept",
                 .where = connection.place(),
                 .hint = "measure the commit again; `perfwarden history prune --raw` says how long they are kept"};
  if (!kept.digest.empty() && kept.digest != digest_of(samples.run, samples.series, samples.failures))
    return damaged(connection, name);
  return std::move(kept.record);
}

}  // namespace

Status load_comparisons(Connection& connection, std::int64_t run, std::vector<Comparison>& out) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare("SELECT suite, benchmark, metric, presence, design, base_n, base_median, base_cv, "
                                   "base_values, head_n, head_median, head_cv, pairs, ratio, ratio_low, ratio_high, "
                                   "difference, difference_low, difference_high, interval_confidence, p, p_adjusted, "
                                   "effect_d, minimum_detectable, significance, confidence, method, renamed_to, "
                                   "criteria, warnings FROM comparisons JOIN series ON series.id = series_id "
                                   "WHERE run_id = $1 ORDER BY suite, benchmark, metric"));
  rows->bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return Nothing{};
    Comparison& c = out.emplace_back();
    c.id = {rows->text(0), rows->text(1), rows->text(2)};
    c.presence = from_name<Presence>(rows->text(3)).value_or(Presence::both);
    c.design = from_name<Design>(rows->text(4)).value_or(Design::cached);
    c.base.n = static_cast<std::size_t>(rows->integer(5));
    c.base.median = rows->real(6);
    c.base.coefficient_of_variation = rows->real(7);
    const auto values = decode_values(rows->text(8));
    if (values && !values->empty()) c.base_values = values->front();
    c.head.n = static_cast<std::size_t>(rows->integer(9));
    c.head.median = rows->real(10);
    c.head.coefficient_of_variation = rows->real(11);
    c.pairs = static_cast<std::size_t>(rows->integer(12));
    c.ratio = rows->real(13);
    c.ratio_interval = {rows->real(14), rows->real(15), rows->real(19)};
    c.difference = rows->real(16);
    c.difference_interval = {rows->real(17), rows->real(18), rows->real(19)};
    c.p = rows->real(20);
    c.p_adjusted = rows->real(21);
    c.effect_d = rows->real(22);
    c.minimum_detectable = rows->real(23);
    c.significance = from_name<Significance>(rows->text(24)).value_or(Significance::undecidable);
    c.confidence = from_name<Confidence>(rows->text(25));
    c.method = rows->text(26);
    c.renamed_to = rows->text(27);
    c.criteria = decode_criteria(rows->text(28));
    c.warnings = decode_warnings(rows->text(29));
  }
}

Status load_findings(Connection& connection, std::int64_t run, std::vector<Finding>& out) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare("SELECT suite, benchmark, metric, rule, level, op, expected, actual, unit, budget, "
                                   "reason FROM findings WHERE run_id = $1 ORDER BY position"));
  rows->bind(run);
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return Nothing{};
    Finding& f = out.emplace_back();
    f.series = {rows->text(0), rows->text(1), rows->text(2)};
    f.rule = rows->text(3);
    f.level = from_name<Level>(rows->text(4)).value_or(Level::inconclusive);
    f.op = rows->text(5);
    f.expected = rows->real(6);
    f.actual = rows->real(7);
    f.unit = rows->text(8);
    f.budget = rows->text(9);
    f.reason = rows->text(10);
  }
}

Result<RunRecord> load_run(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(KeptRun kept, kept_run(connection, run));
  return std::move(kept.record);
}

Result<Samples> load_samples(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(RunRecord record, load_measured(connection, run));
  return std::move(record.head);
}

Result<RunRecord> load(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(RunRecord record, load_measured(connection, run));
  PW_TRY(load_comparisons(connection, run, record.comparisons));
  PW_TRY(load_findings(connection, run, record.findings));
  PW_TRY(load_profiles(connection, run, record.profiles));
  return record;
}

Result<bool> has_raw(Connection& connection, std::int64_t run) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query,
                connection.prepare("SELECT count(*) FROM samples WHERE run_id = $1 AND NOT EXISTS "
                                   "(SELECT 1 FROM raw WHERE raw.run_id = samples.run_id AND "
                                   "raw.series_id = samples.series_id)"));
  PW_TRY_ASSIGN(const std::int64_t without, query->bind(run).run_for_integer());
  return without == 0;
}

Result<std::vector<std::int64_t>> run_ids(Connection& connection) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> query, connection.prepare("SELECT id FROM runs ORDER BY time, id"));
  std::vector<std::int64_t> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return out;
    out.push_back(query->integer(0));
  }
}

}  // namespace perfwarden::store
