#pragma once

#include <linux/audit.h>
#include <linux/filter.h>

#include <cstdint>
#include <span>

namespace perfwarden::os {

#if defined(__x86_64__)
inline constexpr std::uint32_t k_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
inline constexpr std::uint32_t k_architecture = AUDIT_ARCH_AARCH64;
#else
inline constexpr std::uint32_t k_architecture = 0;
#endif
// System calls with numbers from here on are those of x32 programs.
inline constexpr std::uint32_t k_x32_bit = 0x40000000;

// The last argument of the execve by which a traced program is started, which the filter lets through: at that time
// nobody listens yet. execve(2) itself ignores it.
inline constexpr std::uint32_t k_first_exec = 0x70657266;

// A seccomp filter that stops for a tracer (SECCOMP_RET_TRACE) those system calls that name a file, execute a program,
// make memory executable, use a socket with an address, or leave what a tracer can see. All others run at full speed.
// On an architecture for which it is not written it is empty.
[[nodiscard]] std::span<const sock_filter> trace_filter();

}  // namespace perfwarden::os
