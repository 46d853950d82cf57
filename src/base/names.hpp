#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace perfwarden {

// Names are the spellings of some values, for writing and reading alike.
template <class T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

// "" for a value that is not among them.
template <class T, std::size_t N>
[[nodiscard]] constexpr std::string_view spelled(const Names<T, N>& names, const T& value) {
  for (const auto& [name, known] : names)
    if (known == value) return name;
  return "";
}

// The value that is spelled so; nullopt when none is.
template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<T> parsed(const Names<T, N>& names, std::string_view text) {
  for (const auto& [name, known] : names)
    if (name == text) return known;
  return std::nullopt;
}

// k_names<E> is the one table of an enumeration's spellings. It follows the enumeration, and names every enumerator:
//   enum class Side { base, head };
//   template <>
//   inline constexpr Names<Side, 2> k_names<Side>{{{"base", Side::base}, {"head", Side::head}}};
struct Unnamed {};
template <class E>
inline constexpr Unnamed k_names{};

template <class E>
concept Named = std::is_enum_v<E> && !std::same_as<decltype(k_names<E>), const Unnamed>;

template <Named E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  return spelled(k_names<E>, value);
}

//   if (const auto tier = from_name<Tier>(word)) …
template <Named E>
[[nodiscard]] constexpr std::optional<E> from_name(std::string_view text) {
  return parsed(k_names<E>, text);
}

// All spellings, in the table's order.
template <Named E>
[[nodiscard]] std::vector<std::string> spellings() {
  std::vector<std::string> out;
  for (const auto& row : k_names<E>) out.emplace_back(row.first);
  return out;
}

}  // namespace perfwarden
