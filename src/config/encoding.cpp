#include "config/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace perfwarden::config {
namespace {

// Bytes of the well-formed character at the front (Unicode 15, table 3-7); 0 when there is none.
std::size_t character_size(std::string_view s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0, surrogate = lead == 0xED && byte(1) > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90, beyond = lead == 0xF4 && byte(1) > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

Place place_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1, static_cast<int>(offset - line_start),
          ""};
}

}  // namespace

std::optional<EncodingFault> encoding_fault(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return EncodingFault{{1, 0, ""}, "the file is UTF-16, not UTF-8", "save it as UTF-8"};
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = character_size(text.substr(i));
    const auto byte = static_cast<unsigned char>(text[i]);
    if (size == 0)
      return EncodingFault{place_at(text, i), fmt::format("byte 0x{:02X} is not UTF-8", byte),
                           "save the file as UTF-8"};
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F)
      return EncodingFault{place_at(text, i), fmt::format("control character U+{:04X}", byte), "take it out"};
    i += size;
  }
  return std::nullopt;
}

}  // namespace perfwarden::config
