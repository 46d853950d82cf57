#include <memory>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/past.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "github/run_context.hpp"
#include "os/files/files.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct CompareOptions {
  ConfigOptions config;
  ReportOptions report;
  std::string base, head;
  bool gate = false;
};

// Without a config the numbers are still worth a look: one budget of +5 % on everything.
Result<TrustedConfig> config_or_default(World& world, const ConfigOptions& options) {
  PW_TRY_ASSIGN(const RunContext context, github::run_context(world.environment));
  PW_TRY_ASSIGN(std::optional<TrustedConfig> found, trusted_config_if_any(world, context, options));
  if (found) return *std::move(found);
  TrustedConfig none;
  Limit limit;
  limit.soft = Change{0.05, true, "", "+5%"};
  none.loaded.config.budgets.push_back({"*", {{"", limit}}, false, {}});
  note(world, "no perfwarden.yml here: judged by a budget of +5 % on everything");
  return none;
}

// A samples file, or a commit whose run the history holds.
Result<Samples> samples_of(World& world, const std::string& name, const Config& config) {
  const bool is_commit = name.size() >= 7 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_commit || config.history.empty() || os::exists(name)) return read_samples(name);
  PW_TRY_ASSIGN(const bool kept, store::exists(config.history));
  if (kept) {
    PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                  store::open(config.history, store::Access::read, patience(world)));
    PW_TRY_ASSIGN(std::optional<Samples> found, store->samples_of(name));
    if (found) return *std::move(found);
  }
  return Error{
      .kind = ErrorKind::usage,
      .what = "no samples of commit " + name + " in " + config.history + (kept ? "" : ", which does not exist"),
      .hint = "measure it with `perfwarden run`, or name a samples file"};
}

Result<ExitCode> compare(World& world, const CompareOptions& options) {
  if (options.base.empty() || options.head.empty())
    return wrong_usage("compare needs two sides", "perfwarden compare BASE HEAD, or --baseline BASE --current HEAD");
  PW_TRY_ASSIGN(const TrustedConfig trusted, config_or_default(world, options.config));
  const Config& config = trusted.loaded.config;
  PW_TRY(refuse_tracked_baseline(world, config));
  PW_TRY_ASSIGN(const Samples base, samples_of(world, options.base, config));
  PW_TRY_ASSIGN(const Samples head, samples_of(world, options.head, config));
  ReportFacts facts;
  facts.base_label = options.base;
  facts.head_label = options.head;
  facts.config_file = options.config.file;
  facts.warnings = trusted.warnings;
  facts.past = past_of_baseline(config, head.run.machine);
  facts.reproduce = "perfwarden compare " + options.base + " " + options.head;
  const Report report = make_report(base, head, config, facts, world.clock);
  const ExitCode code = options.gate ? exit_code(report.verdict, config, true) : k_pass;
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  return emit(world, report, templates, options.report, code);
}

Run declare_compare(Verb& verb) {
  auto options = std::make_shared<CompareOptions>();
  verb.add_option("base,--baseline", options->base, "Base: a samples file, or a commit that the history holds");
  verb.add_option("head,--current", options->head, "Head: a samples file, or a commit that the history holds");
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  verb.add_flag("--gate", options->gate,
                "Exit by the verdict, as `gate` does; without --gate a finished comparison exits 0");
  return [options](World& world) { return compare(world, *options); };
}

}  // namespace

extern const Command k_command_compare{"compare", "Compare two sets of samples and say what changed", declare_compare};

}  // namespace perfwarden::app
