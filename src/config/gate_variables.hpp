#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/reader.hpp"

namespace perfwarden::config {

// A GateVariable is one AI_GATE_* variable, which gate scripts set. Texts are Markdown.
struct GateVariable {
  std::string_view name;  // "AI_GATE_CPU_REG_MAX"
  std::string_view value;
  std::string_view sentence;  // what it overrides
};
[[nodiscard]] std::span<const GateVariable> gate_variables();

// Applies the AI_GATE_* variables to the config that was read.
void apply_gate_variables(Reader& reader, const std::vector<ValueOverride>& overrides);

}  // namespace perfwarden::config
