#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::os {

// Error (io) "cannot <verb>: <errno's words>" with the cure where one is known. Error (interrupted) for EINTR.
[[nodiscard]] Error file_error(int number, const std::string& path, std::string_view verb);

// As open(2), again when a signal interrupts it that does not stop us.
[[nodiscard]] int open_retrying(int folder, const std::string& path, int flags, unsigned mode = 0);

[[nodiscard]] inline bool has_nul(const std::string& path) {
  return path.find('\0') != std::string::npos;
}

}  // namespace perfwarden::os
