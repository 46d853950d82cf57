#pragma once

#include <span>

#include "model/profile_diff.hpp"
#include "profile/diff/merge.hpp"

namespace perfwarden::profile {

// Functions that are new, or gone, one below the other and nothing else are one change: it is reported once, of the
// last of them, whose `chain` gets the names of the others. Those become unchanged. `frames` is indexed by frame of
// united.tree.
void fold_chains(const United& united, std::span<FrameDelta> frames);

}  // namespace perfwarden::profile
