#pragma once

#include <cstdint>

namespace perfwarden::os {

// 64 bits from the kernel's generator.
[[nodiscard]] std::uint64_t random_bits();

}  // namespace perfwarden::os
