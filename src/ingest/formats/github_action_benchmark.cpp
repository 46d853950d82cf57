#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "ingest/format.hpp"
#include "ingest/go_units.hpp"
#include "ingest/json_parts.hpp"
#include "ingest/limits.hpp"

// What benchmark-action/github-action-benchmark keeps: data.js (`window.BENCHMARK_DATA = {…}`) or the same object in a
// JSON file, whose entries hold one run each, oldest first; and its input for customSmallerIsBetter and
// customBiggerIsBetter, [{"name": …, "unit": …, "value": …}, …].
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_github_action_benchmark_cure =
    "give data.js of the gh-pages branch, or the action's external-data-json-path file";
constexpr std::string_view k_assignment = "window.BENCHMARK_DATA";

// The offset of the JSON in data.js; 0 when the text is JSON itself.
std::size_t offset_of_json(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  if (!text.substr(begin).starts_with(k_assignment)) return 0;
  const std::size_t equals = text.find('=', begin);
  return equals == std::string_view::npos || equals > begin + 64 ? text.size() : equals + 1;
}

// "ns/iter", "iter/sec", "us/op" → what unit_of knows.
std::string plain_unit(std::string_view unit) {
  if (unit == "iter/sec") return "op/s";
  if (unit_in_words(unit).dimension != Dimension::other) return std::string(unit);
  const std::size_t slash = unit.find('/');
  const std::string_view over = unit.substr(0, slash),
                         under = slash == std::string_view::npos ? "" : unit.substr(slash + 1);
  return std::string(under == "iter" || under == "op" ? over : unit);
}

Metric metric_of(std::string_view spelled, const Unit& unit) {
  const std::string_view known = spelled == "allocs/op" ? "allocations" : spelled == "B/op" ? "allocated_bytes" : "";
  if (const auto metric = known_metric(known)) return *metric;
  Metric metric = metric_of_unit(unit);
  if (metric.better == Better::unknown) metric.better = better_of_unit(spelled);
  return metric;
}

Result<json::Tree> read_data(const Document& document) {
  return json::Tree::read(document.text, document.name,
                          {.from = offset_of_json(document.text),
                           .trailing_text = true,
                           .repeated_keys = true,
                           .hint = k_github_action_benchmark_cure});
}

Error no_entries(const Document& document) {
  return Error{.kind = ErrorKind::parse,
               .what = "the input has no entries of github-action-benchmark",
               .where = document.name + ":1",
               .hint = std::string(k_github_action_benchmark_cure)};
}

std::size_t count_members(const json::Node& object) {
  std::size_t out = 0;
  object.each_member([&](std::string_view, const json::Node&) { ++out; });
  return out;
}

std::string prefix_of(std::string_view suite, bool several) {
  return several ? shared_part(suite) + "/" : "";
}

// Milliseconds since 1970 as "2026-11-21T10:00:00Z"; empty for what is no time of this age.
std::string rfc3339_of(double unix_ms) {
  constexpr double k_year_9999_ms = 253'402'300'799'000;
  if (!(unix_ms > 0 && unix_ms < k_year_9999_ms)) return "";
  const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<std::int64_t>(unix_ms / 1000))};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

// The tool `go` writes what one line measured as one bench of the unit "ns/op\t 512 B/op\t 3 allocs/op" and value 100,
// and since 2023 also as one bench a unit, "BenchmarkA - B/op".
Status read_go_bench(const json::Node& bench, const std::string& prefix, bool split, Table& table) {
  std::string name = string_of(bench, "name");
  std::string_view unit;
  const std::string spelled = string_of(bench, "unit");
  std::vector<std::pair<double, std::string>> values;
  std::string_view rest = spelled;
  double value = number_or_nan(bench, "value");
  while (true) {
    const std::size_t tab = std::min(rest.find('\t'), rest.size());
    unit = text::trim(rest.substr(0, tab));
    values.emplace_back(value, unit);
    if (tab == rest.size()) break;
    rest = text::trim(rest.substr(tab + 1));
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    value = text::to_double(rest.substr(0, blank)).value_or(std::nan(""));
    rest.remove_prefix(std::min(blank + 1, rest.size()));
  }
  if (split) {
    if (name.ends_with(" - " + values.front().second))
      name.resize(name.size() - values.front().second.size() - 3);
    else
      return Nothing{};  // the same numbers once more
  }
  for (const auto& [number, of] : values) {
    GoMetric row = go_metric(of);
    PW_TRY(table.add(bench.line(), prefix + name, std::move(row.metric), of, to_base(number, row.unit)));
  }
  return Nothing{};
}

Status read_benches(const json::Node& benches, const std::string& prefix, std::string_view tool, Table& table) {
  Status status = Nothing{};
  std::set<std::string> split;  // names of which each unit stands alone too
  if (tool == "go")
    benches.each([&](const json::Node& bench) {
      const std::string name = string_of(bench, "name");
      if (const std::string end = " - " + string_of(bench, "unit"); name.ends_with(end)) {
        split.insert(name.substr(0, name.size() - end.size()));
        split.insert(name);
      }
    });
  benches.each([&](const json::Node& bench) {
    if (!status) return;
    const std::string name = string_of(bench, "name");
    if (name.empty()) return note_bad_record(table, bench, "a result without a name", "one with a name");
    const std::string spelled = string_of(bench, "unit");
    if (tool == "go" || spelled.find('\t') != std::string::npos) {
      status = read_go_bench(bench, prefix, split.contains(name), table);
      return;
    }
    const Unit unit = unit_in_words(plain_unit(spelled));
    Metric metric = metric_of(spelled, unit);
    if (tool == "customBiggerIsBetter") metric.better = Better::higher;
    if (tool == "customSmallerIsBetter") metric.better = Better::lower;
    status = table.add(bench.line(), prefix + name, std::move(metric), spelled,
                       to_base(number_or_nan(bench, "value"), unit));
  });
  return status;
}

Status read_run(const json::Node& run, const std::string& prefix, Table& table) {
  const auto benches = run.find("benches");
  return benches ? read_benches(*benches, prefix, string_of(run, "tool"), table) : Status(Nothing{});
}

class GithubActionBenchmarkReader {
 public:
  explicit GithubActionBenchmarkReader(const Document& document)
      : document_(document), table_(document, Repeats::another_benchmark) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_data(document_));
    const json::Node root = tree.root();
    const auto entries = root.find("entries");
    Status status = Nothing{};
    if (root.is(json::Kind::array)) {
      status = read_benches(root, "", "", table_);
    } else if (!entries || !entries->is(json::Kind::object)) {
      return no_entries(document_);
    } else {
      status = read_entries(*entries);
    }
    if (!status) return std::move(status).error();
    table_.note_summary_only("github-action-benchmark", "one value of each benchmark",
                             "measure again to know the noise");
    return table_.finish("no entry with a usable value", std::string(k_github_action_benchmark_cure));
  }

 private:
  Status read_entries(const json::Node& entries) {
    std::size_t older = 0;
    const bool several = count_members(entries) > 1;
    Status status = Nothing{};
    entries.each_member([&](std::string_view suite, const json::Node& runs) {
      if (!status) return;
      std::optional<json::Node> newest;
      runs.each([&](const json::Node& run) {
        older += newest ? 1U : 0U;
        newest = run;
      });
      if (!newest || !newest->find("benches")) return note_bad_record(table_, runs, suite, "an array of runs");
      status = read_run(*newest, prefix_of(suite, several), table_);
    });
    if (older > 0)
      table_.note_once("history-left-out", fmt::format("only the newest run of each suite is read; {} older ones were "
                                                       "ignored: `perfwarden baseline import` reads the whole history",
                                                       older));
    return status;
  }

  const Document& document_;
  Table table_;
};

// The runs of all suites, put together by commit.
class HistoryReader {
 public:
  explicit HistoryReader(const Document& document) : document_(document) {}

  Result<std::vector<PastRun>> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_data(document_));
    const auto entries = tree.root().find("entries");
    if (!entries || !entries->is(json::Kind::object)) return no_entries(document_);
    const bool several = count_members(*entries) > 1;
    Status status = Nothing{};
    entries->each_member([&](std::string_view suite, const json::Node& runs) {
      std::map<std::string, std::size_t> seen;  // in this suite: a commit may have been measured more than once
      runs.each([&](const json::Node& run) {
        if (!status) return;
        const auto commit = run.find("commit");
        const std::string id = commit ? string_of(*commit, "id") : "";
        status = add(run, id, seen[id]++, prefix_of(suite, several));
      });
    });
    if (!status) return std::move(status).error();
    return finish();
  }

 private:
  struct Past {
    double date_ms = 0;
    std::string commit;
    Table table;
  };

  Status add(const json::Node& run, const std::string& commit, std::size_t which, const std::string& prefix) {
    const auto [found, added] = places_.try_emplace({commit, which}, runs_.size());
    if (added && runs_.size() >= k_max_past_runs)
      return Error{.kind = ErrorKind::parse,
                   .what = fmt::format("more than {} runs in one history", k_max_past_runs),
                   .where = fmt::format("{}:{}", document_.name, run.line()),
                   .hint = "remove the oldest"};
    if (added) runs_.push_back({number_of(run, "date", 0), commit, Table(document_, Repeats::another_benchmark)});
    return read_run(run, prefix, runs_[found->second].table);
  }

  Result<std::vector<PastRun>> finish() {
    std::vector<PastRun> out;
    for (Past& past : runs_) {
      Result<Reading> reading = past.table.finish("a run without a usable value", "");
      if (!reading) continue;
      PastRun run;
      const bool is_commit = past.commit.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (is_commit && past.commit.size() <= 64) run.run.commit = past.commit;
      run.run.time = rfc3339_of(past.date_ms);
      run.run.tool = "github-action-benchmark";
      run.reading = *std::move(reading);
      out.push_back(std::move(run));
    }
    if (out.empty()) return no_entries(document_);
    std::stable_sort(out.begin(), out.end(),
                     [](const PastRun& a, const PastRun& b) { return a.run.time < b.run.time; });
    return out;
  }

  const Document& document_;
  std::vector<Past> runs_;
  std::map<std::pair<std::string, std::size_t>, std::size_t> places_;
};

Result<std::vector<PastRun>> read_past_runs(const Document& document) {
  return HistoryReader(document).run();
}

Result<Reading> read_github_action_benchmark(const Document& document) {
  return GithubActionBenchmarkReader(document).run();
}

int sniff_github_action_benchmark(std::string_view head) {
  const std::size_t offset = offset_of_json(head);
  const Outline outline(head.substr(offset));
  if (outline.root() == '[') return outline.has("*/name") && outline.has("*/unit") && outline.has("*/value") ? 60 : 0;
  if (outline.root() != '{') return 0;
  return offset > 0 || (outline.has("entries") && outline.has("repoUrl")) ? 90 : 0;
}

}  // namespace

extern const Format k_format_github_action_benchmark{
    .name = "github-action-benchmark",
    .summary = "data.js of github-action-benchmark, newest run of each suite, or its [{\"name\", \"unit\", \"value\"}]",
    .sniff = sniff_github_action_benchmark,
    .read = read_github_action_benchmark,
    .read_history = read_past_runs};

}  // namespace perfwarden::ingest
