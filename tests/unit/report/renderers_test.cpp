#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "report/renderer.hpp"
#include "report/view/facts.hpp"
#include "unit/report/checkers.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

std::string rendered(const Report& report, std::string_view renderer, const RenderOptions& options = {}) {
  const auto text = find_renderer(renderer)->render(report, Templates{}, options);
  if (!text) ADD_FAILURE() << text.error().text();
  return text.value_or("");
}

constexpr RenderOptions k_comment{.max_characters = 60'000};

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// The sample reports, and the hostile one with a row for each text.
std::vector<support::NamedReport> reports_and_all_hostile() {
  std::vector<support::NamedReport> reports = support::sample_reports();
  reports.push_back({"all hostile", support::report_hostile()});
  return reports;
}

TEST(Terminal, NoLineIsWiderThanAsked) {
  for (const auto& [name, report] : reports_and_all_hostile())
    for (const std::size_t columns : {40U, 60U, 80U, 120U}) {
      const std::string text = rendered(report, "terminal", {.columns = columns});
      for (const std::string_view line : text::lines(text))
        EXPECT_LE(text::display_width(line), columns) << name << ": " << line;
    }
}

TEST(Terminal, HasNoEscapeUnlessColorIsAsked) {
  for (const auto& [name, report] : reports_and_all_hostile())
    for (const char c : rendered(report, "terminal"))
      ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << name << ": " << static_cast<int>(c);
}

TEST(Terminal, ColorChangesNothingButEscapes) {
  const Report report = support::report_hostile();
  std::string colored = rendered(report, "terminal", {.color = true});
  EXPECT_NE(colored.find("\x1b[31m"), std::string::npos);
  for (const char* escape : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m"})
    colored = text::replace_all(std::move(colored), escape, "");
  EXPECT_EQ(colored, rendered(report, "terminal"));
}

TEST(Terminal, HasOneLineABenchmark) {
  const Report report = support::report_mixed();
  const std::string text = rendered(report, "terminal");
  EXPECT_EQ(count_of(text, "encode/case_"), 11U);
  EXPECT_EQ(count_of(text, "✓ ok"), 11U);
}

TEST(Terminal, OneBenchmarkIsOneTableOfItsMetrics) {
  Report report = support::report_fail_high();
  report.comparisons.resize(1);
  report.comparisons.push_back(report.comparisons.front());
  report.comparisons.back().id.metric = "cpu_time";
  report.comparisons.back().metric.name = "cpu_time";
  const std::string text = rendered(report, "terminal");
  EXPECT_EQ(count_of(text, "  metric "), 1U) << text;
  EXPECT_EQ(count_of(text, "  benchmark "), 0U) << text;
  EXPECT_EQ(count_of(text, "\n  wall_time "), 1U) << text;
  EXPECT_EQ(count_of(text, "\n  cpu_time "), 1U) << text;
}

TEST(Terminal, SaysTheExitItWasGiven) {
  const Report report = support::report_fail_high();
  EXPECT_EQ(rendered(report, "terminal").find("(exit"), std::string::npos) << "nobody said how the process ends";
  EXPECT_NE(rendered(report, "terminal", {.columns = 200, .exit_code = 1}).find("(exit 1: a gate"), std::string::npos);
  EXPECT_NE(rendered(report, "terminal", {.columns = 200, .exit_code = 6}).find("(exit 6: the result is valid"),
            std::string::npos);
  EXPECT_NE(rendered(report, "terminal", {.columns = 200, .exit_code = 77}).find("(exit 77)"), std::string::npos);
}

TEST(Terminal, SaysOnceThatSidesHadUnequalRepetitions) {
  Report report = support::report_mixed();
  for (std::size_t i = 0; i < 3; ++i)
    report.comparisons[i].warnings.push_back({"unequal-repetitions", "some processes gave more repetitions"});
  const std::string text = rendered(report, "terminal", {.columns = 200});
  EXPECT_EQ(count_of(text, "some processes gave more repetitions (and 2 more)"), 1U) << text;
  EXPECT_EQ(count_of(text, "some processes gave more repetitions"), 1U);
}

TEST(Comment, SaysVerdictThenTheRestWithinAScreen) {
  for (const auto& [name, report] : support::sample_reports()) {
    SCOPED_TRACE(name);
    const std::string text = rendered(report, "markdown", k_comment);
    const auto lines = text::lines(text);
    ASSERT_FALSE(lines.empty());
    EXPECT_TRUE(lines[0].starts_with("### ")) << lines[0];
    const auto details =
        std::find_if(lines.begin(), lines.end(), [](std::string_view line) { return line.starts_with("<details>"); });
    const auto traded = static_cast<std::ptrdiff_t>(report.verdict.tradeoffs.size());
    EXPECT_LE(details - lines.begin(), (report.evidence.empty() ? 15 : 27) + (traded > 0 ? 1 + traded : 0));
    EXPECT_LE(std::count_if(lines.begin(), details, [](std::string_view line) { return line.starts_with("| "); }),
              report.evidence.empty() ? 11 : 17);
  }
}

TEST(Comment, StaysBelowItsLimitByCuttingWholeRows) {
  const Report report = support::report_many();
  for (const std::size_t most : {30'000U, 12'000U}) {
    const std::string text = rendered(report, "markdown", {.max_characters = most});
    EXPECT_LE(text::code_points(text), most);
    EXPECT_GT(text::code_points(text), most * 8 / 10) << "more rows would have fitted";
    EXPECT_NE(text.find(" more in the job summary."), std::string::npos);
    EXPECT_EQ(count_of(text, "<details>"), count_of(text, "</details>"));
    support::expect_inert_markdown(text);
  }
  for (const auto& [name, sample] : reports_and_all_hostile())
    EXPECT_LE(text::code_points(rendered(sample, "markdown", k_comment)), 60'000U) << name;
}

TEST(Comment, SaysSoWhenItCannotBeMadeShortEnough) {
  const auto text = find_renderer("markdown")->render(support::report_many(), Templates{}, {.max_characters = 300});
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().what.find("longer than 300 characters"), std::string::npos);
}

TEST(Comment, PutsAWordBesideEverySign) {
  const std::string text = rendered(support::report_mixed(), "markdown", k_comment);
  for (const char* row :
       {"| ❌ slower |", "| ❌ more memory |", "| ⚠️ lower throughput |", "| 🟠 slower |", "| 🟡 undecided |"})
    EXPECT_NE(text.find(row), std::string::npos) << row;
}

TEST(Comment, LinksOnlyToTheConfiguredServer) {
  EXPECT_NE(
      rendered(support::report_pass(), "markdown", k_comment).find("(https://github.com/acme/parser/compare/3f2a91c"),
      std::string::npos);
  Report report = support::report_pass();
  for (const std::string server :
       {"http://github.com", "javascript:alert(1)", "https://evil.example/x", "https://a b"}) {
    report.context.server_url = server;
    EXPECT_EQ(rendered(report, "markdown", k_comment).find("]("), std::string::npos) << server;
  }
}

TEST(Summary, HasEveryRowOfALargeReport) {
  const Report report = support::report_many();
  const std::string text = rendered(report, "markdown");
  for (const int i : {0, 250, 499})
    EXPECT_NE(text.find(fmt::format("a_rather_long_case_name_{:03}", i)), std::string::npos);
  EXPECT_EQ(text.find("more in the job summary"), std::string::npos);
}

TEST(Summary, SaysBesideWhatWasComparedThatBuildsAlignFunctions) {
  Report report = support::report_pass();
  const std::string before = rendered(report, "markdown");
  report.warnings.push_back(
      {std::string(k_functions_aligned), "Measured builds align functions; shipped ones may not"});
  const std::string text = rendered(report, "markdown");
  EXPECT_EQ(count_of(text, ". Measured builds align functions; shipped ones may not."), 1U) << text;
  EXPECT_EQ(count_of(text, "Warnings about this run"), count_of(before, "Warnings about this run"));
}

TEST(Markdown, NoHostileTextGetsOut) {
  support::expect_inert_markdown(rendered(support::report_hostile(), "markdown", k_comment));
  support::expect_inert_markdown(rendered(support::report_hostile(), "markdown"));
}

TEST(Html, NoHostileTextGetsOut) {
  for (const auto& [name, report] : reports_and_all_hostile()) {
    SCOPED_TRACE(name);
    support::expect_whole_html(rendered(report, "html"));
  }
}

TEST(Html, FetchesNothingAndRunsNothing) {
  const std::string page = rendered(support::report_mixed(), "html");
  EXPECT_NE(page.find("content=\"default-src 'none'; style-src 'unsafe-inline'\""), std::string::npos);
  for (const char* forbidden : {"<script", "<link", "<img", "<iframe", "src=", "url(", "@import", " style=", " on"})
    for (std::size_t at = page.find(forbidden); at != std::string::npos; at = page.find(forbidden, at + 1))
      EXPECT_EQ(std::string_view(forbidden), " on") << page.substr(at, 60);
  EXPECT_EQ(page.find(" onclick"), std::string::npos);
}

TEST(Html, DrawsEveryRunAndTheMedians) {
  const Report report = support::report_fail_high();
  const std::string page = rendered(report, "html");
  EXPECT_EQ(count_of(page, "<svg class=\"strip\""), 4U);
  EXPECT_EQ(count_of(page, "<svg class=\"zones\""), 4U);
  EXPECT_EQ(count_of(page, "class=\"median "), 8U);
  EXPECT_EQ(count_of(page, "h0"), 4U * 24U) << "a dot a run";
}

TEST(Html, LinksEveryRowToItsBlock) {
  const std::string page = rendered(support::report_mixed(), "html");
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(count_of(page, fmt::format("href=\"#s{}\"", i)), 1U);
    EXPECT_EQ(count_of(page, fmt::format("<article class=\"bench card {}\" id=\"s{}\"", "", i)) +
                  count_of(page, fmt::format("\" id=\"s{}\" aria-labelledby", i)),
              1U);
  }
}

TEST(JUnit, IsWellFormedWhateverTheNames) {
  for (const auto& [name, report] : reports_and_all_hostile()) {
    SCOPED_TRACE(name);
    support::expect_well_formed_xml(rendered(report, "junit"));
  }
}

TEST(JUnit, CountsWhatTheReportCounts) {
  for (const auto& [name, report] : support::sample_reports()) {
    SCOPED_TRACE(name);
    const std::string xml = rendered(report, "junit");
    const Counts& counts = report.verdict.counts;
    const bool blocks = report.mode == Mode::enforce;
    const std::size_t failures = blocks ? counts.hard + (report.verdict.overridden ? 0 : counts.soft) : 0;
    EXPECT_EQ(count_of(xml, "<testcase "), report.comparisons.size());
    EXPECT_EQ(count_of(xml, "<failure "), failures);
    EXPECT_NE(
        xml.find(fmt::format("<testsuites name=\"perfwarden\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                             report.comparisons.size(), failures, count_of(xml, "<skipped "))),
        std::string::npos);
  }
}

TEST(Totals, InEveryFormEqualTheFindings) {
  const Report report = support::report_mixed();
  const Counts& counts = report.verdict.counts;
  const std::string over = fmt::format("{} failing", counts.hard + counts.soft);
  for (const char* form : {"markdown", "html"}) EXPECT_NE(rendered(report, form).find(over), std::string::npos) << form;
  EXPECT_EQ(count_of(rendered(report, "terminal"), "✗ "), counts.hard + counts.soft + 1);
}

}  // namespace
}  // namespace perfwarden::report
