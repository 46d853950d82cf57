#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/report.hpp"

namespace perfwarden::report {

// Where a finding is shown when there is no config file: tools refuse one without a place.
inline constexpr std::string_view k_default_config_file = "perfwarden.yml";

// A Mark is a finding as tools show it beside a line of a file: annotations, SARIF, code quality.
struct Mark {
  // error: fails the run. warning: would fail if the mode enforced it, or its limit only warns. note: undecided, or
  // accepted by a person.
  enum class Severity { note, warning, error } severity = Severity::note;
  std::string rule;     // of the gate: "budget"
  std::string file;     // of the budget, from the repository's root; empty when there is no config file
  int line = 0;         // 0: unknown
  std::string title;    // what it is about: "core/parse [wall_time]", or the rule for the run as a whole; hostile text
  std::string message;  // the finding's reason, one sentence; hostile text
  std::string fingerprint;  // 32 hex digits: the same in every run for the same rule, series, budget and frame
  bool accepted = false;    // by a person, whose note ends the message
};

// One for each finding, worst first.
[[nodiscard]] std::vector<Mark> marks_of(const Report& report);

}  // namespace perfwarden::report
