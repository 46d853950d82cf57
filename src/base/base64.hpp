#pragma once

#include <string>
#include <string_view>

namespace perfwarden {

// RFC 4648, section 4: the usual alphabet, with padding, on one line.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace perfwarden
