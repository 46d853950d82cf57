#include "bench/large_history.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/hash.hpp"
#include "os/clock.hpp"
#include "store/store.hpp"

namespace perfwarden::bench {
namespace {

constexpr std::size_t k_compared_runs = 200;  // the newest
constexpr std::size_t k_raw_runs = 400;       // the newest; older raw values are pruned in practice, too
constexpr std::int64_t k_first_time = 1'700'000'000;
constexpr int k_hour_s = 3600;

store::RunRecord first_run(std::size_t series) {
  store::RunRecord record;
  record.run.commit = commit_of(1);
  record.run.branch = "main";
  record.run.time = os::rfc3339(k_first_time);
  record.run.session = "1";
  record.run.machine.facts = {{"cpu", "AMD EPYC 7763"}, {"cores", "8"}};
  seal(record.run.machine);
  record.conclusion = "pass";
  record.head.run = record.run;
  record.head.series.reserve(series);
  record.comparisons.reserve(series);
  for (std::size_t i = 0; i < series; ++i) {
    Series& one = record.head.series.emplace_back();
    one.id = {fmt::format("suite{}", i % 20), fmt::format("benchmark/{:05}", i), "wall_time"};
    one.metric = {"wall_time", "s", Better::lower, false, true};
    one.invocations = {{1e-3}};
    Comparison& compared = record.comparisons.emplace_back();
    compared.id = one.id;
    compared.ratio = 1.002;
    compared.ratio_interval = {0.99, 1.01, 0.99};
    compared.significance = Significance::indistinct;
  }
  return record;
}

constexpr const char* k_noise = "(1 + (random() % 1000) * 1e-5)";

// INSERT of the runs [first, last] of a branch, one an hour.
std::string make_runs(std::size_t first, std::size_t last, const char* branch, const char* series_count) {
  return fmt::format(
      "INSERT INTO runs (id, identity, session, commit_sha, branch, time, machine_id, config_hash, tool, base_commit, "
      "event, pull_request, conclusion, warnings, series_count) "
      "WITH n(i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i < {1}) "
      "SELECT i, 'run' || i, i, commit_of(i), '{2}', "
      "strftime('%Y-%m-%dT%H:%M:%SZ', {3} + {4} * (i - {0} + 1), 'unixepoch'), 1, '', 'bench', commit_of(i - 1), "
      "'push', 0, 'pass', '[]', {5} FROM n;",
      first, last, branch, k_first_time, k_hour_s, series_count);
}

// INSERT of the rows of the first run once more for each of the runs [first, last].
std::string copy_rows(std::size_t first, std::size_t last, const char* table, const std::string& columns,
                      const std::string& values, const char* which = "") {
  return fmt::format(
      "INSERT INTO {0} (run_id, series_id, {1}) SELECT runs.id, series_id, {2} FROM runs CROSS JOIN {0} AS first "
      "WHERE runs.id BETWEEN {3} AND {4} AND first.run_id = 1{5};",
      table, columns, values, first, last, which);
}

// The first of the newest `most` runs, but not run 1, which is there.
std::size_t first_of_newest(std::size_t runs, std::size_t most) {
  return std::max<std::size_t>(2, runs - std::min(runs, most) + 1);
}

std::string bulk_of(std::size_t runs) {
  const std::size_t last = runs + runs * k_times_longer;
  std::string sql = make_runs(2, runs, "main", "(SELECT series_count FROM runs WHERE id = 1)") +
                    make_runs(runs + 1, last, "long", "1");
  const std::string sampled =
      "unit, better, deterministic, is_primary, original_unit, n, median, q1, q3, warnings, naming, cv, p95, p99";
  const std::string values = fmt::format(
      "unit, better, deterministic, is_primary, original_unit, 5, 1e-3 * {}, 0.99e-3, 1.01e-3, '[]', '', 0.01, "
      "1.05e-3, 1.06e-3",
      k_noise);
  sql += copy_rows(2, runs, "samples", sampled, values) +
         copy_rows(runs + 1, last, "samples", sampled, values, " AND series_id = 1");
  const std::string raw = fmt::format(
      "month, printf('[[%.9f],[%.9f],[%.9f],[%.9f],[%.9f]]', 1e-3 * {0}, 1e-3 * {0}, 1e-3 * {0}, 1e-3 * {0}, "
      "1e-3 * {0})",
      k_noise);
  sql += copy_rows(first_of_newest(runs, k_raw_runs), runs, "raw", "month, invocations", raw);
  const std::string compared =
      "presence, design, base_n, base_median, base_cv, base_values, head_n, head_median, head_cv, pairs, ratio_low, "
      "ratio_high, difference, difference_low, difference_high, interval_confidence, p, p_adjusted, effect_d, "
      "minimum_detectable, significance, confidence, method, renamed_to, criteria";
  return sql + copy_rows(first_of_newest(runs, k_compared_runs), runs, "comparisons", compared + ", warnings, ratio",
                         compared + ", first.warnings, ratio * " + k_noise);
}

// The first run is saved as every run is; the others are made of it by the database, in bulk.
void multiply(const std::string& file, std::size_t runs) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(file.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, sqlite3_close);
  if (code != SQLITE_OK) fail("cannot open " + file);
  const auto commit = [](sqlite3_context* context, int, sqlite3_value** given) {
    const std::string text = commit_of(static_cast<std::size_t>(sqlite3_value_int64(given[0])));
    sqlite3_result_text(context, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  };
  sqlite3_create_function(opened, "commit_of", 1, SQLITE_UTF8, nullptr, commit, nullptr, nullptr);
  // An index that is made at the end is made in seconds.
  const std::string sql =
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN; "
      "DROP INDEX samples_by_series;" +
      bulk_of(runs) + "CREATE INDEX samples_by_series ON samples (series_id); COMMIT;";
  char* refused = nullptr;
  if (sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, &refused) != SQLITE_OK)
    fail(refused == nullptr ? "SQLite refused" : refused);
}

}  // namespace

void fail(const std::string& words) {
  fmt::print(stderr, "{}\n", words);
  std::exit(1);
}

std::string commit_of(std::size_t run) {
  return fmt::format("{:08x}{:032x}", static_cast<std::uint32_t>(fnv1a(std::to_string(run))), run);
}

void make_large_history(const std::string& file, std::size_t series, std::size_t runs) {
  auto store = store::open("sqlite:" + file, store::Access::write);
  if (!store) fail(store.error().text());
  const store::RunRecord record = first_run(series);
  if (auto saved = (*store)->save(record); !saved) fail(saved.error().text());
  std::vector<Alert> alerts;
  for (std::size_t i = 0; i < k_alerts; ++i) {
    Alert& one = alerts.emplace_back();
    one.fingerprint = fmt::format("{:016x}", i);
    one.series = record.head.series[i % series].id;
    one.branch = "main";
    one.machine = record.run.machine.fingerprint;
    one.unit = "s";
    one.shape = "step";
    one.direction = Direction::regression;
    one.detected_at = os::rfc3339(k_first_time + k_hour_s * static_cast<std::int64_t>(runs));
    one.last_before = commit_of(runs / 2 + i % 50);
    one.first_changed = commit_of(runs / 2 + i % 50 + 1);
    one.before = 1e-3;
    one.after = 1.08e-3;
    one.confidence = Confidence::high;
    AlertEvent& found = one.events.emplace_back();
    found.version = 1;
    found.time = one.detected_at;
    found.who = "perfwarden";
  }
  if (auto saved = (*store)->save_alerts(alerts); !saved) fail(saved.error().text());
  store->reset();
  multiply(file, runs);
}

}  // namespace perfwarden::bench
