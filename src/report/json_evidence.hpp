#pragma once

#include <nlohmann/json.hpp>

#include "model/evidence.hpp"
#include "report/json_cursor.hpp"

namespace perfwarden::report {

// An Evidence in perfwarden.report/1: all of it comes back but `quiet`, which is only for gates.
[[nodiscard]] nlohmann::ordered_json evidence_to_json(const Evidence& evidence);
[[nodiscard]] Evidence evidence_from_json(const Cursor& at);

}  // namespace perfwarden::report
