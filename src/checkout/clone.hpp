#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace perfwarden::checkout {

// A Clone is a repository on the disk, read as files only: no git has looked at it.
struct Clone {
  std::string top;     // its working tree
  std::string folder;  // its .git: HEAD, index
  std::string common;  // refs, objects and config; as `folder`, except in a worktree
};
// The clone that `directory` lies in; nullopt when there is none. Error (io) for a .git file that leads to what belongs
// to another user.
[[nodiscard]] Result<std::optional<Clone>> find_clone(const std::string& directory);

// The config files of the clone's submodules, theirs too, as git keeps them below .git/modules: a token that
// actions/checkout leaves lies in each of them.
[[nodiscard]] std::vector<std::string> configs_of_submodules(const Clone& clone);

// The clone's refs without replace refs, which would put other content in place of a
// commit.
struct Refs {
  std::map<std::string, std::string> shas;      // by name
  std::map<std::string, std::string> symbolic;  // by name
};
[[nodiscard]] Result<Refs> refs_of(const Clone& clone);

}  // namespace perfwarden::checkout
