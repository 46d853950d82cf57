#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/format.hpp"
#include "ingest/json_parts.hpp"

// The JSON of `hyperfine --export-json` (hyperfine 1.0 to 1.19, src/export/json.rs). Each of `times` is a process of
// its own.
namespace perfwarden::ingest {
namespace {

constexpr std::string_view k_hyperfine_cure = "write it with hyperfine --export-json FILE and set output-file";

class HyperfineReader {
 public:
  explicit HyperfineReader(const Document& document) : document_(document), table_(document) {}

  Result<Reading> run() {
    PW_TRY_ASSIGN(const json::Tree tree, read_whole(document_, json::Kind::object, k_hyperfine_cure));
    const auto results = tree.root().find("results");
    if (!results || !results->is(json::Kind::array))
      return Error{.kind = ErrorKind::parse,
                   .what = "the hyperfine JSON has no array \"results\"",
                   .where = document_.name + ":1",
                   .hint = std::string(k_hyperfine_cure)};
    results->each([&](const json::Node& entry) { ++uses_[string_of(entry, "command")]; });
    Status status = Nothing{};
    results->each([&](const json::Node& entry) {
      if (status) status = read_result(entry);
    });
    if (!status) return std::move(status).error();
    return table_.finish("no command with a usable time", "check that hyperfine succeeded");
  }

 private:
  // A command's text holds its parameters already, unless a --command-name without them stands in its place.
  std::string name_of_result(const json::Node& entry) {
    std::string name = string_of(entry, "command");
    if (uses_[name] < 2) return name;
    std::vector<std::pair<std::string, std::string>> parameters;
    if (const auto members = entry.find("parameters"))
      members->each_member(
          [&](std::string_view key, const json::Node& value) { parameters.emplace_back(key, scalar_text(value)); });
    return with_parameters(std::move(name), parameters);
  }

  Status read_result(const json::Node& entry) {
    const std::string name = name_of_result(entry);
    if (name.empty()) {
      note_bad_record(table_, entry, "a result without a command", "one with a command");
      return Nothing{};
    }
    if (!seen_.insert(name).second) {
      table_.duplicate(entry.line(), name);
      return Nothing{};
    }
    read_failures(entry, name);
    const auto times = entry.find("times");
    if (times && times->is(json::Kind::array)) {
      PW_TRY(read_values(*times, name, wall_time(), "s"));
    } else {
      table_.note_summary_only("this hyperfine file", "the mean of each command's times", "");
      PW_TRY(table_.add(entry.line(), name, wall_time(), "s", number_or_nan(entry, "mean")));
    }
    const auto memory = entry.find("memory_usage_byte");
    if (memory && memory->is(json::Kind::array))
      PW_TRY(read_values(*memory, name, known_metric("max_rss").value_or(Metric{}), "B"));
    return Nothing{};
  }

  Status read_values(const json::Node& list, const std::string& name, const Metric& metric, std::string_view unit) {
    Status status = Nothing{};
    std::uint32_t process = 0;
    list.each([&](const json::Node& value) {
      const bool dropped = process < failed_.size() && failed_[process];
      if (status && !dropped) status = table_.add(value.line(), name, metric, unit, number_or_nan(value), process);
      ++process;
    });
    return status;
  }

  // With --ignore-failure hyperfine goes on. A command that fails each time may be meant to, and its times are kept; of
  // one that fails now and then the failed runs measured something else.
  void read_failures(const json::Node& entry, const std::string& name) {
    failed_.clear();
    if (const auto codes = entry.find("exit_codes"))
      codes->each([&](const json::Node& code) {
        failed_.push_back(!code.is(json::Kind::number) || code.number() != 0);  // null: killed by a signal
      });
    const auto failed = static_cast<std::size_t>(std::count(failed_.begin(), failed_.end(), true));
    if (failed_.empty()) return;
    const bool always = failed == failed_.size();
    Failed failure{.benchmark = name, .failed = failed, .runs = failed_.size(), .dropped = !always};
    failure.reason = fmt::format("{}:{}: {} of {} runs did not end with exit status 0", document_.name, entry.line(),
                                 failed, failed_.size());
    if (failed > 0)
      table_.note(entry.line(), "benchmark-failed",
                  fmt::format("benchmark '{}': {} of its {} runs did not end with exit status 0; their times are {}",
                              shown(name), failed, failed_.size(), always ? "kept" : "ignored"));
    table_.add_failure(std::move(failure));
    if (always) failed_.clear();
  }

  const Document& document_;
  Table table_;
  std::map<std::string, std::size_t> uses_;
  std::set<std::string> seen_;
  std::vector<bool> failed_;  // which runs of the command being read gave values to ignore
};

Result<Reading> read_hyperfine(const Document& document) {
  return HyperfineReader(document).run();
}

int sniff_hyperfine(std::string_view head) {
  const Outline outline(head);
  const bool timed = outline.has("results/*/times") || outline.has("results/*/mean");
  return outline.root() == '{' && outline.has("results/*/command") && timed ? 90 : 0;
}

}  // namespace

extern const Format k_format_hyperfine{
    .name = "hyperfine",
    .summary = "hyperfine --export-json: each time of a command is an invocation; peak memory where it is measured",
    .sniff = sniff_hyperfine,
    .read = read_hyperfine,
    .how =
        "run it with --export-json bench.json and set output-file: bench.json, or let perfwarden time the command "
        "itself: parser: time",
    .for_people = "Time (mean ± σ)"};

}  // namespace perfwarden::ingest
