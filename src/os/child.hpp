#pragma once

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/types.h>

#include <cstddef>

// The way from clone to exec, and what both sides of it say to each other.
namespace perfwarden::os {

constexpr std::size_t k_most_events = 8;

enum class Stage : int { affinity = 1, user, folder, exec, setup };

// Sent as two ints.
struct Failure {
  Stage stage = Stage::setup;
  int number = 0;
};

// What the child needs, in one mapping. Pointers point into that mapping or are null.
struct Launch {
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  const char* const* candidates = nullptr;  // null-terminated: paths to try in turn
  const char* cwd = nullptr;
  int in = -1, out = -1, err = -1, control = -1;
  bool pinned = false;
  cpu_set_t cpus{};
  bool drops_user = false, drops_group = false;
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t parent = 0;
  unsigned long persona = 0;  // for personality(2); 0: as it is
  std::size_t event_count = 0;
  perf_event_attr events[k_most_events]{};
};

// The child's first message, with descriptors attached.
struct Opened {
  int errors[k_most_events]{};  // 0: its descriptor is attached
};

// Turns the child into the program. It lives without a heap, maybe without most of our memory: it may use its stack,
// the launch and bare system calls only.
[[noreturn]] void child_main(Launch& launch);

}  // namespace perfwarden::os
