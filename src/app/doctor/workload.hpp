#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::app {

// The built-in workloads by which `doctor --noise` measures this machine: a chain of arithmetic, a chase through 64 MiB
// of memory, and small files that are written, synced and read again. The work is fixed; how long it takes is the
// machine's.
inline constexpr std::array<std::string_view, 3> k_workloads{"cpu", "memory", "io"};

// Does the work once, `size` times the usual (about 0.2 s). Returns a number that depends on all of the work, so that
// the compiler cannot drop any. Error (usage) for an unknown name, (io) when the disk refuses.
[[nodiscard]] Result<std::uint64_t> do_workload(std::string_view name, double size = 1);

}  // namespace perfwarden::app
