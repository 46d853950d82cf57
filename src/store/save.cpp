#include "store/save.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "store/browse.hpp"
#include "store/encode.hpp"
#include "store/profiles.hpp"

namespace perfwarden::store {
namespace {

// Session and commit identify a run; a run without a session (one side, or read from files) is identified by its
// content, so that a file that is read twice is kept once.
std::string identity_of(const RunRecord& record) {
  if (!record.identity.empty()) return record.identity;
  const std::string_view side = record.role == RunRole::base ? "/base" : "";
  if (!record.run.session.empty()) return fmt::format("{}/{}{}", record.run.session, record.run.commit, side);
  std::uint64_t hash = fnv1a(record.run.time, fnv1a(record.run.machine.fingerprint, fnv1a(record.run.config_hash)));
  hash = fnv1a(record.run.seed, fnv1a(encode_times(record.run.times), hash));
  for (const Series& series : record.head.series)
    hash = fnv1a(encode_values(series.invocations), fnv1a(series.id.path(), hash));
  return hex16(hash) + "/" + record.run.commit;
}

struct Numbered {
  const RunRecord* record;
  std::int64_t id;
};

// A Saver writes runs within one transaction: first what is asked for one by one, then the rows of many, in bulk.
class Saver {
 public:
  explicit Saver(Connection& connection) : connection_(&connection) {}
  [[nodiscard]] Result<std::vector<std::int64_t>> save(std::span<const RunRecord> records);

 private:
  using Prepared = std::unique_ptr<Statement>;
  [[nodiscard]] Status prepare();
  [[nodiscard]] Result<std::int64_t> save_run(const RunRecord& record);
  [[nodiscard]] Status read_series_ids();
  [[nodiscard]] Status make_series(std::span<const RunRecord> records);
  [[nodiscard]] Status save_samples(std::span<const Numbered> runs);
  [[nodiscard]] Status save_raw(std::span<const Numbered> runs);
  [[nodiscard]] Status save_comparisons(std::span<const Numbered> runs);
  [[nodiscard]] Status save_findings(std::span<const Numbered> runs);
  [[nodiscard]] Status save_profiles(std::span<const Numbered> runs);

  Connection* connection_;
  std::map<SeriesId, std::int64_t> series_ids_;
  Prepared machine_, run_;
  std::vector<Prepared> forget_;
};

Status Saver::prepare() {
  // Setting a column of a known row to what it is makes RETURNING give the row's id.
  PW_TRY_ASSIGN(machine_, connection_->prepare(
                              insert_into("machines", "fingerprint, facts") +
                              " ON CONFLICT (fingerprint, facts) DO UPDATE SET facts = excluded.facts RETURNING id"));
  PW_TRY_ASSIGN(
      run_, connection_->prepare(
                insert_into("runs",
                            "identity, session, commit_sha, branch, time, machine_id, config_hash, tool, base_commit, "
                            "event, pull_request, conclusion, warnings, times, failures, digest, role, series_count, "
                            "parents, rating_cpu, rating_memory") +
                " ON CONFLICT (identity) DO UPDATE SET branch = excluded.branch, time = excluded.time, "
                "machine_id = excluded.machine_id, config_hash = excluded.config_hash, tool = excluded.tool, "
                "base_commit = excluded.base_commit, event = excluded.event, pull_request = excluded.pull_request, "
                "conclusion = excluded.conclusion, warnings = excluded.warnings, times = excluded.times, "
                "failures = excluded.failures, digest = excluded.digest, role = excluded.role, "
                "series_count = excluded.series_count, parents = excluded.parents, "
                "rating_cpu = excluded.rating_cpu, rating_memory = excluded.rating_memory RETURNING id"));
  for (const char* table : {"samples", "raw", "comparisons", "findings", "profiles"}) {
    PW_TRY_ASSIGN(Prepared statement, connection_->prepare(fmt::format("DELETE FROM {} WHERE run_id = $1", table)));
    forget_.push_back(std::move(statement));
  }
  return Nothing{};
}

// Saving a run again replaces its rows and keeps its id; of a run that stands twice in the records, the last counts.
Result<std::vector<std::int64_t>> Saver::save(std::span<const RunRecord> records) {
  PW_TRY(prepare());
  std::vector<std::int64_t> runs;
  runs.reserve(records.size());
  for (const RunRecord& record : records) {
    PW_TRY_ASSIGN(const std::int64_t run, save_run(record));
    for (const Prepared& forget : forget_) PW_TRY(forget->bind(run).run());
    runs.push_back(run);
  }
  std::vector<Numbered> numbered;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (std::find(runs.begin() + static_cast<std::ptrdiff_t>(i) + 1, runs.end(), runs[i]) == runs.end())
      numbered.push_back({&records[i], runs[i]});
  PW_TRY(make_series(records));
  PW_TRY(save_samples(numbered));
  PW_TRY(save_raw(numbered));
  PW_TRY(save_comparisons(numbered));
  PW_TRY(save_findings(numbered));
  PW_TRY(save_profiles(numbered));
  return runs;
}

Result<std::int64_t> Saver::save_run(const RunRecord& record) {
  const RunInfo& run = record.run;
  PW_TRY_ASSIGN(const std::int64_t machine,
                machine_->bind(run.machine.fingerprint).bind(encode_facts(run.machine)).run_for_integer());
  run_->bind(identity_of(record)).bind(run.session).bind(run.commit).bind(run.branch).bind(run.time).bind(machine);
  run_->bind(run.config_hash).bind(run.tool).bind(record.base_commit).bind(record.event).bind(record.pull_request);
  run_->bind(record.conclusion).bind(encode_warnings(record.head.warnings)).bind(encode_times(run.times));
  run_->bind(encode_failures(record.head.failures)).bind(digest_of(run, record.head.series, record.head.failures));
  std::set<SeriesId> ids;
  for (const Series& series : record.head.series) ids.insert(series.id);
  run_->bind(record.role == RunRole::base ? "base" : "head").bind(ids.size()).bind(text::join(record.parents, " "));
  const Rating rating = record.rating.value_or(Rating{});
  run_->bind(rating.cpu_measured ? rating.cpu : k_nan).bind(rating.memory_measured ? rating.memory : k_nan);
  return run_->run_for_integer();
}

Status Saver::read_series_ids() {
  PW_TRY_ASSIGN(const std::vector<NumberedSeries> all, Browser(*connection_).series());
  for (const NumberedSeries& one : all) series_ids_.emplace_hint(series_ids_.end(), one.id, one.number);
  return Nothing{};
}

// New names go through a table of their own, so that ten thousand of them are one question to a server.
Status Saver::make_series(std::span<const RunRecord> records) {
  PW_TRY(read_series_ids());
  std::set<SeriesId> unknown;
  const auto look = [&](const SeriesId& id) {
    if (!series_ids_.contains(id)) unknown.insert(id);
  };
  for (const RunRecord& record : records) {
    for (const Series& series : record.head.series) look(series.id);
    for (const Comparison& comparison : record.comparisons) look(comparison.id);
  }
  if (unknown.empty()) return Nothing{};
  PW_TRY(connection_->execute("CREATE TEMPORARY TABLE new_series (suite TEXT, benchmark TEXT, metric TEXT)"));
  PW_TRY_ASSIGN(const Prepared rows, connection_->bulk("new_series", "suite, benchmark, metric"));
  for (const SeriesId& id : unknown) PW_TRY(rows->bind(id.suite).bind(id.benchmark).bind(id.metric).run());
  PW_TRY(rows->finish());
  PW_TRY(
      connection_->execute("INSERT INTO series (suite, benchmark, metric) SELECT suite, benchmark, metric "
                           "FROM new_series; DROP TABLE new_series"));
  return read_series_ids();
}

Status Saver::save_samples(std::span<const Numbered> runs) {
  PW_TRY_ASSIGN(const Prepared rows,
                connection_->bulk("samples",
                                  "run_id, series_id, unit, better, deterministic, is_primary, original_unit, n, "
                                  "median, q1, q3, cv, p95, p99, warnings, naming"));
  for (const Numbered& run : runs) {
    std::set<std::int64_t> met;
    for (const Series& series : run.record->head.series) {
      const std::int64_t id = series_ids_.at(series.id);
      if (!met.insert(id).second) continue;
      const Described d = describe(series.invocations);
      rows->bind(run.id).bind(id).bind(series.metric.unit).bind(name_of(series.metric.better));
      rows->bind(series.metric.deterministic).bind(series.metric.primary).bind(series.original_unit).bind(d.n);
      rows->bind(d.median).bind(d.q1).bind(d.q3).bind(d.coefficient_of_variation).bind(d.p95).bind(d.p99);
      PW_TRY(rows->bind(encode_warnings(series.warnings)).bind(encode_naming(series)).run());
    }
  }
  return rows->finish();
}

Status Saver::save_raw(std::span<const Numbered> runs) {
  std::set<std::string> months;
  for (const Numbered& run : runs) months.insert(month_of(run.record->run.time));
  for (const std::string& month : months) PW_TRY(connection_->make_month(month));
  PW_TRY_ASSIGN(const Prepared rows, connection_->bulk("raw", "run_id, series_id, month, invocations"));
  for (const Numbered& run : runs) {
    const std::string month = month_of(run.record->run.time);
    std::set<std::int64_t> met;
    for (const Series& series : run.record->head.series) {
      const std::int64_t id = series_ids_.at(series.id);
      if (!met.insert(id).second) continue;
      PW_TRY(rows->bind(run.id).bind(id).bind(month).bind(encode_numbers(series.invocations)).run());
    }
  }
  return rows->finish();
}

Status Saver::save_comparisons(std::span<const Numbered> runs) {
  PW_TRY_ASSIGN(
      const Prepared rows,
      connection_->bulk("comparisons",
                        "run_id, series_id, presence, design, base_n, base_median, base_cv, base_values, head_n, "
                        "head_median, head_cv, pairs, ratio, ratio_low, ratio_high, difference, difference_low, "
                        "difference_high, interval_confidence, p, p_adjusted, effect_d, minimum_detectable, "
                        "significance, confidence, method, renamed_to, criteria, warnings"));
  for (const Numbered& run : runs) {
    std::set<std::int64_t> met;
    for (const Comparison& c : run.record->comparisons) {
      const std::int64_t id = series_ids_.at(c.id);
      if (!met.insert(id).second) continue;
      Statement& row = *rows;
      row.bind(run.id).bind(id).bind(name_of(c.presence)).bind(name_of(c.design));
      row.bind(c.base.n).bind(c.base.median).bind(c.base.coefficient_of_variation);
      row.bind_bytes(encode_values({c.base_values}));
      row.bind(c.head.n).bind(c.head.median).bind(c.head.coefficient_of_variation).bind(c.pairs);
      row.bind(c.ratio).bind(c.ratio_interval.low).bind(c.ratio_interval.high);
      row.bind(c.difference).bind(c.difference_interval.low).bind(c.difference_interval.high);
      row.bind(c.ratio_interval.confidence).bind(c.p).bind(c.p_adjusted).bind(c.effect_d).bind(c.minimum_detectable);
      row.bind(name_of(c.significance)).bind(c.confidence ? name_of(*c.confidence) : "").bind(c.method);
      PW_TRY(row.bind(c.renamed_to).bind(encode_criteria(c.criteria)).bind(encode_warnings(c.warnings)).run());
    }
  }
  return rows->finish();
}

Status Saver::save_findings(std::span<const Numbered> runs) {
  PW_TRY_ASSIGN(const Prepared rows,
                connection_->bulk("findings",
                                  "run_id, position, suite, benchmark, metric, rule, level, op, expected, actual, "
                                  "unit, budget, reason"));
  for (const Numbered& run : runs) {
    for (std::size_t at = 0; at < run.record->findings.size(); ++at) {
      const Finding& f = run.record->findings[at];
      rows->bind(run.id).bind(at).bind(f.series.suite).bind(f.series.benchmark).bind(f.series.metric).bind(f.rule);
      rows->bind(name_of(f.level)).bind(f.op).bind(f.expected).bind(f.actual).bind(f.unit).bind(f.budget);
      PW_TRY(rows->bind(f.reason).run());
    }
  }
  return rows->finish();
}

Status Saver::save_profiles(std::span<const Numbered> runs) {
  std::vector<ProfilesOfRun> profiles;
  profiles.reserve(runs.size());
  for (const Numbered& run : runs) profiles.emplace_back(run.id, run.record->profiles);
  return store::save_profiles(*connection_, profiles);
}

}  // namespace

Result<std::vector<std::int64_t>> save(Connection& connection, std::span<const RunRecord> records) {
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  PW_TRY_ASSIGN(std::vector<std::int64_t> runs, Saver(connection).save(records));
  PW_TRY(transaction.commit());
  return runs;
}

}  // namespace perfwarden::store
