#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/reader.hpp"
#include "config/tree.hpp"

namespace perfwarden::config {

// The dotted keys that an environment variable can give, sorted as in the schema.
[[nodiscard]] std::span<const std::string_view> environment_keys();
// Variables that begin with PERFWARDEN_ and are no config keys.
[[nodiscard]] std::span<const std::string_view> reserved_variables();
// "statistics.min-effect" → "STATISTICS_MIN_EFFECT".
[[nodiscard]] std::string variable_of(std::string_view key);

// What begins the keys of AI_GATE_* overrides: they are no keys of the file.
inline constexpr std::string_view k_gate_prefix = "ai-gate.";

// Puts each override where the file would have it, so that one validator reads both.
void apply_overrides(Node& root, const std::vector<ValueOverride>& overrides);
// Applies the AI_GATE_* ones to the config that was read.
void apply_gate_variables(Reader& reader, const std::vector<ValueOverride>& overrides);

}  // namespace perfwarden::config
