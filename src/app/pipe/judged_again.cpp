#include "app/pipe/judged_again.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/files.hpp"
#include "app/pipe/publication.hpp"
#include "app/pipe/report.hpp"
#include "app/pipe/selection.hpp"
#include "app/pipe/trial.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

// An artifact can leave out the suite that got slower, and then nothing of it is judged. A suite that every pull
// request measures has failed then; of one that depends on the changed files it is not known.
Status miss_suites(const World& world, const Config& config, Samples& head, std::vector<Warning>& warnings) {
  PW_TRY_ASSIGN(const std::vector<std::string> always, always_measured(world, config));
  std::vector<std::string> unsure;
  for (const Suite& suite : config.suites) {
    const auto is_of_it = [&suite](const auto& one) { return one.suite == suite.name; };
    const std::vector<SuiteIdentity>& same = head.run.identities;  // suites that base would have run alike
    if (std::any_of(head.failures.begin(), head.failures.end(), is_of_it) ||
        std::any_of(same.begin(), same.end(), [&](const auto& one) { return is_of_it(one) && !one.measured; }) ||
        std::any_of(head.series.begin(), head.series.end(), [&](const Series& one) { return is_of_it(one.id); }))
      continue;
    if (std::find(always.begin(), always.end(), suite.name) == always.end())
      unsure.push_back(suite.name);
    else
      head.failures.push_back({suite.name, "", "", 1, 1, true, "its run reported nothing about this suite"});
  }
  if (!unsure.empty())
    warnings.push_back(
        {std::string(k_suites_missing),
         "nothing was reported about these suites, so nothing is judged about them: " + text::join(unsure, ", ")});
  return Nothing{};
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
  PW_TRY_ASSIGN(SampleFiles measured, read_sample_files(directory));
  ReportFacts facts;
  facts.context = context;
  facts.head_label = context.head_ref;
  facts.config_file = trusted.file;
  facts.warnings = trusted.warnings;
  facts.warnings.push_back({"untrusted-run",
                            "the pull request's own run reported these numbers and profiles; they were judged here, by "
                            "the budgets of " +
                                (context.base_ref.empty() ? "the default branch" : context.base_ref)});
  PW_TRY(miss_suites(world, config, measured.head, facts.warnings));
  facts.accepted = find_overrides(world, context, config);
  Report report = make_report(measured.base, measured.head, config, facts, world.clock);
  report.evidence = claimed.evidence;
  judge(report, config);
  if (report.verdict.conclusion != claimed.verdict.conclusion)
    report.warnings.push_back(
        {"claimed-verdict", fmt::format("the run itself reported '{}'", name_of(claimed.verdict.conclusion))});
  return report;
}

}  // namespace perfwarden::app
