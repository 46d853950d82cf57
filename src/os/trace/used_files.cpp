#include "os/trace/used_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <filesystem>
#include <utility>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/files/unique_fd.hpp"
#include "os/trace/memory.hpp"

namespace perfwarden::os {
namespace {

constexpr std::size_t k_most_files = 200'000;
constexpr std::size_t k_most_path_bytes = std::size_t{64} << 20;
constexpr std::size_t k_most_programs = 20'000;
constexpr std::size_t k_most_argument_bytes = std::size_t{8} << 20;
constexpr std::uint64_t k_here = static_cast<std::uint32_t>(AT_FDCWD);

std::string target_of(const std::string& link) {
  std::array<char, PATH_MAX> target;  // NOLINT: filled by the kernel
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string();
}

bool is_on_disk(std::string_view path) {
  return path.starts_with('/') && !path.starts_with("/memfd:") && !path.ends_with(" (deleted)");
}

std::vector<std::string_view> texts_of(std::string_view bytes) {
  if (bytes.ends_with('\0')) bytes.remove_suffix(1);
  return bytes.empty() ? std::vector<std::string_view>() : text::split(bytes, '\0');
}

}  // namespace

UsedFiles::UsedFiles(std::string side, Digests& digests)
    : side_(std::move(side)), digests_(digests), started_ns_(file_time_now()) {}

bool UsedFiles::enters(pid_t thread, const SystemCall& call) {
  const auto& with = call.arguments;
  if (call.foreign) {
    gives_up("it runs code of another architecture");
    return false;
  }
  switch (call.number) {
#ifdef SYS_open
    case SYS_open:
      opens(thread, {k_here, with[0]}, with[1]);
      break;
    case SYS_creat:
      opens(thread, {k_here, with[0]}, O_CREAT | O_WRONLY | O_TRUNC);
      break;
    case SYS_stat:
    case SYS_access:
      looks(thread, {k_here, with[0]}, Links::followed);
      break;
    case SYS_lstat:
    case SYS_readlink:
      looks(thread, {k_here, with[0]}, Links::themselves);
      break;
    case SYS_getdents:
#endif
    case SYS_getdents64:
      lists(thread, with[0]);
      break;
    case SYS_openat:
      opens(thread, {with[0], with[1]}, with[2]);
      break;
    case SYS_openat2:
      opens(thread, {with[0], with[1]}, static_cast<std::uint64_t>(read_word(thread, with[2]).value_or(0)));
      break;
    case SYS_newfstatat:
      looks(thread, {with[0], with[1]}, (with[3] & AT_SYMLINK_NOFOLLOW) != 0 ? Links::themselves : Links::followed);
      break;
    case SYS_statx:
      looks(thread, {with[0], with[1]}, (with[2] & AT_SYMLINK_NOFOLLOW) != 0 ? Links::themselves : Links::followed);
      break;
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_execveat:
      looks(thread, {with[0], with[1]}, Links::followed);
      break;
    case SYS_readlinkat:
      looks(thread, {with[0], with[1]}, Links::themselves);
      break;
    case SYS_execve:
      looks(thread, {k_here, with[0]}, Links::followed);
      break;
    case SYS_mmap:
      maps(thread, call);
      break;
    case SYS_mprotect:
      trace_.generated_code = true;
      break;
    case SYS_connect:
      connects(thread, with[1]);
      break;
    case SYS_bind:
      talks(thread, with[1]);
      break;
    case SYS_sendto:
      talks(thread, with[4]);
      break;
    case SYS_sendmsg:
    case SYS_sendmmsg:  // both begin with the address
      talks(thread, static_cast<std::uint64_t>(read_word(thread, with[1]).value_or(0)));
      break;
    case SYS_ptrace:
      gives_up("it traces processes itself");
      break;
    case SYS_io_uring_setup:
      gives_up("it uses io_uring, which no tracer sees into");
      break;
    case SYS_open_by_handle_at:
      gives_up("it opens files by handle");
      break;
    default:  // chroot, mount, …
      gives_up("it changes its root or its mounts");
      break;
  }
  return false;
}

// ---- programs

void UsedFiles::executed(pid_t thread) {
  const std::string folder = fmt::format("/proc/{}", thread);
  const std::string path = target_of(folder + "/exe");
  if (path.empty()) return gives_up("the kernel does not let us read /proc of a traced process");
  if (!is_on_disk(path)) trace_.generated_code = true;
  notes_program(thread);
  // The program, and the interpreter that the kernel put beside it.
  const Result<std::string> lines = read_file(folder + "/maps");
  if (!lines) return gives_up("the kernel does not let us read /proc of a traced process");
  for (const std::string_view line : text::lines(*lines))
    if (const std::size_t slash = line.find('/'); slash != std::string_view::npos)
      if (const std::string mapped(line.substr(slash)); is_on_disk(mapped)) note_mapped(mapped);
}

void UsedFiles::notes_program(pid_t thread) {
  const std::string folder = fmt::format("/proc/{}", thread);
  const Result<std::string> arguments = read_file(folder + "/cmdline", k_most_argument_bytes);
  const Result<std::string> environment = read_file(folder + "/environ", k_most_argument_bytes);
  if (!arguments || !environment) return gives_up("the arguments of a process cannot be read");
  if (trace_.programs.size() >= k_most_programs)
    return gives_up(fmt::format("it starts more than {} programs", k_most_programs));
  const auto comparable = [this](std::string_view text) {
    return side_.empty() ? std::string(text) : text::replace_all(std::string(text), side_, k_side_folder);
  };
  TracedProgram program{target_of(folder + "/exe"), {}, {}};
  for (const std::string_view word : texts_of(*arguments)) program.arguments.push_back(comparable(word));
  for (const std::string_view entry : texts_of(*environment)) {
    const std::size_t equals = entry.find('=');
    const bool named = equals != std::string_view::npos;
    program.environment[std::string(entry.substr(0, equals))] =
        sha256(comparable(named ? entry.substr(equals + 1) : std::string_view()));
  }
  trace_.programs.push_back(std::move(program));
}

void UsedFiles::note_mapped(const std::string& path) {
  if (TracedFile* const file = find_or_add(path, Links::followed)) file->read = file->executed = true;
}

void UsedFiles::maps(pid_t thread, const SystemCall& call) {
  if ((call.arguments[3] & MAP_ANONYMOUS) != 0) {
    trace_.generated_code = true;
    return;
  }
  const std::string path = target_of(fmt::format("/proc/{}/fd/{}", thread, static_cast<int>(call.arguments[4])));
  if (is_on_disk(path))
    note_mapped(path);
  else
    trace_.generated_code = true;
}

// ---- files

void UsedFiles::opens(pid_t thread, const Path& path, std::uint64_t flags) {
  TracedFile* const file =
      find_or_add(absolute(thread, path), (flags & O_NOFOLLOW) != 0 ? Links::themselves : Links::followed);
  if (file == nullptr) return;
  const bool only_names = (flags & O_PATH) != 0;
  const bool writes = !only_names && (flags & O_ACCMODE) != O_RDONLY;
  const bool reads = !only_names && (flags & O_ACCMODE) != O_WRONLY;
  const bool creates = (flags & O_CREAT) != 0 && file->kind == TracedFile::Kind::missing;
  const bool empties = writes && (flags & O_TRUNC) != 0;
  if (creates) file->kind = TracedFile::Kind::file;
  if (creates || (empties && !file->read)) file->made = true;
  if (creates || writes) file->written = true;
  if (reads && file->kind != TracedFile::Kind::missing) file->read = true;
}

void UsedFiles::looks(pid_t thread, const Path& path, Links links) {
  find_or_add(absolute(thread, path), links);
}

void UsedFiles::lists(pid_t thread, std::uint64_t descriptor) {
  const std::string path = target_of(fmt::format("/proc/{}/fd/{}", thread, static_cast<int>(descriptor)));
  if (!is_on_disk(path)) return;
  if (TracedFile* const file = find_or_add(path, Links::followed)) file->read = true;
}

std::string UsedFiles::absolute(pid_t thread, const Path& path) {
  std::optional<std::string> name = read_text(thread, path.address);
  if (!name || name->starts_with('/')) return name.value_or("");  // the call fails
  const auto descriptor = static_cast<int>(path.folder);
  const std::string folder = target_of(descriptor == AT_FDCWD ? fmt::format("/proc/{}/cwd", thread)
                                                              : fmt::format("/proc/{}/fd/{}", thread, descriptor));
  if (folder.empty()) gives_up("the kernel does not let us read /proc of a traced process");
  return is_on_disk(folder) ? folder + "/" + *name : std::string();
}

TracedFile* UsedFiles::find_or_add(const std::string& path, Links links) {
  if (!is_on_disk(path) || is_of_the_kernel(path)) return nullptr;
  std::string key = path;
  if (links == Links::themselves) key += '\0';
  const auto known = seen_.find(key);
  if (known != seen_.end() && known->second->kind != TracedFile::Kind::missing) return known->second;
  TracedFile now = first_look(path, links);
  if (is_of_the_kernel(now.path)) return nullptr;
  path_bytes_ += key.size();
  if (files_.size() >= k_most_files || path_bytes_ > k_most_path_bytes) {
    gives_up(fmt::format("it uses more than {} files", k_most_files));
    return nullptr;
  }
  if (known != seen_.end() && now.kind != TracedFile::Kind::missing) now.made = true;  // since the last look
  TracedFile& file = files_.try_emplace(now.path, now).first->second;
  if (file.kind == TracedFile::Kind::missing) file = std::move(now);
  seen_[std::move(key)] = &file;
  return &file;
}

TracedFile UsedFiles::first_look(const std::string& path, Links links) const {
  TracedFile file{.path = std::filesystem::path(path).lexically_normal().string()};
  const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC | (links == Links::themselves ? O_NOFOLLOW : 0)));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return file;
  file.path = target_of(fmt::format("/proc/self/fd/{}", fd.get()));
  file.signature = signature_of(info);
  file.kind = S_ISREG(info.st_mode)   ? TracedFile::Kind::file
              : S_ISDIR(info.st_mode) ? TracedFile::Kind::folder
              : S_ISLNK(info.st_mode) ? TracedFile::Kind::link
                                      : TracedFile::Kind::other;
  // Only what this run wrote (or somebody beside it) can be younger than its start.
  file.made = file.kind == TracedFile::Kind::file && file.signature.changed_ns > started_ns_;
  return file;
}

// ---- sockets

void UsedFiles::talks(pid_t thread, std::uint64_t address) {
  if (address == 0) return;
  const auto family = static_cast<std::uint64_t>(read_word(thread, address).value_or(0)) & 0xffff;
  if (family == AF_INET || family == AF_INET6) trace_.network = true;
}

void UsedFiles::connects(pid_t thread, std::uint64_t address) {
  talks(thread, address);
  if ((static_cast<std::uint64_t>(read_word(thread, address).value_or(0)) & 0xffff) != AF_UNIX) return;
  const std::string name = read_text(thread, address + sizeof(sa_family_t)).value_or("");
  if (name.empty()) {  // of no file
    trace_.network = true;
    return;
  }
  const std::string path = name.starts_with('/') ? name : target_of(fmt::format("/proc/{}/cwd", thread)) + "/" + name;
  struct stat info {};
  // A socket that this run made is its own matter.
  if (::stat(path.c_str(), &info) == 0 && signature_of(info).changed_ns <= started_ns_) trace_.network = true;
}

// ---- the end

void UsedFiles::gives_up(const std::string& why) {
  if (trace_.not_known.empty()) trace_.not_known = why;
}

Trace UsedFiles::take() {
  trace_.files.reserve(files_.size());
  for (auto& [path, file] : files_) {
    finish(file);
    trace_.files.push_back(std::move(file));
  }
  files_.clear();
  seen_.clear();
  return std::move(trace_);
}

void UsedFiles::finish(TracedFile& file) {
  if (file.made || file.kind == TracedFile::Kind::missing || file.kind == TracedFile::Kind::other) return;
  const bool inside = !side_.empty() && file.path.starts_with(side_ + "/");
  if (!file.read && !inside && file.kind != TracedFile::Kind::link) return;
  if (file.kind == TracedFile::Kind::folder && !file.read) return;
  const TracedFile now = digests_.look(file.path, true);
  file.changed = now.kind != file.kind || (file.kind == TracedFile::Kind::file && now.signature != file.signature);
  if (!file.changed) file.digest = now.digest;
}

}  // namespace perfwarden::os
