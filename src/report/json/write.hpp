#pragma once

#include <nlohmann/json.hpp>

#include "model/report.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

inline constexpr std::string_view k_report_schema = "perfwarden.report/1";

// The report as perfwarden.report/1 (config/report.schema.json). Numbers that a person or a jq step reads come first
// and are null when unknown; beside them stand the exact ones from which read_json gives the Report back.
[[nodiscard]] nlohmann::ordered_json to_json(const Report& report, const Templates& templates);

}  // namespace perfwarden::report
