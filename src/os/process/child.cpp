#include "os/process/child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "os/sanitized.hpp"

namespace perfwarden::os {
namespace {

#define PW_CHILD __attribute__((noinline, no_profile_instrument_function))

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

[[noreturn]] PW_CHILD void child_executes(Launch& launch) {
  int number = ENOENT;
  for (const char* const* path = launch.candidates; *path != nullptr; ++path) {
    ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &launch.started);
    ::syscall(SYS_execve, *path, launch.argv, launch.envp);
    // As execvp: a file that may not be run is reported, but a later folder may still have one.
    if (errno != ENOENT && errno != ENOTDIR) number = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  child_fails(launch, Stage::exec, number);
}

PW_CHILD int child_main(void* argument) {
  Launch& launch = *static_cast<Launch*>(argument);
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
  if (::syscall(SYS_getppid) != launch.parent)
    child_fails(launch, Stage::setup, ESRCH);  // we were orphaned before that
  if (launch.persona != 0) ::syscall(SYS_personality, launch.persona);
  const std::uint64_t nothing_blocked = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, 8);
  child_executes(launch);
}

// The child is ours, not the launcher's, and the launcher waits until it has executed the program. Until then it
// borrows the launcher's memory, so nothing is copied. A sanitizer's bookkeeping cannot be lent, and knows one stack
// only.
PW_CHILD pid_t clones(LauncherSetup& setup) {
  constexpr int k_flags = CLONE_PARENT | CLONE_VFORK | SIGCHLD;
  if constexpr (PW_SANITIZED == 0) return ::clone(child_main, setup.stack, k_flags | CLONE_VM, setup.launch);
  const long pid = ::syscall(SYS_clone, k_flags, 0, 0, 0, 0);
  if (pid == 0) child_main(setup.launch);
  return static_cast<pid_t>(pid);
}

// False when the socket has closed.
PW_CHILD bool receives_start(Launch& launch) {
  char byte = 0;
  constexpr std::size_t k_descriptors = 3;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * k_descriptors)];
  iovec data{&byte, 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::syscall(SYS_recvmsg, k_control, &message, MSG_CMSG_CLOEXEC) != 1) return false;
  auto* const header = reinterpret_cast<cmsghdr*>(control);
  if (message.msg_controllen < sizeof(cmsghdr) || header->cmsg_len != CMSG_LEN(sizeof(int) * k_descriptors))
    return false;
  const int* const received = reinterpret_cast<const int*>(CMSG_DATA(header));
  launch.in = received[0];
  launch.out = received[1];
  launch.err = received[2];
  return true;
}

}  // namespace

PW_CHILD void launcher_main(LauncherSetup& setup) {
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != setup.parent) ends();
  // Benchmarks of the same user must not write into it.
  ::syscall(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::syscall(SYS_setpgid, 0, 0);  // a terminal's signals are for us
  resets_signals();
  keeps_only_control(setup.control);
  Launch& launch = *setup.launch;
  while (receives_start(launch)) {
    Note note;
    note.pid = clones(setup);
    if (note.pid < 0) note = {-1, errno};
    ::syscall(SYS_close, launch.in);
    ::syscall(SYS_close, launch.out);
    ::syscall(SYS_close, launch.err);
    if (::syscall(SYS_sendto, k_control, &note, sizeof note, MSG_NOSIGNAL, nullptr, 0) < 0) break;
  }
  ends();
}

}  // namespace perfwarden::os
