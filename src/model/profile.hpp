#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/call_tree.hpp"
#include "model/series.hpp"

namespace perfwarden {

// A SampleType says what one column of a profile's numbers is.
struct SampleType {
  std::string name;  // "samples", "cpu", "alloc_space", "cycles"
  std::string unit;  // as the profiler spelled it: "count", "nanoseconds", "bytes"; empty when it gave none
  friend bool operator==(const SampleType&, const SampleType&) = default;
};

// True for types that count memory, by bytes or by objects: "alloc_space", "inuse_objects", "allocations".
[[nodiscard]] bool counts_memory(const SampleType& type);

// One event of a profiler that can record several at once, such as perf. The same event has the same name however it
// was asked for: "cycles:u", "cycles:ppp" and "cpu_core/cycles/" are all "cycles".
struct SampledEvent {
  std::string name;
  std::string scope;  // the part of the machine that was sampled: "u" user code only, "k" the kernel only; empty: all
  std::size_t samples = 0;  // the type that counts its samples
  std::size_t cost = 0;     // the type of its periods; the same as `samples` where the file has none
};

// The cost of one function, for profilers that know functions better than stacks, or know no stacks.
struct FunctionCost {
  FrameId frame = 0;
  std::vector<double> self, total;  // one number a sample type
};

// A Profile is what one profiler recorded of one side.
struct Profile {
  std::string format;  // a row of profile/formats
  CallTree tree;
  std::vector<SampleType> types;          // at least one
  std::vector<std::vector<double>> self;  // self[type][node]: what ended in that node; finite, may be negative
  std::size_t default_type = 0;           // the type used when none is named
  // The type whose numbers count samples; none when the file does not give their number.
  std::optional<std::size_t> count_type;
  std::vector<SampledEvent> events;  // as they come in the file; empty when their names are not known
  // Not empty: exact costs of functions; the tree is then empty (pprof's text) or approximate (callgrind).
  std::vector<FunctionCost> functions;
  std::vector<double> unlisted;  // by type: what the file's total has beyond `functions`; empty = nothing
  bool exact = false;            // counted, not sampled: the same code gives the same numbers
  double period = 0;             // of one sample in the unit of default_type; 0 = unknown
  double seconds = 0;            // how long was recorded; 0 = unknown
  std::string program;           // file name of what was profiled; empty = unknown. Hostile text
  std::vector<Warning> warnings;
};

}  // namespace perfwarden
