#include "app/pipe/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/files.hpp"
#include "app/cli/version.hpp"
#include "app/cli/vocabulary.hpp"
#include "base/text.hpp"
#include "compare/compare.hpp"
#include "explain/analysis.hpp"
#include "explain/hypotheses.hpp"
#include "gates/demand.hpp"
#include "gates/judge.hpp"
#include "ingest/naming.hpp"
#include "model/unit.hpp"
#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

std::vector<std::string> names_of_renderers() {
  std::vector<std::string> names;
  for (const report::Renderer* row : report::renderers()) names.emplace_back(row->name);
  return names;
}

// Suites that the run left out on purpose: a run that says so has values of all others. One shard of several has any of
// them only in part.
std::vector<std::string> left_out(const Config& config, const std::optional<Samples>& base, const Samples& head) {
  std::vector<std::string> out;
  if (head.run.shard) {
    for (const Suite& suite : config.suites) out.push_back(suite.name);
    return out;
  }
  const bool any = std::any_of(head.warnings.begin(), head.warnings.end(),
                               [](const Warning& warning) { return warning.code == k_suite_skipped; });
  if (!any) return out;
  const auto is_measured = [](const Samples& samples, const Suite& suite) {
    return std::any_of(samples.series.begin(), samples.series.end(),
                       [&suite](const Series& series) { return series.id.suite == suite.name; });
  };
  const auto is_settled = [&](const Suite& suite) {
    return std::any_of(head.run.identities.begin(), head.run.identities.end(),
                       [&](const SuiteIdentity& one) { return one.suite == suite.name && !one.measured; });
  };
  for (const Suite& suite : config.suites)
    if (!is_measured(head, suite) && !is_settled(suite) && !(base && is_measured(*base, suite)))
      out.push_back(suite.name);
  return out;
}

// Larger ones are never excused by a range, whoever wrote it.
constexpr double k_most_by_placement = 0.25;

void say_what_placement_does(const PlacementRanges& known, std::vector<Comparison>& comparisons) {
  for (Comparison& one : comparisons) {
    const double change = one.ratio - 1;
    if (one.significance != Significance::distinct || !(std::fabs(change) <= k_most_by_placement)) continue;
    const auto range = std::find_if(known.ranges.begin(), known.ranges.end(),
                                    [&one](const PlacementRange& candidate) { return candidate.id == one.id; });
    if (range == known.ranges.end() || change < range->low || change > range->high) continue;
    one.warnings.push_back(
        {std::string(k_within_placement),
         fmt::format("placement alone changed this benchmark by {} to {} over {} layouts of the same code (selftest "
                     "--placement of {}), so that {} may be placement: confirm it by `layouts: 8` in the suite",
                     format_change(range->low), format_change(range->high), known.layouts,
                     text::one_line(known.time.substr(0, 10)), format_change(change))});
  }
}

// The same bytes once more where scripts look for them, so that there is one report.
void copy_analysis(const std::string& to, const std::string& from, WrittenReports& written) {
  if (to.empty() || to == from) return;
  for (const char* name : {"report.json", "report.md"}) {
    const std::string path = fmt::format("{}/{}", from, name);
    if (std::find(written.files.begin(), written.files.end(), path) == written.files.end()) continue;
    const Result<std::string> text = read_input(path);
    Status copied = text ? os::write_file(fmt::format("{}/{}", to, name), *text) : Status(text.error());
    if (copied)
      written.files.push_back(fmt::format("{}/{}", to, name));
    else
      written.failures.push_back(std::move(copied).error());
  }
}

}  // namespace

Report make_report(std::optional<Samples> base, Samples head, const Config& config, const ReportFacts& facts,
                   const os::Clock& clock) {
  Report report;
  report.tool_version = std::string(version());
  report.project = config.project.empty() ? facts.context.repository : config.project;
  report.context = facts.context;
  report.base.label = facts.base_label;
  report.head = {head.run, facts.head_label};
  report.statistics = config.statistics;
  report.warnings = facts.warnings;
  report.reproduce = facts.reproduce;
  report.config_file = facts.config_file;
  report.measured_s = facts.measured_s;
  report.seed = facts.seed;
  report.time = os::rfc3339(clock.unix_s());
  report.warnings.insert(report.warnings.end(), head.warnings.begin(), head.warnings.end());
  if (base) {
    report.base.run = base->run;
    report.design = compare::design_of(base->run, head.run);
    report.machine_differences = differences(base->run.machine, head.run.machine);
    for (const Warning& warning : base->warnings)
      if (std::find(report.warnings.begin(), report.warnings.end(), warning) == report.warnings.end())
        report.warnings.push_back(warning);
  }
  report.has_baseline = base.has_value();
  report.accepted = facts.accepted;
  report.left_out = left_out(config, base, head);
  if (!base) base.emplace();
  ingest::name_together(*base, head);
  report.comparisons = compare::all(*base, head, config.statistics, facts.past, gates::demands_of(config));
  if (facts.placement) say_what_placement_does(*facts.placement, report.comparisons);
  judge(report, config);
  return report;
}

void judge(Report& report, const Config& config) {
  report.mode = config.gates_enabled ? config.mode : Mode::observe;
  report.config_hash = config.hash;
  report.override_label = config.overrides.label;
  report.analysis = explain::analyze({report.comparisons, report.evidence, report.causes}, config.analysis);
  report.verdict = gates::judge(gates::subject_of(report), config);
  report.hypotheses = explain::find_hypotheses(report);
}

Result<report::Templates> load_templates(const TrustedFiles& files, const std::string& directory) {
  report::Templates templates;
  if (directory.empty()) return templates;
  constexpr std::size_t k_largest = std::size_t{1} << 20;
  PW_TRY_ASSIGN(const std::vector<std::string> names, files.list(directory));
  for (const std::string& name : names) {
    if (!name.ends_with(".mustache")) continue;
    PW_TRY_ASSIGN(std::string text, files.read_anywhere(fmt::format("{}/{}", directory, name)));
    if (text.size() > k_largest)
      return Error{.kind = ErrorKind::config,
                   .what = "the template is larger than 1 MiB",
                   .where = fmt::format("{}/{}", directory, name)};
    PW_TRY(templates.replace(name, std::move(text)));
  }
  return templates;
}

Result<std::string> render(World& world, const Report& report, const report::Templates& templates,
                           const std::string& name, std::optional<ExitCode> code) {
  const report::Renderer* renderer = report::find_renderer(name);
  if (renderer == nullptr) {
    const std::vector<std::string> names = names_of_renderers();
    const std::optional<std::string> near = text::nearest(name, names);
    return Error{.kind = ErrorKind::usage,
                 .what = "unknown report form '" + text::one_line(name) + "'",
                 .hint = near ? "did you mean '" + *near + "'?" : "known: " + text::join(names, ", ")};
  }
  report::RenderOptions options;
  options.columns = std::min<std::size_t>(world.console.columns(), 120);
  options.color = world.color;
  options.exit_code = code;
  return renderer->render(report, templates, options);
}

void add_report_options(Verb& verb, ReportOptions& options) {
  verb.add_option("-f,--format", options.form, "One of " + text::join(names_of_renderers(), ", ")).show_default();
  verb.add_flag_callback(
      "--json", [&options] { options.form = "json"; }, "Same as --format json (perfwarden.report/1)");
  verb.add_option("-o,--output", options.output, "Write to this file instead of standard output");
}

Result<ExitCode> emit(World& world, const Report& report, const report::Templates& templates,
                      const ReportOptions& options, ExitCode code) {
  code = settled(code);
  PW_TRY_ASSIGN(const std::string text, render(world, report, templates, options.form, code));
  PW_TRY(write_result(world, options.output, text));
  return code;
}

Result<WrittenReports> write_reports(World& world, const Report& report, const Config& config,
                                     const report::Templates& templates, const std::string& directory) {
  std::vector<std::string> forms = config.report.formats.value_or(vocabulary().report_formats);
  if (std::find(forms.begin(), forms.end(), "json") == forms.end()) forms.emplace_back("json");
  WrittenReports out;
  for (const std::string& form : forms) {
    PW_TRY_ASSIGN(const std::string text, render(world, report, templates, form));
    const std::string path = directory + "/" + std::string(report::find_renderer(form)->file_name);
    if (Status written = os::write_file(path, text); !written)
      out.failures.push_back(std::move(written).error());
    else
      out.files.push_back(path);
  }
  copy_analysis(config.analysis.directory, directory, out);
  return out;
}

}  // namespace perfwarden::app
