#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "report/build.hpp"
#include "report/page/medium.hpp"
#include "report/renderer.hpp"
#include "report/view/hot_path.hpp"
#include "report/view/profile_table.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_top = 5;
constexpr std::size_t k_most_listed = 50;

std::string_view word_of(HotMark mark) {
  switch (mark) {
    case HotMark::regression:
      return "⚠️ REGRESSION";
    case HotMark::improvement:
      return "✅ IMPROVEMENT";
    case HotMark::investigate:
      return "🔍 INVESTIGATE";
    case HotMark::none:
      break;
  }
  return "";
}

// One pair of profiles, function by function.
struct HotSection {
  const ProfileDiff& evidence;
  std::vector<HotFunction> functions;
  std::string unit;

  explicit HotSection(const ProfileDiff& diff) : evidence(diff), functions(hot_functions(diff)) {
    const bool counted = diff.base.samples > 0 && diff.head.samples > 0;
    unit = counted || diff.type.unit.empty() || diff.type.unit == "count" ? "samples"
                                                                          : name_in(Medium::plain, diff.type.unit);
  }
  [[nodiscard]] std::vector<const HotFunction*> marked(HotMark mark) const {
    std::vector<const HotFunction*> out;
    for (const HotFunction& one : functions)
      if (one.mark == mark && out.size() < k_most_listed) out.push_back(&one);
    return out;
  }
  [[nodiscard]] bool by_counts() const {
    return std::any_of(functions.begin(), functions.end(), [](const HotFunction& one) { return one.by_counts; });
  }
  [[nodiscard]] std::string line(const HotFunction& one) const {
    const std::string name = name_in(Medium::plain, one.name);
    if (!(one.base > 0)) return fmt::format("Function {}: NEW in current ({:.0f} {})", name, one.head, unit);
    if (!(one.head > 0)) return fmt::format("Function {}: gone in current (was {:.0f} {})", name, one.base, unit);
    return fmt::format("Function {}: {:.0f} → {:.0f} {} ({:+.0f} %)", name, one.base, one.head, unit, one.change * 100);
  }
};

void add_list(std::string_view title, const std::vector<HotSection>& sections, HotMark mark, std::string& out) {
  out += fmt::format("\n## {}\n\n", title);
  bool any = false;
  for (const HotSection& section : sections)
    for (const HotFunction* one : section.marked(mark)) {
      out += "- " + section.line(*one) + "\n";
      any = true;
    }
  if (!any) out += "None.\n";
}

void add_changes(const HotSection& section, std::string& out) {
  std::size_t shown = 0;
  for (const HotFunction& one : section.functions) {
    if (one.mark == HotMark::none || ++shown > k_most_listed) continue;
    out += fmt::format("- {} {}\n", section.line(one), word_of(one.mark));
  }
  if (shown == 0) out += "No function surely changed.\n";
}

void add_top(const HotSection& section, bool head, std::string& out) {
  std::vector<const HotFunction*> hottest;
  for (const HotFunction& one : section.functions)
    if ((head ? one.head : one.base) > 0) hottest.push_back(&one);
  std::stable_sort(hottest.begin(), hottest.end(), [head](const HotFunction* a, const HotFunction* b) {
    return head ? a->head > b->head : a->base > b->base;
  });
  out += head ? "\n### Current\n\n" : "\n### Baseline\n\n";
  for (std::size_t i = 0; i < std::min(k_top, hottest.size()); ++i) {
    const HotFunction& one = *hottest[i];
    out += fmt::format("{}. {}: {:.0f} {}", i + 1, name_in(Medium::plain, one.name), head ? one.head : one.base,
                       section.unit);
    if (head && one.base > 0) out += fmt::format(" ({:+.0f} %)", one.change * 100);
    if (head && one.mark != HotMark::none) out += fmt::format(" {}", word_of(one.mark));
    out += "\n";
  }
}

std::string trend_of(const HotSection& section) {
  const bool counted = section.evidence.base.samples > 0 && section.evidence.head.samples > 0;
  const double base = counted ? section.evidence.base.samples : section.evidence.base.cost;
  const double head = counted ? section.evidence.head.samples : section.evidence.head.cost;
  const std::string shares =
      section.evidence.normalization == Normalization::share ? "; compared by share of each recording" : "";
  return fmt::format("- {}: {:.0f} → {:.0f} {} ({:+.0f} %){}\n", name_in(Medium::plain, section.evidence.type.name),
                     base, head, section.unit, base > 0 ? (head / base - 1) * 100 : 0.0, shares);
}

void add_recommendations(const Report& report, const std::vector<HotSection>& sections, std::string& out) {
  out += "\n## Recommendations\n\n";
  bool any = false;
  const auto add = [&](const std::string& text) {
    out += "- " + text + "\n";
    any = true;
  };
  for (const HotSection& section : sections) {
    for (const PatternHit& hit : section.evidence.patterns)
      add(fmt::format("{}{}: {}", name_in(Medium::plain, hit.frame),
                      hit.culprit.empty() ? "" : " under " + name_in(Medium::plain, hit.culprit),
                      prose_in(Medium::plain, hit.advice)));
    const auto worse = section.marked(HotMark::regression);
    if (!worse.empty())
      add(fmt::format("Look at {} first: what it does more often, or what each round of it costs more.",
                      name_in(Medium::plain, worse.front()->name)));
    const auto fresh = section.marked(HotMark::investigate);
    if (!fresh.empty())
      add(fmt::format("Investigate {}: whether it is meant to be hot.", name_in(Medium::plain, fresh.front()->name)));
    if (section.by_counts())
      add("Marked by the counts of single recordings, whose spread is not known: record each side 3 times or more "
          "(perfwarden profile record --runs 3) before you act on a small change. The gate does not rely on these "
          "marks.");
  }
  for (const Finding& finding : report.verdict.findings)
    add(fmt::format("Gate {}, {}: {}", finding.rule, name_of(finding.level), prose_in(Medium::plain, finding.reason)));
  if (!any) out += "None.\n";
}

struct HotCounts {
  std::size_t worse = 0, better = 0, fresh = 0;
};

HotCounts counts_of(const std::vector<HotSection>& sections) {
  HotCounts counts;
  for (const HotSection& section : sections) {
    counts.worse += section.marked(HotMark::regression).size();
    counts.better += section.marked(HotMark::improvement).size();
    counts.fresh += section.marked(HotMark::investigate).size();
  }
  return counts;
}

std::string_view verdict_of(const HotCounts& counts) {
  if (counts.worse > 0 && counts.better > 0) return "mixed: regressions and improvements";
  if (counts.worse > 0) return "regression";
  return counts.better > 0 ? "improvement" : "neutral";
}

std::string closing_of(const HotCounts& counts) {
  if (counts.worse > 0 && counts.better > 0)
    return fmt::format(
        "📊 Mixed results: {} regressed and {} improved; weigh one against the other, and say in the change why it is "
        "worth it.",
        counts.worse, counts.better);
  if (counts.worse > 0)
    return fmt::format("⚠️ Regressions found: {} cost more; the functions and percentages are above.",
                       counts.worse);
  if (counts.better > 0)
    return fmt::format(
        "🎯 Improvements found: {} cost less; keep what was won: perfwarden profile baseline update --reason WHY.",
        counts.better);
  return "✅ Performance analysis complete: no regressions detected!";
}

Result<std::string> render_hot_path(const Report& report, const Templates& /*templates*/,
                                    const RenderOptions& /*options*/) {
  std::vector<HotSection> sections;
  sections.reserve(report.evidence.size());
  for (const ProfileDiff& evidence : report.evidence) sections.emplace_back(evidence);
  const HotCounts counts = counts_of(sections);
  std::string out = "# Performance Regression Analysis\n\n## Summary\n\n";
  if (sections.empty()) return out + "No profiles were compared.\n";
  out += fmt::format("Verdict: {} ({} regressed, {} improved, {} to investigate).\n", verdict_of(counts), counts.worse,
                     counts.better, counts.fresh);
  out += "\n## Hot Path Changes\n\n";
  for (const HotSection& section : sections) add_changes(section, out);
  out += fmt::format("\n## Top {} Most Expensive Functions\n", k_top);
  for (const HotSection& section : sections) {
    if (sections.size() > 1) out += fmt::format("\nOf {}:\n", name_in(Medium::plain, section.evidence.type.name));
    add_top(section, false, out);
    add_top(section, true, out);
  }
  add_list("Regressions Detected", sections, HotMark::regression, out);
  add_list("Improvements Detected", sections, HotMark::improvement, out);
  out += "\n## Trend\n\n";
  for (const HotSection& section : sections) out += trend_of(section);
  add_recommendations(report, sections, out);
  return out + "\n" + closing_of(counts) + "\n";
}

}  // namespace

extern const Renderer k_renderer_hot_path{
    "hot-path", "profiles function by function in samples: what regressed, improved or is worth a look", "",
    "text/plain", render_hot_path};

}  // namespace perfwarden::report
