#pragma once

#include <nlohmann/json.hpp>

#include "json/cursor.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::report {

// A ProfileDiff in perfwarden.report/1. Everything is read back; of the `quiet` frames, the fields that gates read.
[[nodiscard]] nlohmann::ordered_json evidence_to_json(const ProfileDiff& evidence);
[[nodiscard]] ProfileDiff evidence_from_json(const json::Cursor& at);

}  // namespace perfwarden::report
