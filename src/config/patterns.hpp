#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/pattern.hpp"

namespace perfwarden::config {

// Reads a file of rules (config/patterns.yml or a user's own). Error (config) with all faults, each with
// file:line:column, the line, and a cure. Whether 'match' is a valid expression is checked in explain/.
[[nodiscard]] Result<std::vector<Pattern>> read_patterns(std::string_view yaml, const std::string& file_name);

// config/patterns.yml, which the binary carries.
[[nodiscard]] Result<std::vector<Pattern>> shipped_patterns();

// `shipped`, with each rule replaced by the one of `own` with the same id; the others of `own` are appended.
[[nodiscard]] std::vector<Pattern> with_own(std::vector<Pattern> shipped, std::vector<Pattern> own);

}  // namespace perfwarden::config
