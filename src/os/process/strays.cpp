#include "os/process/strays.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <mutex>
#include <set>
#include <string>

#include "base/text.hpp"
#include "os/clock.hpp"
#include "os/files/files.hpp"

namespace perfwarden::os {
namespace {

constexpr double k_patience_s = 2;

struct Book {
  std::mutex mutex;
  int runs = 0;
  std::set<pid_t> there_before;  // children when the first of the current runs began
  std::set<pid_t> leaders;       // of the current runs
};

Book& book() {
  static Book the_book;
  return the_book;
}

// Launchers do not count here (see lean_clone.hpp).
bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

std::set<pid_t> children() {
  std::set<pid_t> out;
  if (!has_children()) return out;  // the usual case, without reading /proc for each run
  const auto threads = list_directory("/proc/self/task");
  if (!threads) return out;
  for (const std::string& thread : *threads) {
    const std::string listed = read_file("/proc/self/task/" + thread + "/children").value_or("");
    for (const std::string_view word : text::split(listed, ' '))
      if (const auto pid = text::to_integer(word); pid && *pid > 1) out.insert(static_cast<pid_t>(*pid));
  }
  return out;
}

void pause_briefly() {
  ::poll(nullptr, 0, 1);
}

void sweep(Book& current) {
  const SystemClock clock;
  const double give_up_s = clock.monotonic_s() + k_patience_s;
  // Killing one may hand us its own children, hence rounds.
  while (clock.monotonic_s() < give_up_s) {
    bool found = false;
    for (const pid_t pid : children()) {
      if (current.there_before.count(pid) != 0 || current.leaders.count(pid) != 0) continue;
      int status = 0;
      // Fails for what is no child of ours: with /proc of another PID namespace the numbers mean other processes.
      const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
      if (reaped < 0) continue;
      found = true;
      if (reaped == 0) ::kill(pid, SIGKILL);
    }
    if (!found) return;
    pause_briefly();
  }
}

}  // namespace

Run::Run() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const std::lock_guard lock(book().mutex);
  if (book().runs++ == 0) book().there_before = children();
}

Run::~Run() {
  const std::lock_guard lock(book().mutex);
  if (--book().runs > 0) return;
  book().leaders.clear();  // each was waited for before its Run ended
  sweep(book());
}

void Run::owns(pid_t leader) {  // NOLINT: a Run's matter, though the book is shared
  const std::lock_guard lock(book().mutex);
  book().leaders.insert(leader);
}

int end_group(pid_t leader, rusage& usage) {
  // Before the leader is waited for: until then its number cannot belong to somebody else's group.
  ::kill(-leader, SIGKILL);
  int status = 0;
  while (::wait4(leader, &status, 0, &usage) < 0 && errno == EINTR) continue;
  const SystemClock clock;
  const double give_up_s = clock.monotonic_s() + k_patience_s;
  // A member becomes our child when its parent dies, and the parent was a member or the leader.
  while (true) {
    int ignored = 0;
    const pid_t reaped = ::waitpid(-leader, &ignored, WNOHANG);
    if (reaped > 0 || (reaped < 0 && errno == EINTR)) continue;
    if (reaped < 0 || clock.monotonic_s() >= give_up_s) return status;
    pause_briefly();
  }
}

}  // namespace perfwarden::os
