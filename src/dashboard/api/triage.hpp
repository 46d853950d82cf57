#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"
#include "trend/triage.hpp"

namespace perfwarden::dashboard {

struct TriageAnswer {
  int status = 200;  // 200, 400, 404, 409
  Json body;
};

// POST /api/v1/alerts/ID/events and /api/v1/alerts/events: what somebody does to alerts. `desk` must be able to write.
// Nothing is done to any of them unless all were as the asker saw them (version).
[[nodiscard]] Result<TriageAnswer> triage(const Desk& desk, const Question& question, std::string_view body,
                                          const std::string& who);

// Saves alerts to which an action has added its event, and the bumps that go with it. Returns how many were written:
// fewer when somebody was faster.
[[nodiscard]] Result<std::size_t> save(store::Store& store, const trend::Action& action, std::span<const Alert> alerts);

[[nodiscard]] Json error_json(int status, const Error& error);

}  // namespace perfwarden::dashboard
