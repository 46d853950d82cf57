#include "profile/read/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/parse.hpp"
#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

Result<Json> read_json(const Document& document, std::string_view cure) {
  constexpr json::Limits k_limits{.bytes = k_max_text_bytes, .depth = k_max_json_depth, .values = k_max_json_values};
  PW_TRY_ASSIGN(Json json, json::parse(document.text, document.name, {.hint = cure, .limits = k_limits}));
  if (json.is_object()) return json;
  return Error{.kind = ErrorKind::parse,
               .what = "this is not a JSON object",
               .where = fmt::format("{}:1", document.name),
               .hint = std::string(cure)};
}

bool looks_like_json(std::string_view head, std::initializer_list<std::string_view> keys,
                     std::initializer_list<std::string_view> none_of) {
  if (head.starts_with(k_byte_order_mark)) head.remove_prefix(k_byte_order_mark.size());
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '{') return false;
  const auto has = [&](std::string_view key) {
    return head.find(fmt::format("\"{}\"", key)) != std::string_view::npos;
  };
  return std::all_of(keys.begin(), keys.end(), has) && std::none_of(none_of.begin(), none_of.end(), has);
}

}  // namespace perfwarden::profile
