#pragma once

#include <cstddef>

#include "dashboard/api/line.hpp"
#include "dashboard/api/question.hpp"

namespace perfwarden::dashboard {

struct ChartQuery {
  std::size_t begin = 0, end = 0;  // places in the line
  std::size_t points = 1200;       // at most about so many are given
  bool values = false;             // with what each process measured, where there are few points
};

// All that a chart of a line shows: points, levels, changes, budget, alerts.
[[nodiscard]] Result<Json> chart_of(const Desk& desk, const Line& line, const ChartQuery& query);

}  // namespace perfwarden::dashboard
