#pragma once

#include <string>

#include "base/result.hpp"
#include "os/files/unique_fd.hpp"

namespace perfwarden::os {

// A Place is where a file is to be written: its folder, open, and its name there. Everything that perfwarden writes
// goes through it. What lies below the current folder (the workspace, into which a pull request may have committed
// links) is reached without following any link; elsewhere links are the user's own.
struct Place {
  UniqueFd folder;  // only to start from (O_PATH)
  std::string name;
  std::string path;  // absolute, as the user wrote it
  bool in_workspace = false;
};

enum class Missing { refused, made };

// Error (io) for a link below the current folder, with the cure; `missing`: what becomes of missing folders.
[[nodiscard]] Result<Place> place_of(const std::string& path, Missing missing);
// The place's path without any link in its folders, for libraries that open files themselves. They must refuse a link
// of that name when the place is in the workspace.
[[nodiscard]] std::string real_path(const Place& place);
// The folder `path` itself, by the same rule.
[[nodiscard]] Result<UniqueFd> open_folder(const std::string& path, Missing missing);

}  // namespace perfwarden::os
