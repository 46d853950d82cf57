#include "report/view/row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "model/unit.hpp"
#include "report/page/picture.hpp"

namespace perfwarden::report {
namespace {

constexpr std::size_t k_most_warnings = 20;
constexpr std::size_t k_most_values = 200;

// A fraction as a signed number of percent without the sign of percent, for the ends of an interval.
std::string bare_change(double fraction) {
  std::string change = format_change(fraction);
  if (change.ends_with(" %")) change.resize(change.size() - 2);
  return change;
}

// GitHub gives tables no style of ours: only no-break spaces keep a number and its unit on one line.
std::string unbroken(const ViewContext& context, std::string s) {
  return context.options.medium == Medium::markdown ? text::replace_all(std::move(s), " ", "\xC2\xA0") : s;
}

Data probability(const ViewContext& context, double p) {
  if (std::isnan(p)) return false;
  return context.prose(p < 1e-4 ? "< 0.0001" : fmt::format("{:.2g}", p));
}

std::string number(double value) {
  return std::isnan(value) ? "" : text::replace_all(fmt::format("{:.2f}", value), "-", "−");
}

std::string values_text(const std::vector<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < std::min(values.size(), k_most_values); ++i)
    out += fmt::format("{}{:.6g}", i == 0 ? "" : ", ", values[i]);
  if (values.size() > k_most_values) out += ", …";
  return out;
}

std::string criterion_key(std::string_view name) {
  return "criterion_" + text::replace_all(std::string(name), "-", "_");
}

List criteria_of(const ViewContext& context, const Comparison& comparison) {
  List out;
  out.reserve(comparison.criteria.size());
  for (const Criterion& criterion : comparison.criteria) {
    Data data;
    put(data, "met", criterion.met);
    put(data, "answer", context.phrases.say(criterion.met ? "criterion_met" : "criterion_missed"));
    put(data, "criterion", context.phrases.say(criterion_key(criterion.name)));
    put(data, "detail", some(criterion.detail.empty() ? "" : context.prose(criterion.detail)));
    out.push_back(std::move(data));
  }
  return out;
}

// An undecided series has its own sentence, which says more than its finding.
List findings_of(const ViewContext& context, const SeriesId& id, bool undecided) {
  List out;
  const auto found = context.findings_by_series.find(id);
  if (found == context.findings_by_series.end()) return out;
  for (const std::size_t i : found->second) {
    if (out.size() >= k_most_warnings) break;
    const Finding& finding = context.report.verdict.findings[i];
    if (undecided && finding.level == Level::inconclusive) continue;
    Data data;
    put(data, "level", context.phrases.say("level_" + std::string(name_of(finding.level))));
    put(data, "rule", context.name(finding.rule));
    put(data, "reason", context.prose(finding.reason));
    put(data, "where", some(finding.where.file.empty() ? "" : context.name(finding.where.text())));
    out.push_back(std::move(data));
  }
  return out;
}

Data side_of(const Summary& summary, const std::vector<double>& values, const std::string& unit) {
  Data data;
  put(data, "n", std::to_string(summary.n));
  put(data, "median", format_value(summary.median, unit));
  put(data, "mean", format_value(summary.mean, unit));
  put(data, "least", format_value(summary.minimum, unit));
  put(data, "most", format_value(summary.maximum, unit));
  const double cv = summary.coefficient_of_variation;
  put(data, "noise", std::isnan(cv) ? Data("–") : Data(format_share(cv)));
  put(data, "values", some(values_text(values)));
  return data;
}

}  // namespace

std::string interval_text(const Interval& ratio) {
  if (std::isnan(ratio.low) || std::isnan(ratio.high)) return "";
  return bare_change(ratio.low - 1) + " … " + bare_change(ratio.high - 1);
}

std::string_view state_of(const Report& report, std::size_t i) {
  const Judgement& judgement = judgement_of(report, i);
  if (judgement.outcome == Outcome::failed) return "failed";
  if (judgement.level >= Level::soft) return "broken";
  if (judgement.level == Level::warn) return "warned";
  switch (judgement.outcome) {
    case Outcome::regression:
      return "worse";
    case Outcome::improvement:
      return "better";
    case Outcome::pass:
      return "ok";
    case Outcome::inconclusive:
      return "undecided";
    case Outcome::added:
      return "new";
    case Outcome::vanished:
      return "gone";
    case Outcome::placement:
      return "moved";
    case Outcome::failed:
      break;
  }
  return "undecided";
}

Data row_of(const ViewContext& context, std::size_t i) {
  const Comparison& comparison = context.report.comparisons[i];
  const Judgement& judgement = judgement_of(context.report, i);
  const std::string state(state_of(context.report, i));
  const std::string& unit = comparison.metric.unit;
  Data row;
  put(row, "state", state);
  put(row, "icon", context.phrases.say((context.options.medium == Medium::markdown ? "mark_" : "sign_") + state));
  put(row, "word", context.speaker.outcome(i));
  put(row, "name", context.name(path_of(comparison.id)));
  put(row, "name_text", context.prose(path_of(comparison.id)));
  put(row, "suite", context.name(comparison.id.suite));
  put(row, "benchmark", context.name(comparison.id.benchmark));
  put(row, "metric", context.name(comparison.id.metric));
  const bool say_metric = context.facts.many_metrics && comparison.id.metric != "wall_time";
  put(row, "metric_shown", say_metric ? Data(context.name(comparison.id.metric)) : Data(false));
  put(row, "metric_text", context.prose(comparison.id.metric));
  const auto [base, head] = format_pair(comparison.base.median, comparison.head.median, unit);
  put(row, "base", unbroken(context, context.prose(base)));
  put(row, "head", unbroken(context, context.prose(head)));
  put(row, "change", unbroken(context, format_change(comparison.ratio - 1)));
  put(row, "interval", some(unbroken(context, interval_text(comparison.ratio_interval))));
  put(row, "gated", judgement.gated);
  put(row, "limit",
      judgement.limit.empty() ? Data(context.phrases.say("not_gated"))
                              : Data(unbroken(context, context.prose(judgement.limit))));
  put(row, "confidence", comparison.confidence ? Data(std::string(name_of(*comparison.confidence))) : Data(false));
  const double mde = comparison.minimum_detectable;
  put(row, "mde", std::isnan(mde) ? Data(false) : Data(format_share(mde)));
  put(row, "is_undecided", state == "undecided");
  put(row, "id", "s" + std::to_string(i));
  if (context.options.pictures)
    put(row, "forest", some(forest_picture(comparison, limit_as_change(judgement, comparison), context.scale, state)));
  const auto recent = context.report.recent.find(comparison.id);
  if (recent != context.report.recent.end() && recent->second.size() > 1) {
    std::vector<double> course = recent->second;
    course.push_back(comparison.head.median);
    put(row, "recent", text::sparkline(course));
    put(row, "recent_runs", std::to_string(recent->second.size()));
  } else {
    put(row, "recent", false);
  }
  put(row, "failure", some(comparison.failure.empty() ? "" : context.prose(comparison.failure)));
  put(row, "renamed_to", some(comparison.renamed_to.empty() ? "" : context.name(comparison.renamed_to)));
  return row;
}

Data detail_of(const ViewContext& context, std::size_t i) {
  const Comparison& comparison = context.report.comparisons[i];
  const Judgement& judgement = judgement_of(context.report, i);
  Data row = row_of(context, i);
  put(row, "level", context.phrases.say("level_" + std::string(name_of(judgement.level))));
  put(row, "undecided", some(context.speaker.undecided(i)));
  put(row, "method", some(comparison.method.empty() ? "" : context.prose(comparison.method)));
  put(row, "p", probability(context, comparison.p));
  put(row, "p_adjusted", probability(context, comparison.p_adjusted));
  put(row, "effect", some(number(comparison.effect_d)));
  put(row, "pairs", comparison.pairs == 0 ? Data(false) : Data(std::to_string(comparison.pairs)));
  const double difference = comparison.difference;
  put(row, "difference",
      std::isnan(difference)
          ? Data(false)
          : Data((difference > 0 ? "+" : "") + context.prose(format_value(difference, comparison.metric.unit))));
  put(row, "unit", context.prose(comparison.metric.unit));
  put_list(row, "criteria", criteria_of(context, comparison));
  put_list(row, "findings", findings_of(context, comparison.id, judgement.outcome == Outcome::inconclusive));
  put_list(row, "warnings", warnings_of(context, comparison.warnings));
  put(row, "base_side", side_of(comparison.base, comparison.base_values, comparison.metric.unit));
  put(row, "head_side", side_of(comparison.head, comparison.head_values, comparison.metric.unit));
  put(row, "confidence_level", format_level(level_of(context.report, comparison)));
  put(row, "both", comparison.presence == Presence::both);
  if (context.options.pictures) {
    PictureWords words{
        context.phrases.say("side_base"),
        context.phrases.say("side_head"),
        judgement.limit.empty() ? "" : context.phrases.say("limit", Data("limit", context.prose(judgement.limit))),
        "",
        "",
        std::string(state_of(context.report, i))};
    const std::string kind = kind_of(comparison.metric) == Kind::time     ? "time"
                             : kind_of(comparison.metric) == Kind::memory ? "memory"
                             : kind_of(comparison.metric) == Kind::rate   ? "rate"
                                                                          : "other";
    words.better = context.phrases.say(kind + "_axis_better");
    words.worse = context.phrases.say(kind + "_axis_worse");
    const auto recent = context.report.recent.find(comparison.id);
    put(row, "course",
        some(recent == context.report.recent.end()
                 ? ""
                 : course_picture(recent->second, comparison.head.median, comparison.metric.unit)));
    put(row, "strip", some(strip_picture(comparison, words)));
    put(row, "zones", some(zone_picture(comparison, limit_as_change(judgement, comparison), words)));
  }
  return row;
}

List warnings_of(const ViewContext& context, const std::vector<Warning>& warnings) {
  List out;
  out.reserve(std::min(warnings.size(), k_most_warnings) + 1);
  for (std::size_t i = 0; i < std::min(warnings.size(), k_most_warnings); ++i) {
    Data data;
    put(data, "code", context.name(warnings[i].code));
    put(data, "text", context.prose(warnings[i].text));
    out.push_back(std::move(data));
  }
  if (warnings.size() > k_most_warnings) {
    const std::string n = std::to_string(warnings.size() - k_most_warnings);
    Data data;
    put(data, "code", context.name("more"));
    put(data, "text", context.phrases.say("more_warnings", Data("n", n)));
    out.push_back(std::move(data));
  }
  return out;
}

}  // namespace perfwarden::report
