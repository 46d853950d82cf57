#pragma once

#include <span>

#include "model/report.hpp"

namespace perfwarden::gates {

// Marks the soft findings of the verdict that people accepted, and the judgements of which nothing else is held
// against; says who accepted what, and warns of a decision that does not count, or that no finding of this run is
// about. An Override without a glob also accepts that nothing was compared.
void apply_overrides(std::span<const Override> accepted, std::span<const Comparison> comparisons,
                     const OverrideConfig& config, Verdict& verdict);

}  // namespace perfwarden::gates
