#include "os/trace/filter.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cstddef>
#include <vector>

namespace perfwarden::os {
namespace {

constexpr long k_always[] = {
#ifdef SYS_open
    SYS_open,
    SYS_creat,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
#endif
    SYS_openat,
    SYS_openat2,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_execveat,
    SYS_getdents64,
    SYS_connect,
    SYS_bind,
    SYS_sendmsg,
    SYS_sendmmsg,
    SYS_chroot,
    SYS_pivot_root,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_move_mount,
    SYS_ptrace,
    SYS_open_by_handle_at,
    SYS_io_uring_setup,
};

constexpr std::uint32_t low_half_of_argument(std::uint32_t index) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * index;
}

class Program {
 public:
  void add(std::uint16_t code, std::uint32_t value, std::uint8_t yes = 0, std::uint8_t no = 0) {
    code_.push_back({code, yes, no, value});
  }
  void stop() { add(BPF_RET | BPF_K, SECCOMP_RET_TRACE); }
  void allow() { add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW); }
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
  // Stops `call` when `test` (BPF_JSET or BPF_JEQ) of its argument and `value` comes to `wanted`.
  void stop_if(long call, std::uint32_t argument, std::uint16_t test, std::uint32_t value, bool wanted) {
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4);
    load(low_half_of_argument(argument));
    add(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, wanted ? 0 : 1, wanted ? 1 : 0);
    stop();
    allow();
  }
  [[nodiscard]] std::vector<sock_filter> take() { return std::move(code_); }

 private:
  std::vector<sock_filter> code_;
};

std::vector<sock_filter> make_filter() {
  Program program;
  if (k_architecture == 0) return program.take();
  program.load(offsetof(seccomp_data, arch));
  program.add(BPF_JMP | BPF_JEQ | BPF_K, k_architecture, 1, 0);
  program.stop();
  program.load(offsetof(seccomp_data, nr));
  program.add(BPF_JMP | BPF_JGE | BPF_K, k_x32_bit, 0, 1);
  program.stop();
  for (const long call : k_always) {
    program.add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
    program.stop();
  }
  program.stop_if(SYS_execve, 5, BPF_JEQ, k_first_exec, false);
  // These are how glibc, Rust and Go look at an open file: there the path is empty.
  program.stop_if(SYS_newfstatat, 3, BPF_JSET, AT_EMPTY_PATH, false);
  program.stop_if(SYS_statx, 2, BPF_JSET, AT_EMPTY_PATH, false);
  program.stop_if(SYS_mmap, 2, BPF_JSET, PROT_EXEC, true);
  program.stop_if(SYS_mprotect, 2, BPF_JSET, PROT_EXEC, true);
  program.stop_if(SYS_sendto, 4, BPF_JEQ, 0, false);
  program.allow();
  return program.take();
}

}  // namespace

std::span<const sock_filter> trace_filter() {
  static const std::vector<sock_filter> filter = make_filter();
  return filter;
}

}  // namespace perfwarden::os
