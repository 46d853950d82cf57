#include "base/percent.hpp"

#include "base/text.hpp"

namespace perfwarden {

std::string percent_encoded(std::string_view s) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : s) {
    if (text::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += k_hex[byte >> 4U];
    out += k_hex[byte & 15U];
  }
  return out;
}

}  // namespace perfwarden
