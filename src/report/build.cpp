#include "report/build.hpp"

#include <cmath>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/view/sentences.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_title_characters = 120;

bool is_accepted(const Report& report, Level level) {
  return report.mode == Mode::observe || (report.verdict.overridden && level == Level::soft);
}

const Comparison* comparison_of(const Report& report, const SeriesId& id) {
  for (const Comparison& comparison : report.comparisons)
    if (comparison.id == id) return &comparison;
  return nullptr;
}

Notice notice_of(const Report& report, const Facts& facts, const Phrases& phrases, const Speaker& speaker,
                 const Finding& finding) {
  Notice notice;
  notice.level = is_accepted(report, finding.level) ? Level::warn : finding.level;
  notice.text = prose_in(Medium::plain, finding.reason);
  notice.where = finding.where;
  const Comparison* comparison = comparison_of(report, finding.series);
  Data data;
  data.set("name", name_in(Medium::plain, finding.series.benchmark.empty() ? report.project : path_of(finding.series)));
  const bool say_metric = facts.many_metrics && !finding.series.metric.empty();
  data.set("metric", say_metric ? Data(name_in(Medium::plain, finding.series.metric)) : Data(false));
  data.set("change", comparison == nullptr || std::isnan(comparison->ratio)
                         ? Data(false)
                         : Data(format_change(comparison->ratio - 1)));
  const std::string level = "level_" + std::string(name_of(finding.level));
  data.set("outcome", comparison == nullptr
                          ? phrases.say(level)
                          : speaker.outcome(static_cast<std::size_t>(comparison - report.comparisons.data())));
  notice.title = text::truncate(phrases.say("notice_title", data), k_title_characters);
  return notice;
}

}  // namespace

std::string verdict_line(const Report& report, const Templates& templates) {
  const Facts facts = facts_of(report);
  const Phrases phrases(templates);
  return Speaker(report, facts, phrases, Medium::plain).verdict();
}

std::vector<std::string> next_steps(const Report& report, const Templates& templates) {
  const Facts facts = facts_of(report);
  const Phrases phrases(templates);
  return Speaker(report, facts, phrases, Medium::plain).steps();
}

std::vector<Notice> notices(const Report& report, std::size_t most, const Templates& templates) {
  const Facts facts = facts_of(report);
  const Phrases phrases(templates);
  const Speaker speaker(report, facts, phrases, Medium::plain);
  std::vector<Notice> out;
  const auto& findings = report.verdict.findings;
  const std::size_t whole = findings.size() <= most ? findings.size() : most == 0 ? 0 : most - 1;
  for (std::size_t i = 0; i < whole; ++i) out.push_back(notice_of(report, facts, phrases, speaker, findings[i]));
  if (whole < findings.size() && most != 0) {
    const Data data("n", std::to_string(findings.size() - whole));
    Notice rest;
    rest.title = phrases.say("notice_more", data);
    rest.text = phrases.say("notice_more_text", data);
    rest.level = is_accepted(report, findings[whole].level) ? Level::warn : findings[whole].level;
    out.push_back(std::move(rest));
  }
  return out;
}

}  // namespace perfwarden::report
