#include "os/clock.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>

#include "base/rfc3339.hpp"
#include "os/process/signals.hpp"

namespace perfwarden::os {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double SystemClock::monotonic_s() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::int64_t SystemClock::unix_s() const {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

void SystemClock::sleep_s(double seconds) {
  if (!(seconds > 0)) return;
  const double end_s = monotonic_s() + seconds;
  while (stop_count() == 0) {
    const double left_s = end_s - monotonic_s();
    if (left_s <= 0) return;
    // Without handlers a signal may still interrupt poll; the loop then sleeps the rest.
    pollfd stop{stop_fd(1), POLLIN, 0};
    ::poll(&stop, 1, static_cast<int>(std::ceil(std::min(left_s, 3600.0) * 1000)));
  }
}

std::string rfc3339(std::int64_t unix_s) {
  const std::time_t seconds = unix_s;
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return "";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900LL, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::optional<std::int64_t> read_rfc3339(std::string_view text) {
  return unix_of_rfc3339(text);
}

}  // namespace perfwarden::os
