#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace perfwarden {

// "2026-11-21T10:00:00Z" in seconds since 1970; nullopt for any other form.
[[nodiscard]] std::optional<std::int64_t> unix_of_rfc3339(std::string_view text);

}  // namespace perfwarden
