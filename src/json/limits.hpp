#pragma once

#include <cstddef>

namespace perfwarden::json {

// Limits are what a hostile JSON text may cost at most.
struct Limits {
  std::size_t bytes = std::size_t{256} << 20;
  std::size_t depth = 64;
  std::size_t values = 16'000'000;
};

inline constexpr std::size_t k_max_repeated = 100;  // repeated keys that are reported

}  // namespace perfwarden::json
