#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "report/renderer.hpp"
#include "support/fakes.hpp"
#include "unit/report/outline.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

std::string golden_text(const Report& report, std::string_view renderer, const RenderOptions& options = {},
                        const Templates& templates = {}) {
  const auto text = find_renderer(renderer)->render(report, templates, options);
  if (!text) ADD_FAILURE() << text.error().text();
  return text.value_or("");
}

TEST(Goldens, TheCommentAndTheTerminalSayEverySampleReportAsBefore) {
  for (const auto& [name, report] : support::sample_reports()) {
    support::expect_golden(fmt::format("report/{}.comment.md", name),
                           golden_text(report, "markdown", {.max_characters = 60'000}));
    support::expect_golden(fmt::format("report/{}.terminal.txt", name), golden_text(report, "terminal"));
  }
}

TEST(Goldens, ACommentIsCutAsBefore) {
  support::expect_golden("report/many.comment.md",
                         golden_text(support::report_many(), "markdown", {.max_characters = 8'000}));
}

// Function by function: what one run found, and names that try to break out of a line.
TEST(Goldens, HotPathSaysWhatChangedAsBefore) {
  support::expect_golden("report/fail_high.hot-path.txt", golden_text(support::report_fail_high(), "hot-path"));
  support::expect_golden("report/hostile.hot-path.txt", golden_text(support::report_hostile_few(), "hot-path"));
}

// One golden holds every line that the text can have.
TEST(Goldens, TheTextHoldsEveryLineOfAnAlert) {
  Report report = support::report_fail_high();
  report.base.tag = "v1.9.0";
  report.head.tag = "v1.9.0-3-g9be01d4";
  report.commits = {{"9be01d4c0ffee", "Read numbers one by one"}, {"1a2b3c4d5e6f7", "Mend the docs"}};
  report.commits_in_range = 3;
  for (FrameDelta& frame : report.evidence[0].frames) {
    frame.absolute = 0.031;
    if (frame.change == FrameChange::added) frame.note = "added by 9be01d4c0f Read numbers one by one";
  }
  Comparison joules = report.comparisons[0];
  joules.id.metric = "energy";
  joules.metric = {"energy", "J", Better::lower, false, false};
  joules.base.median = 3.5;
  joules.head.median = 3.9;
  joules.ratio = 3.9 / 3.5;
  report.comparisons.push_back(joules);
  report.verdict.judgements.push_back({});
  report.warnings.push_back({"energy",
                             "energy of suite 'core' is an estimate, CPU time × 3.5 W a core, since RAPL cannot be "
                             "read on this machine; CO2e at 480 g/kWh"});
  support::expect_golden("report/fail_high.text.txt", golden_text(report, "text"));
  support::expect_golden("report/hostile.text.txt", golden_text(support::report_hostile_few(), "text"));
  support::expect_golden("report/fail_high.benchmark-data.json", golden_text(report, "benchmark-data"));
}

// Two pages are held whole: one with all that a failing run shows, and one that every text tries to break. Of the
// others the data that is handed to the page.
TEST(Goldens, ThePageShowsEverySampleReportAsBefore) {
  const Templates outlines = support::outlines_of_html();
  for (const auto& [name, report] : support::sample_reports()) {
    if (name == "fail_high" || name == "hostile")
      support::expect_golden(fmt::format("report/{}.html.html", name), golden_text(report, "html"));
    else
      support::expect_golden(fmt::format("report/{}.html.txt", name),
                             support::tidied_outline(golden_text(report, "html", {}, outlines)));
  }
}

TEST(Goldens, FilesForMachinesAndTheSummaryAreAsBefore) {
  const std::set<std::string> chosen{"fail_high", "hostile", "no_baseline", "presence"};
  for (const auto& [name, report] : support::sample_reports()) {
    if (!chosen.contains(name)) continue;
    for (const auto& [renderer, ending] : {std::pair{"markdown", "md"},
                                           {"junit", "xml"},
                                           {"json", "json"},
                                           {"sarif", "sarif"},
                                           {"code-quality", "json"}})
      support::expect_golden(fmt::format("report/{}.{}.{}", name, renderer, ending), golden_text(report, renderer));
  }
}

}  // namespace
}  // namespace perfwarden::report
