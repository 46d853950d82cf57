#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::net {

// A Url is an http or https address taken apart. Host and scheme in lower case; the port is always
// set; target starts with '/'.
struct Url {
  std::string scheme;
  std::string host;  // an IPv6 address keeps its brackets
  int port = 443;
  std::string target;  // path and query, as sent

  // "https://api.github.com:443": equal for two addresses that may share a secret.
  [[nodiscard]] std::string origin() const;
  // localhost, 127.0.0.0/8 or [::1]
  [[nodiscard]] bool is_loopback() const;
};

// Error (kind network) for any other scheme, user names or passwords in the address, white space,
// controls and a bad port. The message never holds the address itself.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Percent-encodes all but RFC 3986's unreserved characters, for a path segment or a query value.
[[nodiscard]] std::string encode_component(std::string_view text);

}  // namespace perfwarden::net
