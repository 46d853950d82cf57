#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace perfwarden::json {

// Reading of JSON that others wrote: no exceptions, no surprises.

// nullopt for anything that is not one well-formed JSON text.
[[nodiscard]] std::optional<nlohmann::json> parse(std::string_view text);
// The value at a path of object keys; null when any step is missing or is not an object.
[[nodiscard]] const nlohmann::json* at(const nlohmann::json& value, std::initializer_list<std::string_view> path);
// "" when missing or not a string.
[[nodiscard]] std::string string_at(const nlohmann::json& value, std::initializer_list<std::string_view> path);
// 0 when missing or not an integer that fits.
[[nodiscard]] std::int64_t integer_at(const nlohmann::json& value, std::initializer_list<std::string_view> path);
// As JSON text; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string dump(const nlohmann::json& value);

}  // namespace perfwarden::json
