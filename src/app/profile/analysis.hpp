#pragma once

#include <string>
#include <vector>

#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"

// The analysis report of files that exist already.
namespace perfwarden::app {

struct AnalysisFiles {
  ConfigOptions config;
  std::vector<std::string> cpu, alloc;  // base and head, each a profile or a folder of recordings; empty = none
  std::vector<std::string> bench;       // outputs of base and head, or one table of benchstat; empty = none
  std::string spans;                    // OTLP JSON; empty = the config's
  std::string output;                   // folder for report.json and report.md; empty = only printed
  std::string format = "auto";          // of the profiles
  bool gate = false;                    // exit by the verdict
};

// Compares, analyses, judges and prints: for profiles alone function by function (hot-path), else as `check` does. The
// same files give the same bytes.
[[nodiscard]] Result<ExitCode> analyze_files(World& world, const AnalysisFiles& files);

}  // namespace perfwarden::app
