#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <span>
#include <vector>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"
#include "os/process/perf_events.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::os {

class Launcher;

// A Child is a started process that leads its own process group (group id = pid) and is not yet waited for.
struct Child {
  pid_t pid = -1;
  Launcher* launcher = nullptr;  // that started it, and waits for it
  UniqueFd pidfd;                // readable when it has ended; empty on kernels before 5.3
  UniqueFd out, err;             // read ends, non-blocking
  std::vector<UniqueFd> events;  // one an EventSpec, empty where the kernel refused
  double started_s = 0;          // CLOCK_MONOTONIC just before exec
};

// Starts the command through this thread's launcher, and returns once exec has succeeded. Error as in Processes::run;
// then no process is left. With a `filter` the child is traced by this thread, and stopped (SIGTRAP) after its exec.
[[nodiscard]] Result<Child> spawn(const Command& command, std::span<const EventSpec> events,
                                  std::span<const sock_filter> filter = {});

}  // namespace perfwarden::os
