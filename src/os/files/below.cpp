#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/text.hpp"
#include "os/files/file_error.hpp"
#include "os/files/files.hpp"
#include "os/process/descriptors.hpp"

namespace perfwarden::os {
namespace {

Error error_of(int number, const std::string& root, const std::string& name, std::string_view verb) {
  const std::string where = text::one_line(root + "/" + name);
  if (number == EXDEV || number == ELOOP)
    return Error{.kind = ErrorKind::io,
                 .what = fmt::format("cannot {}: it leads out of its folder", verb),
                 .where = where,
                 .hint = "use a path inside the checkout, without links that leave it"};
  return file_error(number, where, verb);
}

// Empty with errno set when it cannot be opened; EXDEV when it leads out of root.
UniqueFd open_below(int root, const std::string& name, int flags) {
  if (name.empty() || has_nul(name)) {
    errno = EINVAL;
    return UniqueFd();
  }
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  constexpr int k_most_tries = 64;  // EAGAIN: somebody renamed folders meanwhile
  for (int i = 0; i < k_most_tries; ++i) {
    UniqueFd opened(static_cast<int>(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how)));
    if (opened || (errno != EAGAIN && errno != EINTR && errno != ENOSYS && errno != EPERM)) return opened;
    if (errno == ENOSYS || errno == EPERM) break;  // an old kernel, or a container that does not know the call
  }
  return open_without_links(root, name, flags);
}

UniqueFd open_root(const std::string& root) {
  return UniqueFd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

UniqueFd open_without_links(int root, const std::string& name, int flags) {
  UniqueFd at(::fcntl(root, F_DUPFD_CLOEXEC, 3));
  std::vector<std::string_view> steps;
  for (const std::string_view step : text::split(name, '/'))
    if (!step.empty() && step != ".") steps.push_back(step);
  if (name.starts_with('/') || std::find(steps.begin(), steps.end(), "..") != steps.end()) {
    errno = EXDEV;
    return UniqueFd();
  }
  for (std::size_t i = 0; i < steps.size() && at; ++i) {
    const bool last = i + 1 == steps.size();
    at.reset(::openat(at.get(), std::string(steps[i]).c_str(),
                      (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC));
  }
  return at;
}

namespace {

struct RegularFile {
  UniqueFd descriptor;
  std::uint64_t size = 0;
};

Result<RegularFile> open_regular(const std::string& root, const std::string& name) {
  const UniqueFd folder = open_root(root);
  if (!folder) return error_of(errno, root, name, "read");
  // Without O_NONBLOCK a pipe of that name would hold us for ever.
  UniqueFd file = open_below(folder.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return error_of(errno, root, name, "read");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return error_of(errno, root, name, "read");
  if (!S_ISREG(status.st_mode))
    return Error{.kind = ErrorKind::io,
                 .what = "cannot read: it is not a regular file",
                 .where = text::one_line(root + "/" + name)};
  return RegularFile{std::move(file), static_cast<std::uint64_t>(status.st_size)};
}

}  // namespace

Result<std::string> read_file_below(const std::string& root, const std::string& name, std::size_t max_bytes) {
  PW_TRY_ASSIGN(const RegularFile file, open_regular(root, name));
  return read_descriptor(file.descriptor.get(), text::one_line(root + "/" + name), max_bytes);
}

Result<std::uint64_t> file_size_below(const std::string& root, const std::string& name) {
  PW_TRY_ASSIGN(const RegularFile file, open_regular(root, name));
  return file.size;
}

Status remove_file_below(const std::string& root, const std::string& name) {
  const UniqueFd folder = open_root(root);
  if (!folder) return error_of(errno, root, name, "remove");
  const std::size_t slash = name.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : name.substr(0, slash);
  const std::string last = slash == std::string::npos ? name : name.substr(slash + 1);
  const UniqueFd parent_folder = open_below(folder.get(), parent, O_PATH | O_DIRECTORY);
  if (!parent_folder && errno == ENOENT) return Nothing{};
  if (!parent_folder) return error_of(errno, root, name, "remove");
  if (::unlinkat(parent_folder.get(), last.c_str(), 0) != 0 && errno != ENOENT)
    return error_of(errno, root, name, "remove");
  return Nothing{};
}

}  // namespace perfwarden::os
