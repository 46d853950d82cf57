#include "model/series.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 15> k_troubles{"error",  "fail",    "timeout", "timed_out", "misses",
                                                      "_miss",  "faults",  "dropped", "drops",     "abort",
                                                      "reject", "retries", "evict",   "stalls",    "conflict"};
constexpr std::array<std::string_view, 9> k_abbreviated{"qps", "rps",  "tps", "fps",       "bps",
                                                        "ips", "iops", "ops", "throughput"};
constexpr std::array<std::string_view, 16> k_per_time{
    " per sec", " per second", "/s", "/sec",    "/second",   "/seconds",    "/ms",      "/us",
    "/ns",      "/min",        "/h", "ops_sec", "persecond", "_per_second", "_per_sec", "_per_s"};
constexpr std::array<std::string_view, 13> k_costs{"time",   "latency",     "duration",    "elapsed", "_ns",
                                                   "_us",    "_ms",         "_seconds",    "bytes",   "cycles",
                                                   "allocs", "allocations", "instructions"};

bool any_end(std::string_view word, Words ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return word.ends_with(end); });
}

// Counts of what nobody wants more of.
bool names_trouble(std::string_view word) {
  return std::any_of(k_troubles.begin(), k_troubles.end(),
                     [&](std::string_view trouble) { return word.find(trouble) != std::string_view::npos; });
}

// "qps", "db_qps", "Gbps", but not "loops".
bool ends_in_abbreviation(std::string_view word) {
  return std::any_of(k_abbreviated.begin(), k_abbreviated.end(), [&](std::string_view end) {
    if (!word.ends_with(end)) return false;
    const std::string_view before = word.substr(0, word.size() - end.size());
    const bool prefix = before.size() == 1 && std::string_view("kmgt").find(before[0]) != std::string_view::npos;
    return before.empty() || prefix || before.back() < 'a' || before.back() > 'z';
  });
}

// "p99", "p99.9": of latencies, unless a unit says otherwise.
bool is_percentile(std::string_view word) {
  return word.size() > 1 && word[0] == 'p' && word.find_first_not_of("0123456789.", 1) == std::string_view::npos;
}

// Of lower-case letters: "tokens/s", "compress-mb/sec", "rows/ms", "requests_per_second", "gbps".
bool is_rate(std::string_view word) {
  return any_end(word, k_per_time) || ends_in_abbreviation(word);
}

}  // namespace

std::string SeriesId::path() const {
  return suite + "/" + benchmark + "/" + metric;
}

std::optional<Metric> known_metric(std::string_view name) {
  struct Row {
    std::string_view name, unit;
    Better better;
    bool deterministic, primary;
  };
  // primary: what a person means by "slower" or "larger"; the rest explains it and is gated only by
  // name.
  static constexpr std::array<Row, 19> k_rows{{
      {"wall_time", "s", Better::lower, false, true},
      {"cpu_time", "s", Better::lower, false, false},
      {"user_time", "s", Better::lower, false, false},
      {"system_time", "s", Better::lower, false, false},
      {"max_rss", "B", Better::lower, false, false},
      {"page_faults", "1", Better::lower, false, false},
      {"context_switches", "1", Better::lower, false, false},
      {"instructions", "1", Better::lower, false, false},
      {"cycles", "1", Better::lower, false, false},
      {"cache_misses", "1", Better::lower, false, false},
      {"branch_misses", "1", Better::lower, false, false},
      {"throughput", "op/s", Better::higher, false, false},
      {"byte_throughput", "B/s", Better::higher, false, false},
      {"allocations", "1", Better::lower, false, true},
      {"allocated_bytes", "B", Better::lower, false, true},
      {"peak_heap", "B", Better::lower, false, true},
      {"energy", "J", Better::lower, false, false},
      {"co2e", "g", Better::lower, false, false},
      {"binary_size", "B", Better::lower, true, true},
  }};
  for (const Row& row : k_rows)
    if (row.name == name)
      return Metric{std::string(name), std::string(row.unit), row.better, row.deterministic, row.primary};
  return std::nullopt;
}

Better better_of_unit(std::string_view unit) {
  const Dimension dimension = unit_in_words(unit).dimension;
  switch (dimension) {
    case Dimension::time:
    case Dimension::bytes:
    case Dimension::energy:
      return Better::lower;
    case Dimension::rate:
    case Dimension::byte_rate:
      return Better::higher;
    case Dimension::count:
      return Better::unknown;
    case Dimension::other:
      break;
  }
  const std::string word = text::lower(unit);
  if (!is_rate(word)) return Better::unknown;
  return names_trouble(word) ? Better::lower : Better::higher;
}

Better better_of_name(std::string_view name) {
  const std::string word = text::lower(name);
  if (names_trouble(word)) return Better::lower;
  if (is_rate(word) || word.ends_with("bandwidth") || word.ends_with("goodput")) return Better::higher;
  const bool latency = is_percentile(word) || word.find("latency") != std::string::npos;
  return latency || any_end(word, k_costs) ? Better::lower : Better::unknown;
}

double bad_sign(const Metric& metric) {
  return metric.better == Better::higher ? -1 : 1;
}

bool is_of_case(std::string_view benchmark, std::string_view case_name) {
  if (!benchmark.ends_with(case_name)) return false;
  const std::string_view before = benchmark.substr(0, benchmark.size() - case_name.size());
  return before.empty() || before.ends_with('/');
}

}  // namespace perfwarden
