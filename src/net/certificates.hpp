#pragma once

#include <string>

namespace perfwarden::net {

// The file of trusted certificates, where this distribution keeps it below `root`: Debian's, Fedora's, openSUSE's or
// Alpine's place. Empty when there is none; then libcurl's own default holds.
[[nodiscard]] std::string system_certificates(const std::string& root = "");

}  // namespace perfwarden::net
