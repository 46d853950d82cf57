#pragma once

#include <string_view>

#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"

// For Grafana's data sources. docs/dashboard.md#grafana-prometheus-feeds shows how each is set up.
namespace perfwarden::dashboard {

// For Infinity: rows {time (ms), metric, value, low, high, commit}, and rows {time, timeEnd, title, text, tags}.
[[nodiscard]] Result<Json> grafana_points_answer(const Desk& desk, const Question& question);
[[nodiscard]] Result<Json> grafana_annotations_answer(const Desk& desk, const Question& question);

// For simpod's JSON data source: what it POSTs to this path ("metrics", "query", …) only reads. Error (k_not_there)
// for a path that it does not know.
[[nodiscard]] Result<Json> simpod_answer(const Desk& desk, std::string_view path, std::string_view body);

}  // namespace perfwarden::dashboard
