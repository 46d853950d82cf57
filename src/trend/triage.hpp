#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/alert.hpp"

// What people may do to alerts, on the command line and on pages alike.
namespace perfwarden::trend {

// An Action is one of them.
struct Action {
  std::string_view name;     // "acknowledge", as commands and addresses have it
  std::string_view summary;  // "Somebody looks at it"
  AlertStatus to = AlertStatus::open;
  std::vector<Resolution> how = {};  // the first is meant when none is named; empty: none
  bool from_live = true, from_ended = false;
  bool moves = false;  // where the change lies, and nothing else
  bool bumps = false;  // its series begins anew with the change
};
[[nodiscard]] std::span<const Action> actions();
[[nodiscard]] const Action* find_action(std::string_view name);  // nullptr: no such action
[[nodiscard]] bool is_possible(const Action& action, const Alert& alert);

// Who did it, when (RFC 3339), how and why. Hostile text.
struct Doing {
  std::string who, time, why;
  std::string how = {};    // spelling of a Resolution; empty: the action's first
  CommitRange range = {};  // of an action that moves
};
// The event that the action adds to the alert. Error (usage) when it is not possible, or something that it needs is
// missing.
[[nodiscard]] Result<AlertEvent> event_of(const Action& action, const Alert& alert, const Doing& doing);

}  // namespace perfwarden::trend
