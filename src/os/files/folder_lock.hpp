#pragma once

#include <string>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"
#include "os/patience.hpp"

namespace perfwarden::os {

// A FolderLock is the right to change a folder, held against other processes of perfwarden. The kernel releases it when
// the object or the process ends, also after a crash; no file remains.
class FolderLock {
 public:
  // Not held() when another process has it.
  [[nodiscard]] static Result<FolderLock> try_lock(const std::string& folder);
  // Waits for another process. Error (io) when that takes too long, Error (interrupted) on a stop signal.
  [[nodiscard]] static Result<FolderLock> lock(const std::string& folder, const Patience& patience = {});
  [[nodiscard]] bool held() const { return static_cast<bool>(folder_); }

 private:
  explicit FolderLock(UniqueFd folder) : folder_(std::move(folder)) {}
  UniqueFd folder_;
};

}  // namespace perfwarden::os
