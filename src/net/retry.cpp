#include "net/retry.hpp"

#include <algorithm>
#include <array>
#include <chrono>
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

std::optional<std::int64_t> parse_http_date(std::string_view s) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  constexpr std::array<std::string_view, 12> k_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (s.size() != 29 || s.substr(3, 2) != ", " || s[7] != ' ' || s[11] != ' ' || s[16] != ' ' || s[19] != ':' ||
      s[22] != ':' || s.substr(25) != " GMT")
    return std::nullopt;
  const auto month = std::find(k_months.begin(), k_months.end(), s.substr(8, 3));
  const auto day = text::to_integer(s.substr(5, 2));
  const auto year = text::to_integer(s.substr(12, 4));
  const auto hour = text::to_integer(s.substr(17, 2));
  const auto minute = text::to_integer(s.substr(20, 2));
  const auto second = text::to_integer(s.substr(23, 2));
  if (month == k_months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(month - k_months.begin() + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 || *second < 0 || *second > 60)
    return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * 86400LL + *hour * 3600 + *minute * 60 + *second;
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
                                        const Pace& pace, const RetryPolicy& policy) {
  if (tries >= policy.max_tries) return std::nullopt;
  const double growth = std::pow(2.0, tries - 1);
  std::optional<double> wait;
  if (outcome && is_rate_limited(*outcome)) {
    wait = asked_wait_s(*outcome, pace.unix_s()).value_or(policy.rate_limit_wait_s * growth);
  } else if (is_uncertain(outcome) && repeat == Repeat::safe) {
    wait = policy.first_wait_s * growth * pace.uniform();
  }
  if (!wait || waited_s + *wait > policy.max_total_wait_s) return std::nullopt;
  return wait;
}

Result<HttpResponse> send_patiently(HttpClient& http, const HttpRequest& request, Repeat repeat, const Pace& pace,
                                    const RetryPolicy& policy) {
  double waited_s = 0;
  for (int tries = 1;; ++tries) {
    Result<HttpResponse> outcome = http.send(request);
    const auto wait = wait_before_retry(outcome, repeat, tries, waited_s, pace, policy);
    if (!wait) return outcome;
    pace.sleep_s(*wait);
    waited_s += *wait;
  }
}

}  // namespace perfwarden::net
