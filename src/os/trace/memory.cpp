#include "os/trace/memory.hpp"

#include <sys/ptrace.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace perfwarden::os {
namespace {

constexpr std::size_t k_readable_unit = 4096;  // memory is readable by whole pages

// At once; 0 where the kernel forbids it, which it does for another user's process without CAP_SYS_PTRACE.
std::size_t read_at_once(pid_t thread, std::uint64_t address, std::array<char, PATH_MAX>& bytes) {
  const std::size_t to_page_end = k_readable_unit - address % k_readable_unit;
  const std::size_t first = std::min(to_page_end, bytes.size());
  iovec local{bytes.data(), bytes.size()};
  std::array<iovec, 2> remote{{{reinterpret_cast<void*>(address), first},  // NOLINT: an address of the tracee
                               {reinterpret_cast<void*>(address + first), bytes.size() - first}}};  // NOLINT
  const ssize_t got = ::process_vm_readv(thread, &local, 1, remote.data(), remote.size(), 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::optional<std::string> read_by_words(pid_t thread, std::uint64_t address) {
  std::string text;
  std::uint64_t at = address / sizeof(long) * sizeof(long);
  std::size_t skip = address % sizeof(long);
  while (text.size() < PATH_MAX) {
    const std::optional<long> word = read_word(thread, at);
    if (!word) return std::nullopt;
    std::array<char, sizeof(long)> bytes{};
    std::memcpy(bytes.data(), &*word, sizeof *word);
    for (std::size_t i = skip; i < bytes.size(); ++i) {
      if (bytes[i] == '\0') return text;
      text += bytes[i];
    }
    skip = 0;
    at += sizeof(long);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_text(pid_t thread, std::uint64_t address) {
  std::array<char, PATH_MAX> bytes;  // NOLINT: filled by the kernel
  if (const std::size_t got = read_at_once(thread, address, bytes); got > 0) {
    const auto* const end = static_cast<const char*>(std::memchr(bytes.data(), '\0', got));
    if (end == nullptr) return std::nullopt;
    return std::string(static_cast<const char*>(bytes.data()), end);
  }
  return read_by_words(thread, address);
}

std::optional<long> read_word(pid_t thread, std::uint64_t address) {
  errno = 0;
  const long word = ::ptrace(PTRACE_PEEKDATA, thread, reinterpret_cast<void*>(address), nullptr);  // NOLINT: an address
  if (errno != 0) return std::nullopt;
  return word;
}

}  // namespace perfwarden::os
