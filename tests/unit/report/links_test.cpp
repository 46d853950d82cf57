#include "report/view/links.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "base/rfc3339.hpp"
#include "report/renderer.hpp"
#include "unit/report/sample_reports.hpp"

namespace perfwarden::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Templates with(const std::string& links) {
  Templates templates;
  const Status status = templates.replace(k_phrases, "{{#links}}\n" + links + "\n{{/links}}\n");
  EXPECT_TRUE(status) << (status ? "" : status.error().text());
  return templates;
}

std::vector<Link> made(const Report& report, const std::string& links) {
  return links_of(report, Phrases(with(links)));
}

FrameDelta grown(const std::string& name, const std::string& package, FrameChange change, double share) {
  FrameDelta out;
  out.name = name;
  out.package = package;
  out.change = change;
  out.self.head = share;
  return out;
}

std::string refused(const std::string& links) {
  Templates templates;
  const Status status = templates.replace(k_phrases, "{{#links}}" + links + "{{/links}}");
  return status ? "" : status.error().text();
}

TEST(Links, HoldTheFactsOfTheRun) {
  Report report;
  report.head.run.time = "1970-01-01T00:01:00Z";
  report.time = "1970-01-01T00:03:00Z";
  report.head.run.commit = "9be01d4";
  report.base.run.commit = "3f2a91c";
  report.context.pull_request = 7;
  EXPECT_THAT(
      made(report,
           "[Grafana](https://g.example.com/d/x?from={{from_ms}}&to={{to_ms}}&var-commit={{commit}})\n"
           "[Pyroscope](https://p.example.com/?from={{from}}&until={{to}}&a={{base_commit}}&b={{pull_request}})"),
      ElementsAre(Link{"Grafana", "https://g.example.com/d/x?from=60000&to=180000&var-commit=9be01d4"},
                  Link{"Pyroscope", "https://p.example.com/?from=60&until=180&a=3f2a91c&b=7"}));
}

TEST(Links, LeadToTheTraceAndToWhatGrewMost) {
  Report report;
  report.endpoints.resize(2);
  report.endpoints[1].trace = "4bf92f";
  ProfileDiff profile;
  profile.frames = {grown("cooler", "net", FrameChange::improvement, 0.9),
                    grown("warmer", "json", FrameChange::regression, 0.1),
                    grown("hot(int)", "acme/db", FrameChange::added, 0.2)};
  report.evidence.push_back(profile);
  report.hypotheses.emplace_back();
  report.hypotheses.back().suite = "core";
  report.hypotheses.back().benchmark = "parse large";
  EXPECT_THAT(made(report, "[x](https://e.example.com/{{trace}}/{{package}}/{{function}}/{{suite}}/{{benchmark}})"),
              ElementsAre(Link{"x", "https://e.example.com/4bf92f/acme%2Fdb/hot%28int%29/core/parse%20large"}));
}

TEST(Links, WithoutTheirFactAreLeftOut) {
  EXPECT_THAT(made(Report(), "{{#trace}}[x](https://e.example.com/{{trace}}){{/trace}}"), IsEmpty());
  EXPECT_THAT(made(Report(), "{{#from}}[x](https://e.example.com/{{from}}){{/from}}"), IsEmpty());
  EXPECT_THAT(links_of(support::report_fail_high(), Phrases(Templates())), IsEmpty()) << "none are built in";
}

TEST(Links, NoNameLeadsElsewhereOrLeavesItsPlace) {
  Report report;
  report.head.run.branch = "x)](https://evil.example.com/#<script>\"&to=1\n@all";
  const std::string template_of = "[a|b](https://e.example.com/?b={{branch}}&q={\"x\":[1]})";
  const std::vector<Link> links = made(report, template_of);
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(
      links[0].url,
      "https://e.example.com/?b=x%29%5D%28https%3A%2F%2Fevil.example.com%2F%23%3Cscript%3E%22%26to%3D1%0A%40all&q="
      "%7B%22x%22:%5B1%5D%7D");
  const Templates templates = with(template_of);
  for (const char* form : {"markdown", "html", "text"}) {
    const auto text = find_renderer(form)->render(report, templates, {});
    ASSERT_TRUE(text) << text.error().text();
    EXPECT_THAT(*text, HasSubstr("%3Cscript%3E")) << form;
    EXPECT_THAT(*text, testing::Not(HasSubstr("<script>\""))) << form;
  }
}

TEST(Links, WhatIsNoLinkIsRefusedWithItsPlace) {
  EXPECT_EQ(refused("[a](https://e.example.com/{{commit}}) [b](http://localhost:3000/)"), "");
  EXPECT_EQ(refused("{{#trace}}[a](https://e.example.com/{{trace}}){{/trace}}"), "");
  EXPECT_THAT(refused("Grafana: https://e.example.com"), HasSubstr("'Grafana: https://e.example.com' is not a link"));
  EXPECT_THAT(refused("[a](javascript:alert)"), HasSubstr("phrases.mustache: error: "));
  EXPECT_THAT(refused("[a](https://e.example.com/x y)"), HasSubstr("is not a link"));
  EXPECT_THAT(refused("[](https://e.example.com/)"), HasSubstr("is not a link"));
  EXPECT_THAT(refused("[a](https://e.example.com/) and more"), HasSubstr("'and more' is not a link"));
}

TEST(UnixOfRfc3339, ReadsExactlyThatForm) {
  EXPECT_EQ(unix_of_rfc3339("2026-11-21T10:00:00Z"), 1'795'255'200);
  EXPECT_EQ(unix_of_rfc3339("2026-11-21T10:00:00+01:00"), std::nullopt);
  EXPECT_EQ(unix_of_rfc3339("2026-13-21T10:00:00Z"), std::nullopt);
  EXPECT_EQ(unix_of_rfc3339(""), std::nullopt);
}

}  // namespace
}  // namespace perfwarden::report
