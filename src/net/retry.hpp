#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "net/http_client.hpp"

namespace perfwarden::net {

// Limits on retrying. GitHub asks for at least a minute after a secondary rate limit that gives no
// time (docs.github.com, "Best practices for using the REST API").
struct RetryPolicy {
  int max_tries = 4;
  double first_wait_s = 1;        // doubles with every try, then times a random number in [0, 1)
  double rate_limit_wait_s = 60;  // after a rate limit without a time; doubles too
  double max_total_wait_s = 120;  // all waits of one exchange; a longer one is not begun
};

// Clock and randomness for retries; tests replace them.
struct RetrySeams {
  std::function<void(double seconds)> sleep_s;
  std::function<std::int64_t()> unix_s;
  std::function<double()> uniform;  // in [0, 1)
};

// Whether sending the same request twice does the same as sending it once.
enum class Repeat { safe, unsafe };

// 429, or a 403 that mentions a limit: retry-after, x-ratelimit-remaining: 0, or "rate limit" in
// the body. Any other 403 is about permission.
[[nodiscard]] bool is_rate_limited(const HttpResponse& response);

// Whether a request may have been carried out although no good answer came: the answer was lost
// or the server failed (408, 5xx).
[[nodiscard]] bool is_uncertain(const Result<HttpResponse>& outcome);

// Seconds to wait before trying again; nullopt: do not retry. `tries` were made and `waited_s` waited
// so far. A rate limit refuses before anything is done, so it is always worth another try; an
// uncertain outcome is only when the request is safe to repeat.
[[nodiscard]] std::optional<double> wait_before_retry(const Result<HttpResponse>& outcome, Repeat repeat, int tries,
                                                      double waited_s, const RetrySeams& seams,
                                                      const RetryPolicy& policy);

// Sends, and retries as the policy says and the client has time.
[[nodiscard]] Result<HttpResponse> send_patiently(HttpClient& http, const HttpRequest& request, Repeat repeat,
                                                  const RetrySeams& seams, const RetryPolicy& policy = {});

// Seconds since 1970 of an HTTP date in any of the three forms of RFC 9110 §5.6.7 ("Sun, 06 Nov 1994 08:49:37 GMT");
// nullopt for what is not a date after 1970.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(const std::string& text);

}  // namespace perfwarden::net
