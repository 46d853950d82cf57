#include "json/source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::json {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view k_white_space = " \t\r\n";
constexpr std::size_t k_word_bytes = 200;
constexpr std::size_t k_word_columns = 40;

// Moves `at` from a string's opening quote to after its closing one.
Status skip_string(const Source& source, std::size_t& at) {
  const std::string_view text = source.text;
  const std::size_t open = at++;
  while (true) {
    while (at < text.size() && text[at] != '"' && text[at] != '\\' && text[at] != '\n') ++at;
    if (at >= text.size()) return source.cut_off();
    if (text[at] == '\n') return source.fault(open, "a JSON string has no closing quote");
    if (text[at] == '"') break;
    at += 2;
  }
  ++at;
  return Nothing{};
}

}  // namespace

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return {static_cast<int>(lines) + 1, static_cast<int>(before.size() - line_start) + 1};
}

Error Source::fault(std::size_t offset, std::string what) const {
  const Place place = place_of(text, offset);
  return {.kind = ErrorKind::parse,
          .what = std::move(what),
          .where = fmt::format("{}:{}:{}", name, place.line, place.column),
          .hint = std::string(hint)};
}

Error Source::unexpected(std::size_t offset) const {
  const std::string_view rest = text.substr(std::min(offset, text.size()), k_word_bytes);
  const std::string_view word = rest.substr(0, rest.find_first_of(k_white_space, 1));
  return fault(offset,
               fmt::format("this is not JSON: unexpected '{}'", text::truncate(text::one_line(word), k_word_columns)));
}

Error Source::cut_off() const {
  return fault(text.size(), "the JSON ends in the middle; the text was cut off, or a bracket is missing");
}

Result<Extent> find_value(const Source& source, const Limits& limits, std::size_t from, bool trailing_text) {
  const std::string_view text = source.text;
  if (text.size() > limits.bytes)
    return Error{.kind = ErrorKind::parse,
                 .what = fmt::format("the JSON has more than {} MiB", limits.bytes >> 20U),
                 .where = std::string(source.name),
                 .hint = std::string(source.hint)};
  Extent out{.begin = from};
  if (text.substr(out.begin).starts_with(k_byte_order_mark)) out.begin += k_byte_order_mark.size();
  out.begin = std::min(text.find_first_not_of(k_white_space, out.begin), text.size());
  if (out.begin == text.size()) return source.fault(out.begin, "the text is empty, not JSON");
  std::size_t at = out.begin;
  std::size_t depth = 0;
  std::size_t separators = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      PW_TRY(skip_string(source, at));
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      ++separators;
      if (++depth > limits.depth)
        return source.fault(at - 1, fmt::format("the JSON nests more than {} levels deep", limits.depth));
    } else if (c == ',') {
      ++separators;
    } else if (c == '\0') {
      return source.unexpected(at - 1);  // nlohmann's reader takes it for the end of the text
    } else if ((c == '}' || c == ']') && depth > 0 && --depth == 0) {
      break;
    }
  }
  if (depth > 0) return source.cut_off();
  out.size = at - out.begin;
  out.values = separators + 1;
  if (trailing_text) return out;
  const std::size_t more = text.find_first_not_of(k_white_space, at);
  if (more != std::string_view::npos) return source.fault(more, "there is more text after the end of the JSON");
  return out;
}

}  // namespace perfwarden::json
