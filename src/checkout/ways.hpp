#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "checkout/private_repository.hpp"
#include "os/process/processes.hpp"
#include "os/process/user.hpp"

namespace perfwarden::checkout {

// A Way is how git is started in a folder.
struct Way {
  std::shared_ptr<const PrivateRepository>
      repository;                // null in a worktree of one of ours, and where there is no clone
  std::optional<os::User> user;  // git runs as this user; nullopt: as we do
};

// Ways has the private repository of each clone that git was started in, made on first use: what happens in the clone
// afterwards is not seen.
class Ways {
 public:
  // Error when the clone cannot be read.
  [[nodiscard]] Result<Way> to(const std::string& directory, os::Processes& processes,
                               const std::map<std::string, std::string>& env);

 private:
  std::map<std::string, Way> known_;  // by the clone's .git
};

}  // namespace perfwarden::checkout
