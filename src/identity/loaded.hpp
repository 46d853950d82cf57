#pragma once

#include <string_view>

#include "identity/elf.hpp"

namespace perfwarden::identity {

// Sections are for people and linkers; the loader reads segments and its own list. Whoever compares sections must know
// that they describe what is loaded: that they do not overlap, lie where their segment puts them, leave out nothing but
// zeros and the headers, and that the loader's tables are the ones that were read. Returns an Error when they do not.
[[nodiscard]] Status check_what_is_loaded(const Image& image, std::string_view bytes);

}  // namespace perfwarden::identity
