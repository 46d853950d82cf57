#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// The two kinds of lines of `perf script`, taken apart. Views are into the line.
namespace perfwarden::profile {

struct PerfEventLine {
  std::string_view comm;      // may hold spaces
  std::string_view pid, tid;  // pid is empty when only one number was printed, which then is the tid
  double time = 0;            // seconds; 0 = not printed
  std::uint64_t period = 0;   // 0 = not printed
  std::string_view event;     // "cycles:u", "sched:sched_switch"; empty when unknown
  std::string_view frame;  // of a sample without a call chain, which is one line: "ffff8103 sym+0x1 (dso)"; else empty
};
// "comm pid[/tid] [cpu] time: period event: …", fields but comm and tid optional.
[[nodiscard]] std::optional<PerfEventLine> perf_event_line(std::string_view line);

struct PerfFrameLine {
  std::string_view address;  // hexadecimal; empty when not printed
  std::string_view symbol;   // without "+0x1f"; empty when not printed
  std::string_view module;   // "/lib/libc.so.6", "[kernel.kallsyms]"; empty when unknown
  bool inlined = false;
  bool empty_symbol = false;  // there was room for one, and nothing in it
};
// "  7f1e214c24d9 symbol+0x1f (module)"
[[nodiscard]] std::optional<PerfFrameLine> perf_frame_line(std::string_view line);

}  // namespace perfwarden::profile
