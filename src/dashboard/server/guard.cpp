#include "dashboard/server/guard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "base/text.hpp"

namespace perfwarden::dashboard {
namespace {

constexpr std::string_view k_cookie = "perfwarden=";
constexpr std::size_t k_longest_name = 100;

// Digests with a secret key differ everywhere when the texts differ, so comparing them tells nothing by its time.
bool equal_in_secret(const Guard& guard, std::string_view a, std::string_view b) {
  return hmac_sha256(guard.secret, a) == hmac_sha256(guard.secret, b);
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  return host.substr(0, host.find(':'));
}

std::string_view cookie_in(const Request& request) {
  for (std::string_view part : text::split(request.header("cookie"), ';')) {
    part = text::trim(part);
    if (part.starts_with(k_cookie)) return part.substr(k_cookie.size());
  }
  return "";
}

bool has_token(const Guard& guard, const Request& request) {
  constexpr std::string_view k_bearer = "Bearer ";
  const std::string_view given = request.header("authorization");
  if (given.starts_with(k_bearer)) return guard.is_token(given.substr(k_bearer.size()));
  const std::string_view cookie = cookie_in(request);
  return !cookie.empty() && equal_in_secret(guard, cookie, guard.session());
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  std::string_view found;
  bool once = false;
  for (const auto& [key, value] : headers) {
    if (key != name) continue;
    if (once) return "";
    found = value;
    once = true;
  }
  return found;
}

std::string Guard::csrf() const {
  return hmac_sha256(secret, "page");
}

std::string Guard::session() const {
  return hmac_sha256(secret, "session " + token);
}

bool Guard::is_token(std::string_view given) const {
  return !token.empty() && equal_in_secret(*this, given, token);
}

bool is_our_host(const Guard& guard, std::string_view host) {
  const std::string name = text::lower(without_port(host));
  return !name.empty() && std::find(guard.hosts.begin(), guard.hosts.end(), name) != guard.hosts.end();
}

bool is_same_origin(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;  // no browser, or one that does not say
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos &&
         text::lower(origin.substr(scheme + 3)) == text::lower(request.header("host"));
}

Admission admit(const Guard& guard, const Request& request) {
  if (!is_our_host(guard, request.header("host")))
    return {421, "this server does not answer to that name; --allow-host adds one", ""};
  switch (guard.by) {
    case Authentication::none:
      return {200, "", guard.who};
    case Authentication::token:
      if (has_token(guard, request)) return {200, "", guard.who};
      return {401, "log in first", ""};
    case Authentication::proxy: {
      const std::string user = text::one_line(request.header(guard.user_header));
      if (!request.from_proxy) return {403, "only the proxy may ask here", ""};
      if (user.empty() || user.size() > k_longest_name) return {401, "the proxy does not say who asks", ""};
      return {200, "", user};
    }
  }
  return {403, "", ""};
}

Admission admit_change(const Guard& guard, const Request& request) {
  Admission out = admit(guard, request);
  if (out.status != 200) return out;
  if (guard.read_only) return {403, "this dashboard only shows: it was started with --read-only, or exported", ""};
  if (!is_same_origin(request)) return {403, "another site may not change anything here", ""};
  const std::string type = text::lower(request.header("content-type"));
  if (text::trim(std::string_view(type).substr(0, type.find(';'))) != "application/json")
    return {415, "send the body as application/json", ""};
  if (!equal_in_secret(guard, request.header("x-perfwarden-csrf"), guard.csrf()))
    return {403, "the page is from before a restart of the server: load it again", ""};
  return out;
}

}  // namespace perfwarden::dashboard
