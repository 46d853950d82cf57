#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// Reading of JSON that others wrote and that may be of any shape: a value that is missing or of another type reads as
// nothing.
namespace perfwarden::json {

// The value at a path of object keys; null when any step is missing or is not an object.
[[nodiscard]] const nlohmann::json* at(const nlohmann::json& value, std::initializer_list<std::string_view> path);
// "" when missing or not a string.
[[nodiscard]] std::string string_at(const nlohmann::json& value, std::initializer_list<std::string_view> path);
// 0 when missing or not an integer that fits.
[[nodiscard]] std::int64_t integer_at(const nlohmann::json& value, std::initializer_list<std::string_view> path);

// The member of that name; a null when there is none or `value` is not an object.
[[nodiscard]] const nlohmann::json& member(const nlohmann::json& value, std::string_view key);
// Of a string, else empty; lives as long as the value.
[[nodiscard]] std::string_view text_of(const nlohmann::json& value);
// nullopt for what is not a finite number, not whole or beyond 2^53.
[[nodiscard]] std::optional<double> number_of(const nlohmann::json& value);
[[nodiscard]] std::optional<std::int64_t> whole_number_of(const nlohmann::json& value);
// A whole number from 0 that is less than `size`: an index into an array.
[[nodiscard]] std::optional<std::size_t> index_of(const nlohmann::json& value, std::size_t size);

}  // namespace perfwarden::json
