#include "os/child.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace perfwarden::os {
namespace {

#define PW_CHILD __attribute__((noinline, no_profile_instrument_function))

[[noreturn]] PW_CHILD void child_fails(const Launch& launch, Stage stage, int number) {
  const Failure failure{stage, number};
  ::syscall(SYS_write, launch.control, &failure, sizeof failure);
  while (true) ::syscall(SYS_exit_group, 127);
}

PW_CHILD void child_resets_signals() {
  struct {  // the kernel's own sigaction: all zero is SIG_DFL without flags
    std::uint64_t words[4];
  } fresh{};
  for (int signal = 1; signal <= 64; ++signal) ::syscall(SYS_rt_sigaction, signal, &fresh, nullptr, 8);
}

PW_CHILD void child_seals_descriptors() {
  if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  ::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit);
  const long most = limit.rlim_cur > 65536 ? 65536 : static_cast<long>(limit.rlim_cur);
  for (long fd = 3; fd < most; ++fd) ::syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
}

// The child opens its counters itself: a parent that protects its secrets (not dumpable) may not attach to its copy.
PW_CHILD void child_sends_events(Launch& launch) {
  Opened opened;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * k_most_events)];
  auto* const header = reinterpret_cast<cmsghdr*>(control);
  int* const sent = reinterpret_cast<int*>(CMSG_DATA(header));
  std::size_t count = 0;
  for (std::size_t i = 0; i < launch.event_count; ++i) {
    const long fd = ::syscall(SYS_perf_event_open, &launch.events[i], 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
      opened.errors[i] = errno;
    else
      sent[count++] = static_cast<int>(fd);
  }
  iovec data{&opened, sizeof opened};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (count > 0) {
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
  }
  if (::syscall(SYS_sendmsg, launch.control, &message, MSG_NOSIGNAL) < 0) child_fails(launch, Stage::setup, errno);
}

PW_CHILD void child_drops_privileges(const Launch& launch) {
  if (!launch.drops_user && !launch.drops_group) return;
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) child_fails(launch, Stage::user, errno);
  if (launch.drops_group && ::syscall(SYS_setresgid, launch.gid, launch.gid, launch.gid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user && ::syscall(SYS_setresuid, launch.uid, launch.uid, launch.uid) != 0)
    child_fails(launch, Stage::user, errno);
  if (launch.drops_user) ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

[[noreturn]] PW_CHILD void child_executes(const Launch& launch) {
  int number = ENOENT;
  for (const char* const* path = launch.candidates; *path != nullptr; ++path) {
    ::syscall(SYS_execve, *path, launch.argv, launch.envp);
    // As execvp: a file that may not be run is reported, but a later folder may still have one.
    if (errno != ENOENT && errno != ENOTDIR) number = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  child_fails(launch, Stage::exec, number);
}

}  // namespace

PW_CHILD void child_main(Launch& launch) {
  ::syscall(SYS_setpgid, 0, 0);
  child_resets_signals();
  ::syscall(SYS_dup3, launch.in, STDIN_FILENO, 0);
  ::syscall(SYS_dup3, launch.out, STDOUT_FILENO, 0);
  ::syscall(SYS_dup3, launch.err, STDERR_FILENO, 0);
  child_seals_descriptors();
  const rlimit no_core{0, 0};
  ::syscall(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, nullptr);
  if (launch.pinned && ::syscall(SYS_sched_setaffinity, 0, sizeof launch.cpus, &launch.cpus) != 0)
    child_fails(launch, Stage::affinity, errno);
  child_sends_events(launch);
  char go = 0;
  if (::syscall(SYS_read, launch.control, &go, 1) != 1) child_fails(launch, Stage::setup, EPIPE);
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

}  // namespace perfwarden::os
