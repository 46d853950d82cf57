#include "app/history/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "app/history/commits.hpp"
#include "base/text.hpp"
#include "model/unit.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_told = 20;  // of each kind
constexpr std::size_t k_day_characters = 10;
constexpr std::size_t k_reason_characters = 100;

// "core/parse/wall_time +10.2 % since fe95558677"
std::string subject_of(const Alert& alert) {
  return fmt::format("{} {} since {}", text::truncate(text::one_line(alert.series.path()), k_reason_characters),
                     format_change(alert.after / alert.before - 1), short_sha(alert.range().first_changed));
}

std::string ending_of(const Alert& alert) {
  const AlertEvent& state = alert.state();
  const bool is_false = state.status == AlertStatus::false_positive;
  return fmt::format("{}: {}{} by {}: {}", subject_of(alert), is_false ? "false positive, " : "",
                     name_of(state.resolution), text::truncate(text::one_line(state.who), k_reason_characters),
                     text::truncate(text::one_line(state.why), k_reason_characters));
}

std::string standing_of(const Alert& alert) {
  const AlertEvent& state = alert.state();
  const bool seen = state.status == AlertStatus::acknowledged;
  return fmt::format("{}, {}: found {}{}", subject_of(alert), name_of(alert.confidence),
                     text::one_line(alert.detected_at.substr(0, k_day_characters)),
                     seen ? ", acknowledged by " + text::truncate(text::one_line(state.who), k_reason_characters)
                          : std::string(", nobody looks at it"));
}

struct Kind {
  const char* title;
  std::string (*line)(const Alert&);
  std::vector<const Alert*> alerts = {};
};

}  // namespace

std::string digest_of(std::span<const Alert> alerts, const std::string& branch, const std::string& since,
                      const std::string& now) {
  std::array<Kind, 3> kinds{{{"Ended", ending_of}, {"New", standing_of}, {"Still open", standing_of}}};
  auto& [ended, fresh, open] = kinds;
  for (const Alert& alert : alerts) {
    if (alert.branch != branch) continue;
    if (!alert.is_live() && alert.state().time >= since) ended.alerts.push_back(&alert);
    if (alert.is_live()) (alert.detected_at >= since ? fresh : open).alerts.push_back(&alert);
  }
  if (std::all_of(kinds.begin(), kinds.end(), [](const Kind& kind) { return kind.alerts.empty(); })) return "";
  std::string out =
      fmt::format("Performance of {}, {} to {}: {} ended, {} new, {} still open\n",
                  text::truncate(text::one_line(branch), k_reason_characters), since.substr(0, k_day_characters),
                  now.substr(0, k_day_characters), ended.alerts.size(), fresh.alerts.size(), open.alerts.size());
  for (Kind& kind : kinds) {
    if (kind.alerts.empty()) continue;
    std::stable_sort(kind.alerts.begin(), kind.alerts.end(),
                     [](const Alert* a, const Alert* b) { return a->direction < b->direction; });
    out += fmt::format("\n{}:\n", kind.title);
    for (std::size_t i = 0; i < std::min(kind.alerts.size(), k_most_told); ++i)
      out += "- " + kind.line(*kind.alerts[i]) + "\n";
    if (kind.alerts.size() > k_most_told) out += fmt::format("- and {} more\n", kind.alerts.size() - k_most_told);
  }
  return out;
}

}  // namespace perfwarden::app
