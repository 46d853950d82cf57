#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

// How JSON is written. Names and outputs may hold bytes that are not UTF-8: they become U+FFFD, and nothing throws.
namespace perfwarden::json {

// On one line, without a final newline.
[[nodiscard]] std::string dump(const nlohmann::json& value);
[[nodiscard]] std::string dump(const nlohmann::ordered_json& value);
// Indented, for files and terminals that people read, with a final newline.
[[nodiscard]] std::string pretty(const nlohmann::json& value, int indent = 2);
[[nodiscard]] std::string pretty(const nlohmann::ordered_json& value, int indent = 2);

// A text in quotes.
[[nodiscard]] std::string quoted(std::string_view text);
// A text as it would be read back.
[[nodiscard]] std::string valid_utf8(std::string_view text);

// null for what is not finite: what a jq step expects.
[[nodiscard]] nlohmann::ordered_json number(double value);
// The same, but "inf" and "-inf" stay, so that Cursor::number gives the value back.
[[nodiscard]] nlohmann::ordered_json exact_number(double value);

}  // namespace perfwarden::json
