#include "app/pipe/report.hpp"
#include "app/pipe/trusted_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/pipe/scene.hpp"

namespace perfwarden::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Samples samples_of(double value, const std::string& suite = "core") {
  Series series;
  series.id = {suite, "parse", "wall_time"};
  series.metric = {"wall_time", "s"};
  for (int i = 0; i < 12; ++i) series.invocations.push_back({value * (1 + 0.001 * (i % 5))});
  Samples out;
  out.run.session = "5e55101";
  out.series = {series};
  return out;
}

struct Made : support::Scene, testing::Test {
  Config config;
  ReportFacts facts;

  Made() {
    Suite core;
    core.name = "core";
    Suite night;
    night.name = "night";
    config.suites = {core, night};
    Limit limit;
    limit.soft = Change{0.05, true, "", "+5%"};
    config.budgets = {{"*", {{"", limit}}, false, {}}};
    config.hash = "c0ffee";
  }
  Report made(const std::optional<Samples>& base, const Samples& head) {
    return make_report(base, head, config, facts, clock);
  }
};

TEST_F(Made, AReportIsComparedAndJudgedAndSaysByWhat) {
  facts.base_label = "merge base of main";
  const Report report = made(samples_of(1), samples_of(1.2));
  ASSERT_EQ(report.comparisons.size(), 1U);
  EXPECT_EQ(report.verdict.conclusion, Conclusion::fail);
  EXPECT_TRUE(report.has_baseline);
  EXPECT_EQ(report.base.label, "merge base of main");
  EXPECT_EQ(report.config_hash, "c0ffee");
  EXPECT_EQ(report.override_label, "perf-override");
}

TEST_F(Made, WithoutABaselineItSaysSo) {
  const Report report = made(std::nullopt, samples_of(1));
  EXPECT_FALSE(report.has_baseline);
  EXPECT_EQ(report.verdict.conclusion, Conclusion::no_baseline);
}

TEST_F(Made, WhoAcceptedItStaysWithTheReport) {
  facts.accepted = {{"octocat", "the new checksum is worth it"}};
  Report report = made(samples_of(1), samples_of(1.2));
  EXPECT_EQ(report.verdict.conclusion, Conclusion::pass);
  EXPECT_TRUE(report.verdict.overridden);
  config.overrides.allow = {"hubot"};
  judge(report, config);
  EXPECT_EQ(report.verdict.conclusion, Conclusion::fail);
}

TEST_F(Made, SuitesAreLeftOutOnlyWhenTheRunSaysSo) {
  Samples head = samples_of(1);
  EXPECT_THAT(made(samples_of(1), head).left_out, IsEmpty());
  head.warnings = {{std::string(k_suite_skipped), "suite 'night' was left out"}};
  EXPECT_THAT(made(samples_of(1), head).left_out, ElementsAre("night"));
  EXPECT_THAT(made(samples_of(1, "night"), head).left_out, IsEmpty()) << "base has values of it";
}

TEST_F(Made, ARunOfNothingIsSkipped) {
  Samples head;
  head.warnings = {{std::string(k_suite_skipped), "all were left out"}};
  EXPECT_EQ(made(std::nullopt, head).verdict.conclusion, Conclusion::skipped);
  EXPECT_EQ(made(Samples{}, head).verdict.conclusion, Conclusion::skipped);
}

TEST_F(Made, SwitchedOffGatesOnlyObserve) {
  config.gates_enabled = false;
  EXPECT_EQ(made(samples_of(1), samples_of(1.2)).mode, Mode::observe);
}

TEST_F(Made, AMistypedFormGetsASuggestion) {
  const Result<std::string> text = render(world, made(samples_of(1), samples_of(1)), {}, "markdwn");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::usage);
  EXPECT_THAT(text.error().text(), HasSubstr("did you mean 'markdown'?"));
}

TEST_F(Made, ReportsAreWrittenInTheConfigsFormsAndAlwaysAsJson) {
  config.report.formats = {"junit"};
  const auto written = write_reports(world, made(samples_of(1), samples_of(1)), config, {}, "out");
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_THAT(written->files, ElementsAre("out/junit.xml", "out/report.json"));
  EXPECT_TRUE(report::read_json(support::slurp("out/report.json"), "report.json"));
}

TEST_F(Made, WhatIsEmittedGoesWhereTheOptionsSayAndGivesTheCode) {
  const Report report = made(samples_of(1), samples_of(1.2));
  const Result<ExitCode> printed = emit(world, report, report::Templates{}, {}, k_gate_failed);
  EXPECT_EQ(printed.value(), k_gate_failed);
  EXPECT_THAT(console.out_text, HasSubstr("a gate failed)"));
  console.out_text.clear();
  ASSERT_TRUE(emit(world, report, report::Templates{}, {"report.md", "markdown"}));
  EXPECT_THAT(console.out_text, IsEmpty());
  EXPECT_THAT(support::slurp("report.md"), HasSubstr("parse"));
}

TEST_F(Made, OnlyMustacheFilesReplaceTemplatesAndAnUnknownNameIsAnError) {
  directory.write("mine/README.md", "not a template");
  const TrustedFiles files(world, "");
  EXPECT_TRUE(load_templates(files, "mine"));
  directory.write("mine/coment.md.mustache", "x");
  const Result<report::Templates> templates = load_templates(files, "mine");
  ASSERT_FALSE(templates);
  EXPECT_FALSE(load_templates(files, "no/such/folder"));
  EXPECT_THAT(templates.error().text(), HasSubstr("comment.md.mustache"));
}

}  // namespace
}  // namespace perfwarden::app
