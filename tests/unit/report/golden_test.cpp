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
