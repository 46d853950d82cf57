#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace perfwarden {

// Names is the one table of an enumeration's spellings, for writing and reading alike.
template <class E, std::size_t N>
using Names = std::array<std::pair<std::string_view, E>, N>;

template <class E, std::size_t N>
[[nodiscard]] constexpr std::string_view spelled(const Names<E, N>& names, E value) {
  for (const auto& [name, known] : names)
    if (known == value) return name;
  return "";
}

}  // namespace perfwarden
