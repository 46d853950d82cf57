#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/files/files.hpp"
#include "store/driver.hpp"
#include "store/sql_store.hpp"

namespace {

using namespace perfwarden;
using store::Connection;

constexpr std::int64_t k_run = 1, k_series = 1, k_profile = 1;

template <class T>
T must(Result<T> result) {
  if (!result) __builtin_trap();
  return std::move(*result);
}

template <class T>
void said(const Result<T>& result) {
  if (!result && result.error().what.empty()) __builtin_trap();
}

store::RunRecord a_run() {
  store::RunRecord record;
  record.run.commit = std::string(40, 'a');
  record.run.branch = "main";
  record.run.time = "2026-11-21T10:00:00Z";
  record.run.session = "one";
  record.run.machine.facts = {{"cpu", "some"}};
  record.run.times = {{"core", "", 0.5}};
  record.base_commit = std::string(40, 'b');
  record.conclusion = "fail";
  Series& series = record.head.series.emplace_back();
  series.id = {"core", "parse/large", "wall_time"};
  series.metric = {"wall_time", "s", Better::lower, false, true};
  series.invocations = {{0.1, 0.2}, {0.3}};
  record.head.failures = {{"core", "", "load", 1, 2, true, "exit status 1"}};
  record.head.run = record.run;
  Comparison& comparison = record.comparisons.emplace_back();
  comparison.id = series.id;
  comparison.metric = series.metric;
  comparison.base_values = comparison.head_values = {0.1, 0.2, 0.3};
  comparison.criteria = {{k_criteria.front(), true, "20 pairs"}};
  comparison.warnings = {{"few-samples", "3 of 6"}};
  record.rating = Rating{.cpu = 3, .cpu_measured = true};
  ProfileSummary& profile = record.profiles.emplace_back();
  profile.suite = "core";
  profile.type = {"cpu", "ns"};
  profile.functions = {{"parse", 0.5, 1}};
  profile.stacks = "main;parse 5\n";
  Finding& finding = record.findings.emplace_back();
  finding.rule = "budget";
  finding.series = series.id;
  finding.level = Level::soft;
  return record;
}

Alert an_alert() {
  Alert alert;
  alert.fingerprint = "0123456789abcdef";
  alert.series = {"core", "parse/large", "wall_time"};
  alert.detected_at = "2026-11-21T10:00:00Z";
  AlertEvent& event = alert.events.emplace_back();
  event.time = alert.detected_at;
  event.who = "perfwarden";
  return alert;
}

// A history with a row in each of its tables, in memory.
std::unique_ptr<Connection> a_history() {
  const std::string folder = must(os::make_temporary_directory("perfwarden-fuzz-"));
  const std::string address = "sqlite:" + folder + "/history.db";
  {
    const auto made = must(store::open(address, store::Access::write));
    (void)must(made->save(a_run()));
    must(made->add_event({"2026-11-21T10:00:00Z", store::k_bumped, std::string(40, 'a'), 7, "who", "core/**", "why"}));
    const std::vector<Deployment> deployments{{"2026-11-21T10:00:00Z", "production", std::string(40, 'a'), "1.2"}};
    (void)must(made->add_deployments(deployments));
    const std::vector<Alert> alerts{an_alert()};
    (void)must(made->save_alerts(alerts));
  }
  auto copy = must(must(must(store::driver_of(address))->open(address, store::Access::read, {}))->copy());
  must(os::remove_all(folder));
  return copy;
}

struct Column {
  std::string table, name;
};

std::vector<Column> columns_of(Connection& history) {
  const auto query =
      must(history.prepare("SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c "
                           "WHERE t.type = 'table' ORDER BY t.name, c.cid"));
  std::vector<Column> out;
  while (must(query->step())) out.push_back({query->text(0), query->text(1)});
  return out;
}

// Each piece of the input, up to a record separator, is a column's number and the value that all its rows get.
void damage(Connection& history, const std::vector<Column>& columns, std::string_view input) {
  constexpr int k_most = 16;
  for (int i = 0; i < k_most && !input.empty(); ++i) {
    const Column& column = columns[static_cast<unsigned char>(input.front()) % columns.size()];
    const std::size_t end = input.find('\x1e');
    const std::string_view value = end == std::string_view::npos ? input.substr(1) : input.substr(1, end - 1);
    const auto change = must(history.prepare("UPDATE " + column.table + " SET " + column.name + " = $1"));
    (void)change->bind(value).run().has_value();  // what the schema itself refuses cannot be there
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  }
}

void read_all(store::Store& history) {
  said(history.runs("main", 10));
  said(history.series());
  for (const auto& [name, kind] : k_names<SeriesKind>) said(history.history({.kind = kind}));
  said(history.times("main"));
  said(history.words("main", 10));
  said(history.samples_of("aaaa"));
  said(history.comparisons_since("2026"));
  said(history.commits(""));
  said(history.configs("main"));
  said(history.alerts());
  said(store::bumps_of(history));
  said(history.deployments());
  said(history.run_ids());
  said(history.record(k_run));
}

void browse_all(store::Browser& browser) {
  said(browser.stamp());
  said(browser.counts());
  said(browser.series());
  said(browser.timeline("main"));
  said(browser.points(k_series));
  said(browser.raw(k_series, std::vector{k_run}));
  said(browser.runs("main", 0, 10));
  said(browser.run_of_commit("aaaa"));
  said(browser.record(k_run));
  said(browser.series_in(k_run));
  said(browser.statistics(k_run, {}));
  said(browser.medians(k_run, {}));
  said(browser.comparisons(k_run));
  said(browser.past(std::vector{k_series}, 10));
  said(browser.samples(k_run));
  said(browser.profiles_in(k_run));
  said(browser.profiles(std::vector{k_profile}));
  said(browser.stacks(k_profile));
  said(browser.profiles_of("core", "parse/large"));
  said(browser.machines());
}

}  // namespace

// Whatever is in the rows of a history, each question gives a value or an error with words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<Connection> whole = a_history();
  static const std::vector<Column> columns = columns_of(*whole);
  auto damaged = must(whole->copy());
  damage(*damaged, columns, {reinterpret_cast<const char*>(data), size});
  const auto history = store::sql_store(std::move(damaged));
  read_all(*history);
  browse_all(history->browser());
  said(history->prune({"2027", "2026", {}}));
  return 0;
}
