#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/pattern.hpp"

namespace perfwarden::config {

// Reads a file of rules (config/patterns.yml and users' own). Error (config) with all that is wrong, each with
// file:line:column, the line, and a cure. Whether 'match' is an expression is explain's to check.
[[nodiscard]] Result<std::vector<Pattern>> read_patterns(std::string_view yaml, const std::string& file_name);

// config/patterns.yml, which the binary carries.
[[nodiscard]] Result<std::vector<Pattern>> shipped_patterns();

// `shipped`, with those of `own` of the same id put in their place and the others behind.
[[nodiscard]] std::vector<Pattern> with_own(std::vector<Pattern> shipped, std::vector<Pattern> own);

}  // namespace perfwarden::config
