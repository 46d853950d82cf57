#include <gtest/gtest.h>

#include "report/build.hpp"
#include "report/page.hpp"
#include "report/renderer.hpp"
#include "report/view.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

std::string refused(const std::string& name, const std::string& text) {
  Templates templates;
  const Status status = templates.replace(name, text);
  return status ? "" : status.error().text();
}

TEST(Templates, BuiltInOnesCanBeReplacedByThemselves) {
  const Templates built_in;
  EXPECT_GE(built_in.all().size(), 6U);
  for (const auto& [name, text] : built_in.all()) EXPECT_EQ(refused(name, text), "") << name;
}

TEST(Templates, AnUnknownNameGetsTheNearest) {
  EXPECT_EQ(refused("coment.md.mustache", "x"),
            "error: unknown template 'coment.md.mustache'\nhint: did you mean 'comment.md.mustache'?");
}

TEST(Templates, BrokenOnesAreRefusedWithTheLine) {
  EXPECT_TRUE(refused("comment.md.mustache", "a\nb {{#top}} c").starts_with("comment.md.mustache:2: error: "));
  EXPECT_TRUE(refused("comment.md.mustache", "a {{verdict").starts_with("comment.md.mustache:1: error: "));
  EXPECT_TRUE(refused("comment.md.mustache", "a\n\n{{/top}}").starts_with("comment.md.mustache:3: error: "));
  EXPECT_NE(refused("comment.md.mustache", "{{= x =}}").find("delimiters"), std::string::npos);
  EXPECT_NE(refused("comment.md.mustache", "{{> verdict}}").find("include"), std::string::npos);
  EXPECT_NE(refused("comment.md.mustache", "{{ =a b= }}").find("delimiters"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "{{#a}}";
  EXPECT_NE(refused("comment.md.mustache", deep).find("deeper"), std::string::npos);
  EXPECT_NE(refused("comment.md.mustache", std::string(3U << 20U, 'x')).find("larger"), std::string::npos);
}

TEST(Templates, AUsersPageIsUsed) {
  Templates templates;
  ASSERT_TRUE(templates.replace("comment.md.mustache", "{{verdict}} / {{#top}}{{name}} {{{change}}};{{/top}}\n"));
  const auto text =
      find_renderer("markdown")->render(support::report_fail_high(), templates, {.max_characters = 60'000});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "1 of 4 benchmarks is slower than its budget: `core/parse/large` +9.9 % (HIGH) / `core/parse/large` "
            "+9.9\xC2\xA0%;\n");
}

TEST(Templates, NoTemplateLetsHostileTextThroughRaw) {
  Templates templates;
  ASSERT_TRUE(templates.replace("report.html.mustache", "{{#all}}{{{name}}}{{&suite}}{{metric}}{{/all}}"));
  const auto page = find_renderer("html")->render(support::report_hostile(), templates, {});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->find('<'), std::string::npos);
}

TEST(Phrases, OneCanBeReplacedAndTheOthersStay) {
  Templates templates;
  ASSERT_TRUE(templates.replace("phrases.mustache", "{{#fail_time}}Langsamer: {{n}} von {{total}}{{/fail_time}}"));
  EXPECT_EQ(verdict_line(support::report_fail_high(), templates), "Langsamer: 1 von 4");
  EXPECT_EQ(verdict_line(support::report_empty(), templates), verdict_line(support::report_empty()));
}

TEST(Phrases, AnUnknownOneGetsTheNearest) {
  EXPECT_NE(refused("phrases.mustache", "{{#fail_tme}}x{{/fail_tme}}").find("did you mean 'fail_time'?"),
            std::string::npos);
  EXPECT_NE(refused("phrases.mustache", "{{#fail_time}}x{{/fail_time}} y").find("outside a phrase"), std::string::npos);
  EXPECT_NE(refused("phrases.mustache", "{{#ok}}x{{/ok}}{{#ok}}x{{/ok}}").find("given twice"), std::string::npos);
}

TEST(Phrases, AreAllThere) {
  const Phrases phrases{Templates{}};
  for (const char* state : {"fail", "observed", "pass", "undecided", "unknown", "accepted", "broken", "warned", "worse",
                            "better", "new", "gone", "ok"}) {
    EXPECT_NE(phrases.say(std::string("mark_") + state), "") << state;
    EXPECT_NE(phrases.say(std::string("sign_") + state), "") << state;
  }
  for (const char* kind : {"time", "memory", "rate"})
    for (const char* end : {"_worse", "_better", "_worse_short", "_better_short", "_axis_worse", "_axis_better"})
      EXPECT_NE(phrases.say(std::string(kind) + end), "") << kind << end;
  for (const char* level : {"pass", "warn", "inconclusive", "soft", "hard"})
    EXPECT_NE(phrases.say(std::string("level_") + level), "") << level;
  for (const char* design : {"interleaved", "same_machine", "cached"})
    EXPECT_NE(phrases.say(std::string("design_") + design), "") << design;
  for (const char* criterion : {"magnitude", "significance", "consistency", "baseline_stable", "environment"})
    EXPECT_NE(phrases.say(std::string("criterion_") + criterion), "") << criterion;
}

// What templates/README.md promises: each name in the built-in pages exists in some view.
TEST(View, GivesEveryNameThatTheBuiltInPagesAsk) {
  const Templates templates;
  const Phrases phrases(templates);
  const Data view = make_view(support::report_mixed(), phrases, {});
  for (const char* name :
       {"verdict",        "action",      "state",    "icon",        "compared",    "steps",     "more_steps",
        "counts",         "counts_line", "top",      "all",         "flagged",     "undecided", "added",
        "vanished",       "differences", "warnings", "environment", "base_run",    "head_run",  "confidence_level",
        "reproduce",      "fence",       "version",  "config_hash", "config_file", "time",      "seed",
        "override_label", "compare_url", "run_url"})
    EXPECT_NE(view.get(name), nullptr) << name;
}

}  // namespace
}  // namespace perfwarden::report
