#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::profile {

// `bytes` themselves, or what gzip (all members) or zstd packed into them, kept in `inflated`. Error (parse) for
// damaged bytes and for more than limits.hpp allows.
[[nodiscard]] Result<std::string_view> inflate(std::string_view bytes, const std::string& file_name,
                                               std::string& inflated);

}  // namespace perfwarden::profile
