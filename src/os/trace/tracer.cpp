#include "os/trace/tracer.hpp"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "os/trace/filter.hpp"

namespace perfwarden::os {
namespace {

constexpr unsigned long k_options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                                    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD |
                                    PTRACE_O_EXITKILL;
constexpr int k_system_call_stop = SIGTRAP | 0x80;

bool wait_for(pid_t thread, int& status) {
  pid_t got = -1;
  do got = ::waitpid(thread, &status, __WALL);
  while (got < 0 && errno == EINTR);
  return got == thread;
}

SystemCall system_call_of(pid_t thread) {
  SystemCall call;
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_SECCOMP) {
    call.foreign = true;
    return call;
  }
  call.number = info.seccomp.nr;
  call.foreign = info.arch != k_architecture || call.number >= k_x32_bit;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) call.arguments[i] = info.seccomp.args[i];
  return call;
}

bool is_group_stop(pid_t thread, int signal) {
  if (signal != SIGSTOP && signal != SIGTSTP && signal != SIGTTIN && signal != SIGTTOU) return false;
  siginfo_t info{};
  return ::ptrace(PTRACE_GETSIGINFO, thread, nullptr, &info) != 0 && errno == EINVAL;
}

}  // namespace

bool Tracer::follow(pid_t leader) {
  if (!begin(leader)) return false;
  while (true) {
    siginfo_t info{};
    // This thread's own, so that commands which other threads run are left to those.
    if (::waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL | __WNOTHREAD) != 0) {
      if (errno == EINTR) continue;
      return true;
    }
    const pid_t thread = info.si_pid;
    const bool ended = info.si_code == CLD_EXITED || info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED;
    if (ended && thread == leader) {
      threads_.erase(leader);
      return true;
    }
    int status = 0;
    if (!wait_for(thread, status)) continue;
    if (WIFSTOPPED(status))
      stopped(thread, status);
    else
      threads_.erase(thread);
  }
}

Tracer::~Tracer() {
  for (const auto& [thread, state] : threads_) {
    int status = 0;
    const pid_t got = ::waitpid(thread, &status, __WALL | WNOHANG);
    if (got < 0 || (got == thread && !WIFSTOPPED(status))) continue;  // gone, and its number may be another's
    ::kill(thread, SIGKILL);
    while (wait_for(thread, status) && WIFSTOPPED(status)) resume(thread, PTRACE_CONT);
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

// The first stop is that of exec itself: no option was set at that time.
bool Tracer::begin(pid_t leader) {
  int status = 0;
  leader_ = leader;
  if (!wait_for(leader, status) || !WIFSTOPPED(status)) return false;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);  // what loses its parent becomes ours, so that its end is ours to see
  threads_[leader] = State::running;
  if (::ptrace(PTRACE_SETOPTIONS, leader, nullptr, k_options) != 0) return false;
  listener_.executed(leader);
  resume(leader, PTRACE_CONT);
  return true;
}

void Tracer::stopped(pid_t thread, int status) {
  const int signal = WSTOPSIG(status);
  const int kind = status >> 16;
  const auto known = threads_.find(thread);
  if (known == threads_.end()) {  // made, and its parent's event has not come yet
    threads_[thread] = State::held;
    return;
  }
  if (known->second == State::starting) {  // by a SIGSTOP of the kernel's
    known->second = State::running;
    return resume(thread, PTRACE_CONT);
  }
  if (kind != 0 && !(signal == SIGTRAP && kind != PTRACE_EVENT_STOP)) return resume(thread, PTRACE_CONT);
  if (kind != 0) return event(thread, kind);
  if (signal == k_system_call_stop) {
    listener_.left(thread);
    return resume(thread, PTRACE_CONT);
  }
  if (signal == SIGTRAP && listener_.trapped(thread)) return resume(thread, PTRACE_CONT);
  // A tracee that stops itself goes on at once: nobody would continue it for us.
  resume(thread, PTRACE_CONT, is_group_stop(thread, signal) ? 0 : signal);
}

void Tracer::event(pid_t thread, int event) {
  unsigned long message = 0;
  ::ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &message);
  const auto other = static_cast<pid_t>(message);
  switch (event) {
    case PTRACE_EVENT_SECCOMP:
      return resume(thread, listener_.enters(thread, system_call_of(thread)) ? PTRACE_SYSCALL : PTRACE_CONT);
    case PTRACE_EVENT_EXEC:
      if (other != thread) threads_.erase(other);  // a thread took the process over, and has its number now
      listener_.executed(thread);
      break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE: {
      listener_.made(thread, other);
      const auto [place, is_new] = threads_.try_emplace(other, State::starting);
      if (!is_new && place->second == State::held) {
        place->second = State::running;
        resume(other, PTRACE_CONT);
      }
      break;
    }
    default:
      break;
  }
  resume(thread, PTRACE_CONT);
}

// Fails for a tracee that was killed meanwhile, whose end is reported next.
void Tracer::resume(pid_t thread, int request, int signal) {
  ::ptrace(static_cast<__ptrace_request>(request), thread, nullptr, static_cast<long>(signal));
}

}  // namespace perfwarden::os
