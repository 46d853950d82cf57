// What a large history costs on each database: how fast runs are saved, how large it gets, how long a night's analysis
// of all series takes, and the newest point of each. Without arguments 600 series of 100 runs, and exit 1 when a goal
// is missed; `history_scale SERIES RUNS` for any size. docs/history.md#scale has numbers.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "os/clock.hpp"
#include "store/store.hpp"
#include "support/postgres.hpp"
#include "trend/alerts.hpp"

namespace {

using namespace perfwarden;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

store::RunRecord run_of(std::size_t series, std::size_t number, SplitMix64& random) {
  store::RunRecord record;
  record.run.commit = fmt::format("{:040x}", number);
  record.run.branch = "main";
  record.run.time = os::rfc3339(1'700'000'000 + 3600 * static_cast<std::int64_t>(number));
  record.run.session = std::to_string(number);
  record.run.machine.facts = {{"cpu", "one"}};
  seal(record.run.machine);
  record.head.run = record.run;
  for (std::size_t i = 0; i < series; ++i) {
    Series& one = record.head.series.emplace_back();
    one.id = {"suite", fmt::format("benchmark/{:05}", i), "wall_time"};
    one.metric = {"wall_time", "s", Better::lower, false, true};
    one.invocations = {{1e-3 * (1 + 0.01 * (random.uniform() + random.uniform() + random.uniform() - 1.5))}};
  }
  return record;
}

struct Cost {
  double save_s = 0, newest_s = 0, read_s = 0, analysis_cpu_s = 0;
  std::size_t alerts = 0;
};

Cost measure(const std::string& address, std::size_t series, std::size_t runs) {
  Cost cost;
  SplitMix64 random(1);
  const auto fail = [](const Error& error) {
    fmt::print(stderr, "{}\n", error.text());
    std::exit(1);
  };
  auto opened = store::open(address, store::Access::write);
  if (!opened) fail(opened.error());
  store::Store& store = **opened;
  for (std::size_t i = 0; i < runs; ++i) {
    const store::RunRecord record = run_of(series, i, random);
    const double begin = now_s();
    if (auto saved = store.save(record); !saved) fail(saved.error());
    cost.save_s += now_s() - begin;
  }
  double begin = now_s();
  if (auto newest = store.history({.branch = "main", .most = 1}); !newest || newest->size() != series) std::exit(1);
  cost.newest_s = now_s() - begin;
  const auto ids = *store.series();
  constexpr std::size_t k_at_once = 500;  // as `alert` reads them
  for (std::size_t at = 0; at < ids.size(); at += k_at_once) {
    const std::set<SeriesId> some(ids.begin() + static_cast<std::ptrdiff_t>(at),
                                  ids.begin() + static_cast<std::ptrdiff_t>(std::min(at + k_at_once, ids.size())));
    begin = now_s();
    const auto histories =
        store.history({.series = [&](const SeriesId& id) { return some.contains(id); }, .branch = "main"});
    cost.read_s += now_s() - begin;
    const double cpu = cpu_s();
    for (const SeriesHistory& history : *histories) {
      std::vector<double> values;
      for (const HistoryPoint& point : history.points) values.push_back(point.median);
      cost.alerts += trend::review(history, "main", trend::find_changes(values, {}, {}), {}, {}).size();
    }
    cost.analysis_cpu_s += cpu_s() - cpu;
  }
  return cost;
}

void print(const char* name, const Cost& cost, std::size_t series, std::size_t runs, double bytes) {
  const auto rows = static_cast<double>(series * runs);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{:8}  {:>9.0f} measurements/s  {:>6.0f} B each  newest of all {:.0f} ms  read {:.1f} s  analysis {:.1f} s CPU  "
      "{} alerts  {} MiB\n",
      name, rows / cost.save_s, bytes / rows, cost.newest_s * 1000, cost.read_s, cost.analysis_cpu_s, cost.alerts,
      usage.ru_maxrss / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const bool sized = argc == 3;
  const std::size_t series = sized ? std::stoul(argv[1]) : 600;  // more than are read at once
  const std::size_t runs = sized ? std::stoul(argv[2]) : 100;
  const support::TemporaryDirectory directory;
  const std::string file = directory / "history.db";
  const Cost sqlite = measure("sqlite:" + file, series, runs);
  print("sqlite", sqlite, series, runs, static_cast<double>(std::filesystem::file_size(file)));
  support::PostgresServer server;
  const Cost postgres = measure(server.database("history"), series, runs);
  print("postgres", postgres, series, runs, std::stod(server.ask("history", "SELECT pg_database_size('history')")));
  if (sized) return 0;
  // The goals of 10 000 series are 15 s and 100 ms; here is room for sanitizers and a busy machine.
  constexpr double k_analysis_s = 6;
  constexpr double k_newest_s = 1.2;
  const bool good = sqlite.analysis_cpu_s < k_analysis_s && sqlite.newest_s < k_newest_s &&
                    postgres.newest_s < k_newest_s && sqlite.alerts == 0 && postgres.alerts == 0;
  if (!good) fmt::print("a goal was missed\n");
  return good ? 0 : 1;
}
