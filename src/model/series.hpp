#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/identity.hpp"
#include "model/machine.hpp"
#include "model/position.hpp"

namespace perfwarden {

// `unknown`: nothing says so, and it is never guessed. Changes are shown, but are neither better nor worse.
enum class Better { lower, higher, unknown };
template <>
inline constexpr Names<Better, 3> k_names<Better>{
    {{"lower", Better::lower}, {"higher", Better::higher}, {"unknown", Better::unknown}}};

// A Metric is what is measured. Its direction and its determinism are kept only here.
struct Metric {
  std::string name;  // snake_case: "wall_time", "max_rss"; user counters keep their own name
  std::string unit;  // base unit: "s", "B", "op/s", "B/s", "1", or the harness's own spelling
  Better better = Better::lower;
  bool deterministic = false;  // repeated runs of the same code give the same number; compared exactly
  bool primary = true;  // a budget without a metric applies to it; other metrics are shown, and gated only by name
  friend bool operator==(const Metric&, const Metric&) = default;
};

// Direction, unit and determinism of the metrics that perfwarden itself knows (wall_time, cpu_time,
// user_time, system_time, max_rss, page_faults, context_switches, instructions, cycles,
// cache_misses, branch_misses, throughput, byte_throughput, allocations, allocated_bytes, peak_heap,
// energy, co2e, binary_size). nullopt for any other name.
[[nodiscard]] std::optional<Metric> known_metric(std::string_view name);
// Direction that a unit implies: rates are better higher, times, sizes and energies lower; of any other unit unknown.
[[nodiscard]] Better better_of_unit(std::string_view unit);
// Direction that a metric's name implies ("latency_ms", "login_failures", "requests_per_second"); else unknown.
[[nodiscard]] Better better_of_name(std::string_view name);

// +1 when a larger value is worse or the direction is unknown, −1 when a smaller one is.
[[nodiscard]] double bad_sign(const Metric& metric);

// A SeriesId identifies one series of numbers. Suite comes from the config; benchmark and metric names are
// hostile text.
struct SeriesId {
  std::string suite;
  std::string benchmark;
  std::string metric;

  [[nodiscard]] std::string path() const;  // "suite/benchmark/metric": what budget globs are matched against
  // clang-tidy 14 takes the 0 that a rewritten `a < b` compares with for a null pointer.
  friend auto operator<=>(const SeriesId&, const SeriesId&) = default;  // NOLINT(modernize-use-nullptr)
};

// A Qualifier is a part of a benchmark's full name that is shown only where it tells two benchmarks apart.
struct Qualifier {
  std::string key;    // "package", "target", "procs"; any other is shown as "/key=value"
  std::string value;  // hostile text
  friend auto operator<=>(const Qualifier&, const Qualifier&) = default;  // NOLINT(modernize-use-nullptr)
};

// A Series is all values of one metric of one benchmark on one side.
// invocations[i] holds the values of process i in the order measured (its repetitions). Repetitions
// of one process are not independent, so statistics take one number an invocation (compare/values.hpp). An
// inner list may be empty: that process failed or did not report this benchmark; the place is kept
// so that invocation i of base pairs with invocation i of head.
struct Series {
  SeriesId id;
  Metric metric;
  std::vector<std::vector<double>> invocations;
  std::string original_unit;  // as the harness spelled it; values are in metric.unit
  // Above 0: measured until decided, by compare::Sequential with at most this many pairs before the confirming ones. 0:
  // the number was fixed beforehand.
  std::size_t adaptive_pairs = 0;
  // Above 0: time moved its last look forward to this many pairs, so that enough was left to confirm what it saw.
  std::size_t last_look = 0;
  std::vector<Warning> warnings;
  // The benchmark's name without any qualifier, and all that the harness gave, in order; from these the names of two
  // sides are chosen together. Empty: the name is the benchmark's, whole.
  std::string plain_name{};
  std::vector<Qualifier> qualifiers{};
  friend bool operator==(const Series&, const Series&) = default;
};

// A Shard is one part of a run that was cut for several machines.
struct Shard {
  int index = 1, count = 1;  // the index-th of count, from 1
  std::string cut;           // 16 hex digits over what each shard contains; equal in all shards of one cut
  friend bool operator==(const Shard&, const Shard&) = default;
};

// A UnitTime is how long one invocation of a suite, or of one case of it, took on average.
struct UnitTime {
  std::string suite, case_name;
  double seconds = 0;
  friend bool operator==(const UnitTime&, const UnitTime&) = default;
};

// The code of a warning that says which suite was left out, and why.
inline constexpr std::string_view k_config_is_new = "config-is-new";
inline constexpr std::string_view k_suite_skipped = "suite-skipped";

// Whether a benchmark's name, which ends in its case's ("parse/large.json"), is of that case.
[[nodiscard]] bool is_of_case(std::string_view benchmark, std::string_view case_name);

// A Failure says that a benchmark failed in some of its runs, as the harness or the exit of its process reported it.
struct Failure {
  std::string suite;
  std::string case_name;  // of the processes that failed; empty: the suite has no cases
  std::string benchmark;  // hostile text; empty: the processes failed, and with them each of their benchmarks
  std::size_t failed = 0, runs = 0;  // 0 < failed ≤ runs
  bool dropped = true;               // the failed runs gave no values, or values that were ignored
  std::string reason;                // of the first: "stdout:3: cannot open corpus", "timed out after 1 s"
  std::string plain_name{};          // as in Series
  std::vector<Qualifier> qualifiers{};
  friend bool operator==(const Failure&, const Failure&) = default;
};

// RunInfo says where a set of samples came from. Empty strings mean unknown.
struct RunInfo {
  std::string commit;   // 40 or 64 hex digits
  std::string branch;   // hostile text
  std::string time;     // RFC 3339, UTC, when measuring began
  std::string session;  // equal in two files that were measured interleaved: invocation i of one
                        // pairs with i of the other
  std::string config_hash;
  std::string tool;  // "perfwarden 0.1.0"
  Machine machine;
  std::string seed;                       // of the order in which things ran, as a decimal number
  std::vector<UnitTime> times;            // for the cutting of later runs
  std::optional<Shard> shard;             // which part of the run this is; nullopt = all of it
  std::vector<SuiteIdentity> identities;  // of suites that both sides were looked at for; by suite
  friend bool operator==(const RunInfo&, const RunInfo&) = default;
};

// Samples are one side of a comparison: what a samples file (perfwarden.samples/1) holds.
struct Samples {
  RunInfo run;
  std::vector<Series> series;  // sorted by id, ids unique
  std::vector<Warning> warnings;
  std::vector<Failure> failures{};
  friend bool operator==(const Samples&, const Samples&) = default;
};

}  // namespace perfwarden
