#include "support/paths.hpp"

namespace perfwarden::support {

std::string source_path(const std::string& name) {
  return name.empty() ? PW_SOURCE_DIR : std::string(PW_SOURCE_DIR) + "/" + name;
}

std::string allocator() {
  return PW_ALLOCATOR;
}

std::string static_allocator() {
  return PW_ALLOCATOR_STATIC;
}

}  // namespace perfwarden::support
