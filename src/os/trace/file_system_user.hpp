#pragma once

#include <optional>

namespace perfwarden::os {

// While a FileSystemUser lives, this thread looks at files as another user (setfsuid(2)). Root without CAP_SYS_PTRACE,
// as in most containers, may so read /proc of that user's processes; and it sees of the disk what they see.
class FileSystemUser {
 public:
  // nullopt: as we are.
  FileSystemUser(std::optional<unsigned> uid, std::optional<unsigned> gid);
  ~FileSystemUser();
  FileSystemUser(const FileSystemUser&) = delete;
  FileSystemUser& operator=(const FileSystemUser&) = delete;

 private:
  std::optional<unsigned> uid_before_, gid_before_;
};

}  // namespace perfwarden::os
