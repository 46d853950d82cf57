#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "profile/format.hpp"

// What the formats that are JSON share.
namespace perfwarden::profile {

using Json = nlohmann::json;

// The document as one JSON object, within limits.hpp. Error (parse) with line and column, and `cure` as the hint.
[[nodiscard]] Result<Json> read_json(const Document& document, std::string_view cure);

// The member of that name, or null when there is none or `value` is no object.
[[nodiscard]] const Json& member(const Json& value, const char* name);
[[nodiscard]] std::string_view text_of(const Json& value);  // of a string; else empty; lives as long as the value
[[nodiscard]] std::optional<double> number_of(const Json& value);              // finite
[[nodiscard]] std::optional<std::int64_t> whole_number_of(const Json& value);  // a number without a fraction
// A whole number that is less than `size`: the place of something in an array.
[[nodiscard]] std::optional<std::size_t> index_of(const Json& value, std::size_t size);

// For sniffing: whether the head of a text is a JSON object in which all `keys` are, and none of `none_of`.
[[nodiscard]] bool looks_like_json(std::string_view head, std::initializer_list<std::string_view> keys,
                                   std::initializer_list<std::string_view> none_of = {});

}  // namespace perfwarden::profile
