#include "os/files/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "os/files/file_error.hpp"
#include "os/process/descriptors.hpp"
#include "os/process/signals.hpp"

namespace perfwarden::os {
namespace {
namespace fs = std::filesystem;

std::string size_of(std::size_t bytes) {
  constexpr std::size_t k_mebibyte = std::size_t{1} << 20;
  return bytes % k_mebibyte == 0 ? fmt::format("{} MiB", bytes / k_mebibyte) : fmt::format("{} bytes", bytes);
}

// A symlink must not lead the walk out of the tree, not even when it is put there while we walk, so every step is
// relative to an open folder.
int give_below(int folder, uid_t uid, gid_t gid, int depth) {
  if (depth > k_deepest_folder) return ELOOP;
  DIR* const stream = ::fdopendir(folder);
  if (stream == nullptr) {
    const int number = errno;
    ::close(folder);
    return number;
  }
  int failed = 0;
  while (const dirent* entry = ::readdir(stream)) {  // NOLINT: the stream is ours alone
    const std::string_view name(entry->d_name);
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
    // A second name of a file elsewhere must not hand that file over.
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) continue;
    if ((status.st_uid != uid || status.st_gid != gid) &&
        ::fchownat(::dirfd(stream), entry->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT &&
        failed == 0)
      failed = errno;
    if (!S_ISDIR(status.st_mode)) continue;
    const int below = ::openat(::dirfd(stream), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) continue;
    if (const int number = give_below(below, uid, gid, depth + 1); number != 0 && failed == 0) failed = number;
  }
  ::closedir(stream);
  return failed;
}

std::string temporary_root() {
  const char* const configured = std::getenv("TMPDIR");
  return configured != nullptr && configured[0] == '/' ? configured : "/tmp";
}

}  // namespace

Error file_error(int number, const std::string& path, std::string_view verb) {
  if (gave_up_for_signal(number))
    return {.kind = ErrorKind::interrupted, .what = "stopped by a signal while waiting", .where = path};
  Error error{.kind = ErrorKind::io, .what = fmt::format("cannot {}: {}", verb, std::strerror(number)), .where = path};
  if (number == EACCES || number == EPERM)
    error.hint = fmt::format("check who owns it: this process runs as user {}", ::geteuid());
  if (number == EROFS) error.hint = "mount a folder that can be written there, or name another place";
  if (number == ENOSPC || number == EDQUOT) error.hint = "free some space on that disk";
  if (number == EFBIG) error.hint = "raise the limit of file sizes (ulimit -f)";
  return error;
}

int open_retrying(int folder, const std::string& path, int flags, unsigned mode) {
  int fd = -1;
  do fd = ::openat(folder, path.c_str(), flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR && !gave_up_for_signal(errno));
  return fd;
}

Result<std::string> read_descriptor(int fd, const std::string& path, std::size_t max_bytes) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return file_error(errno, path, "read");
  if (S_ISDIR(status.st_mode)) return file_error(EISDIR, path, "read");
  const Error too_large{.kind = ErrorKind::io,
                        .what = fmt::format("is larger than the limit of {}", size_of(max_bytes)),
                        .where = path,
                        .hint = "split it, or remove what is not needed"};
  std::string text;
  if (S_ISREG(status.st_mode)) {
    if (static_cast<std::size_t>(status.st_size) > max_bytes) return too_large;
    text.reserve(static_cast<std::size_t>(status.st_size));
  }
  std::array<char, 65536> buffer;  // NOLINT: filled by read
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR && !gave_up_for_signal(errno)) continue;
    if (got < 0) return file_error(errno, path, "read");
    if (got == 0) return text;
    if (text.size() + static_cast<std::size_t>(got) > max_bytes) return too_large;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  if (has_nul(path)) return file_error(EINVAL, path, "read");
  const UniqueFd file(open_retrying(AT_FDCWD, path, O_RDONLY));
  if (!file) return file_error(errno, path, "read");
  return read_descriptor(file.get(), path, max_bytes);
}

bool exists(const std::string& path) {
  struct stat status {};
  return !has_nul(path) && ::stat(path.c_str(), &status) == 0;
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code))
    names.push_back(entry->path().filename().string());
  if (code) return file_error(code.value(), path, "list");
  std::sort(names.begin(), names.end());
  return names;
}

bool is_directory(const std::string& path) {
  std::error_code code;
  return fs::is_directory(path, code);
}

Result<std::vector<std::string>> list_files_below(const std::string& root, std::size_t most) {
  constexpr int k_most_folders = 32;
  std::vector<std::string> paths;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(root, code), end; !code && entry != end; entry.increment(code)) {
    if (entry.depth() >= k_most_folders) return file_error(ELOOP, entry->path().string(), "list");
    if (entry->symlink_status(code).type() != fs::file_type::regular) continue;
    if (paths.size() >= most) return file_error(E2BIG, root, "list");
    paths.push_back(entry->path().lexically_relative(root).string());
  }
  if (code) return file_error(code.value(), root, "list");
  std::sort(paths.begin(), paths.end());
  return paths;
}

Status remove_all(const std::string& path) {
  if (path.empty() || absolute_path(path) == "/") return file_error(EINVAL, path, "remove");
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return file_error(code.value(), path, "remove");
  return Nothing{};
}

Result<std::string> make_temporary_directory(const std::string& prefix, const std::string& root) {
  std::string path = (root.empty() ? temporary_root() : root) + "/" + prefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return file_error(errno, path, "make a temporary folder");
  return path;
}

void sweep_stale_temporaries(const std::string& root) {
  constexpr time_t k_stale_s = time_t{2} * 24 * 3600;  // no run takes that long
  const std::string folder = root.empty() ? temporary_root() : root;
  for (const std::string& name : list_directory(folder).value_or({})) {
    if (!name.starts_with("perfwarden-")) continue;
    const std::string path = fmt::format("{}/{}", folder, name);
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    const bool ours = status.st_uid == ::geteuid() || ::geteuid() == 0;
    if (ours && ::time(nullptr) - status.st_mtime > k_stale_s) (void)remove_all(path).has_value();
  }
}

Status give_to_owner_of(const std::string& path, const std::string& like) {
  if (::geteuid() != 0) return Nothing{};
  struct stat owner {};
  if (::stat(like.c_str(), &owner) != 0) return file_error(errno, like, "read the owner");
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return file_error(errno, path, "give to its owner");
  if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) return Nothing{};
  if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) != 0) return file_error(errno, path, "give to its owner");
  if (!S_ISDIR(status.st_mode)) return Nothing{};
  const int folder = open_retrying(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (folder < 0) return file_error(errno, path, "give to its owner");
  if (const int number = give_below(folder, owner.st_uid, owner.st_gid, 0); number != 0)
    return file_error(number, path, "give to its owner");
  return Nothing{};
}

std::string absolute_path(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::absolute(path.empty() ? fs::path(".") : fs::path(path), code);
  if (code) return path;
  std::string normal = absolute.lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

}  // namespace perfwarden::os
