#include "store/save.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "store/encode.hpp"

namespace perfwarden::store {
namespace {

// "INSERT INTO table (a, b) VALUES ($1, $2)"
std::string insert_into(std::string_view table, std::string_view columns) {
  std::string parameters = "$1";
  for (std::ptrdiff_t i = 0; i < std::count(columns.begin(), columns.end(), ','); ++i)
    parameters += fmt::format(", ${}", i + 2);
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, parameters);
}

// Session and commit identify a run; a run without a session (one side, or read from files) is identified by its
// content, so that a file that is read twice is kept once.
std::string identity_of(const RunRecord& record) {
  if (!record.run.session.empty()) return record.run.session + "/" + record.run.commit;
  std::uint64_t hash = fnv1a(record.run.time, fnv1a(record.run.machine.fingerprint, fnv1a(record.run.config_hash)));
  hash = fnv1a(record.run.seed, fnv1a(encode_times(record.run.times), hash));
  for (const Series& series : record.head.series)
    hash = fnv1a(encode_values(series.invocations), fnv1a(series.id.path(), hash));
  return hex16(hash) + "/" + record.run.commit;
}

// A Saver writes runs within one transaction, with statements that are prepared once.
class Saver {
 public:
  [[nodiscard]] Status prepare(Connection& connection);
  [[nodiscard]] Result<std::int64_t> save(const RunRecord& record);

 private:
  using Prepared = std::unique_ptr<Statement>;
  [[nodiscard]] Status read_series_ids(Connection& connection);
  [[nodiscard]] Result<std::int64_t> series_id(const SeriesId& id);
  [[nodiscard]] Result<std::int64_t> save_run(const RunRecord& record);
  [[nodiscard]] Status save_samples(std::int64_t run, const Samples& samples);
  [[nodiscard]] Status save_comparisons(std::int64_t run, const std::vector<Comparison>& comparisons);
  [[nodiscard]] Status save_findings(std::int64_t run, const std::vector<Finding>& findings);

  std::map<SeriesId, std::int64_t> series_ids_;
  Prepared machine_, run_, series_, sample_, comparison_, finding_;
  std::vector<Prepared> forget_;
};

Status Saver::prepare(Connection& connection) {
  PW_TRY(read_series_ids(connection));
  // Setting a column of a known row to what it is makes RETURNING give the row's id.
  const std::array<std::pair<Prepared&, std::string>, 6> statements{{
      {machine_, insert_into("machines", "fingerprint, facts") +
                     " ON CONFLICT (fingerprint, facts) DO UPDATE SET facts = excluded.facts RETURNING id"},
      {run_, insert_into("runs",
                         "identity, session, commit_sha, branch, time, machine_id, config_hash, tool, base_commit, "
                         "event, pull_request, conclusion, warnings, times, failures, digest") +
                 " ON CONFLICT (identity) DO UPDATE SET branch = excluded.branch, time = excluded.time, "
                 "machine_id = excluded.machine_id, config_hash = excluded.config_hash, tool = excluded.tool, "
                 "base_commit = excluded.base_commit, event = excluded.event, pull_request = excluded.pull_request, "
                 "conclusion = excluded.conclusion, warnings = excluded.warnings, times = excluded.times, "
                 "failures = excluded.failures, digest = excluded.digest RETURNING id"},
      {series_, insert_into("series", "suite, benchmark, metric") +
                    " ON CONFLICT (suite, benchmark, metric) DO UPDATE SET suite = excluded.suite RETURNING id"},
      {sample_, insert_into("samples",
                            "run_id, series_id, unit, better, deterministic, is_primary, original_unit, invocations, "
                            "n, median, q1, q3, warnings, naming") +
                    " ON CONFLICT DO NOTHING"},
      {comparison_,
       insert_into("comparisons",
                   "run_id, series_id, presence, design, base_n, base_median, base_cv, base_values, head_n, "
                   "head_median, head_cv, pairs, ratio, ratio_low, ratio_high, difference, difference_low, "
                   "difference_high, interval_confidence, p, p_adjusted, effect_d, minimum_detectable, significance, "
                   "confidence, method, renamed_to, criteria, warnings") +
           " ON CONFLICT DO NOTHING"},
      {finding_, insert_into("findings",
                             "run_id, position, suite, benchmark, metric, rule, level, op, expected, actual, unit, "
                             "budget, reason")},
  }};
  for (const auto& [statement, sql] : statements) {
    PW_TRY_ASSIGN(statement, connection.prepare(sql));
  }
  for (const char* table : {"samples", "comparisons", "findings"}) {
    PW_TRY_ASSIGN(Prepared statement, connection.prepare(fmt::format("DELETE FROM {} WHERE run_id = $1", table)));
    forget_.push_back(std::move(statement));
  }
  return Nothing{};
}

Status Saver::read_series_ids(Connection& connection) {
  PW_TRY_ASSIGN(const Prepared query, connection.prepare("SELECT id, suite, benchmark, metric FROM series"));
  while (true) {
    PW_TRY_ASSIGN(const bool row, query->step());
    if (!row) return Nothing{};
    series_ids_.emplace(SeriesId{query->text(1), query->text(2), query->text(3)}, query->integer(0));
  }
}

Result<std::int64_t> Saver::series_id(const SeriesId& id) {
  const auto known = series_ids_.find(id);
  if (known != series_ids_.end()) return known->second;
  PW_TRY_ASSIGN(const std::int64_t made, series_->bind(id.suite).bind(id.benchmark).bind(id.metric).run_for_integer());
  series_ids_.emplace(id, made);
  return made;
}

// Saving a run again replaces its rows and keeps its id.
Result<std::int64_t> Saver::save(const RunRecord& record) {
  PW_TRY_ASSIGN(const std::int64_t run, save_run(record));
  for (const Prepared& forget : forget_) PW_TRY(forget->bind(run).run());
  PW_TRY(save_samples(run, record.head));
  PW_TRY(save_comparisons(run, record.comparisons));
  PW_TRY(save_findings(run, record.findings));
  return run;
}

Result<std::int64_t> Saver::save_run(const RunRecord& record) {
  const RunInfo& run = record.run;
  PW_TRY_ASSIGN(const std::int64_t machine,
                machine_->bind(run.machine.fingerprint).bind(encode_facts(run.machine)).run_for_integer());
  run_->bind(identity_of(record)).bind(run.session).bind(run.commit).bind(run.branch).bind(run.time).bind(machine);
  run_->bind(run.config_hash).bind(run.tool).bind(record.base_commit).bind(record.event).bind(record.pull_request);
  run_->bind(record.conclusion).bind(encode_warnings(record.head.warnings)).bind(encode_times(run.times));
  run_->bind(encode_failures(record.head.failures)).bind(digest_of(run, record.head.series, record.head.failures));
  return run_->run_for_integer();
}

Status Saver::save_samples(std::int64_t run, const Samples& samples) {
  for (const Series& series : samples.series) {
    PW_TRY_ASSIGN(const std::int64_t id, series_id(series.id));
    const Quartiles q = quartiles(series.invocations);
    sample_->bind(run).bind(id).bind(series.metric.unit).bind(name_of(series.metric.better));
    sample_->bind(series.metric.deterministic).bind(series.metric.primary).bind(series.original_unit);
    sample_->bind_bytes(encode_values(series.invocations)).bind(q.n).bind(q.median).bind(q.q1).bind(q.q3);
    PW_TRY(sample_->bind(encode_warnings(series.warnings)).bind(encode_naming(series)).run());
  }
  return Nothing{};
}

Status Saver::save_comparisons(std::int64_t run, const std::vector<Comparison>& comparisons) {
  for (const Comparison& c : comparisons) {
    PW_TRY_ASSIGN(const std::int64_t id, series_id(c.id));
    Statement& row = *comparison_;
    row.bind(run).bind(id).bind(name_of(c.presence)).bind(name_of(c.design));
    row.bind(c.base.n).bind(c.base.median).bind(c.base.coefficient_of_variation);
    row.bind_bytes(encode_values({c.base_values}));
    row.bind(c.head.n).bind(c.head.median).bind(c.head.coefficient_of_variation).bind(c.pairs);
    row.bind(c.ratio).bind(c.ratio_interval.low).bind(c.ratio_interval.high);
    row.bind(c.difference).bind(c.difference_interval.low).bind(c.difference_interval.high);
    row.bind(c.ratio_interval.confidence).bind(c.p).bind(c.p_adjusted).bind(c.effect_d).bind(c.minimum_detectable);
    row.bind(name_of(c.significance)).bind(c.confidence ? name_of(*c.confidence) : "").bind(c.method);
    PW_TRY(row.bind(c.renamed_to).bind(encode_criteria(c.criteria)).bind(encode_warnings(c.warnings)).run());
  }
  return Nothing{};
}

Status Saver::save_findings(std::int64_t run, const std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding& f = findings[i];
    finding_->bind(run).bind(i).bind(f.series.suite).bind(f.series.benchmark).bind(f.series.metric).bind(f.rule);
    finding_->bind(name_of(f.level)).bind(f.op).bind(f.expected).bind(f.actual).bind(f.unit).bind(f.budget);
    PW_TRY(finding_->bind(f.reason).run());
  }
  return Nothing{};
}

}  // namespace

Result<std::vector<std::int64_t>> save(Connection& connection, std::span<const RunRecord> records) {
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  Saver saver;
  PW_TRY(saver.prepare(connection));
  std::vector<std::int64_t> ids;
  ids.reserve(records.size());
  for (const RunRecord& record : records) {
    PW_TRY_ASSIGN(const std::int64_t id, saver.save(record));
    ids.push_back(id);
  }
  PW_TRY(transaction.commit());
  return ids;
}

}  // namespace perfwarden::store
