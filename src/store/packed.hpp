#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Long texts as they are kept: compressed (RFC 1951).
namespace perfwarden::store {

[[nodiscard]] std::string pack(std::string_view text);
// nullopt when the bytes are damaged, or hold anything but `size` bytes.
[[nodiscard]] std::optional<std::string> unpack(std::string_view packed, std::size_t size);

}  // namespace perfwarden::store
