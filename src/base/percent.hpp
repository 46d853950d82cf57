#pragma once

#include <string>
#include <string_view>

namespace perfwarden {

// Percent-encodes all but RFC 3986's unreserved characters, for a path segment or a query value of an address.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace perfwarden
