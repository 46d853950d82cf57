#include "os/files/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

namespace perfwarden::os {
namespace {

Result<UniqueFd> locked(const std::string& folder, int operation) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd)
    return Error{.kind = ErrorKind::io,
                 .what = fmt::format("cannot open the folder: {}", std::strerror(errno)),
                 .where = folder};
  int code = 0;
  do code = ::flock(fd.get(), operation);
  while (code != 0 && errno == EINTR);
  if (code == 0) return fd;
  if (errno == EWOULDBLOCK) return UniqueFd();
  return Error{
      .kind = ErrorKind::io, .what = fmt::format("cannot lock the folder: {}", std::strerror(errno)), .where = folder};
}

}  // namespace

Result<FolderLock> FolderLock::try_lock(const std::string& folder) {
  PW_TRY_ASSIGN(UniqueFd fd, locked(folder, LOCK_EX | LOCK_NB));
  return FolderLock(std::move(fd));
}

Result<FolderLock> FolderLock::lock(const std::string& folder) {
  PW_TRY_ASSIGN(UniqueFd fd, locked(folder, LOCK_EX));
  return FolderLock(std::move(fd));
}

}  // namespace perfwarden::os
