#include "os/process/signals.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "os/process/processes.hpp"

namespace perfwarden::os {
namespace {

constexpr std::array k_stop_signals{SIGINT, SIGTERM, SIGQUIT, SIGHUP};
constexpr long k_tick_us = 50'000;

// All that the handlers touch is lock-free.
std::atomic<int> g_first_signal{0};
std::atomic<int> g_stop_count{0};
std::atomic<bool> g_settled{false};
std::atomic<int> g_exit_code{70};       // once it is settled
std::atomic<int> g_busy{0};             // children that are watched
std::atomic<int> g_ticks_to_unwind{4};  // of k_tick_us, from a stop signal or the end of a child on
std::atomic<int> g_ticks_since_busy{0};
std::array<std::array<int, 2>, 2> g_pipes{{{-1, -1}, {-1, -1}}};
static_assert(std::atomic<int>::is_always_lock_free);

void leave(int signal) {
  ::_exit(g_settled.load() ? g_exit_code.load() : 128 + signal);
}

extern "C" void on_stop_signal(int signal) {
  const int saved_errno = errno;
  int none = 0;
  if (!g_settled.load()) g_first_signal.compare_exchange_strong(none, signal);
  const int count = g_stop_count.fetch_add(1) + 1;
  if (count >= 3) leave(signal);  // the launchers kill what runs
  const char byte = 's';
  // A full pipe is as readable as one with a byte.
  if (::write(g_pipes[static_cast<std::size_t>(count - 1)][1], &byte, 1) < 0) errno = 0;
  const itimerval ticks{{0, k_tick_us}, {0, k_tick_us}};
  ::setitimer(ITIMER_REAL, &ticks, nullptr);
  errno = saved_errno;
}

// Interrupts a call that waits, again and again: a single signal may come just before the call.
extern "C" void on_tick(int) {
  if (g_busy.load() > 0) {
    g_ticks_since_busy.store(0);
    return;
  }
  if (g_ticks_since_busy.fetch_add(1) < g_ticks_to_unwind.load()) return;
  constexpr std::string_view k_words = "perfwarden: stopped by a signal\n";
  if (::write(STDERR_FILENO, k_words.data(), k_words.size()) < 0) errno = 0;
  leave(g_first_signal.load());
}

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  for (const int stop : k_stop_signals) sigaddset(&action.sa_mask, stop);
  ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction present {};
  return ::sigaction(signal, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;  // NOLINT: the macro is C's
}

}  // namespace

void install_signal_handlers() {
  for (std::array<int, 2>& ends : g_pipes)
    if (ends[0] < 0 && ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends = {-1, -1};
  for (const int signal : k_stop_signals)
    if (signal != SIGHUP || !is_ignored(SIGHUP)) handle(signal, on_stop_signal, SA_RESTART);
  handle(SIGALRM, on_tick, 0);
  for (const int signal : {SIGPIPE, SIGXFSZ}) handle(signal, SIG_IGN, 0);  // NOLINT: the macro is C's
}

int settle_stop_signal() {
  g_settled.store(true);
  return stop_signal();
}

void set_exit_code(int code) {
  g_exit_code.store(code);
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

bool gave_up_for_signal(int number) {
  return number == EINTR && stop_count() > 0;
}

Busy::Busy() {
  constexpr int k_ticks_with_programs = 100;  // worktrees are removed, the machine is put back, samples are kept
  g_ticks_to_unwind.store(k_ticks_with_programs);
  g_busy.fetch_add(1);
}

Busy::~Busy() {
  g_ticks_since_busy.store(0);
  g_busy.fetch_sub(1);
}

void protect_secrets() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace perfwarden::os
