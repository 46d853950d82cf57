#pragma once

#include <span>

#include "model/analysis.hpp"
#include "model/comparison.hpp"
#include "model/identity.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::explain {

// What an analysis is made from.
struct AnalysisInput {
  std::span<const Comparison> comparisons;
  std::span<const ProfileDiff> profiles;
  std::span<const ChangeCause> causes;  // a change that is placement is not listed
};

// Lists what surely changed by more than the config's thresholds, and rates it (docs/analysis.md has the rubric). A
// function of a profile without numbers of samples is judged by the thresholds alone, which its entry says.
[[nodiscard]] Analysis analyze(const AnalysisInput& input, const AnalysisConfig& config);

}  // namespace perfwarden::explain
