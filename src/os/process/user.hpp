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
// The user who runs perfwarden.
[[nodiscard]] unsigned our_uid();
// Whose the file or folder is, following links only where `follow` says so; nullopt when there is none.
[[nodiscard]] std::optional<unsigned> owner_of(const std::string& path, bool follow);

}  // namespace perfwarden::os
