#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/source.hpp"

namespace perfwarden::config {

// Why a text cannot be read as YAML at all: not UTF-8, or control characters. yaml-cpp would read on, and silently stop
// at U+0004.
struct EncodingFault {
  Place at;
  std::string what, cure;
};
[[nodiscard]] std::optional<EncodingFault> encoding_fault(std::string_view text);

}  // namespace perfwarden::config
