#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/plan.hpp"

namespace perfwarden {

// Usage is the kernel's accounting of one process and the children that it waited for.
// Counters are nullopt where the kernel does not allow them, or where they were multiplexed away.
struct Usage {
  double wall_s = 0, user_s = 0, system_s = 0;
  std::int64_t max_rss_bytes = 0;
  std::int64_t minor_faults = 0, major_faults = 0;
  std::int64_t voluntary_switches = 0, involuntary_switches = 0;
  std::optional<std::uint64_t> instructions, cycles, cache_misses, branch_misses;
  std::optional<double> energy_j;  // of the whole processor during the run, where available
};

// A RawInvocation is the result of one measured process.
struct RawInvocation {
  Step step;
  Usage usage;
  std::string output;       // stdout, or the suite's output_file; hostile text
  std::string output_name;  // for messages: "core (head, run 3): stdout"
  bool ok = false;          // exit status 0 and not timed out
  std::string failure;      // why not ok: "exit status 1", "timed out after 600 s", "killed by signal
                            // 9"; with the last lines of stderr
  std::string said;         // the last lines of stderr of a run that ended well, safe to print
};

// A RawCount is one number that was counted in a run of its own, or is the size of a file.
struct RawCount {
  Side side = Side::head;
  std::size_t suite = 0, case_index = 0;
  int invocation = 0;
  std::string benchmark;  // empty: the whole process
  std::string metric;
  double value = 0;
};

// Why a suite gave nothing at all on one side.
struct SuiteFailure {
  Error error;         // with how to try it by hand
  std::string reason;  // the same in one line, with the last lines of what it wrote
};

struct Raw {
  std::vector<RawInvocation> invocations;  // Kind::measure only, in the order run
  std::vector<RawCount> counts;
  std::vector<double> spent_s;    // by suite: what counts towards its max_time_s so far, warm-ups too
  std::vector<Warning> warnings;  // "instructions not counted: perf_event_paranoid is 3 …"
  std::string base_not_built;     // head could be built but base could not: why, in a sentence; nothing was measured
  // Suites that come or go with head (Suite::life) and do not run on that side: its invocations are not here.
  std::set<std::pair<std::size_t, Side>> absent;
  std::vector<std::size_t> settled;  // suites that were not measured on both sides, since these run the same program
  // Suites, by index, that fail wholly on head where the plan lets them (Plan::head_may_fail): head has no invocations
  // of them, and base as many as it takes to name their benchmarks.
  std::map<std::size_t, SuiteFailure> failed_on_head;
  bool interrupted = false;  // a signal ended it early; the invocations here are complete
};

}  // namespace perfwarden
