#include <memory>
#include <utility>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/config_options.hpp"
#include "app/cli/exit_code.hpp"
#include "app/cli/files.hpp"
#include "app/cli/messages.hpp"
#include "app/cli/verb.hpp"
#include "app/pipe/benchstat.hpp"
#include "app/pipe/checkouts.hpp"
#include "app/pipe/past.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trusted_config.hpp"
#include "app/profile/kept.hpp"
#include "base/text.hpp"
#include "github/run_context.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "report/renderer.hpp"
#include "store/store.hpp"

namespace perfwarden::app {
namespace {

struct CompareOptions {
  ConfigOptions config;
  ReportOptions report;
  std::string base, head, parser, style;
  bool gate = false;
};

// A samples file, or what a harness wrote: a file of any format, or a folder.
Result<Samples> read_any(World& world, const std::string& name, const std::string& parser, const Config& config) {
  PW_TRY_ASSIGN(std::string text, read_outputs(name));
  constexpr std::size_t k_head = 4096;
  const bool is_samples =
      std::string_view(text).substr(0, k_head).find("perfwarden.samples/") != std::string_view::npos;
  if (is_samples && parser.empty()) return ingest::parse_samples(text, name);
  PW_TRY_ASSIGN(Samples samples,
                ingest::read_files({{name, std::move(text)}}, parser.empty() ? "auto" : parser, Suite{}, config));
  for (const Warning& warning : samples.warnings) note(world, warning.text);
  return samples;
}

// The full hash of a revision that git knows here; else the name itself, when it may be (the beginning of) one. ""
// when it is neither.
std::string commit_named(World& world, const std::string& name) {
  if (name.starts_with('-')) return "";
  const checkout::Git git = repository(world);
  if (git.is_repository().value_or(false)) {
    const Result<std::string> resolved = git.resolve(name);
    if (resolved) return *resolved;
  }
  const bool is_hash = name.size() >= 7 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_hash ? name : "";
}

// What read_any reads, or a revision (tag, branch, commit) whose run the history holds.
Result<Samples> samples_of(World& world, const std::string& name, const std::string& parser, const Config& config) {
  if (config.history.empty() || os::exists(name)) return read_any(world, name, parser, config);
  const std::string commit = commit_named(world, name);
  if (commit.empty()) return read_any(world, name, parser, config);
  PW_TRY_ASSIGN(const bool kept, store::exists(config.history));
  if (kept) {
    PW_TRY_ASSIGN(const std::unique_ptr<store::Store> store,
                  store::open(config.history, store::Access::read, patience(world)));
    PW_TRY_ASSIGN(std::optional<Samples> found, store->samples_of(commit));
    if (found) return *std::move(found);
  }
  return Error{
      .kind = ErrorKind::usage,
      .what = "no samples of commit " + commit + " in " + config.history + (kept ? "" : ", which does not exist"),
      .hint = "measure it with `perfwarden run --commit " + text::one_line(name) + "`, or name a samples file"};
}

// Adds which code changed, where profiles lie beside both samples files, and judges again.
Status explain_compared(World& world, const CompareOptions& options, const TrustedConfig& trusted, Report& report) {
  KeptTexts kept;
  PW_TRY_ASSIGN(kept.base, read_kept_beside(options.base));
  PW_TRY_ASSIGN(kept.head, read_kept_beside(options.head));
  Checkouts sides;
  sides.base_label = options.base;
  sides.head_label = options.head;
  if (compare_kept(world, trusted.loaded.config, sides, trusted.base_sha, kept, "", report))
    judge(report, trusted.loaded.config);
  return Nothing{};
}

Result<ExitCode> compare(World& world, const CompareOptions& options) {
  if (options.base.empty() || options.head.empty())
    return wrong_usage("compare needs two sides", "perfwarden compare BASE HEAD, or --baseline BASE --current HEAD");
  PW_TRY_ASSIGN(const TrustedConfig trusted, trusted_config_or_default(world, options.config));
  const Config& config = trusted.loaded.config;
  PW_TRY(refuse_tracked_baseline(world, config));
  PW_TRY_ASSIGN(Samples base, samples_of(world, options.base, options.parser, config));
  PW_TRY_ASSIGN(Samples head, samples_of(world, options.head, options.parser, config));
  if (options.style == "benchstat") {
    PW_TRY(write_result(world, options.report.output, benchstat_text(base, head, options.base, options.head)));
    return k_pass;
  }
  ReportFacts facts;
  facts.base_label = options.base;
  facts.head_label = options.head;
  facts.config_file = options.config.file;
  facts.warnings = trusted.warnings;
  facts.past = past_of_runs(world, config, base, head);
  facts.reproduce = "perfwarden compare " + options.base + " " + options.head;
  Report report = make_report(std::move(base), std::move(head), config, facts, world.clock);
  PW_TRY(explain_compared(world, options, trusted, report));
  const ExitCode code = options.gate ? exit_code(report.verdict, config, true) : k_pass;
  PW_TRY_ASSIGN(const report::Templates templates,
                load_templates(TrustedFiles(world, trusted.base_sha), config.report.templates));
  return emit(world, report, templates, options.report, code);
}

Run declare_compare(Verb& verb) {
  auto options = std::make_shared<CompareOptions>();
  verb.add_option("base,--baseline", options->base,
                  "Base: a samples file, an output of any format or a folder of them, or a revision (tag, branch, "
                  "commit) whose run "
                  "the history holds");
  verb.add_option("head,--current", options->head, "Head: likewise");
  add_config_options(verb, options->config);
  add_report_options(verb, options->report);
  verb.add_flag("--gate", options->gate,
                "Exit by the verdict, as `gate` does; without --gate a finished comparison exits 0");
  std::vector<std::string> parsers{"auto"};
  for (const ingest::Format* format : ingest::formats()) parsers.emplace_back(format->name);
  verb.add_option("--parser", options->parser,
                  "Format of both sides' outputs, as `ingest --list` prints (default: auto)")
      .one_of(parsers);
  verb.add_option("--style", options->style, "benchstat: its table instead of ours, which judges nothing")
      .one_of({"benchstat"});
  return [options](World& world) {
    // `--format go-bench` can only mean the inputs.
    if (ingest::find_format(options->report.form) != nullptr && report::find_renderer(options->report.form) == nullptr)
      options->parser = std::exchange(options->report.form, "terminal");
    return compare(world, *options);
  };
}

}  // namespace

extern const Command k_command_compare{
    "compare",
    "Compare two sets of samples and say what changed",
    declare_compare,
    "  perfwarden compare old.txt new.txt                       raw outputs of any format\n"
    "  perfwarden compare old.txt new.txt --style benchstat     as Go's benchstat prints it\n"
    "  perfwarden compare base.json head.json --gate            samples files; exits by the verdict",
    {k_gate_failed, k_not_measured, k_inconclusive}};

}  // namespace perfwarden::app
