#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/build.hpp"
#include "report/page/medium.hpp"
#include "report/renderer.hpp"
#include "report/view/analysis.hpp"
#include "report/view/facts.hpp"
#include "report/view/links.hpp"
#include "report/view/profile_table.hpp"

// The alert as one plain text, for mails, tickets and archives: every line that a person needs who sees nothing else.
namespace perfwarden::report {
namespace {

constexpr std::size_t k_rows = 50, k_short_hash = 10, k_most_hotspots = 10, k_most_told_commits = 20;

std::string say(std::string_view hostile) {
  return prose_in(Medium::plain, hostile);
}

void heading(std::string_view title, std::string& out) {
  out += fmt::format("\n{}\n{}\n", title, std::string(title.size(), '-'));
}

std::string side_text(const SideInfo& side) {
  const std::string commit = name_in(Medium::plain, side.run.commit.substr(0, k_short_hash));
  std::string out = side.run.commit.empty() ? say(side.label) : commit;
  if (!side.tag.empty()) out += fmt::format(" ({})", say(side.tag));
  if (!side.label.empty() && !side.run.commit.empty()) out += fmt::format(", {}", say(side.label));
  return out.empty() ? "–" : out;
}

std::string name_of_benchmark(const Hypothesis& one) {
  return name_in(Medium::plain, one.suite.empty() ? one.benchmark : one.suite + "/" + one.benchmark);
}

std::string status_of(const Report& report) {
  const Facts facts = facts_of(report);
  std::string_view confidence = "";
  for (const std::size_t i : facts.failing)
    if (const auto& c = report.comparisons[i].confidence; c && confidence != "HIGH") confidence = name_of(*c);
  std::string out(name_of(report.verdict.conclusion));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return confidence.empty() ? out : fmt::format("{} ({} confidence)", out, confidence);
}

void add_heading(const Report& report, const Templates& templates, std::string& out) {
  out += "Performance report" + (report.project.empty() ? "" : ": " + say(report.project)) + "\n";
  out += fmt::format("Comparison   {} -> {}\n", side_text(report.base), side_text(report.head));
  out += fmt::format("Date         {}\n", report.time.empty() ? "–" : say(report.time));
  out += fmt::format("Status       {}\n", status_of(report));
  out += fmt::format("Summary      {}\n", verdict_line(report, templates));
  if (report.analysis.rating)
    out += fmt::format("Rating       overall {:.10g} of 10, CPU {:.10g}, memory {:.10g}\n",
                       report.analysis.rating->overall, report.analysis.rating->cpu, report.analysis.rating->memory);
  if (!report.hypotheses.empty()) {
    const Hypothesis& first = report.hypotheses.front();
    out += fmt::format("Why          {}: {}\n", name_of_benchmark(first), say(first.claim));
  }
  if (const std::vector<std::string> steps = next_steps(report, templates); !steps.empty())
    out += fmt::format("Next         {}\n", steps.front());
}

void add_benchmarks(const Report& report, std::string& out) {
  heading("Benchmarks", out);
  std::size_t rows = 0;
  for (const std::size_t i : reading_order(report)) {
    if (++rows > k_rows) {
      out += fmt::format("… {} more in report.json\n", report.comparisons.size() - k_rows);
      break;
    }
    const Comparison& c = report.comparisons[i];
    const auto [base, head] = format_pair(c.base.median, c.head.median, text::one_line(c.metric.unit));
    out += fmt::format("{} [{}]  {} -> {}  {}  {}{}\n", name_in(Medium::plain, path_of(c.id)),
                       name_in(Medium::plain, c.id.metric), base, head, format_change(c.ratio - 1),
                       name_of(judgement_of(report, i).outcome),
                       c.confidence ? fmt::format(" {}", name_of(*c.confidence)) : "");
  }
  if (rows == 0) out += "None were compared.\n";
}

void add_statistics(const Report& report, std::string& out) {
  heading("Statistics", out);
  const Facts facts = facts_of(report);
  for (const std::vector<std::size_t>* list : {&facts.failing, &facts.warned, &facts.ungated_worse}) {
    for (const std::size_t i : *list) {
      const Comparison& c = report.comparisons[i];
      out += fmt::format("{}: {:.0f} % interval {} to {}, p {:.2g}, effect d {:.2g}, {} pairs, {}\n",
                         name_in(Medium::plain, path_of(c.id)), perfwarden::report::level_of(report, c) * 100,
                         format_change(c.ratio_interval.low - 1), format_change(c.ratio_interval.high - 1), c.p,
                         c.effect_d, c.pairs, say(c.method));
      for (const Criterion& criterion : c.criteria)
        out +=
            fmt::format("  {} {}: {}\n", criterion.met ? "met    " : "not met", criterion.name, say(criterion.detail));
    }
  }
  out += fmt::format("{}, {} runs a side at most, false alarms at most {:.3g} % of unchanged runs\n",
                     name_of(report.design), facts.runs_most, report.statistics.false_alarms * 100);
}

// With the factors, which stand in the warning about how energy was determined.
void add_energy(const Report& report, std::string& out) {
  std::string lines;
  for (const Comparison& one : report.comparisons) {
    if (one.id.metric != "energy" && one.id.metric != "co2e") continue;
    const auto [base, head] = format_pair(one.base.median, one.head.median, text::one_line(one.metric.unit));
    lines += fmt::format("{} [{}]  {} -> {}  {}\n", name_in(Medium::plain, path_of(one.id)), one.id.metric, base, head,
                         format_change(one.ratio - 1));
  }
  if (lines.empty()) return;
  heading("Energy and CO2e", out);
  out += lines;
  for (const Warning& warning : report.warnings)
    if (warning.code == "energy") out += say(warning.text) + "\n";
}

const Comparison* comparison_of(const Report& report, const ProfileDiff& evidence) {
  for (const Comparison& one : report.comparisons)
    if (one.id.suite == evidence.suite && one.id.benchmark == evidence.benchmark && one.id.metric == "wall_time")
      return &one;
  return nullptr;
}

void add_hotspots(const Report& report, const ProfileDiff& evidence, std::string& out) {
  const Comparison* measured = comparison_of(report, evidence);
  std::size_t told = 0;
  for (const FrameDelta& frame : evidence.frames) {
    const bool fresh = frame.change == FrameChange::added;
    if ((!fresh && frame.change != FrameChange::regression) || ++told > k_most_hotspots) continue;
    const Share& share = telling_share(frame);
    out +=
        fmt::format("{} {}: {} -> {} of {}", fresh ? "New hotspot" : "Hotspot    ", name_in(Medium::plain, frame.name),
                    percent(share.base), percent(share.head), name_in(Medium::plain, evidence.type.name));
    if (measured != nullptr && !std::isnan(frame.absolute))
      out += fmt::format(", {} more per operation", format_value(frame.absolute * measured->base.median, "s"));
    out += (frame.note.empty() ? "" : "; " + say(frame.note)) + "\n";
  }
}

void add_causes(const Report& report, std::string& out) {
  heading("Root-cause evidence", out);
  const std::size_t before = out.size();
  for (const Hypothesis& one : report.hypotheses) {
    out += fmt::format("{}: {}\n", name_of_benchmark(one), say(one.claim));
    for (const std::string& sentence : one.evidence) out += fmt::format("  - {}\n", say(sentence));
    out += fmt::format("  to refute it: {}\n", say(one.refute));
  }
  for (const ProfileDiff& evidence : report.evidence) add_hotspots(report, evidence, out);
  for (const EndpointTie& one : report.endpoints)
    out += fmt::format("Endpoint     {}: {} {} -> {} ({}), {} spans of {}, trace {}\n", say(one.endpoint),
                       name_in(Medium::plain, one.function), percent(one.base), percent(one.head), say(one.change),
                       one.spans, format_duration(one.seconds), say(one.trace));
  if (out.size() == before) out += "None: nothing surely got slower, or no profile was taken.\n";
}

void add_commits(const Report& report, std::string& out) {
  heading("Commits in range", out);
  std::size_t told = 0;
  for (const RangeCommit& one : report.commits)
    if (++told <= k_most_told_commits)
      out += fmt::format("{}  {}\n", name_in(Medium::plain, one.hash.substr(0, k_short_hash)), say(one.subject));
  if (report.commits_in_range > std::min(told, k_most_told_commits))
    out += fmt::format("… {} in all\n", report.commits_in_range);
  if (told == 0) out += "Not known.\n";
}

void add_artifacts(const Report& report, const Templates& templates, std::string& out) {
  heading("Artifacts", out);
  out += "report.json, report.md, report.html: this report in full\nbenchmark_data.json: every value of every run\n";
  if (!report.evidence.empty())
    out +=
        "diff_flamegraph.svg: what changed, red is more\ncpu.speedscope.json: both sides, for "
        "https://www.speedscope.app\n";
  for (const ProfileDiff& evidence : report.evidence)
    for (const std::string& file : evidence.files) out += name_in(Medium::plain, file) + "\n";
  for (const Link& link : links_of(report, Phrases(templates)))
    out += fmt::format("{}: {}\n", say(link.name), link.url);
  out += "They are kept as long as the workflow keeps its artifacts (retention-days).\n";
}

void add_response(const Report& report, std::string& out) {
  heading("How to respond to this alert", out);
  out +=
      "1. Read the status: HIGH is sure, MEDIUM is measured but may be smaller than it looks.\n"
      "2. Read the first hypothesis, and run the command that would refute it.\n";
  out += fmt::format("3. Measure again: {}\n",
                     report.reproduce.empty() ? "perfwarden check" : command_in(Medium::plain, report.reproduce));
  out += fmt::format(
      "4. Fix it, or revert the commit. If the cost is worth it, accept it{} and say why.\n"
      "5. What this report cannot know: production traffic, cold caches, the growth of data.\n",
      report.override_label.empty() ? "" : fmt::format(" with the label {}", say(report.override_label)));
}

Result<std::string> render_text(const Report& report, const Templates& templates, const RenderOptions& /*options*/) {
  std::string out;
  add_heading(report, templates, out);
  add_benchmarks(report, out);
  add_statistics(report, out);
  add_energy(report, out);
  add_causes(report, out);
  add_commits(report, out);
  heading("Recommendation", out);
  const std::vector<std::string> steps = next_steps(report, templates);
  for (const std::string& step : steps) out += step + "\n";
  if (steps.empty()) out += "Nothing has to be done.\n";
  add_artifacts(report, templates, out);
  add_response(report, out);
  return out;
}

}  // namespace

extern const Renderer k_renderer_text{"text", "the alert as one plain text: what, how sure, why, what to do",
                                      "report.txt", "text/plain", render_text};

}  // namespace perfwarden::report
