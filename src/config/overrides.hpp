#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/reader.hpp"
#include "config/tree.hpp"

namespace perfwarden::config {

// Variables that begin with PERFWARDEN_ and are not config keys.
[[nodiscard]] std::span<const std::string_view> reserved_variables();
// "statistics.min-effect" → "STATISTICS_MIN_EFFECT".
[[nodiscard]] std::string variable_of(std::string_view key);

// Key prefix of AI_GATE_* overrides; no such key exists in the file.
inline constexpr std::string_view k_gate_prefix = "ai-gate.";

// Inserts each override where the file would have it, so that one validator reads both.
void apply_overrides(Node& root, const std::vector<ValueOverride>& overrides);

}  // namespace perfwarden::config
