#include "net/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/percent.hpp"
#include "base/text.hpp"

namespace perfwarden::net {
namespace {

Error bad(std::string_view why) {
  return Error{.kind = ErrorKind::network, .what = fmt::format("not a usable address: {}", why)};
}

// A string that libcurl allocated; empty for null.
std::string taken(char* allocated) {
  const std::unique_ptr<char, void (*)(void*)> owner(allocated, curl_free);
  return owner ? owner.get() : "";
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  return curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK ? text::lower(taken(text)) : "";
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
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; };
  if (!std::all_of(whole.begin(), whole.end(), is_plain))
    return bad("it holds white space, a control character, a backslash or a character that is not ASCII");
  if (whole.find("://") == std::string_view::npos) return bad("it has no scheme; write https://…");
  const std::string address(whole);
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  const CURLUcode code =
      parsed ? curl_url_set(parsed.get(), CURLUPART_URL, address.c_str(), CURLU_DISALLOW_USER) : CURLUE_OUT_OF_MEMORY;
  if (code == CURLUE_USER_NOT_ALLOWED) return bad("it holds a user name; give the token apart from the address");
  if (code != CURLUE_OK) return bad(curl_url_strerror(code));
  Url url;
  url.scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  url.host = part_of(parsed.get(), CURLUPART_HOST);
  if (url.scheme != "https" && url.scheme != "http") return bad("only https is supported");
  // libcurl decodes, normalises and forgives; a reader who compares hosts by eye does not.
  if (url.host.empty() || !text::lower(whole).starts_with(url.scheme + "://" + url.host))
    return bad("its host is not written as libcurl reads it");
  url.port = static_cast<int>(text::to_integer(part_of(parsed.get(), CURLUPART_PORT)).value_or(0));
  if (url.port < 1) return bad("its port is not a number from 1 to 65535");
  return url;
}

std::string encode_component(std::string_view s) {
  return percent_encoded(s);
}

}  // namespace perfwarden::net
