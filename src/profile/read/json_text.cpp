#include "profile/read/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profile/limits.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  return fmt::format("{}:{}", std::count(before.begin(), before.end(), '\n') + 1, before.size() - line_start + 1);
}

// How much reading a text would cost, before any of it is read: its depth, and values by their separators.
struct Size {
  int depth = 0;
  std::size_t values = 1;
  std::size_t too_deep_at = std::string_view::npos;  // offset
};

Size size_of(std::string_view text) {
  Size size;
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      while (++at < text.size() && text[at] != '"')
        if (text[at] == '\\') ++at;
    } else if (c == '[' || c == '{') {
      ++size.values;
      size.depth = std::max(size.depth, ++depth);
      if (depth > k_max_json_depth) {
        size.too_deep_at = at;
        return size;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',') {
      ++size.values;
    }
  }
  return size;
}

}  // namespace

Result<Json> read_json(const Document& document, std::string_view cure) {
  std::string_view text = document.text;
  const auto refuse = [&](std::string what, std::string_view place) {
    return Error{.kind = ErrorKind::parse,
                 .what = std::move(what),
                 .where = fmt::format("{}:{}", document.name, place),
                 .hint = std::string(cure)};
  };
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  const Size size = size_of(text);
  if (size.too_deep_at != std::string_view::npos)
    return refuse(fmt::format("the JSON nests more than {} levels deep", k_max_json_depth),
                  place_of(text, size.too_deep_at));
  if (size.values > k_max_json_values)
    return refuse(fmt::format("the JSON has more than {} million values", k_max_json_values >> 20U), "1");
  try {
    Json json = Json::parse(text.begin(), text.end());
    if (!json.is_object()) return refuse("this is no JSON object", "1");
    return json;
  } catch (const Json::parse_error& e) {
    if (e.byte > text.size()) return refuse("the JSON ends in the middle", place_of(text, text.size()));
    return refuse("this is no JSON, or it is damaged", place_of(text, e.byte == 0 ? 0 : e.byte - 1));
  } catch (const Json::exception&) {
    return refuse("a number in the JSON is too large", "1");
  }
}

const Json& member(const Json& value, const char* name) {
  static const Json none;
  if (!value.is_object()) return none;
  const auto found = value.find(name);
  return found == value.end() ? none : *found;
}

std::string_view text_of(const Json& value) {
  const auto* text = value.get_ptr<const Json::string_t*>();
  return text == nullptr ? std::string_view{} : std::string_view(*text);
}

std::optional<double> number_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> whole_number_of(const Json& value) {
  const std::optional<double> number = number_of(value);
  constexpr double k_exact = 9007199254740992.0;  // 2^53
  if (!number || std::abs(*number) > k_exact || *number != std::trunc(*number)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::size_t> index_of(const Json& value, std::size_t size) {
  const std::optional<std::int64_t> number = whole_number_of(value);
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= size) return std::nullopt;
  return static_cast<std::size_t>(*number);
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
