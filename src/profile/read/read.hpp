#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "profile/format.hpp"

namespace perfwarden::profile {

// The row that reads `text` (inflated): the one called `format`, or for "auto" the most certain one.
// Errors as of read().
[[nodiscard]] Result<const Format*> choose(std::string_view text, const std::string& file_name,
                                           std::string_view format = "auto");

// Reads one profile. Compressed bytes (gzip, zstd) are inflated, bounded by limits.hpp. `format`: a row's name, or
// "auto" to sniff. Error (usage) for an unknown name, with the nearest; Error (parse) with file, line and cure for
// bytes that are not a profile, hold no sample, or exceed the limits.
[[nodiscard]] Result<Profile> read(std::string_view bytes, const std::string& file_name,
                                   std::string_view format = "auto");

}  // namespace perfwarden::profile
