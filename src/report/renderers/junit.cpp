#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "report/page/medium.hpp"
#include "report/renderer.hpp"
#include "report/view/sentences.hpp"

namespace perfwarden::report {
namespace {

struct Suite {
  std::vector<std::size_t> cases;
  std::size_t failures = 0, skipped = 0;
  std::string body;
};

std::string property(std::string_view name, std::string_view value) {
  return fmt::format(R"(        <property name="{}" value="{}"/>)"
                     "\n",
                     name, escape_xml(value));
}

std::string numbers(const Comparison& comparison) {
  std::string out;
  const auto put = [&](std::string_view name, double value) {
    if (std::isfinite(value)) out += property(name, fmt::format("{:.9g}", value));
  };
  out += property("unit", comparison.metric.unit);
  put("base", comparison.base.median);
  put("head", comparison.head.median);
  put("change_percent", (comparison.ratio - 1) * 100);
  put("interval_low_percent", (comparison.ratio_interval.low - 1) * 100);
  put("interval_high_percent", (comparison.ratio_interval.high - 1) * 100);
  put("p_adjusted", comparison.p_adjusted);
  put("mde_percent", comparison.minimum_detectable * 100);
  if (comparison.confidence) out += property("confidence", name_of(*comparison.confidence));
  return "      <properties>\n" + out + "      </properties>\n";
}

// Why a series is not simply passed.
struct Remark {
  bool failed = false;
  std::string type, message, text;
};

Remark remark_of(const Report& report, const Speaker& speaker, const Phrases& phrases,
                 const std::vector<const Finding*>& findings, std::size_t i) {
  const Comparison& comparison = report.comparisons[i];
  const Judgement& judgement = judgement_of(report, i);
  Remark remark;
  remark.type = name_of(judgement.level);
  for (const Finding* finding : findings) {
    if (remark.message.empty()) remark.message = prose_in(Medium::plain, finding->reason);
    remark.text += prose_in(Medium::plain, finding->reason) + " ";
  }
  if (remark.message.empty()) remark.message = speaker.worst(i) + " " + speaker.outcome(i);
  if (judgement.outcome == Outcome::failed) {
    remark.failed = true;
    remark.type = "failed-on-head";
    return remark;
  }
  if (judgement.level >= Level::soft) {
    const Data reason("reason", remark.message);
    remark.failed = report.mode == Mode::enforce && !judgement.accepted;
    if (report.mode == Mode::observe) remark.message = phrases.say("junit_observe", reason);
    if (judgement.accepted) remark.message = phrases.say("junit_accepted", reason);
    return remark;
  }
  remark.type = "";
  remark.message = "";
  if (judgement.outcome == Outcome::inconclusive) remark.message = speaker.undecided(i);
  if (judgement.outcome == Outcome::added) remark.message = phrases.say("junit_no_baseline");
  if (judgement.outcome == Outcome::vanished) {
    Data data;
    data.set("renamed",
             comparison.renamed_to.empty() ? Data(false) : Data(name_in(Medium::plain, comparison.renamed_to)));
    remark.message = phrases.say("junit_vanished", data);
  }
  return remark;
}

std::string test_case(const Report& report, const Remark& remark, std::size_t i) {
  const Comparison& comparison = report.comparisons[i];
  std::string out = fmt::format(R"(    <testcase classname="{}" name="{} [{}]")", escape_xml(comparison.id.suite),
                                escape_xml(comparison.id.benchmark), escape_xml(comparison.id.metric));
  if (comparison.metric.unit == "s" && std::isfinite(comparison.head.median) && comparison.head.median >= 0)
    out += fmt::format(R"( time="{:.9f}")", comparison.head.median);
  out += ">\n" + numbers(comparison);
  if (remark.failed) {
    out += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", escape_xml(remark.type),
                       escape_xml(remark.message), escape_xml(remark.text));
  } else if (!remark.message.empty()) {
    out += fmt::format("      <skipped message=\"{}\"/>\n", escape_xml(remark.message));
  }
  return out + "    </testcase>\n";
}

// Suites that this run skipped, as skipped cases; empty when there are none.
std::string left_out(const std::vector<std::string>& reasons) {
  if (reasons.empty()) return "";
  std::string out = fmt::format(
      "  <testsuite name=\"skipped\" tests=\"{0}\" failures=\"0\" errors=\"0\" skipped=\"{0}\">\n", reasons.size());
  for (const std::string& reason : reasons)
    out += fmt::format(
        "    <testcase classname=\"skipped\" name=\"{0}\">\n      <skipped message=\"{0}\"/>\n    </testcase>\n",
        reason);
  return out + "  </testsuite>\n";
}

std::vector<std::string> reasons_of(const Report& report) {
  std::vector<std::string> out;
  for (const Warning& warning : report.warnings)
    if (warning.code == k_suite_skipped) out.push_back(escape_xml(prose_in(Medium::plain, warning.text)));
  return out;
}

Result<std::string> render_junit(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  const Phrases phrases(templates);
  const Facts facts = facts_of(report);
  const Speaker speaker(report, facts, phrases, Medium::plain);
  std::map<SeriesId, std::vector<const Finding*>> findings;
  for (const Finding& finding : report.verdict.findings) findings[finding.series].push_back(&finding);
  std::map<std::string, Suite> suites;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    Suite& suite = suites[report.comparisons[i].id.suite];
    const Remark remark = remark_of(report, speaker, phrases, findings[report.comparisons[i].id], i);
    suite.cases.push_back(i);
    suite.failures += remark.failed ? 1U : 0U;
    suite.skipped += !remark.failed && !remark.message.empty() ? 1U : 0U;
    suite.body += test_case(report, remark, i);
  }
  for (const auto& [name, suite] : suites) {
    failures += suite.failures;
    skipped += suite.skipped;
  }
  const std::vector<std::string> reasons = reasons_of(report);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"perfwarden\" tests=\"{}\" failures=\"{}\" "
      "errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n",
      report.comparisons.size() + reasons.size(), failures, skipped + reasons.size(),
      std::isfinite(report.measured_s) ? report.measured_s : 0.0);
  for (const auto& [name, suite] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                       escape_xml(name), suite.cases.size(), suite.failures, suite.skipped);
    if (!report.time.empty()) out += fmt::format(" timestamp=\"{}\"", escape_xml(report.time));
    out += ">\n    <properties>\n";
    const auto put = [&](std::string_view key, std::string_view value) {
      if (!value.empty()) out += property(key, value);
    };
    put("verdict", speaker.verdict());
    put("base", report.base.run.commit);
    put("head", report.head.run.commit);
    put("machine", machine_name(report.head.run.machine));
    put("design", name_of(report.design));
    put("config_hash", report.config_hash);
    put("perfwarden", report.tool_version);
    out += "    </properties>\n" + suite.body + "  </testsuite>\n";
  }
  return out + left_out(reasons) + "</testsuites>\n";
}

}  // namespace

extern const Renderer k_renderer_junit{"junit",
                                       "JUnit XML, for tools that show test results: one test case for each series",
                                       "junit.xml", "application/xml", render_junit};

}  // namespace perfwarden::report
