#pragma once

#include <optional>
#include <string>

namespace perfwarden::os {

struct User {
  unsigned uid = 0, gid = 0;
};

// Who should run benchmarks when we are root: the owner of `path` (the workspace), if that is another user. nullopt
// when we are not root, or when root owns it: children then run as we do.
[[nodiscard]] std::optional<User> unprivileged_owner_of(const std::string& path);

}  // namespace perfwarden::os
