#pragma once

#include <linux/filter.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <ctime>

// How a program is started: a launcher (os/process/launcher.hpp), the child that it clones, exec; and their messages.
namespace perfwarden::os {

constexpr std::size_t k_most_events = 8;

enum class Stage : int { affinity = 1, user, folder, exec, setup, trace };

struct Failure {
  Stage stage = Stage::setup;
  int number = 0;  // errno; 0: none
};

// The child's input and its report, in memory shared with us. Pointers point into that memory or are
// null.
struct Launch {
  char* const* argv = nullptr;
  char* const* envp = nullptr;
  const char* const* candidates = nullptr;  // null-terminated: paths to try in turn
  const char* cwd = nullptr;
  int in = -1, out = -1, err = -1;  // as the launcher received them
  bool pinned = false;
  cpu_set_t cpus{};
  bool drops_user = false, drops_group = false;
  uid_t uid = 0;
  gid_t gid = 0;
  unsigned long persona = 0;  // for personality(2); 0: as it is
  sock_fprog filter{};        // of a program to be traced; len 0: it is not traced
  std::size_t event_count = 0;
  perf_event_attr events[k_most_events]{};

  Failure failure;
  int status = 0;                     // as waitpid gives it, once it was waited for
  rusage usage{};                     // of it and of all that it waited for
  int event_errors[k_most_events]{};  // 0: its descriptor was sent
  timespec started{};                 // CLOCK_MONOTONIC right before exec
};

// What a launcher is told to do. Each order is answered by a Note.
enum class Order : char {
  none = 0,   // the socket has closed: we are gone
  start,      // comes with three descriptors
  ask_ended,  // has the child ended? number 1: yes
  wait,       // for the child, and for the end of all that it left behind
};

// A message from the launcher's side: a child's counters (attached as descriptors), or the answer to an order.
struct Note {
  pid_t pid = 0;   // of the child, which has executed the program or has ended; 0: it sends its counters
  int number = 0;  // errno when there is no child
};

// What a launcher needs, in memory that it shares with us.
struct LauncherSetup {
  int control = -1;       // its end of the socket
  void* stack = nullptr;  // the upper end of the child's
  Launch* launch = nullptr;
};

// Obeys orders until the socket closes, also because we were killed; then kills all that it started, whatever group or
// session that is in, and ends. It and its children have no heap, and perhaps not most of our memory: they may use only
// their stack, their arguments and bare system calls.
[[noreturn]] void launcher_main(LauncherSetup& setup);

}  // namespace perfwarden::os
