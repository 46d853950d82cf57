#include "base/rfc3339.hpp"

#include <chrono>

namespace perfwarden {

std::optional<std::int64_t> unix_of_rfc3339(std::string_view text) {
  constexpr std::string_view k_form = "0000-00-00T00:00:00Z";
  if (text.size() != k_form.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (k_form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != k_form[i]) return std::nullopt;
  const auto number = [text](std::size_t at, std::size_t size) {
    int value = 0;
    for (const char digit : text.substr(at, size)) value = 10 * value + (digit - '0');
    return value;
  };
  using namespace std::chrono;
  const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto days = sys_days(day).time_since_epoch().count();
  return ((std::int64_t{days} * 24 + hour) * 60 + minute) * 60 + second;
}

}  // namespace perfwarden
