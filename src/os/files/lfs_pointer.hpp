#pragma once

#include <string>

namespace perfwarden::os {

// Whether the file `name` below the folder `root` is a pointer of Git LFS: the few lines of text that stand for a large
// file until it is fetched (github.com/git-lfs/git-lfs/blob/main/docs/spec.md). False for what cannot be read.
[[nodiscard]] bool is_lfs_pointer(const std::string& root, const std::string& name);

}  // namespace perfwarden::os
