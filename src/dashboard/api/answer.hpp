#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"

namespace perfwarden::dashboard {

// A Route is one question that can be asked, and what answers it. "{id}" stands for any segment of a path.
struct Route {
  std::string_view path;                    // "alerts/{id}"
  std::string_view page;                    // of this answer: a template; empty when no page shows it
  std::vector<std::string_view> keys = {};  // parameters
  Result<Json> (*answer)(const Desk& desk, const Question& question) = nullptr;
};
[[nodiscard]] std::span<const Route> routes();
[[nodiscard]] const Route* route_of(const Question& question);  // nullptr: there is none

// The answer to GET /api/v1/<path>?<parameters>. Error (usage) when there is no such thing (k_not_there), or a
// parameter is wrong or not known.
[[nodiscard]] Result<Json> answer(const Desk& desk, const Question& question);

// What routes answer.
[[nodiscard]] Result<Json> status_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> alerts_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> alert_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> series_list_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> series_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> runs_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> run_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> compare_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> budgets_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> machines_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> search_answer(const Desk& desk, const Question& question);

// The number in the second segment of a path. Error (k_not_there) when it is not a number.
[[nodiscard]] Result<std::int64_t> id_in(const Question& question, std::string_view what);

}  // namespace perfwarden::dashboard
