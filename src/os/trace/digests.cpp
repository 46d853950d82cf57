#include "os/trace/digests.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/sha256.hpp"
#include "os/files/files.hpp"
#include "os/files/unique_fd.hpp"

namespace perfwarden::os {
namespace {

constexpr std::uint64_t k_largest_bytes = std::uint64_t{1} << 30;
constexpr std::size_t k_piece_bytes = std::size_t{1} << 18;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{1'000'000'000} * time.tv_sec + time.tv_nsec;
}

std::int64_t now_ns(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

std::string digest_of(int fd) {
  Sha256 hash;
  const auto buffer = std::make_unique_for_overwrite<char[]>(k_piece_bytes);  // NOLINT: an array
  ssize_t got = 0;
  while ((got = ::read(fd, buffer.get(), k_piece_bytes)) > 0)
    hash.add(std::string_view(buffer.get(), static_cast<std::size_t>(got)));
  return got < 0 ? "" : hash.finish();
}

}  // namespace

// The kernel takes file times from a clock that lags behind the exact one by up to a tick.
std::int64_t file_time_now() {
  const std::int64_t now = now_ns(CLOCK_REALTIME);
  constexpr timespec k_part_of_a_tick{0, 500'000};
  while (now_ns(CLOCK_REALTIME_COARSE) <= now) ::nanosleep(&k_part_of_a_tick, nullptr);
  return now;
}

bool is_of_the_kernel(std::string_view path) {
  if (path.starts_with("/dev/shm/")) return false;
  for (const std::string_view folder : {"/proc", "/sys", "/dev"})
    if (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/')) return true;
  return false;
}

FileSignature signature_of(const struct stat& info) {
  return {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim),
          nanoseconds(info.st_ctim)};
}

std::optional<FileSignature> signature_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return signature_of(info);
}

TracedFile Digests::look(const std::string& path, bool link_itself) {
  TracedFile file{.path = path};
  struct stat info {};
  if ((link_itself ? ::lstat(path.c_str(), &info) : ::stat(path.c_str(), &info)) != 0) return file;
  file.signature = signature_of(info);
  file.kind = TracedFile::Kind::other;
  if (is_of_the_kernel(path)) return file;
  if (S_ISREG(info.st_mode)) {
    file.kind = TracedFile::Kind::file;
    file.digest = of_file(path, file.signature);
  } else if (S_ISDIR(info.st_mode)) {
    file.kind = TracedFile::Kind::folder;
    file.digest = of_folder(path);
  } else if (S_ISLNK(info.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    file.kind = TracedFile::Kind::link;
    if (length >= 0) file.digest = sha256(std::string_view(target.data(), static_cast<std::size_t>(length)));
  }
  return file;
}

std::string Digests::of_file(const std::string& path, const FileSignature& signature) {
  if (signature.bytes > k_largest_bytes) return "";
  const Key key{signature.device, signature.inode, signature.bytes, signature.modified_ns, signature.changed_ns};
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    if (signature.bytes > left_bytes_) return "";
    left_bytes_ -= signature.bytes;
  }
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) || signature_of(info) != signature) return "";
  std::string digest = digest_of(fd.get());
  if (::fstat(fd.get(), &info) != 0 || signature_of(info) != signature) return "";
  const std::lock_guard lock(mutex_);
  return known_.emplace(key, std::move(digest)).first->second;
}

std::string Digests::of_folder(const std::string& path) {
  const auto names = list_directory(path);
  if (!names) return "";
  Sha256 hash;
  for (const std::string& name : *names) hash.add(name + '\0');
  return hash.finish();
}

}  // namespace perfwarden::os
