#pragma once

#include <string_view>

namespace perfwarden::app {

[[nodiscard]] std::string_view version();  // "0.1.0"

}  // namespace perfwarden::app
