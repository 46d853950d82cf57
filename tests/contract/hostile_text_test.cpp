#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "github/guarded_console.hpp"
#include "publish/notifier.hpp"
#include "report/renderer.hpp"
#include "support/fakes.hpp"
#include "support/post_scene.hpp"
#include "support/runner_rules.hpp"

// Two hundred texts that a pull request can write, each a workflow command for GitHub's runner, in every field of a
// report, through every renderer and every notifier to the console of a step.
namespace perfwarden {
namespace {

std::vector<std::string> hostile_texts() {
  static constexpr std::array lead_ins{"", "\n", "\r", "\r\n", "\n \t", "\x1b[2J\n", "\n\u3000", "\n\u200b"};
  static constexpr std::array commands{"::set-env name=PATH::/evil",
                                       "::add-path::/evil",
                                       "::add-mask::e",
                                       "::stop-commands::t",
                                       "::set-output name=verdict::pass",
                                       "::error file=a,line=1::forged",
                                       "::notice::forged",
                                       "##[add-mask]e",
                                       "##[set-env name=PATH]/evil",
                                       "##[error]forged",
                                       "::save-state name=a::b",
                                       "::group::x",
                                       "::debug::x",
                                       "##[command]x",
                                       "::echo::on",
                                       "##[stop-commands]t",
                                       "::ADD-MASK::e",
                                       "::warning file=x%0A::add-mask::e::y",
                                       "verdict=pass",
                                       "::add-matcher::/evil.json",
                                       "##[set-output name=verdict;]pass",
                                       "verdict<<EOF\npass\nEOF",
                                       "::%61dd-mask::e",
                                       "::add-mask ::e",
                                       ": :add-mask::e\n::add-mask::e"};
  std::vector<std::string> out;
  for (const char* lead_in : lead_ins)
    for (const char* command : commands) out.push_back(std::string(lead_in) + command);
  return out;
}

Report report_with(const std::string& hostile) {
  Report report;
  report.verdict.conclusion = Conclusion::fail;
  report.verdict.counts.regressions = 1;
  Comparison comparison;
  comparison.id = {"core" + hostile, "parse" + hostile, "wall_time" + hostile};
  comparison.metric.unit = hostile;
  comparison.warnings.push_back({"code", hostile});
  report.comparisons.push_back(comparison);
  report.verdict.judgements.resize(1);
  Finding finding;
  finding.level = Level::soft;
  finding.rule = "budget";
  finding.series = comparison.id;
  finding.reason = hostile;
  finding.where = {hostile, 3, 1};
  report.verdict.findings.push_back(finding);
  ProfileDiff evidence;
  evidence.suite = evidence.benchmark = hostile;
  FrameDelta frame;
  frame.name = frame.file = frame.package = frame.owner = frame.counterpart = frame.note = hostile;
  evidence.frames = evidence.top = {frame};
  evidence.files = {hostile};
  evidence.warnings.push_back({"code", hostile});
  report.evidence.push_back(evidence);
  report.warnings.push_back({"code" + hostile, hostile});
  report.context.head_ref = report.context.base_ref = report.context.actor = hostile;
  report.context.head_sha = report.context.head_repository = report.context.workflow = report.context.job = hostile;
  report.project = report.reproduce = report.time = report.tool_version = hostile;
  report.base.label = report.head.label = report.head.run.branch = report.head.run.commit = hostile;
  report.accepted = {{hostile, hostile, hostile}};
  report.machine_differences.push_back({hostile, hostile, hostile});
  return report;
}

TEST(HostileText, ThereAreTwoHundredAndTheRunnerWouldObeyMostOfThem) {
  const std::vector<std::string> texts = hostile_texts();
  EXPECT_EQ(texts.size(), 200U);
  const auto obeyed = std::count_if(texts.begin(), texts.end(),
                                    [](const std::string& text) { return !support::runner_commands(text).empty(); });
  EXPECT_GT(obeyed, 100);
}

TEST(HostileText, NoRendererPutsACommandOnTheConsole) {
  for (const std::string& hostile : hostile_texts()) {
    const Report report = report_with(hostile);
    for (const report::Renderer* renderer : report::renderers()) {
      support::FakeConsole terminal;
      github::GuardedConsole console(terminal);
      const Result<std::string> text = renderer->render(report, report::Templates{}, {});
      ASSERT_TRUE(text) << text.error().text();
      console.out(*text);
      EXPECT_TRUE(support::runner_commands(terminal.out_text).empty()) << renderer->name << "\n" << terminal.out_text;
    }
  }
}

TEST(HostileText, NoNotifierCommandsTheRunnerToDoMoreThanAnnotate) {
  for (const std::string& hostile : hostile_texts()) {
    support::PostScene scene;
    const RunContext real = scene.report.context;
    scene.report = report_with(hostile);
    RunContext& context = scene.report.context;
    context.in_github = true;
    context.event = real.event;
    context.repository = real.repository;
    context.pull_request = real.pull_request;
    context.output_file = real.output_file;
    context.summary_file = real.summary_file;
    scene.http.answer = [](const net::HttpRequest& request) {
      return request.method == "GET" ? net::HttpResponse{200, {}, "[]"} : net::HttpResponse{201, {}, R"({"id": 1})"};
    };
    github::GuardedConsole console(scene.console);
    const os::Environment environment(std::map<std::string, std::string>{{"GITHUB_TOKEN", "t"}, {"CI", "true"}});
    (void)publish::publish_all(
        {scene.report, scene.templates, "reports/abc", environment, scene.http, scene.clock, console}, scene.config,
        publish::notifiers());
    for (const std::string& output : {scene.console.out_text, scene.console.err_text})
      for (const support::RunnerCommand& command : support::runner_commands(output))
        EXPECT_TRUE(command.name == "error" || command.name == "warning" || command.name == "notice")
            << command.name << " from " << hostile;
    const auto outputs = support::runner_outputs(support::slurp(context.output_file));
    ASSERT_TRUE(outputs) << hostile;
    std::set<std::string> names;
    for (const auto& [name, value] : *outputs) EXPECT_TRUE(names.insert(name).second) << name << " twice: " << hostile;
    EXPECT_EQ(outputs->front(), (std::pair<std::string, std::string>{"verdict", "fail"}));
  }
}

}  // namespace
}  // namespace perfwarden
