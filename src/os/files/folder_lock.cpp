#include "os/files/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>

#include "os/files/file_error.hpp"
#include "os/files/place.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::os {
namespace {

// Empty when another process has it.
Result<UniqueFd> locked(const std::string& folder) {
  // By the rule of place.hpp; then for reading, since a path alone cannot be locked.
  PW_TRY_ASSIGN(const UniqueFd path, open_folder(folder, Missing::refused));
  UniqueFd fd(::openat(path.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return file_error(errno, folder, "open the folder");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno == EWOULDBLOCK) return UniqueFd();
  return file_error(errno, folder, "lock the folder");
}

}  // namespace

Result<FolderLock> FolderLock::try_lock(const std::string& folder) {
  PW_TRY_ASSIGN(UniqueFd fd, locked(folder));
  return FolderLock(std::move(fd));
}

Result<FolderLock> FolderLock::lock(const std::string& folder, const Patience& patience) {
  Wait wait(patience, "another perfwarden that holds " + folder);
  do {
    PW_TRY_ASSIGN(FolderLock lock, try_lock(folder));
    if (lock.held()) return lock;
  } while (wait.goes_on());
  if (stop_signal() != 0)
    return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal while waiting", .where = folder};
  return Error{.kind = ErrorKind::io,
               .what = fmt::format("another perfwarden held this folder for {:g} s", patience.end_s),
               .where = folder,
               .hint = "run again when it has finished"};
}

}  // namespace perfwarden::os
