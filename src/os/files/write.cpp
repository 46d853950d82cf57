#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/text.hpp"
#include "os/files/file_error.hpp"
#include "os/files/files.hpp"
#include "os/files/place.hpp"
#include "os/process/descriptors.hpp"
#include "os/process/signals.hpp"
#include "os/random.hpp"

namespace perfwarden::os {
namespace {

constexpr std::string_view k_unfinished_mark = ".tmp-";
constexpr std::size_t k_suffix_digits = 16;

bool is_unfinished_name(std::string_view name) {
  const std::size_t tail = k_unfinished_mark.size() + k_suffix_digits;
  return name.size() > tail && name.substr(name.size() - tail).starts_with(k_unfinished_mark) &&
         name.substr(name.size() - k_suffix_digits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status write_pieces(int fd, const std::string& path, const std::function<Status(const Sink&)>& make) {
  int number = 0;
  PW_TRY(make([&](std::string_view piece) {
    if (number == 0) number = write_fully(fd, piece);
  }));
  if (number != 0) return file_error(number, path, "write");
  return Nothing{};
}

// Devices, pipes and /dev/stdout cannot be replaced by renaming; they are written through.
bool is_written_through(const std::string& path) {
  if (path.starts_with("/dev/") || path.starts_with("/proc/")) return true;
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode) &&
         !S_ISDIR(status.st_mode);
}

// A file that is locked while it is written: one without a lock was left by a run that was killed.
struct Unfinished {
  UniqueFd file;
  std::string name;
};

Result<Unfinished> begin_file(const Place& place, const std::string& path) {
  constexpr int k_most_tries = 16;
  for (int i = 0; i < k_most_tries; ++i) {
    std::string name = place.name + std::string(k_unfinished_mark) + fmt::format("{:016x}", random_bits());
    UniqueFd file(open_retrying(place.folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666));
    if (!file) return file_error(errno, path, "write");
    const bool locked = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    struct stat status {};
    // Else another process took it for a leftover before it was locked.
    if (locked && ::fstat(file.get(), &status) == 0 && status.st_nlink > 0)
      return Unfinished{std::move(file), std::move(name)};
  }
  return file_error(EBUSY, path, "write");
}

void sweep(int folder) {
  const int list = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(list), ::closedir);
  if (!stream) {
    ::close(list);
    return;
  }
  while (const dirent* entry = ::readdir(stream.get())) {  // NOLINT: the stream is ours alone
    if (!is_unfinished_name(entry->d_name)) continue;
    const UniqueFd file(::openat(folder, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
        ::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
      ::unlinkat(folder, entry->d_name, 0);
  }
}

// Puts `unfinished` in the place of `place`.
Status finish_file(const Place& place, const Unfinished& unfinished, const std::string& path) {
  if (::fsync(unfinished.file.get()) != 0 && errno != EINVAL) return file_error(errno, path, "write");
  if (::renameat(place.folder.get(), unfinished.name.c_str(), place.folder.get(), place.name.c_str()) != 0)
    return file_error(errno, path, "write");
  const UniqueFd folder(::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.get());
  return Nothing{};
}

}  // namespace

int write_fully(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR || gave_up_for_signal(errno))
      return errno;
  }
  return 0;
}

Status write_file(const std::string& path, std::string_view text) {
  return write_file_in_pieces(path, [text](const Sink& sink) {
    sink(text);
    return Nothing{};
  });
}

Status write_file_in_pieces(const std::string& path, const std::function<Status(const Sink&)>& make) {
  if (has_nul(path) || path.empty()) return file_error(EINVAL, path, "write");
  if (is_written_through(path)) {
    const UniqueFd file(open_retrying(AT_FDCWD, path, O_WRONLY | O_TRUNC | O_NOCTTY));
    if (!file) return file_error(errno, path, "write");
    return write_pieces(file.get(), path, make);
  }
  PW_TRY_ASSIGN(const Place place, place_of(path, Missing::made));
  sweep(place.folder.get());
  PW_TRY_ASSIGN(const Unfinished unfinished, begin_file(place, path));
  struct stat before {};
  if (::fstatat(place.folder.get(), place.name.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(before.st_mode))
    ::fchmod(unfinished.file.get(), before.st_mode & 0777);
  Status done = write_pieces(unfinished.file.get(), path, make);
  if (done) done = finish_file(place, unfinished, path);
  if (!done) ::unlinkat(place.folder.get(), unfinished.name.c_str(), 0);
  return done;
}

Status append_file(const std::string& path, std::string_view text) {
  PW_TRY_ASSIGN(const Place place, place_of(path, Missing::refused));
  const int link = place.in_workspace ? O_NOFOLLOW : 0;
  const UniqueFd file(
      open_retrying(place.folder.get(), place.name, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | link, 0666));
  if (!file) return file_error(errno, path, "write");
  if (const int number = write_fully(file.get(), text); number != 0) return file_error(number, path, "write");
  return Nothing{};
}

Status make_directories(const std::string& path) {
  PW_TRY(open_folder(path, Missing::made));
  return Nothing{};
}

void sweep_unfinished(const std::string& folder) {
  if (const Result<UniqueFd> opened = open_folder(folder, Missing::refused)) sweep(opened->get());
}

}  // namespace perfwarden::os
