#include "explain/hypotheses.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::string_view k_profile =
    "perfwarden profile record --runs 3 -o DIR/ -- COMMAND, on both sides: equal shares refute it";
constexpr std::string_view k_stat =
    "perf stat -r 10 -e instructions,cycles,cache-misses,branch-misses,page-faults,context-switches -- COMMAND, on "
    "both sides: equal counts refute it";
constexpr std::string_view k_producer =
    "readelf --debug-dump=info PROGRAM | grep -m1 producer, on both sides: equal lines refute it";
constexpr std::string_view k_calls = "strace -c -f -- COMMAND, on both sides: equal calls refute it";
constexpr std::string_view k_again = "perfwarden check again on a quiet machine: still slower refutes it";

constexpr std::string_view k_rule = "profile: rules of its category in `config/patterns.yml`";
constexpr std::string_view k_built = "what both programs say they were built with";
constexpr std::string_view k_time = "time of both sides' processes";
constexpr std::string_view k_counts = "counters of the processor";
constexpr std::string_view k_disturbed = "the watch over the machine";

}  // namespace

const std::vector<CauseKind>& cause_kinds() {
  static const std::vector<CauseKind> k_kinds{
      {"sanitizer", "a sanitizer or coverage on one side", "imported names; profile: its code on head alone",
       "nm -D PROGRAM | grep -E '__(asan|tsan|ubsan|msan|gcov)', on both sides: equal output refutes it"},
      {"optimisation", "another optimisation or a debug build", k_built, k_producer},
      {"compiler", "another compiler", k_built, "readelf -p .comment PROGRAM, on both sides: equal lines refute it"},
      {"flags", "other compiler flags", k_built, k_producer},
      {"machine", "another machine", "facts of both machines",
       "perfwarden check on one machine, both sides in turn: still slower refutes it"},
      {"busy-machine", "a busy machine", k_disturbed, k_again},
      {"steal", "a crowded host", k_disturbed, "perfwarden check again on a dedicated host: still slower refutes it"},
      {"quota", "the CPU quota of the container", k_disturbed,
       "perfwarden check again without a CPU quota: still slower refutes it"},
      {"allocation", "allocation", k_rule,
       "ltrace -c -e malloc -- COMMAND, or count: [allocations] in the suite: equal counts refute it"},
      {"copy", "copying", k_rule, k_profile},
      {"lock", "a lock", k_rule,
       "perf stat -e context-switches -r 10 -- COMMAND, on both sides: equal counts and a single thread refute it"},
      {"io", "input and output", k_rule, k_calls},
      {"text", "text handling", k_rule, k_profile},
      {"exceptions", "exceptions", k_rule,
       "perf stat -e probe_libstdc++:throw or a breakpoint at __cxa_throw: equal counts refute it"},
      {"garbage-collection", "garbage collection", k_rule, k_profile},
      {"page-faults", "page faults", "profile: rules of its category; time in the kernel with more page faults",
       "perf stat -r 10 -e page-faults -- COMMAND, on both sides: equal counts refute it"},
      {"huge-pages", "small pages where there were huge ones",
       "profile: page faults grew, and the kernel's code for huge pages is gone",
       "grep thp_fault_alloc /proc/vmstat before and after COMMAND, on both sides: equal growth refutes it"},
      {"depth", "a deep chain of calls", k_rule, k_profile},
      {"dispatch", "dispatch of calls", k_rule, k_profile},
      {"containers", "containers", k_rule, k_profile},
      {"compute", "computation", k_rule, k_profile},
      {"clock", "reading the clock", k_rule, k_profile},
      {"random", "random numbers", k_rule, k_profile},
      {"cold-start", "start-up", k_rule,
       "perfwarden check with rounds ten times as many: as large a part of the time refutes it"},
      {"changed-code", "changed code that ran", "functions or scripts that differ and ran; profile: whose time grew",
       "git revert of that function alone, then perfwarden check: still slower refutes it"},
      {"new-hotspot", "new code", "profile: a function that base does not have", k_profile},
      {"hotspot", "a function that takes longer", "profile: its time grew, and nothing says that it changed",
       k_profile},
      {"waiting", "waiting", k_time,
       "perf stat -r 10 -e context-switches,task-clock -- COMMAND, on both sides: equal task-clock and times refute "
       "it"},
      {"system-calls", "system calls", "profile: rules of its category; time in the kernel", k_calls},
      {"frequency", "a slower clock of the processor", k_counts,
       "perf stat -r 10 -e cycles,task-clock -- COMMAND, on both sides: equal GHz refute it"},
      {"cache-misses", "cache misses", k_counts, k_stat},
      {"branch-misses", "mispredicted branches", k_counts, k_stat},
      {"worse-cycles", "slower instructions", k_counts, k_stat},
      {"instructions", "more instructions", k_counts, k_stat},
      {"more-work", "more work in the same code", "counters of the processor; profile: no function's share grew",
       "run base with head's input: as slow as head confirms it, as fast as before refutes it"},
      {"input", "another input", "files that were read and differ",
       "sha256sum of the files that it reads, on both sides: equal sums refute it"},
      {"dependency", "another dependency", "shared libraries that differ",
       "ldd PROGRAM and sha256sum of each library, on both sides: equal sums refute it"},
      {"placement", "placement", "no function that differs ran, and all else is equal",
       "layouts: 8 in the suite, then perfwarden check: slower over all layouts refutes it"},
      {"other", "something else", "profile: rules of a category of your own", k_profile}};
  return k_kinds;
}

}  // namespace perfwarden::explain
