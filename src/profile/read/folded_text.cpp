#include "profile/read/folded_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_longest_count = 400;  // a double of 10^308 has 309 digits
constexpr std::size_t k_surely_64_bits = 19;  // digits

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6U));
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12U));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | (code >> 18U));
    put(0x80 | ((code >> 12U) & 0x3FU));
    put(0x80 | ((code >> 6U) & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  out.reserve(bytes.size() / 2);
  const auto unit = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big_endian ? (first << 8U) | second : (second << 8U) | first);
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xD800 && code < 0xE000) {
      const std::uint32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
      const bool pair = code < 0xDC00 && low >= 0xDC00 && low < 0xE000;
      code = pair ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00) : 0xFFFD;
      if (pair) at += 2;
    }
    append_utf8(code, out);
  }
  return out;
}

std::optional<FoldedCount> count_of(std::string_view token) {
  FoldedCount count;
  if (token.size() <= k_surely_64_bits) {
    std::size_t at = 0;
    for (; at < token.size() && text::is_digit(token[at]); ++at)
      count.whole = count.whole * 10 + static_cast<std::uint64_t>(token[at] - '0');
    if (at == token.size() && at > 0) {
      count.value = static_cast<double>(count.whole);
      return count;
    }
  }
  const std::size_t digits = std::min(token.find_first_not_of("0123456789"), token.size());
  if (digits == 0 || token.size() > k_longest_count) return std::nullopt;
  if (digits < token.size() &&
      (token[digits] != '.' || token.find_first_not_of("0123456789", digits + 1) != std::string_view::npos))
    return std::nullopt;
  if (token.ends_with('.')) token.remove_suffix(1);
  const auto value = text::to_double(token);
  if (!value) return std::nullopt;
  return FoldedCount{0, *value, false};
}

}  // namespace

std::string_view folded_utf8(std::string_view bytes, std::string& converted) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return bytes.substr(3);
  const bool little = bytes.starts_with("\xFF\xFE");
  if (!little && !bytes.starts_with("\xFE\xFF")) return bytes;
  converted = from_utf16(bytes.substr(2), !little);
  return converted;
}

std::optional<FoldedLine> folded_line(std::string_view line) {
  std::size_t begin = line.size();
  while (begin > 0 && !is_space(line[begin - 1])) {
    if (!text::is_digit(line[begin - 1]) && line[begin - 1] != '.') return std::nullopt;
    --begin;
  }
  if (begin == 0) return std::nullopt;
  const auto count = count_of(line.substr(begin));
  if (!count) return std::nullopt;
  return FoldedLine{line.substr(0, begin - 1), *count};
}

Status FoldedTally::check(const std::string& file_name) const {
  constexpr std::size_t k_one_in = 100;
  if (lines == 0)
    return Error{.kind = ErrorKind::parse,
                 .what = "the file holds no stacks",
                 .where = file_name,
                 .hint = "a line looks like 'main;work 12'"};
  if (ignored * k_one_in <= lines) return Nothing{};
  return Error{.kind = ErrorKind::parse,
               .what = fmt::format("this line is not a folded stack, and neither are {} of {} lines", ignored, lines),
               .where = fmt::format("{}:{}", file_name, first_ignored),
               .hint = "a line is the frames from the root on, ';' between them, a space and a number: 'main;work 12'"};
}

void FoldedTally::warn(const std::string& file_name, std::vector<Warning>& warnings) const {
  if (ignored == 0) return;
  warnings.push_back(
      {"ignored-lines", fmt::format("{}: {} of {} lines hold no stack and were ignored; the first is line {}",
                                    file_name, ignored, lines, first_ignored)});
}

}  // namespace perfwarden::profile
