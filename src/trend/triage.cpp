#include "trend/triage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace perfwarden::trend {

std::span<const Action> actions() {
  using enum Resolution;
  static const std::vector<Action> k_actions{
      {.name = "acknowledge", .summary = "Somebody looks at it", .to = AlertStatus::acknowledged},
      {.name = "resolve",
       .summary = "It has ended",
       .to = AlertStatus::resolved,
       .how = {fixed, reverted, accepted, duplicate}},
      {.name = "bump",
       .summary = "The new level is the normal one now",
       .to = AlertStatus::resolved,
       .how = {accepted},
       .bumps = true},
      {.name = "false-positive",
       .summary = "Nothing got slower",
       .to = AlertStatus::false_positive,
       .how = {noise, Resolution::machine, Resolution::baseline}},
      {.name = "reopen",
       .summary = "It has not ended",
       .to = AlertStatus::open,
       .from_live = false,
       .from_ended = true},
      {.name = "nudge", .summary = "The change lies elsewhere", .from_ended = true, .moves = true}};
  return k_actions;
}

const Action* find_action(std::string_view name) {
  for (const Action& action : actions())
    if (action.name == name) return &action;
  return nullptr;
}

bool is_possible(const Action& action, const Alert& alert) {
  const bool already = action.to == AlertStatus::acknowledged && alert.state().status == action.to;
  return (alert.is_live() ? action.from_live : action.from_ended) && !already;
}

Result<AlertEvent> event_of(const Action& action, const Alert& alert, const Doing& doing) {
  const AlertEvent& now = alert.state();
  if (!is_possible(action, alert))
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("alert {} is {} already, since {} by {}", alert.id, name_of(now.status), now.time,
                                     text::one_line(now.who)),
                 .hint = "`perfwarden alert list --all` shows all alerts"};
  AlertEvent event{now.version + 1, doing.time, doing.who, action.to, Resolution::none, doing.why};
  if (action.moves) {
    if (doing.range.last_before.empty() || doing.range.first_changed.empty() || doing.range == alert.range())
      return Error{.kind = ErrorKind::usage,
                   .what = fmt::format("alert {} can only be moved to two other commits", alert.id),
                   .hint = "name the last commit without the change, and the first that has it"};
    event.status = now.status;
    event.resolution = now.resolution;
    event.last_before = doing.range.last_before;
    event.first_changed = doing.range.first_changed;
    return event;
  }
  if (action.how.empty()) return event;
  event.resolution = action.how.front();
  if (doing.how.empty()) return event;
  const auto how = from_name<Resolution>(doing.how);
  if (!how || std::find(action.how.begin(), action.how.end(), *how) == action.how.end())
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("'{}' is not a way to {} an alert", text::one_line(doing.how), action.name)};
  event.resolution = *how;
  return event;
}

}  // namespace perfwarden::trend
