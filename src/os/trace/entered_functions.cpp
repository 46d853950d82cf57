#include "os/trace/entered_functions.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/files/unique_fd.hpp"
#include "os/trace/memory.hpp"

namespace perfwarden::os {
namespace {

constexpr std::uint64_t k_page = 4096;
constexpr std::uint64_t k_int3 = 0xcc;

std::uint64_t whole_pages(std::uint64_t address) {
  return address / k_page * k_page;
}

std::optional<std::uint64_t> hexadecimal_at(std::string_view& rest, char end) {
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (; i < rest.size() && rest[i] != end; ++i) {
    const char c = rest[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0 || i >= 16) return std::nullopt;
    value = value * 16 + static_cast<std::uint64_t>(digit);
  }
  rest.remove_prefix(std::min(rest.size(), i + 1));
  return value;
}

// What is to be added to an address as linked, where the image's code is mapped like this; nullopt when it is no image
// of a kind that we know.
std::optional<std::uint64_t> bias_of(const std::string& image, std::uint64_t begin, std::uint64_t offset) {
  const UniqueFd file(::open(image.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  Elf64_Ehdr header{};
  if (!file || ::pread(file.get(), &header, sizeof header, 0) != sizeof header) return std::nullopt;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    return std::nullopt;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const auto at = static_cast<off_t>(header.e_phoff + i * sizeof segment);
    if (::pread(file.get(), &segment, sizeof segment, at) != sizeof segment) return std::nullopt;
    const bool is_code = segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0;
    if (is_code && whole_pages(segment.p_offset) == offset) return begin - whole_pages(segment.p_vaddr);
  }
  return std::nullopt;
}

bool write_byte(pid_t process, std::uint64_t address, std::uint64_t byte, unsigned char* original) {
  const std::optional<long> word = read_word(process, address);
  if (!word) return false;
  const auto old = static_cast<std::uint64_t>(*word);
  if (original != nullptr) *original = static_cast<unsigned char>(old);
  const std::uint64_t fresh = (old & ~std::uint64_t{0xff}) | byte;  // the lowest byte lies first
  return ::ptrace(PTRACE_POKEDATA, process, reinterpret_cast<void*>(address), fresh) == 0;  // NOLINT: an address
}

}  // namespace

EntryWatch::EntryWatch(const std::set<FunctionEntry>& functions) {
  for (const FunctionEntry& function : functions) by_image_[function.image].push_back(&function);
#if !defined(__x86_64__)
  gives_up("perfwarden does not know how to place breakpoints on this processor");
#endif
}

void EntryWatch::gives_up(const std::string& why) {
  if (result_.not_known.empty()) result_.not_known = why;
}

// A new memory image: of the old one's breakpoints none is left.
void EntryWatch::executed(pid_t thread) {
  const pid_t process = process_of(thread);
  breakpoints_[process].clear();
  place(process);
}

bool EntryWatch::enters(pid_t thread, const SystemCall& call) {
  if (call.foreign) {
    gives_up("it runs code of another architecture");
    return false;
  }
  if (call.number == SYS_ptrace) gives_up("it traces processes itself");
  if (call.number != SYS_mmap || (call.arguments[3] & MAP_ANONYMOUS) != 0) return false;
  const std::string link = fmt::format("/proc/{}/fd/{}", thread, static_cast<int>(call.arguments[4]));
  std::array<char, PATH_MAX> path;  // NOLINT: filled by the kernel
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  return length > 0 && by_image_.contains(std::string(path.data(), static_cast<std::size_t>(length)));
}

void EntryWatch::made(pid_t parent, pid_t thread) {
  const pid_t from = process_of(parent);
  const pid_t process = process_of(thread);
  if (process != from) breakpoints_[process] = breakpoints_[from];
}

pid_t EntryWatch::process_of(pid_t thread) {
  const auto known = processes_.find(thread);
  if (known != processes_.end()) return known->second;
  pid_t process = thread;
  const Result<std::string> status = read_file(fmt::format("/proc/{}/status", thread));
  if (status)
    for (const std::string_view line : text::lines(*status))
      if (line.starts_with("Tgid:"))
        process = static_cast<pid_t>(text::to_integer(text::trim(line.substr(5))).value_or(thread));
  return processes_[thread] = process;
}

void EntryWatch::place(pid_t process) {
  const Result<std::string> lines = read_file(fmt::format("/proc/{}/maps", process));
  if (!lines) return gives_up("the kernel does not let us read /proc of a traced process");
  for (std::string_view rest : text::lines(*lines)) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) continue;
    Mapping mapping;
    mapping.image = rest.substr(slash);
    if (!by_image_.contains(mapping.image)) continue;
    const auto begin = hexadecimal_at(rest, '-');
    const auto end = hexadecimal_at(rest, ' ');
    const bool executable = rest.size() > 3 && rest[2] == 'x';
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 5));
    const auto offset = hexadecimal_at(rest, ' ');
    if (!executable) continue;
    if (!begin || !end || !offset) return gives_up("the mappings of a process cannot be read");
    mapping.begin = *begin;
    mapping.end = *end;
    mapping.offset = *offset;
    place_in(process, mapping);
  }
}

void EntryWatch::place_in(pid_t process, const Mapping& mapping) {
  const std::optional<std::uint64_t> bias = bias_of(mapping.image, mapping.begin, mapping.offset);
  if (!bias) return gives_up(fmt::format("'{}' is mapped in a way that is not known", text::one_line(mapping.image)));
  Breakpoints& breakpoints = breakpoints_[process];
  for (const FunctionEntry* const function : by_image_[mapping.image]) {
    const std::uint64_t address = function->address + *bias;
    if (address < mapping.begin || address >= mapping.end || breakpoints.contains(address)) continue;
    Breakpoint breakpoint{function};
    if (!write_byte(process, address, k_int3, &breakpoint.original))
      return gives_up("the kernel does not let us place a breakpoint");
    breakpoints.emplace(address, breakpoint);
  }
}

bool EntryWatch::trapped(pid_t thread) {
#if defined(__x86_64__)
  user_regs_struct registers{};
  if (::ptrace(PTRACE_GETREGS, thread, nullptr, &registers) != 0) return false;
  const std::uint64_t address = registers.rip - 1;
  Breakpoints& breakpoints = breakpoints_[process_of(thread)];
  const auto found = breakpoints.find(address);
  if (found == breakpoints.end()) return false;
  Breakpoint& breakpoint = found->second;
  // Of two threads that ran into it at once, the second finds it taken away.
  if (breakpoint.there) {
    result_.entered.insert(*breakpoint.function);
    write_byte(thread, address, breakpoint.original, nullptr);
    breakpoint.there = false;
  }
  registers.rip = address;
  return ::ptrace(PTRACE_SETREGS, thread, nullptr, &registers) == 0;
#else
  (void)thread;
  return false;
#endif
}

}  // namespace perfwarden::os
