#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace perfwarden::net {

// A Url is the origin of an http or https address, as libcurl reads it, which is what sends the request. Scheme and
// host are in lower case; the port is always set.
struct Url {
  std::string scheme;
  std::string host;  // an IPv6 address keeps its brackets
  int port = 443;

  // "https://api.github.com:443": equal for two addresses that may share a secret.
  [[nodiscard]] std::string origin() const;
  // localhost, 127.0.0.0/8 or [::1]
  [[nodiscard]] bool is_loopback() const;
};

// Error (kind network) for an address that libcurl cannot read or that could mislead a reader: any other scheme, a user
// name or password, a host that is not literally the text after "://" ("0x7f.1", "ho%73t", "https:///host"), white
// space, controls, backslashes and characters beyond ASCII. The message never holds the address itself.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Percent-encodes all but RFC 3986's unreserved characters, for a path segment or a query value.
[[nodiscard]] std::string encode_component(std::string_view text);

}  // namespace perfwarden::net
