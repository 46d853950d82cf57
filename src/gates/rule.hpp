#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "model/profile_diff.hpp"
#include "model/profile_gates.hpp"
#include "model/report.hpp"

namespace perfwarden::gates {

// What a rule sees of one series.
struct Input {
  const Config& config;
  const Comparison& comparison;
  const Budget* budget;      // the one that applies; null when none does
  const Limit* limit;        // its row for this metric; null when it has none
  bool has_baseline = true;  // false: every series is on head only, which means nothing
};

// What a rule sees of one pair of profiles.
struct ProfileInput {
  const ProfileDiff& diff;
  const ProfileGates& gates;
};

// What a rule sees of the analysis of the whole run.
struct AnalysisInput {
  const Analysis& analysis;
  const RatingLimits& limits;
};

// A rule judges one kind of subject. A future kind (a trend) is one more alternative here.
using JudgeSeries = std::vector<Finding> (*)(const Input& input);
using JudgeProfile = std::vector<Finding> (*)(const ProfileInput& input);
using JudgeAnalysis = std::vector<Finding> (*)(const AnalysisInput& input);

// A Rule is one row of gates/rules. It returns nothing where it does not apply; otherwise one Finding for each limit it
// checked, including those of level pass, so that the report can list what was checked.
struct Rule {
  std::string_view name;
  std::string_view summary;
  std::variant<JudgeSeries, JudgeProfile, JudgeAnalysis> judge;
};

// Generated from the file names in gates/rules; sorted by name.
[[nodiscard]] std::span<const Rule* const> rules();

}  // namespace perfwarden::gates
