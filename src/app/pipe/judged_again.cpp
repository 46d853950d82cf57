#include "app/pipe/judged_again.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/files.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/trial.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// An artifact can leave out the suite that got slower, and then nothing of it is judged.
std::optional<Warning> missing_suites(const Config& config, const Samples& head) {
  std::vector<std::string> missing;
  for (const Suite& suite : config.suites)
    if (std::none_of(head.series.begin(), head.series.end(),
                     [&suite](const Series& series) { return series.id.suite == suite.name; }))
      missing.push_back(suite.name);
  if (missing.empty()) return std::nullopt;
  return Warning{"suites-missing", "nothing was reported about these suites, so nothing is judged about them: " +
                                       text::join(missing, ", ")};
}

}  // namespace

Result<Report> judge_again(World& world, const RunContext& context, const TrustedConfig& trusted, const Report& claimed,
                           const std::string& directory) {
  const Config& config = trusted.loaded.config;
  if (config.suites.empty())
    return Error{.kind = ErrorKind::usage,
                 .what =
                     "a report of another workflow's run is judged again here, and there is no perfwarden.yml to "
                     "judge it by",
                 .hint = "add the step `- uses: actions/checkout@v4` before this one, without a `ref:`"};
  PW_TRY_ASSIGN(const SampleFiles measured, read_sample_files(directory));
  ReportFacts facts;
  facts.context = context;
  facts.base_label = measured.base ? claimed.base.label : "";
  facts.head_label = context.head_ref;
  facts.config_file = trusted.file;
  facts.warnings = trusted.warnings;
  facts.warnings.push_back({"untrusted-run",
                            "the pull request's own run reported these numbers; they were judged here, by the budgets "
                            "of " +
                                (context.base_ref.empty() ? "the default branch" : context.base_ref)});
  if (std::optional<Warning> missing = missing_suites(config, measured.head)) facts.warnings.push_back(*missing);
  facts.measured_s = claimed.measured_s;
  facts.seed = claimed.seed;
  facts.accepted = find_override(world, context, config);
  Report report = make_report(measured.base, measured.head, config, facts, world.clock);
  report.evidence = claimed.evidence;
  judge(report, config);
  if (report.verdict.conclusion != claimed.verdict.conclusion)
    report.warnings.push_back(
        {"claimed-verdict", fmt::format("the run itself reported '{}'", name_of(claimed.verdict.conclusion))});
  return report;
}

}  // namespace perfwarden::app
