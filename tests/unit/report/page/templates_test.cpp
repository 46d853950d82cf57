#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "report/build.hpp"
#include "report/page/page.hpp"
#include "report/renderer.hpp"
#include "report/view/view.hpp"
#include "support/fakes.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

// Every name in a view, however deep.
void collect(const Data& data, std::set<std::string>& names, int depth = 0) {
  static const std::vector<std::string> k_asked = [] {
    std::vector<std::string> all;
    const std::string readme = support::slurp(support::source_path("templates/README.md"));
    static const std::regex code("`([a-z_]+)`");
    for (std::sregex_iterator it(readme.begin(), readme.end(), code), none; it != none; ++it) all.push_back((*it)[1]);
    return all;
  }();
  if (data.is_list()) {
    for (const Data& item : data.list_value()) collect(item, names, depth + 1);
    return;
  }
  if (!data.is_object() || depth > 6) return;
  for (const std::string& name : k_asked) {
    const Data* value = data.get(name);
    if (value == nullptr) continue;
    names.insert(name);
    collect(*value, names, depth + 1);
  }
}

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
  for (const char* state : {"fail", "observed", "pass", "undecided", "unknown", "accepted", "failed", "broken",
                            "warned", "worse", "better", "new", "gone", "ok"}) {
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

// Names that a template asks for: {{x}}, {{#x}}, {{^x}}, {{x.y}}.
std::set<std::string> names_in(const std::string& text) {
  static const std::regex tag(R"(\{\{[#^&{]?\s*([a-z_.]+)\s*\}\})");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), tag), none; it != none; ++it) {
    const std::string name = (*it)[1];
    for (const std::string_view part : text::split(name, '.')) names.emplace(part);
  }
  return names;
}

// Names between backticks in templates/README.md.
std::set<std::string> documented() {
  const std::string readme = support::slurp(support::source_path("templates/README.md"));
  static const std::regex code("`([a-z_]+)`");
  std::set<std::string> names;
  for (std::sregex_iterator it(readme.begin(), readme.end(), code), none; it != none; ++it) names.insert((*it)[1]);
  return names;
}

// A page filled with a report that has everything shows every documented value, or it is not a name of a view at all.
TEST(View, GivesEveryNameThatTheReadmePromises) {
  Report report = support::report_presence();
  const Report mixed = support::report_mixed();
  report.comparisons.insert(report.comparisons.end(), mixed.comparisons.begin(), mixed.comparisons.end());
  report.verdict.judgements.insert(report.verdict.judgements.end(), mixed.verdict.judgements.begin(),
                                   mixed.verdict.judgements.end());
  report.verdict.findings = mixed.verdict.findings;
  report.verdict.tradeoffs = mixed.verdict.tradeoffs;
  report.recent = mixed.recent;
  report.verdict.warnings = mixed.verdict.warnings;
  report.verdict.override_note = "octocat: why";
  report.machine_differences = {{"cpu", "a", "b"}};
  report.head.run.identities = {{"core", SameProgram::identical, false, {}, 12}};
  for (Comparison& c : report.comparisons) c.warnings = {{"few-samples", "needs more"}};
  report.analysis = mixed.analysis;
  report.endpoints = {{"GET /users", "query", "load", "regression", 0.1, 0.2, 3, 0.5, "abc"}};
  report.assistance = {"models.example.com", "It rose.", {"Look."}, 1, ""};
  report.hypotheses = {
      {"core", "parse", "lock", "a lock: it accounts for 92 % of +9.8 %", 0.92, {"seen"}, "perf stat"}};
  std::set<std::string> given;
  Templates templates;
  ASSERT_TRUE(templates.replace(k_phrases, "{{#links}}[Grafana](https://grafana.example.com/{{commit}}){{/links}}"));
  const Phrases phrases(templates);
  for (const bool pictures : {false, true}) {
    ViewOptions options;
    options.medium = pictures ? Medium::html : Medium::plain;
    options.pictures = pictures;
    options.exit_note = "exit 1";
    if (pictures)
      options.block = [&](const Data& detail) {
        collect(detail, given);
        return std::string("block");
      };
    report.evidence = {support::sample_evidence(), support::sample_evidence()};
    options.profiles = 1;
    options.profile = [&](const Data& names) {
      collect(names, given);
      return std::string("block");
    };
    collect(make_view(report, phrases, options), given);
  }
  for (const char* laid_out :
       {"tables", "folded", "lines", "verdict_style", "bold", "red", "yellow", "cyan", "green", "dim", "off"})
    given.insert(laid_out);  // the terminal's own
  for (const char* told : {"lasting", "subject", "change", "bad", "newest", "suspects"})
    given.insert(told);  // of messages and issues, which publish/ fills
  for (const std::string& name : documented()) {
    const bool is_state =
        std::set<std::string>{"fail",   "observed", "pass", "unknown", "accepted", "broken", "warned", "worse",
                              "better", "new",      "gone", "ok",      "moved",    "x",      "has_x",  "skipped"}
            .contains(name);
    EXPECT_TRUE(is_state || given.contains(name)) << name << " is in templates/README.md, but in no view";
  }
  const std::set<std::string> promised = documented();
  for (const auto& [file, text] : templates.all()) {
    if (file == k_phrases) continue;
    for (const std::string& name : names_in(text)) {
      const std::string plain = name.starts_with("has_") ? name.substr(4) : name;
      EXPECT_TRUE(promised.contains(plain) || promised.contains(name))
          << name << " of " << file << " is not in templates/README.md";
    }
  }
}

}  // namespace
}  // namespace perfwarden::report
