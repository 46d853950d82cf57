#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/report.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

inline constexpr std::string_view k_report_schema = "perfwarden.report/1";

// The report as perfwarden.report/1 (config/report.schema.json). Numbers for people and for jq come first and are null
// when unknown; beside them are the exact ones from which read_json restores the Report.
[[nodiscard]] nlohmann::ordered_json to_json(const Report& report, const Templates& templates);
// The same on one line, written straight to text: a report of 10,000 comparisons is 30 MB, and a tree of it ten times
// that.
[[nodiscard]] std::string to_text(const Report& report, const Templates& templates);

}  // namespace perfwarden::report
