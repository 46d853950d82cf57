#include "os/trace/file_system_user.hpp"

#include <sys/fsuid.h>

namespace perfwarden::os {

// Both calls return the former value, and concern this thread only.
FileSystemUser::FileSystemUser(std::optional<unsigned> uid, std::optional<unsigned> gid) {
  if (gid) gid_before_ = static_cast<unsigned>(::setfsgid(*gid));
  if (uid) uid_before_ = static_cast<unsigned>(::setfsuid(*uid));
}

FileSystemUser::~FileSystemUser() {
  if (uid_before_) ::setfsuid(*uid_before_);
  if (gid_before_) ::setfsgid(*gid_before_);
}

}  // namespace perfwarden::os
