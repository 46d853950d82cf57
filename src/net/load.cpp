#include "net/load.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

#include "base/text.hpp"
#include "net/url.hpp"

namespace perfwarden::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double k_spin_s = 0.002;  // the poll below wakes up to a millisecond late
constexpr std::size_t k_least_behind = 8;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::size_t discard(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

struct CloseMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct CloseEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Multi = std::unique_ptr<CURLM, CloseMulti>;
using Easy = std::unique_ptr<CURL, CloseEasy>;

// A Driver sends each request when it is due, and reads answers in between.
class Driver {
 public:
  Driver(const LoadPlan& plan, bool is_loopback)
      : plan_(plan),
        is_loopback_(is_loopback),
        total_(static_cast<std::size_t>(std::max(1.0, std::floor(plan.rate_per_s * plan.duration_s + 1e-9)))),
        multi_(curl_multi_init()) {
    load_.latencies_s.assign(total_, std::numeric_limits<double>::quiet_NaN());
    if (multi_) curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(plan.most_in_flight));
  }

  Result<Load> go() {
    if (!multi_) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
    start_ = Clock::now();
    while (sent_ < total_ || in_flight_ > 0) {
      if (plan_.stop && plan_.stop()) {
        load_.stopped = true;
        break;
      }
      PW_TRY(send_what_is_due());
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      take_answers();
      wait();
    }
    for (std::size_t i = 0; i < handles_.size(); ++i) curl_multi_remove_handle(multi_.get(), handles_[i].get());
    load_.latencies_s.resize(sent_);
    return std::move(load_);
  }

 private:
  [[nodiscard]] double due_s(std::size_t request) const { return static_cast<double>(request) / plan_.rate_per_s; }

  Status send_what_is_due() {
    while (sent_ < total_ && seconds_since(start_) >= due_s(sent_)) {
      if (in_flight_ >= plan_.most_in_flight) {
        load_.saturated = true;
        break;
      }
      PW_TRY(send(sent_));
      ++sent_;
      ++in_flight_;
      load_.most_in_flight = std::max(load_.most_in_flight, in_flight_);
      if (sent_ == total_ && is_behind()) load_.saturated = true;
    }
    return Nothing{};
  }

  // By Little's law as many are in flight as arrive within one latency. Several times that many at the end, when
  // nothing has failed yet, are a queue that grows.
  [[nodiscard]] bool is_behind() const {
    std::vector<double> answered;
    for (const double one : load_.latencies_s)
      if (std::isfinite(one)) answered.push_back(one);
    if (in_flight_ < k_least_behind) return false;
    if (answered.empty()) return true;
    const auto early = answered.begin() + static_cast<std::ptrdiff_t>(answered.size() / 10);
    std::nth_element(answered.begin(), early, answered.end());
    return static_cast<double>(in_flight_) > 4 * *early * plan_.rate_per_s + static_cast<double>(k_least_behind);
  }

  Status send(std::size_t request) {
    if (idle_.empty()) {
      handles_.emplace_back(curl_easy_init());
      due_.push_back(0);
      if (!handles_.back()) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
      prepare(handles_.back().get());
      idle_.push_back(handles_.size() - 1);
    }
    const std::size_t slot = idle_.back();
    idle_.pop_back();
    due_[slot] = request;
    const double lag = seconds_since(start_) - due_s(request);
    load_.worst_lag_s = std::max(load_.worst_lag_s, lag);
    CURL* const easy = handles_[slot].get();
    const double left_s = std::max(plan_.timeout_s - lag, 0.001);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left_s * 1000) + 1);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, reinterpret_cast<char*>(slot));  // NOLINT: libcurl keeps a pointer's width
    curl_multi_add_handle(multi_.get(), easy);
    return Nothing{};
  }

  void prepare(CURL* easy) const {
    curl_easy_setopt(easy, CURLOPT_URL, plan_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    if (is_loopback_) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  }

  void take_answers() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      char* kept = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &kept);
      const auto slot = reinterpret_cast<std::size_t>(kept);  // NOLINT: as above
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      if (message->data.result != CURLE_OK)
        fail(curl_easy_strerror(message->data.result));
      else if (status >= 400)
        fail(fmt::format("status {}", status));
      else
        load_.latencies_s[due_[slot]] = seconds_since(start_) - due_s(due_[slot]);
      curl_multi_remove_handle(multi_.get(), easy);
      idle_.push_back(slot);
      --in_flight_;
    }
  }

  void fail(std::string_view why) {
    if (load_.errors++ == 0) load_.first_error = text::one_line(why);
  }

  // Until an answer comes or the next request is due.
  void wait() {
    double left_s = 0.05;
    if (sent_ < total_ && in_flight_ < plan_.most_in_flight)
      left_s = std::min(left_s, due_s(sent_) - seconds_since(start_) - k_spin_s);
    if (left_s <= 0) return;
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(std::ceil(left_s * 1000)), nullptr);
  }

  const LoadPlan& plan_;
  bool is_loopback_;
  std::size_t total_, sent_ = 0, in_flight_ = 0;
  Clock::time_point start_;
  Load load_;
  Multi multi_;
  std::vector<Easy> handles_;      // after multi_: they go first
  std::vector<std::size_t> due_;   // by handle: its request
  std::vector<std::size_t> idle_;  // handles that carry none
};

}  // namespace

Result<Load> drive(const LoadPlan& plan) {
  PW_TRY_ASSIGN(const Url url, parse_url(plan.url));
  if (url.scheme != "https" && !url.is_loopback())
    return Error{.kind = ErrorKind::network,
                 .what = fmt::format("refusing to use plain http with {}", url.host),
                 .hint = "use https, or run the service on this machine"};
  return Driver(plan, url.is_loopback()).go();
}

}  // namespace perfwarden::net
