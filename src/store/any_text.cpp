#include "store/any_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::store {
namespace {

// U+F0000 + b is F3 B0, 80 | upper two bits of b, 80 | lower six.
constexpr std::string_view k_stand_in = "\xF3\xB0";
constexpr std::size_t k_stand_in_size = 4;

bool begins_with_stand_in(std::string_view text) {
  return text.size() >= k_stand_in_size && text.starts_with(k_stand_in) && static_cast<unsigned char>(text[2]) <= 0x83;
}

}  // namespace

std::string as_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::string_view first = text::first_code_points(bytes, 1);
    const auto lead = static_cast<unsigned char>(first.front());
    const bool kept = first.size() > 1 ? !begins_with_stand_in(first) : lead != 0 && lead < 0x80;
    if (kept) {
      out += first;
    } else {
      for (const char c : first) {
        const auto byte = static_cast<unsigned char>(c);
        out += k_stand_in;
        out += static_cast<char>(0x80U | byte >> 6U);
        out += static_cast<char>(0x80U | (byte & 0x3FU));
      }
    }
    bytes.remove_prefix(first.size());
  }
  return out;
}

std::string from_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find(k_stand_in), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (begins_with_stand_in(text)) {
      out += static_cast<char>((static_cast<unsigned char>(text[2]) & 0x3FU) << 6U |
                               (static_cast<unsigned char>(text[3]) & 0x3FU));
      text.remove_prefix(k_stand_in_size);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace perfwarden::store
