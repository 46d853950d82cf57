#include "net/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::net {
namespace {

Error bad(std::string_view why) {
  return Error{.kind = ErrorKind::network, .what = fmt::format("not a usable address: {}", why)};
}

bool is_host_character(char c) {
  return text::is_lower_or_digit(c) || c == '-' || c == '.' || c == '_';
}

bool is_ipv6(std::string_view host) {
  return host.size() > 3 && host.starts_with('[') && host.ends_with(']') &&
         host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

}  // namespace

std::string Url::origin() const {
  return fmt::format("{}://{}:{}", scheme, host, port);
}

bool Url::is_loopback() const {
  if (host == "localhost" || host == "[::1]") return true;
  const auto parts = text::split(host, '.');
  return parts.size() == 4 && parts[0] == "127" && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const auto number = text::to_integer(part);
           return number && *number >= 0 && *number <= 255;
         });
}

Result<Url> parse_url(std::string_view whole) {
  if (std::any_of(whole.begin(), whole.end(), [](char c) { return c <= ' ' || c == '\x7f' || c == '\\'; }))
    return bad("it holds white space, a control or a backslash");
  Url url;
  const std::size_t colon = whole.find("://");
  if (colon == std::string_view::npos) return bad("it has no scheme; write https://…");
  url.scheme = text::lower(whole.substr(0, colon));
  if (url.scheme != "https" && url.scheme != "http") return bad("only https is spoken");
  whole.remove_prefix(colon + 3);
  const std::size_t end = std::min(whole.find_first_of("/?#"), whole.size());
  std::string authority = text::lower(whole.substr(0, end));
  std::string_view rest = whole.substr(end);
  rest = rest.substr(0, rest.find('#'));
  if (authority.find('@') != std::string::npos)
    return bad("it holds a user name; give the token apart from the address");
  url.port = url.scheme == "https" ? 443 : 80;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port_at = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  if (port_at != std::string::npos) {
    const auto port = text::to_integer(std::string_view(authority).substr(port_at + 1));
    if (!port || *port < 1 || *port > 65535) return bad("its port is not a number from 1 to 65535");
    url.port = static_cast<int>(*port);
    authority.resize(port_at);
  }
  if (authority.empty() || !(is_ipv6(authority) || std::all_of(authority.begin(), authority.end(), is_host_character)))
    return bad("its host name is not one");
  url.host = std::move(authority);
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return url;
}

std::string encode_component(std::string_view s) {
  std::string out;
  for (const char c : s) {
    const bool plain = text::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace perfwarden::net
