#include "os/process/lean_clone.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/sanitized.hpp"

// The kernel starts a process's peak memory (ru_maxrss) at the resident size of the memory image that exec replaces:
// with fork that is a copy of ours, with vfork and posix_spawn ours itself, so a child of a 500 MB parent would seem to
// need 500 MB. Therefore programs are started by a small clone of ours, made once, from which big mappings are kept out
// with MADV_DONTFORK. It lives without a heap: it uses only its stack, what lies in the arena, and bare system calls.

namespace perfwarden::os {
namespace {

// A Range is a piece of our address space, whole pages, end excluded.
struct Range {
  std::uintptr_t begin = 0, end = 0;
};

// What the child uses of our memory, apart from code and the data of programs and libraries, with some pages to spare.
// Such pages may lie in one mapping with others, since the kernel merges neighbours.
std::vector<Range> memory_of_child(const Arena& arena) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto around = [page](const void* first, const void* last, std::uintptr_t below, std::uintptr_t above) {
    const auto low = std::min(reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(last));
    const auto high = std::max(reinterpret_cast<std::uintptr_t>(first), reinterpret_cast<std::uintptr_t>(last));
    return Range{(low - below) / page * page, (high + above + page) / page * page};
  };
  const int on_stack = 0;
  return {around(&on_stack, &on_stack, 64 * page, 16 * page),
          around(__builtin_thread_pointer(), &errno, page, 2 * page), around(arena.base(), arena.end(), 0, 0)};
}

// `range` without the pages of `kept`, as far as a piece is worth a system call.
void add_without(const std::vector<Range>& kept, Range range, std::vector<Range>& out) {
  constexpr std::uintptr_t k_smallest = 64 << 10;
  for (const Range& keep : kept) {
    if (keep.end <= range.begin || keep.begin >= range.end) continue;
    if (keep.begin > range.begin) add_without(kept, {range.begin, keep.begin}, out);
    if (keep.end < range.end) add_without(kept, {keep.end, range.end}, out);
    return;
  }
  if (range.end - range.begin >= k_smallest) out.push_back(range);
}

std::optional<std::uintptr_t> hexadecimal(std::string_view digits) {
  std::uintptr_t value = 0;
  if (digits.empty() || digits.size() > 16) return std::nullopt;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uintptr_t>(digit);
  }
  return value;
}

// Our writable private memory that the child can do without: the heap and other anonymous memory, but not the zeroed
// data that follows a program or library file.
std::vector<Range> mappings_to_leave_out(const Arena& arena) {
  std::vector<Range> out;
  if (PW_SANITIZED != 0) return out;  // their shadow memory must be there
  const auto maps = read_file("/proc/self/maps", std::size_t{16} << 20);
  if (!maps) return out;
  const std::vector<Range> kept = memory_of_child(arena);
  std::uintptr_t end_of_file_mapping = 0;
  for (const std::string_view line : text::lines(*maps)) {
    const std::size_t dash = line.find('-');
    const std::size_t space = line.find(' ');
    if (dash == std::string_view::npos || space == std::string_view::npos || space < dash) continue;
    const auto begin = hexadecimal(line.substr(0, dash));
    const auto end = hexadecimal(line.substr(dash + 1, space - dash - 1));
    if (!begin || !end) continue;
    const std::string_view rights = line.substr(space + 1, 4);
    if (line.find('/') != std::string_view::npos) {
      end_of_file_mapping = *end;
      continue;
    }
    const bool is_heap = line.ends_with("[heap]");
    const bool is_plain = line.find('[') == std::string_view::npos || line.find("[anon") != std::string_view::npos;
    constexpr std::uintptr_t k_largest_zeroed_data = 4 << 20;
    const bool follows_file = !is_heap && *begin == end_of_file_mapping && *end - *begin < k_largest_zeroed_data;
    if (rights != "rw-p" || follows_file || !(is_heap || is_plain)) continue;
    add_without(kept, {*begin, *end}, out);
  }
  return out;
}

void advise(const std::vector<Range>& ranges, int advice) {
  // A range that is gone meanwhile is no loss.
  for (const Range& range : ranges)
    ::madvise(reinterpret_cast<void*>(range.begin), range.end - range.begin, advice);  // NOLINT: an address
}

// The child must not run our handlers before it has reset them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

pid_t lean_clone(LauncherSetup& setup, const Arena& arena) {
  static std::mutex only_one;  // two at once would switch each other's advice off
  const std::lock_guard lock(only_one);
  const std::vector<Range> left_out = mappings_to_leave_out(arena);
  const SignalsBlocked blocked;
  advise(left_out, MADV_DONTFORK);
  // Not fork(): glibc's would touch the heap's bookkeeping in the child.
  const long pid = ::syscall(SYS_clone, 0, 0, 0, 0, 0);
  if (pid == 0) launcher_main(setup);
  const int number = errno;
  advise(left_out, MADV_DOFORK);
  errno = number;
  return static_cast<pid_t>(pid);
}

}  // namespace perfwarden::os
