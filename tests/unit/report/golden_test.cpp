#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "report/renderer.hpp"
#include "support/fakes.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

std::string golden_text(const Report& report, std::string_view renderer, const RenderOptions& options = {}) {
  const auto text = find_renderer(renderer)->render(report, Templates{}, options);
  if (!text) ADD_FAILURE() << text.error().text();
  return text.value_or("");
}

// Of the report of 1 000 benchmarks only the comment is kept: it is the one that is cut.
TEST(Goldens, EveryRendererSaysEverySampleReportAsBefore) {
  for (const auto& [name, report] : support::sample_reports()) {
    support::expect_golden(fmt::format("report/{}.comment.md", name),
                           golden_text(report, "markdown", {.max_characters = 60'000}));
    if (name == "many") continue;
    support::expect_golden(fmt::format("report/{}.terminal.txt", name), golden_text(report, "terminal"));
    support::expect_golden(fmt::format("report/{}.html.html", name), golden_text(report, "html"));
  }
  for (const std::string name : {"fail_high", "hostile", "no_baseline", "presence"}) {
    const auto& all = support::sample_reports();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& named) { return named.name == name; });
    ASSERT_NE(found, all.end());
    for (const auto& [renderer, ending] : {std::pair{"markdown", "md"}, {"junit", "xml"}, {"json", "json"}})
      support::expect_golden(fmt::format("report/{}.{}.{}", name, renderer, ending),
                             golden_text(found->report, renderer));
  }
}

}  // namespace
}  // namespace perfwarden::report
