#include "app/cli/version.hpp"

namespace perfwarden::app {

std::string_view version() {
  return PW_VERSION;
}

}  // namespace perfwarden::app
