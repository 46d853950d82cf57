#include "os/process/signals.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "os/process/processes.hpp"

namespace perfwarden::os {
namespace {

// All that the handler touches is lock-free.
std::atomic<int> g_first_signal{0};
std::atomic<int> g_stop_count{0};
std::array<std::array<int, 2>, 2> g_pipes{{{-1, -1}, {-1, -1}}};
std::array<std::atomic<pid_t>, 32> g_groups{};
static_assert(std::atomic<int>::is_always_lock_free);  // pid_t is an int

extern "C" void on_stop_signal(int signal) {
  const int saved_errno = errno;
  int none = 0;
  g_first_signal.compare_exchange_strong(none, signal);
  const int count = g_stop_count.fetch_add(1) + 1;
  if (count >= 3) {
    for (const std::atomic<pid_t>& group : g_groups)
      if (const pid_t id = group.load(); id > 1) ::kill(-id, SIGKILL);
    ::_exit(128 + signal);
  }
  const char byte = 's';
  // A full pipe is as readable as one with a byte.
  if (::write(g_pipes[static_cast<std::size_t>(count - 1)][1], &byte, 1) < 0) errno = 0;
  errno = saved_errno;
}

}  // namespace

void install_signal_handlers() {
  for (std::array<int, 2>& ends : g_pipes)
    if (ends[0] < 0 && ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends = {-1, -1};
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;  // NOLINT: the macro is C's
  ::sigaction(SIGPIPE, &ignore, nullptr);
}

int stop_signal() {
  return g_first_signal.load();
}

int stop_count() {
  return g_stop_count.load();
}

int stop_fd(int nth) {
  return g_pipes[nth <= 1 ? 0 : 1][0];
}

void remember_group(pid_t group) {
  for (std::atomic<pid_t>& slot : g_groups) {
    pid_t free = 0;
    if (slot.compare_exchange_strong(free, group)) return;
  }
}

void forget_group(pid_t group) {
  for (std::atomic<pid_t>& slot : g_groups) {
    pid_t expected = group;
    if (slot.compare_exchange_strong(expected, 0)) return;
  }
}

void protect_secrets() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace perfwarden::os
