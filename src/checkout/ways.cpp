#include "checkout/ways.hpp"

#include <algorithm>

namespace perfwarden::checkout {
namespace {

// The clone's owner, when we are root and may become that user: a user namespace without that user, or a container
// without CAP_SETUID, does not let us. Then git runs as we do, and has only its private repository to rely on.
std::optional<os::User> git_user(const Clone& clone, os::Processes& processes,
                                 const std::map<std::string, std::string>& env) {
  const std::optional<os::User> owner = os::unprivileged_owner_of(clone.common);
  if (!owner) return std::nullopt;
  os::Command command;
  command.argv = {"git", "--version"};
  command.cwd = "/";
  command.env = env;
  command.timeout_s = 60;
  command.uid = owner->uid;
  command.gid = owner->gid;
  return processes.run(command) ? owner : std::nullopt;
}

}  // namespace

Result<Way> Ways::to(const std::string& directory, os::Processes& processes,
                     const std::map<std::string, std::string>& env) {
  PW_TRY_ASSIGN(const std::optional<Clone> clone, find_clone(directory));
  if (!clone) return Way{};
  if (const auto found = known_.find(clone->folder); found != known_.end()) return found->second;
  const auto ours = std::find_if(known_.begin(), known_.end(), [&clone](const auto& known) {
    return known.second.repository->folder() == clone->common;
  });
  if (ours != known_.end()) return Way{nullptr, ours->second.user};
  Way way{nullptr, git_user(*clone, processes, env)};
  PW_TRY_ASSIGN(way.repository, PrivateRepository::make(processes, *clone, env, way.user));
  known_.emplace(clone->folder, way);
  return way;
}

}  // namespace perfwarden::checkout
