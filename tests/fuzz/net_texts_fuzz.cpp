#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/redact.hpp"
#include "net/retry.hpp"
#include "net/url.hpp"

namespace {

using namespace perfwarden;

void demand(bool holds) {
  if (!holds) __builtin_trap();
}

// An address that is accepted reads the same the second time, and its message never repeats it.
void check_url(std::string_view text) {
  const Result<net::Url> url = net::parse_url(text);
  if (!url)
    return demand(!url.error().what.empty() && (text.size() < 12 || url.error().text().find(text) == text.npos));
  const Result<net::Url> again = net::parse_url(url->origin());
  demand(again && again->origin() == url->origin() && again->is_loopback() == url->is_loopback());
  demand(url->scheme == "https" || url->scheme == "http");
}

// What a server says about waiting never makes us wait longer than the policy, nor less than nothing.
void check_wait(std::string_view text) {
  const net::RetryPolicy policy;
  net::HttpResponse response;
  response.status = 429;
  const std::size_t end = text.find('\n');
  response.headers["retry-after"] = text.substr(0, end);
  if (end != text.npos) {
    response.headers.erase(text.starts_with('x') ? "retry-after" : "");
    response.headers["date"] = text.substr(end + 1);
    response.headers["x-ratelimit-reset"] = text.substr(end + 1);
    response.headers["x-ratelimit-remaining"] = "0";
  }
  const net::RetrySeams seams{[](double) {}, [] { return std::int64_t{1'800'000'000}; }, [] { return 0.5; }};
  const auto wait = net::wait_before_retry(response, net::Repeat::safe, 1, 0, seams, policy);
  demand(!wait || (*wait >= 0 && *wait <= policy.max_total_wait_s));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_url(text);
  check_wait(text);
  const std::string secret = "ghp_" + std::string(36, 'a');
  demand(net::redact(std::string(text) + " " + secret).find(secret) == std::string::npos);
  return 0;
}
