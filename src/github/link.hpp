#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace perfwarden::github {

// The address of rel="next" in a Link header (RFC 8288); nullopt when there is none.
[[nodiscard]] std::optional<std::string> next_page(std::string_view link_header);

// `location` as a whole address, when it has the origin (scheme, host, port) of `api_url`; else nullopt.
// The token may be sent only to such addresses.
[[nodiscard]] std::optional<std::string> same_origin(std::string_view api_url, std::string_view location);

}  // namespace perfwarden::github
