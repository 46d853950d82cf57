#include "net/load.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

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

// A Target is an address, its share of the requests, and what became of them.
struct Target {
  std::string url;
  double share = 1;
  bool is_loopback = false;
  std::size_t in_flight = 0;
  Load load = {};
};

// A Sent is one request that a handle carries.
struct Sent {
  std::size_t request = 0, target = 0;
  std::size_t place = 0;  // in the target's latencies
};

// A Driver sends each request when it is due, and reads answers in between.
class Driver {
 public:
  Driver(const LoadPlan& plan, std::vector<Target> targets)
      : plan_(plan),
        total_(static_cast<std::size_t>(std::max(1.0, std::floor(plan.rate_per_s * plan.duration_s + 1e-9)))),
        targets_(std::move(targets)),
        multi_(curl_multi_init()) {
    if (multi_) curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(plan.most_in_flight));
  }

  Result<std::vector<Target>> go() {
    if (!multi_) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
    start_ = Clock::now();
    while (sent_ < total_ || in_flight_ > 0) {
      if (plan_.stop && plan_.stop()) {
        for (Target& target : targets_) target.load.stopped = true;
        break;
      }
      PW_TRY(send_what_is_due());
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      take_answers();
      wait();
    }
    for (const Easy& handle : handles_) curl_multi_remove_handle(multi_.get(), handle.get());
    return std::move(targets_);
  }

 private:
  [[nodiscard]] double due_s(std::size_t request) const { return static_cast<double>(request) / plan_.rate_per_s; }

  // Evenly spaced: of the first n requests the last target has its share, rounded down.
  [[nodiscard]] std::size_t target_of(std::size_t request) const {
    const auto given = [this](std::size_t requests) {
      return std::floor(static_cast<double>(requests) * targets_.back().share + 1e-9);
    };
    return given(request + 1) > given(request) ? targets_.size() - 1 : 0;
  }

  Status send_what_is_due() {
    while (sent_ < total_ && seconds_since(start_) >= due_s(sent_)) {
      Target& target = targets_[target_of(sent_)];
      if (in_flight_ >= plan_.most_in_flight) {
        target.load.saturated = true;
        break;
      }
      PW_TRY(send(sent_));
      ++sent_;
      ++in_flight_;
      target.load.most_in_flight = std::max(target.load.most_in_flight, ++target.in_flight);
      if (sent_ < total_) continue;
      for (Target& one : targets_)
        if (is_behind(one)) one.load.saturated = true;
    }
    return Nothing{};
  }

  // By Little's law as many are in flight as arrive within one latency. Several times that many at the end, when
  // nothing has failed yet, are a queue that grows.
  [[nodiscard]] bool is_behind(const Target& target) const {
    if (target.in_flight < k_least_behind) return false;
    std::vector<double> answered;
    for (const double one : target.load.latencies_s)
      if (std::isfinite(one)) answered.push_back(one);
    if (answered.empty()) return true;
    const auto early = answered.begin() + static_cast<std::ptrdiff_t>(answered.size() / 10);
    std::nth_element(answered.begin(), early, answered.end());
    return static_cast<double>(target.in_flight) >
           4 * *early * plan_.rate_per_s * target.share + static_cast<double>(k_least_behind);
  }

  Status send(std::size_t request) {
    if (idle_.empty()) {
      handles_.emplace_back(curl_easy_init());
      carried_.emplace_back();
      if (!handles_.back()) return Error{.kind = ErrorKind::network, .what = "libcurl could not start"};
      prepare(handles_.back().get());
      idle_.push_back(handles_.size() - 1);
    }
    const std::size_t slot = idle_.back();
    idle_.pop_back();
    const std::size_t which = target_of(request);
    Target& target = targets_[which];
    carried_[slot] = {request, which, target.load.latencies_s.size()};
    target.load.latencies_s.push_back(std::numeric_limits<double>::quiet_NaN());
    const double lag = seconds_since(start_) - due_s(request);
    target.load.worst_lag_s = std::max(target.load.worst_lag_s, lag);
    CURL* const easy = handles_[slot].get();
    const double left_s = std::max(plan_.timeout_s - lag, 0.001);
    curl_easy_setopt(easy, CURLOPT_URL, target.url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, target.is_loopback ? "*" : nullptr);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left_s * 1000) + 1);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, reinterpret_cast<char*>(slot));  // NOLINT: libcurl keeps a pointer's width
    curl_multi_add_handle(multi_.get(), easy);
    return Nothing{};
  }

  static void prepare(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
  }

  void take_answers() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      char* kept = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &kept);
      const auto slot = reinterpret_cast<std::size_t>(kept);  // NOLINT: as above
      const Sent& sent = carried_[slot];
      Target& target = targets_[sent.target];
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      if (message->data.result != CURLE_OK)
        fail(target.load, curl_easy_strerror(message->data.result));
      else if (status >= 400)
        fail(target.load, fmt::format("status {}", status));
      else
        target.load.latencies_s[sent.place] = seconds_since(start_) - due_s(sent.request);
      curl_multi_remove_handle(multi_.get(), easy);
      idle_.push_back(slot);
      --in_flight_;
      --target.in_flight;
    }
  }

  static void fail(Load& load, std::string_view why) {
    if (load.errors++ == 0) load.first_error = text::one_line(why);
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
  std::size_t total_, sent_ = 0, in_flight_ = 0;
  std::vector<Target> targets_;  // one or two
  Clock::time_point start_;
  Multi multi_;
  std::vector<Easy> handles_;      // after multi_: they go first
  std::vector<Sent> carried_;      // by handle
  std::vector<std::size_t> idle_;  // handles that carry none
};

// Error (network) for an address that is refused.
Result<Target> target_at(const std::string& address, double share) {
  PW_TRY_ASSIGN(const Url url, parse_url(address));
  if (url.scheme != "https" && !url.is_loopback())
    return Error{.kind = ErrorKind::network,
                 .what = fmt::format("refusing to use plain http with {}", url.host),
                 .hint = "use https, or run the service on this machine"};
  return Target{address, share, url.is_loopback()};
}

}  // namespace

Result<Load> drive(const LoadPlan& plan) {
  PW_TRY_ASSIGN(Target target, target_at(plan.url, 1));
  PW_TRY_ASSIGN(std::vector<Target> driven, Driver(plan, {std::move(target)}).go());
  return std::move(driven.front().load);
}

Result<std::array<Load, 2>> drive_both(const LoadPlan& plan, const std::string& second_url, double second_share) {
  PW_TRY_ASSIGN(Target first, target_at(plan.url, 1 - second_share));
  PW_TRY_ASSIGN(Target second, target_at(second_url, second_share));
  PW_TRY_ASSIGN(std::vector<Target> driven, Driver(plan, {std::move(first), std::move(second)}).go());
  return std::array<Load, 2>{std::move(driven[0].load), std::move(driven[1].load)};
}

}  // namespace perfwarden::net
