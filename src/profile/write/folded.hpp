#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "base/sink.hpp"
#include "model/profile.hpp"

namespace perfwarden::profile {

// Writes the stacks of a profile that cost something of the sample type (an index of profile.types), one a line:
// "root;…;leaf cost", sorted by bytes. ';' and line breaks within names become ':' and ' '; stacks that are then equal
// are one. Error (usage) for a profile that holds no stacks, or stacks so deep that the text would be larger than
// limits.hpp allows; the sink then has part of the text.
[[nodiscard]] Status write_folded(const Profile& profile, std::size_t type, const Sink& sink);

}  // namespace perfwarden::profile
