#include <algorithm>
#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/common.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/report.hpp"

namespace perfwarden::app {
namespace {

struct GateOptions {
  ConfigOptions config;
  ReportOptions report;
  std::string file;
};

// Judges the numbers of a report again, by the budgets of today's config; the numbers themselves stay as they were
// measured.
int gate(World& world, const GateOptions& options) {
  const Result<config::Loaded> loaded = load_config(world, options.config);
  if (!loaded) return fail(world, loaded.error());
  const Config& config = loaded->config;
  const Result<std::string> text = read_input(options.file);
  if (!text) return fail(world, text.error());
  Result<Report> report = report::read_json(*text, options.file);
  if (!report) return fail(world, report.error());
  const bool has_baseline = !report->base.run.commit.empty() ||
                            std::any_of(report->comparisons.begin(), report->comparisons.end(),
                                        [](const Comparison& c) { return c.presence != Presence::only_head; });
  report->mode = config.gates_enabled ? config.mode : Mode::observe;
  report->config_hash = config.hash;
  report->verdict = gates::judge(report->comparisons, config, has_baseline);
  return emit(world, *report, config.report.templates, options.report, exit_code(report->verdict, config, true));
}

std::function<int(World&)> declare_gate(Verb& verb) {
  auto options = std::make_shared<GateOptions>();
  verb.add_option("report", options->file, "A report.json").required();
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  return [options](World& world) { return gate(world, *options); };
}

}  // namespace

extern const Command k_command_gate{"gate", "Judge a report again by the config's budgets; exits by the verdict",
                                    declare_gate};

}  // namespace perfwarden::app
