#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"

namespace perfwarden::app {
namespace {

struct GateOptions {
  ConfigOptions config;
  ReportOptions report;
  std::string file;
};

// Judges the content of a report again, by the config that is trusted now; the numbers stay as they were measured.
Result<ExitCode> gate(World& world, const GateOptions& options) {
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config_or_default(world, options.config));
  const Config& config = trusted.loaded.config;
  PW_TRY_ASSIGN(const std::string text, read_input(options.file));
  PW_TRY_ASSIGN(Report report, report::read_json(text, options.file));
  judge(report, config);
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  return emit(world, report, templates, options.report, exit_code(report.verdict, config, true));
}

Run declare_gate(Verb& verb) {
  auto options = std::make_shared<GateOptions>();
  verb.add_option("report", options->file, "A report.json").required();
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  return [options](World& world) { return gate(world, *options); };
}

}  // namespace

extern const Command k_command_gate{"gate",
                                    "Judge a report again by the config's budgets; exits by the verdict",
                                    declare_gate,
                                    "  perfwarden gate reports/SHA/report.json",
                                    {k_gate_failed, k_not_measured, k_inconclusive, k_no_baseline}};

}  // namespace perfwarden::app
