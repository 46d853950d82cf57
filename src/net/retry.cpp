#include "net/retry.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/text.hpp"

namespace perfwarden::net {
namespace {

std::optional<std::int64_t> number_header(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  if (found == response.headers.end()) return std::nullopt;
  const auto value = text::to_integer(text::trim(found->second));
  if (!value || *value < 0) return std::nullopt;
  return *value;
}

// What the server asked for, in seconds; nullopt when it gave no time.
std::optional<double> asked_wait_s(const HttpResponse& response, std::int64_t our_now) {
  std::int64_t now = our_now;
  if (const auto date = response.headers.find("date"); date != response.headers.end())
    now = parse_http_date(date->second).value_or(our_now);  // the runner's clock may be off
  if (const auto after = number_header(response, "retry-after")) return static_cast<double>(*after);
  if (const auto after = response.headers.find("retry-after"); after != response.headers.end())
    if (const auto when = parse_http_date(after->second))
      return static_cast<double>(std::max<std::int64_t>(*when - now, 0));
  const auto reset = number_header(response, "x-ratelimit-reset");
  if (!reset || number_header(response, "x-ratelimit-remaining") != std::int64_t{0}) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(*reset - now, 0)) + 1;
}

}  // namespace

std::optional<std::int64_t> parse_http_date(const std::string& text) {
  const time_t seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return seconds;
}

bool is_rate_limited(const HttpResponse& response) {
  if (response.status == 429) return true;
  if (response.status != 403) return false;
  return response.headers.contains("retry-after") ||
         number_header(response, "x-ratelimit-remaining") == std::int64_t{0} ||
         text::lower(response.body).find("rate limit") != std::string::npos;
}

bool is_uncertain(const Result<HttpResponse>& outcome) {
  if (!outcome) return outcome.error().kind == ErrorKind::network;
  const long status = outcome->status;
  return status == 408 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::optional<double> wait_before_retry(const Result<HttpResponse>& outcome, Repeat repeat, int tries, double waited_s,
                                        const RetrySeams& seams, const RetryPolicy& policy) {
  if (tries >= policy.max_tries) return std::nullopt;
  const double growth = std::pow(2.0, tries - 1);
  std::optional<double> wait;
  if (outcome && is_rate_limited(*outcome)) {
    wait = asked_wait_s(*outcome, seams.unix_s()).value_or(policy.rate_limit_wait_s * growth);
  } else if (is_uncertain(outcome) && repeat == Repeat::safe) {
    wait = policy.first_wait_s * growth * seams.uniform();
  }
  if (!wait || waited_s + *wait > policy.max_total_wait_s) return std::nullopt;
  return wait;
}

Result<HttpResponse> send_patiently(HttpClient& http, const HttpRequest& request, Repeat repeat,
                                    const RetrySeams& seams, const RetryPolicy& policy) {
  double waited_s = 0;
  for (int tries = 1;; ++tries) {
    Result<HttpResponse> outcome = http.send(request);
    const auto wait = wait_before_retry(outcome, repeat, tries, waited_s, seams, policy);
    if (!wait || *wait >= http.remaining_s()) return outcome;
    seams.sleep_s(*wait);
    waited_s += *wait;
  }
}

}  // namespace perfwarden::net
