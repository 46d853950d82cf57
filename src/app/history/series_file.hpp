#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/history.hpp"

namespace perfwarden::app {

// Reads a series from comma-separated text: a column `value` (else the last one), and one of `commit`, `time` or
// `index` that names each point (else they are numbered from 0). The first line may be the names of the columns. Oldest
// first. An Error (parse) names the line and the column. At most 1 000 000 points.
[[nodiscard]] Result<SeriesHistory> read_series(std::string_view text, const std::string& file);

}  // namespace perfwarden::app
