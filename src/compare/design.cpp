#include <chrono>
#include <cmath>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "compare/compare.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_same_occasion_s = 15 * 60;  // measured this near to each other on one kind of machine: one job

// Seconds since 1970 of "2026-11-21T10:00:00Z"; nullopt for anything else.
std::optional<double> seconds_of(const std::string& time) {
  if (time.size() < 20 || time[4] != '-' || time[7] != '-' || time[10] != 'T' || time[13] != ':' || time[16] != ':' ||
      time.back() != 'Z')
    return std::nullopt;
  const auto part = [&time](std::size_t at, std::size_t length) {
    return text::to_integer(std::string_view(time).substr(at, length)).value_or(-1);
  };
  const long long year = part(0, 4);
  const long long month = part(5, 2);
  const long long day = part(8, 2);
  const long long hour = part(11, 2);
  const long long minute = part(14, 2);
  const long long second = part(17, 2);
  if (hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month < 0 ? 0 : month)),
                                         std::chrono::day(static_cast<unsigned>(day < 0 ? 0 : day))};
  if (year < 0 || !date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400 + static_cast<double>(hour * 3600 + minute * 60 + second);
}

}  // namespace

Design design_of(const RunInfo& base, const RunInfo& head) {
  if (!base.session.empty() && base.session == head.session) return Design::interleaved;
  const std::optional<double> base_time = seconds_of(base.time);
  const std::optional<double> head_time = seconds_of(head.time);
  const bool same_kind = !base.machine.fingerprint.empty() && base.machine.fingerprint == head.machine.fingerprint;
  if (same_kind && base_time && head_time && std::fabs(*base_time - *head_time) <= k_same_occasion_s)
    return Design::same_machine;
  return Design::cached;
}

}  // namespace perfwarden::compare
