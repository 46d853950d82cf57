#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "checkout/clone.hpp"
#include "checkout/clone_config.hpp"
#include "os/process/processes.hpp"
#include "os/process/user.hpp"

// How git is kept from running what a clone's settings name. Code that was built or measured in a clone can write to
// its .git/config, and there a filter, an ssh command, a pager, an alias or an included file is a program to run: as
// root in a container, or in a later job beside its token.
namespace perfwarden::checkout {

// A PrivateRepository is a bare repository of our own that borrows a clone's objects (objects/info/alternates) and has
// its refs, index and shallow boundary as they were when it was made, without replace refs and grafts. Of the clone's
// settings it has those of an allow list, as text: what remotes there are and how they are reached, and how files are
// checked out (docs/security.md#git-settings-of-a-clone). Git LFS is a fixed command when the clone uses it and it is
// installed. What is fetched goes into it, and so do worktrees: the clone is never written to. The folder is removed in
// the destructor.
class PrivateRepository {
 public:
  // `user`: whom it is given to, since git runs as that user. Error (io) when the clone cannot be read.
  [[nodiscard]] static Result<std::shared_ptr<const PrivateRepository>> make(
      os::Processes& processes, const Clone& clone, const std::map<std::string, std::string>& env,
      const std::optional<os::User>& user);
  ~PrivateRepository();
  PrivateRepository(const PrivateRepository&) = delete;
  PrivateRepository& operator=(const PrivateRepository&) = delete;
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& top() const { return top_; }  // the clone's working tree
  // To be given to each git command: they are not in the config file.
  [[nodiscard]] const Settings& secret_settings() const { return secret_; }

 private:
  PrivateRepository(std::string folder, std::string top) : folder_(std::move(folder)), top_(std::move(top)) {}
  [[nodiscard]] Status fill(const Clone& clone, const PrivateConfig& config) const;

  std::string folder_, top_;
  Settings secret_;
};

}  // namespace perfwarden::checkout
