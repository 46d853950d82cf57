#include "store/alerts.hpp"

#include <memory>
#include <unordered_map>
#include <utility>

namespace perfwarden::store {
namespace {

Status load_events(Connection& connection, std::vector<Alert>& alerts) {
  std::unordered_map<std::int64_t, std::size_t> place_of;
  for (std::size_t i = 0; i < alerts.size(); ++i) place_of.emplace(alerts[i].id, i);
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare("SELECT alert_id, version, time, who, status, resolution, why, last_before, "
                                   "first_changed FROM alert_events ORDER BY alert_id, version"));
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) return Nothing{};
    const auto place = place_of.find(rows->integer(0));
    if (place == place_of.end()) continue;
    alerts[place->second].events.push_back({rows->integer(1), rows->text(2), rows->text(3),
                                            from_name<AlertStatus>(rows->text(4)).value_or(AlertStatus::open),
                                            from_name<Resolution>(rows->text(5)).value_or(Resolution::none),
                                            rows->text(6), rows->text(7), rows->text(8)});
  }
}

// A Recorder adds alerts and events within one transaction.
class Recorder {
 public:
  [[nodiscard]] Status prepare(Connection& connection);
  [[nodiscard]] Result<std::size_t> record(const Alert& alert);

 private:
  std::unique_ptr<Statement> series_, alert_, event_;
};

Status Recorder::prepare(Connection& connection) {
  // Setting a column of a known row to what it is makes RETURNING give the row's id.
  PW_TRY_ASSIGN(
      series_,
      connection.prepare(insert_into("series", "suite, benchmark, metric") +
                         " ON CONFLICT (suite, benchmark, metric) DO UPDATE SET suite = excluded.suite RETURNING id"));
  PW_TRY_ASSIGN(
      alert_,
      connection.prepare(insert_into("change_alerts",
                                     "fingerprint, series_id, branch, machine, unit, shape, direction, "
                                     "detected_at, baseline_sha, regression_sha, level_before, level_after, "
                                     "change_low, change_high, confidence, evidence_path") +
                         " ON CONFLICT (fingerprint) DO UPDATE SET fingerprint = excluded.fingerprint RETURNING id"));
  PW_TRY_ASSIGN(event_,
                connection.prepare(
                    insert_into("alert_events",
                                "alert_id, version, time, who, status, resolution, why, last_before, first_changed") +
                    " ON CONFLICT (alert_id, version) DO NOTHING RETURNING version"));
  return Nothing{};
}

Result<std::size_t> Recorder::record(const Alert& alert) {
  PW_TRY_ASSIGN(
      const std::int64_t series,
      series_->bind(alert.series.suite).bind(alert.series.benchmark).bind(alert.series.metric).run_for_integer());
  alert_->bind(alert.fingerprint).bind(series).bind(alert.branch).bind(alert.machine).bind(alert.unit);
  alert_->bind(alert.shape).bind(name_of(alert.direction)).bind(alert.detected_at).bind(alert.last_before);
  alert_->bind(alert.first_changed).bind(alert.before).bind(alert.after).bind(alert.low).bind(alert.high);
  PW_TRY_ASSIGN(const std::int64_t id, alert_->bind(name_of(alert.confidence)).bind(alert.evidence).run_for_integer());
  std::size_t written = 0;
  for (const AlertEvent& event : alert.events) {
    event_->bind(id).bind(event.version).bind(event.time).bind(event.who).bind(name_of(event.status));
    event_->bind(name_of(event.resolution)).bind(event.why).bind(event.last_before).bind(event.first_changed);
    PW_TRY_ASSIGN(const std::int64_t version, event_->run_for_integer());
    written += version != 0 ? 1U : 0U;
  }
  return written;
}

}  // namespace

Result<std::vector<Alert>> load_alerts(Connection& connection) {
  PW_TRY_ASSIGN(const std::unique_ptr<Statement> rows,
                connection.prepare(
                    "SELECT change_alerts.id, fingerprint, suite, benchmark, metric, branch, machine, unit, shape, "
                    "direction, detected_at, baseline_sha, regression_sha, level_before, level_after, change_low, "
                    "change_high, confidence, evidence_path FROM change_alerts JOIN series ON series.id = series_id "
                    "ORDER BY change_alerts.id"));
  std::vector<Alert> out;
  while (true) {
    PW_TRY_ASSIGN(const bool row, rows->step());
    if (!row) break;
    Alert& alert = out.emplace_back();
    alert.id = rows->integer(0);
    alert.fingerprint = rows->text(1);
    alert.series = {rows->text(2), rows->text(3), rows->text(4)};
    alert.branch = rows->text(5);
    alert.machine = rows->text(6);
    alert.unit = rows->text(7);
    alert.shape = rows->text(8);
    alert.direction = from_name<Direction>(rows->text(9)).value_or(Direction::change);
    alert.detected_at = rows->text(10);
    alert.last_before = rows->text(11);
    alert.first_changed = rows->text(12);
    alert.before = rows->real(13);
    alert.after = rows->real(14);
    alert.low = rows->real(15);
    alert.high = rows->real(16);
    alert.confidence = from_name<Confidence>(rows->text(17)).value_or(Confidence::low);
    alert.evidence = rows->text(18);
  }
  PW_TRY(load_events(connection, out));
  std::erase_if(out, [](const Alert& alert) { return alert.events.empty(); });  // written by nobody
  return out;
}

Result<std::size_t> save_alerts(Connection& connection, std::span<const Alert> alerts) {
  PW_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  Recorder recorder;
  PW_TRY(recorder.prepare(connection));
  std::size_t written = 0;
  for (const Alert& alert : alerts) {
    PW_TRY_ASSIGN(const std::size_t events, recorder.record(alert));
    written += events;
  }
  PW_TRY(transaction.commit());
  return written;
}

}  // namespace perfwarden::store
