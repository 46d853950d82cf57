#include "store/prune.hpp"

#include <memory>
#include <string>

#include "store/profiles.hpp"

namespace perfwarden::store {
namespace {

// Runs of commits that are kept: those in kept_commits, and those that an alert names.
constexpr const char* k_not_kept =
    "commit_sha NOT IN (SELECT commit_sha FROM kept_commits) AND "
    "commit_sha NOT IN (SELECT baseline_sha FROM change_alerts) AND "
    "commit_sha NOT IN (SELECT regression_sha FROM change_alerts) AND "
    "commit_sha NOT IN (SELECT last_before FROM alert_events) AND "
    "commit_sha NOT IN (SELECT first_changed FROM alert_events)";

Status list_kept(Connection& connection, const std::vector<std::string>& commits) {
  PW_TRY(connection.execute("CREATE TEMPORARY TABLE kept_commits (commit_sha TEXT NOT NULL)"));
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows, connection.bulk("kept_commits", "commit_sha"));
  for (const std::string& commit : commits) PW_TRY(rows->bind(commit).run());
  return rows->finish();
}

Result<std::size_t> count_and(Connection& connection, const std::string& count, const std::string& change,
                              const std::string& since) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> counting, connection.prepare(count));
  PW_TRY_ASSIGN(const std::int64_t found, counting->bind(since).run_for_integer());
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> changing, connection.prepare(change));
  PW_TRY(changing->bind(since).run());
  return static_cast<std::size_t>(found);
}

}  // namespace

Result<Pruned> prune(Connection& connection, const Retention& retention) {
  Pruned out;
  {
    PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
    PW_TRY(list_kept(connection, retention.kept_commits));
    const std::string older = std::string("FROM runs WHERE time < $1 AND ") + k_not_kept;
    PW_TRY_ASSIGN(out.runs, count_and(connection, "SELECT count(*) " + older, "DELETE " + older, retention.runs_since));
    PW_TRY_ASSIGN(
        out.raw_runs,
        count_and(connection, "SELECT count(*) " + older + " AND EXISTS (SELECT 1 FROM raw WHERE run_id = runs.id)",
                  "DELETE FROM raw WHERE run_id IN (SELECT id " + older + ")", retention.raw_since));
    PW_TRY(forget_stacks(connection, "SELECT id " + older, retention.raw_since));
    PW_TRY(connection.execute("DROP TABLE kept_commits"));
    PW_TRY(transaction.commit());
  }
  PW_TRY(connection.compact());
  return out;
}

}  // namespace perfwarden::store
