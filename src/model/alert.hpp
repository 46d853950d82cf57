#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "model/comparison.hpp"
#include "model/series.hpp"

// A change of level in the history of a series, and what became of it.
namespace perfwarden {

enum class AlertStatus { open, acknowledged, resolved, false_positive };
template <>
inline constexpr Names<AlertStatus, 4> k_names<AlertStatus>{{{"OPEN", AlertStatus::open},
                                                             {"ACKNOWLEDGED", AlertStatus::acknowledged},
                                                             {"RESOLVED", AlertStatus::resolved},
                                                             {"FALSE_POSITIVE", AlertStatus::false_positive}}};

// How an alert ended: resolved by one of the first five, of which `recovered` is seen in the numbers, not said by
// anybody; a false positive for one of the last three.
enum class Resolution { none, fixed, reverted, accepted, duplicate, recovered, noise, machine, baseline };
template <>
inline constexpr Names<Resolution, 9> k_names<Resolution>{{{"", Resolution::none},
                                                           {"fixed", Resolution::fixed},
                                                           {"reverted", Resolution::reverted},
                                                           {"accepted", Resolution::accepted},
                                                           {"duplicate", Resolution::duplicate},
                                                           {"recovered", Resolution::recovered},
                                                           {"noise", Resolution::noise},
                                                           {"machine", Resolution::machine},
                                                           {"baseline", Resolution::baseline}}};

// `change`: nothing says whether it is better or worse.
enum class Direction { regression, improvement, change };
template <>
inline constexpr Names<Direction, 3> k_names<Direction>{
    {{"regression", Direction::regression}, {"improvement", Direction::improvement}, {"change", Direction::change}}};

// An AlertEvent is one thing that happened to an alert. Events are only ever added.
struct AlertEvent {
  std::int64_t version = 1;  // counts up from 1
  std::string time;          // RFC 3339, UTC
  std::string who;           // "perfwarden" where nobody did it
  AlertStatus status = AlertStatus::open;
  Resolution resolution = Resolution::none;
  std::string why;                             // hostile text
  std::string last_before{}, first_changed{};  // of a nudge: the commits between which the change lies; else empty
  friend bool operator==(const AlertEvent&, const AlertEvent&) = default;
};

// The commits of two runs: the change came after the first, and the second has it.
struct CommitRange {
  std::string last_before, first_changed;
  friend bool operator==(const CommitRange&, const CommitRange&) = default;
};

// An Alert is about one series on one machine and in one unit. It stands for a change point: found again, perhaps a
// few runs away, it is the same alert.
struct Alert {
  std::int64_t id = 0;      // 0: not saved yet
  std::string fingerprint;  // 16 hex digits over series, branch, machine, unit, direction and first_changed
  SeriesId series;
  std::string branch, machine, unit;
  std::string shape;  // "step" or "drift"
  Direction direction = Direction::regression;
  std::string detected_at;                 // RFC 3339
  std::string last_before, first_changed;  // commits of the runs between which it happened; of a drift, where it began
                                           // and where it ended
  double before = 0, after = 0;            // levels, in `unit`
  double low = k_nan, high = k_nan;        // 99 % interval of after / before
  Confidence confidence = Confidence::medium;  // HIGH: all of the interval is beyond the threshold
  std::string evidence;                        // file with the series as it was then
  std::vector<AlertEvent> events;              // oldest first; never empty

  [[nodiscard]] const AlertEvent& state() const { return events.back(); }
  [[nodiscard]] bool is_live() const {
    return state().status == AlertStatus::open || state().status == AlertStatus::acknowledged;
  }
  // Where the change lies, as the newest nudge says; without one, where it was found.
  [[nodiscard]] CommitRange range() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event)
      if (!event->first_changed.empty()) return {event->last_before, event->first_changed};
    return {last_before, first_changed};
  }
  friend bool operator==(const Alert&, const Alert&) = default;
};

}  // namespace perfwarden
