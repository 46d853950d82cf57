#pragma once

#include <string>
#include <string_view>

namespace perfwarden::profile {

// What perf sampled, however it was asked for.
struct PerfEvent {
  std::string name;   // "cycles" of "cycles:u", "cycles:ppp" and "cpu_core/cycles/P"; others are kept as they are
  std::string scope;  // "u" code outside of the kernel only, "k" the kernel only, else empty
  friend bool operator==(const PerfEvent&, const PerfEvent&) = default;
};
[[nodiscard]] PerfEvent perf_event(std::string_view printed);

}  // namespace perfwarden::profile
