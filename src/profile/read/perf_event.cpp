#include "profile/read/perf_event.hpp"

#include <algorithm>
#include <array>

namespace perfwarden::profile {
namespace {

// Those of perf-list(1): whose code (ukhGH), how precise (p, P), and how it is counted.
constexpr std::string_view k_modifiers = "ukhGHIpPSDWeb";

bool are_modifiers(std::string_view text) {
  return !text.empty() && text.find_first_not_of(k_modifiers) == std::string_view::npos;
}

// The kinds of core that a processor has; each counts the same event by itself.
bool is_core(std::string_view unit) {
  static constexpr std::array<std::string_view, 4> k_cores{"cpu", "cpu_core", "cpu_atom", "cpu_lowpower"};
  return std::find(k_cores.begin(), k_cores.end(), unit) != k_cores.end() || unit.starts_with("armv8_");
}

std::string scope_of(std::string_view modifiers) {
  const bool user = modifiers.find('u') != std::string_view::npos;
  const bool kernel = modifiers.find('k') != std::string_view::npos;
  return user == kernel ? "" : user ? "u" : "k";
}

}  // namespace

PerfEvent perf_event(std::string_view printed) {
  if (const std::size_t slash = printed.find('/');
      slash != std::string_view::npos && is_core(printed.substr(0, slash))) {
    const std::size_t end = printed.find('/', slash + 1);
    std::string_view after = end == std::string_view::npos ? std::string_view{} : printed.substr(end + 1);
    if (after.starts_with(':')) after.remove_prefix(1);
    if (end != std::string_view::npos && (after.empty() || are_modifiers(after)))
      return {std::string(printed.substr(slash + 1, end - slash - 1)), scope_of(after)};
  }
  const std::size_t colon = printed.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !are_modifiers(printed.substr(colon + 1)))
    return {std::string(printed), ""};
  return {std::string(printed.substr(0, colon)), scope_of(printed.substr(colon + 1))};
}

}  // namespace perfwarden::profile
