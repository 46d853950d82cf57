#pragma once

#include <cstddef>

// What a hostile JSON text may cost at most.
namespace perfwarden::json {

inline constexpr std::size_t k_max_text_bytes = std::size_t{256} << 20;  // of one text
inline constexpr std::size_t k_max_values = 16'000'000;                  // of one text, keys counted
inline constexpr int k_max_depth = 64;
inline constexpr std::size_t k_max_repeated = 100;  // repeated keys that are reported

}  // namespace perfwarden::json
