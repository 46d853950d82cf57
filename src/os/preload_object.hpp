#pragma once

#include <span>

namespace perfwarden::os {

// The shared object of src/preload, which the build puts into the binary.
[[nodiscard]] std::span<const unsigned char> preload_object();

}  // namespace perfwarden::os
