#include "os/process/user.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace perfwarden::os {

std::optional<User> unprivileged_owner_of(const std::string& path) {
  struct stat info {};
  if (geteuid() != 0 || stat(path.c_str(), &info) != 0 || info.st_uid == 0) return std::nullopt;
  return User{info.st_uid, info.st_gid};
}

}  // namespace perfwarden::os
