#pragma once

#include <string>
#include <string_view>

namespace perfwarden::store {

// Any bytes as UTF-8 without NUL, for databases that keep nothing else as text, and back. Text that is such already
// stays as it is, but for U+F0000 … U+F00FF (private use): these stand for the bytes 0 … 255 that are not text, so that
// all of it comes back as it was.
[[nodiscard]] std::string as_utf8(std::string_view bytes);
[[nodiscard]] std::string from_utf8(std::string_view text);

}  // namespace perfwarden::store
