#include "os/process/child.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "os/trace/filter.hpp"

namespace perfwarden::os {
namespace {

// A sanitizer would keep books on the launcher's stack while the child runs on its own.
#define PW_CHILD \
  __attribute__((noinline, no_profile_instrument_function, no_sanitize("address", "thread", "undefined")))

constexpr int k_control = 3;  // the launcher's socket, in it and until exec in its children

[[noreturn]] PW_CHILD void ends() {
  while (true) ::syscall(SYS_exit_group, 127);
}

[[noreturn]] PW_CHILD void child_fails(Launch& launch, Stage stage, int number) {
  launch.failure = {stage, number};
  ends();
}

PW_CHILD void resets_signals() {
  struct {  // the kernel's own sigaction: all zero is SIG_DFL without flags
    std::uint64_t words[4];
  } fresh{};
  for (int signal = 1; signal <= 64; ++signal) ::syscall(SYS_rt_sigaction, signal, &fresh, nullptr, 8);
}

// The socket becomes descriptor 3, and all others are closed. 0 to 2 are taken, lest a received one be given these
// numbers, which the child needs.
PW_CHILD void keeps_only_control(int control) {
  for (int fd = 0; fd <= k_control; ++fd)
    if (fd != control) ::syscall(SYS_dup3, control, fd, O_CLOEXEC);
  if (::syscall(SYS_close_range, k_control + 1U, ~0U, 0) == 0) return;
  rlimit limit{};
  ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  const long most = limit.rlim_cur > 65536 ? 65536 : static_cast<long>(limit.rlim_cur);
  for (long fd = k_control + 1; fd < most; ++fd) ::syscall(SYS_close, fd);
}

// The child opens its counters itself: a parent that protects its secrets (not dumpable) may not attach to its copy.
PW_CHILD void child_sends_events(Launch& launch) {
  Note note;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * k_most_events)];
  auto* const header = reinterpret_cast<cmsghdr*>(control);
  int* const sent = reinterpret_cast<int*>(CMSG_DATA(header));
  std::size_t count = 0;
  for (std::size_t i = 0; i < launch.event_count; ++i) {
    const long fd = ::syscall(SYS_perf_event_open, &launch.events[i], 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
      launch.event_errors[i] = errno;
    else
      sent[count++] = static_cast<int>(fd);
  }
  if (count == 0) return;
  iovec data{&note, sizeof note};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * count);
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
  if (::syscall(SYS_sendmsg, k_control, &message, MSG_NOSIGNAL) < 0) child_fails(launch, Stage::setup, errno);
}

PW_CHILD void child_drops_privileges(Launch& launch) {
  if (!launch.drops_user && !launch.drops_group) return;
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) child_fails(launch, Stage::user, errno);
  if (launch.drops_group && ::syscall(SYS_setresgid, launch.gid, launch.gid, launch.gid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user && ::syscall(SYS_setresuid, launch.uid, launch.uid, launch.uid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user) ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// Who traces is the thread that the launcher works for: it is the child's parent.
PW_CHILD void child_is_traced(Launch& launch) {
  if (launch.filter.len == 0) return;
  ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr) != 0 ||
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &launch.filter) != 0)
    child_fails(launch, Stage::trace, errno);
}

[[noreturn]] PW_CHILD void child_executes(Launch& launch) {
  int number = ENOENT;
  for (const char* const* path = launch.candidates; *path != nullptr; ++path) {
    ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &launch.started);
    ::syscall(SYS_execve, *path, launch.argv, launch.envp, 0, 0, k_first_exec);
    // As execvp: a file that may not be run is reported, but a later folder may still have one.
    if (errno != ENOENT && errno != ENOTDIR) number = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  child_fails(launch, Stage::exec, number);
}

PW_CHILD int child_main(void* argument) {
  Launch& launch = *static_cast<Launch*>(argument);
  const long parent = ::syscall(SYS_getppid);  // the launcher waits for our exec, so it is this one
  ::syscall(SYS_setpgid, 0, 0);
  ::syscall(SYS_dup3, launch.in, STDIN_FILENO, 0);
  ::syscall(SYS_dup3, launch.out, STDOUT_FILENO, 0);
  ::syscall(SYS_dup3, launch.err, STDERR_FILENO, 0);
  const rlimit no_core{0, 0};
  ::syscall(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, nullptr);
  if (launch.pinned && ::syscall(SYS_sched_setaffinity, 0, sizeof launch.cpus, &launch.cpus) != 0)
    child_fails(launch, Stage::affinity, errno);
  child_sends_events(launch);
  child_drops_privileges(launch);
  if (launch.cwd != nullptr && ::syscall(SYS_chdir, launch.cwd) != 0) child_fails(launch, Stage::folder, errno);
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != parent) child_fails(launch, Stage::setup, ESRCH);  // we were orphaned before that
  if (launch.persona != 0) ::syscall(SYS_personality, launch.persona);
  const std::uint64_t nothing_blocked = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, 8);
  child_is_traced(launch);
  child_executes(launch);
}

// The launcher waits until the child has executed the program. Until then the child borrows the launcher's memory, so
// nothing is copied. A program that is traced becomes our child, since its parent traces it.
PW_CHILD pid_t clones(LauncherSetup& setup) {
  const int traced = setup.launch->filter.len > 0 ? CLONE_PARENT : 0;
  return ::clone(child_main, setup.stack, CLONE_VM | CLONE_VFORK | SIGCHLD | traced, setup.launch);
}

PW_CHILD Order receives_order(Launch& launch) {
  Order order = Order::none;
  constexpr std::size_t k_descriptors = 3;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * k_descriptors)];
  iovec data{&order, sizeof order};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::syscall(SYS_recvmsg, k_control, &message, MSG_CMSG_CLOEXEC) != sizeof order) return Order::none;
  if (order != Order::start) return order;
  auto* const header = reinterpret_cast<cmsghdr*>(control);
  if (message.msg_controllen < sizeof(cmsghdr) || header->cmsg_len != CMSG_LEN(sizeof(int) * k_descriptors))
    return Order::none;
  const int* const received = reinterpret_cast<const int*>(CMSG_DATA(header));
  launch.in = received[0];
  launch.out = received[1];
  launch.err = received[2];
  return order;
}

PW_CHILD Note starts(LauncherSetup& setup) {
  Launch& launch = *setup.launch;
  Note note;
  note.pid = clones(setup);
  if (note.pid < 0) note = {-1, errno};
  ::syscall(SYS_close, launch.in);
  ::syscall(SYS_close, launch.out);
  ::syscall(SYS_close, launch.err);
  return note;
}

// Whether it has ended; true also when there is no such child.
PW_CHILD bool has_ended(pid_t pid) {
  siginfo_t info;
  info.si_pid = 0;
  const long code = ::syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, nullptr);
  return code != 0 || info.si_pid != 0;
}

PW_CHILD void pauses_briefly() {
  timespec pause{0, 1'000'000};
  ::syscall(SYS_nanosleep, &pause, nullptr);
}

// Kills every child of the launcher; gives how many it could kill. With /proc of another PID namespace the numbers mean
// other processes: those are not children.
PW_CHILD int kills_children() {
  const long list = ::syscall(SYS_openat, AT_FDCWD, "/proc/thread-self/children", O_RDONLY | O_CLOEXEC, 0);
  if (list < 0) return 0;
  int killed = 0;
  char buffer[512];
  long pid = 0;
  for (long got = 0; (got = ::syscall(SYS_read, list, buffer, sizeof buffer)) > 0;)
    for (long i = 0; i < got; ++i) {
      if (buffer[i] >= '0' && buffer[i] <= '9') {
        pid = pid * 10 + (buffer[i] - '0');
        continue;
      }
      siginfo_t ignored;
      const bool is_child =
          pid > 1 && ::syscall(SYS_waitid, P_PID, pid, &ignored, WEXITED | WNOHANG | WNOWAIT | __WALL, nullptr) == 0;
      if (is_child && ::syscall(SYS_kill, pid, SIGKILL) == 0) ++killed;
      pid = 0;
    }
  ::syscall(SYS_close, list);
  return killed;
}

// The launcher is a child subreaper: whatever a program leaves behind, in any group or session, becomes its child when
// its own parent dies. Killing one may bring more, hence rounds. What we may not kill (a program of root's) is left.
PW_CHILD void ends_all_children(int most_rounds) {
  for (int round = 0; round < most_rounds; ++round) {
    long reaped = 0;
    do reaped = ::syscall(SYS_wait4, -1, nullptr, WNOHANG | __WALL, nullptr);
    while (reaped > 0);
    if (reaped < 0 || kills_children() == 0) return;  // the usual case: none, without reading /proc
    pauses_briefly();
  }
}

// Kills what is left of the program's group while its number cannot belong to somebody else's.
PW_CHILD Note waits(Launch& launch, pid_t leader) {
  constexpr int k_most_rounds = 2000;  // of a millisecond
  ::syscall(SYS_kill, -leader, SIGKILL);
  long reaped = 0;
  do reaped = ::syscall(SYS_wait4, leader, &launch.status, __WALL, &launch.usage);
  while (reaped < 0 && errno == EINTR);
  const Note note{leader, reaped < 0 ? errno : 0};
  ends_all_children(k_most_rounds);
  return note;
}

PW_CHILD Note obeys(Order order, LauncherSetup& setup, pid_t& leader) {
  switch (order) {
    case Order::start: {
      const Note note = starts(setup);
      leader = note.pid;
      return note;
    }
    case Order::ask_ended:
      return {leader, has_ended(leader) ? 1 : 0};
    case Order::wait: {
      const Note note = leader > 1 ? waits(*setup.launch, leader) : Note{-1, ECHILD};
      leader = 0;
      return note;
    }
    case Order::none:
      break;
  }
  return {-1, EINVAL};
}

}  // namespace

PW_CHILD void launcher_main(LauncherSetup& setup) {
  // Benchmarks of the same user must not write into it.
  ::syscall(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::syscall(SYS_setpgid, 0, 0);  // a terminal's signals are for us
  resets_signals();
  keeps_only_control(setup.control);
  pid_t leader = 0;
  for (Order order = Order::none; (order = receives_order(*setup.launch)) != Order::none;) {
    const Note note = obeys(order, setup, leader);
    if (::syscall(SYS_sendto, k_control, &note, sizeof note, MSG_NOSIGNAL, nullptr, 0) < 0) break;
  }
  constexpr int k_most_rounds = 10'000;
  if (leader > 1) ::syscall(SYS_kill, -leader, SIGKILL);
  ends_all_children(k_most_rounds);
  ends();
}

}  // namespace perfwarden::os
