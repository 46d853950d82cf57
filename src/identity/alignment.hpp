#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::identity {

inline constexpr std::size_t k_cache_line = 64;  // bytes

// Where an image's functions start.
struct FunctionAlignment {
  // Whether any of its code asked for a cache line: a section is aligned as its strictest part is, and compilers ask
  // for 16 or 32 bytes by themselves.
  bool is_asked_for = false;
  std::size_t functions = 0;  // with a name and a size, without parts that the compiler split off as cold; 0: stripped
  std::size_t aligned = 0;    // of them, how many start at a cache line
  [[nodiscard]] double share() const {
    return functions == 0 ? 0 : static_cast<double>(aligned) / static_cast<double>(functions);
  }
};

// Error: not an image that elf.hpp reads.
[[nodiscard]] Result<FunctionAlignment> function_alignment(std::string_view bytes);

}  // namespace perfwarden::identity
