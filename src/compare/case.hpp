#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compare/evidence.hpp"
#include "compare/history.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"

namespace perfwarden::compare {

// What all series of a run share when one of them is judged.
struct Setting {
  const StatisticsConfig& statistics;
  Design design = Design::interleaved;
  std::vector<MachineDifference> machine_differences;  // empty: the machines match, or nothing is known of either
  bool machine_known = true;
  const Past& past;
  std::size_t family = 0;  // series that the correction is over
};

// A Case is a comparison on its way through the two passes: alone, then among the others of its run.
struct Case {
  Comparison comparison;
  Evidence evidence;
  bool tested = false;  // evidence is there
  bool paired = false;  // by pairs; else side against side, or exactly
  bool one_process = false;
};

inline void warn(Comparison& comparison, std::string code, std::string text) {
  comparison.warnings.push_back({std::move(code), std::move(text)});
}

}  // namespace perfwarden::compare
