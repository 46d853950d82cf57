#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "checkout/worktree.hpp"

// What a commit names but does not hold itself: submodules, and files that Git LFS keeps elsewhere.
namespace perfwarden::checkout {

// Checks out the submodules of the worktree that `worktree` runs in, each as a worktree of the repository that `git`'s
// own checkout has at the same path, so that nothing is cloned. A submodule that is not initialised there stays empty.
// Error (usage) when its commit is neither there nor fetched.
[[nodiscard]] Status add_submodules(const Git& git, const Git& worktree);
// Forgets the worktrees of submodules whose folders are gone.
void prune_submodules(const Git& git);

// Paths of the submodules of HEAD that are not checked out in the worktree that `git` runs in.
[[nodiscard]] Result<std::vector<std::string>> empty_submodules(const Git& git);
// Paths of the files of that worktree that are pointers of Git LFS instead of the files themselves.
[[nodiscard]] Result<std::vector<std::string>> lfs_pointers(const Git& git);

}  // namespace perfwarden::checkout
