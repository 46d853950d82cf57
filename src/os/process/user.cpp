#include "os/process/user.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace perfwarden::os {

std::optional<User> unprivileged_owner_of(const std::string& path) {
  struct stat info {};
  if (geteuid() != 0 || stat(path.c_str(), &info) != 0 || info.st_uid == 0) return std::nullopt;
  return User{info.st_uid, info.st_gid};
}

unsigned our_uid() {
  return ::geteuid();
}

std::optional<unsigned> owner_of(const std::string& path, bool follow) {
  struct stat found {};
  if ((follow ? ::stat(path.c_str(), &found) : ::lstat(path.c_str(), &found)) != 0) return std::nullopt;
  return found.st_uid;
}

}  // namespace perfwarden::os
