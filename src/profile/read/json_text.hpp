#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.hpp"
#include "json/path.hpp"
#include "profile/format.hpp"

// What the formats that are JSON share.
namespace perfwarden::profile {

using Json = nlohmann::json;

// The document as one JSON object, within limits.hpp. Error (parse) with line and column, and `cure` as the hint.
[[nodiscard]] Result<Json> read_json(const Document& document, std::string_view cure);

using json::index_of, json::member, json::number_of, json::text_of, json::whole_number_of;

// For sniffing: whether the head of a text is a JSON object in which all `keys` are, and none of `none_of`.
[[nodiscard]] bool looks_like_json(std::string_view head, std::initializer_list<std::string_view> keys,
                                   std::initializer_list<std::string_view> none_of = {});

}  // namespace perfwarden::profile
