#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"
#include "app/cli/world.hpp"
#include "app/pipe/trusted_files.hpp"
#include "base/result.hpp"
#include "config/load.hpp"
#include "model/history.hpp"
#include "model/placement.hpp"
#include "model/report.hpp"
#include "report/renderer.hpp"

// The pure middle of the pipe, from samples to texts, and the writing of those texts. Every verb that judges starts
// here.
namespace perfwarden::app {

// What a report says besides the numbers.
struct ReportFacts {
  RunContext context;
  std::string base_label, head_label;
  std::string config_file;
  std::string reproduce;
  std::vector<Warning> warnings;
  double measured_s = 0;
  std::uint64_t seed = 0;
  std::vector<Override> accepted;
  Past past;                                   // of earlier runs on machines of this kind
  std::optional<PlacementRanges> placement{};  // what placement alone does on this machine, where that was measured
};

// compare → judge → Report. `base` nullopt: there is no baseline.
[[nodiscard]] Report make_report(std::optional<Samples> base, Samples head, const Config& config,
                                 const ReportFacts& facts, const os::Clock& clock);

// Analyses, judges and explains the report by `config`, and writes all of that into it. The measured values stay as
// they were.
void judge(Report& report, const Config& config);

// The built-in templates, each replaced by the file of its name in `directory` (empty = none are).
[[nodiscard]] Result<report::Templates> load_templates(const TrustedFiles& files, const std::string& directory);

// Renders one form; `name` is a row of report/renderers. Error (usage) with the nearest name. `code`: the exit code of
// the process, for forms that mention it.
[[nodiscard]] Result<std::string> render(World& world, const Report& report, const report::Templates& templates,
                                         const std::string& name, std::optional<ExitCode> code = std::nullopt);

// The options of a verb whose result is one report: --format, --json, --output.
struct ReportOptions {
  std::string output, form = "terminal";
};
void add_report_options(Verb& verb, ReportOptions& options);
// Renders the report and writes it where the options say; returns `code`, unless a signal came before.
[[nodiscard]] Result<ExitCode> emit(World& world, const Report& report, const report::Templates& templates,
                                    const ReportOptions& options, ExitCode code = k_pass);

// The files of a report, and why others could not be written.
struct WrittenReports {
  std::vector<std::string> files;
  std::vector<Error> failures;
};
// Writes the config's forms (and always report.json) below `directory`, and copies report.json and report.md to
// analysis.dir. A file that cannot be written stops no other.
[[nodiscard]] Result<WrittenReports> write_reports(World& world, const Report& report, const Config& config,
                                                   const report::Templates& templates, const std::string& directory);

}  // namespace perfwarden::app
