#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace perfwarden::identity {

// The little-endian value at `at`, which must lie within `bytes`; of any alignment.
template <class Value>
[[nodiscard]] Value value_at(std::string_view bytes, std::size_t at) {
  Value value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// The same, extended by its sign to the width of an address, so that it can be added to one.
template <class Value>
[[nodiscard]] std::uint64_t offset_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint64_t>(std::int64_t{value_at<Value>(bytes, at)});
}

}  // namespace perfwarden::identity
