#include "compare/failed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "compare/case.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_by_chance = 0.05;
constexpr std::string_view k_whole_process = "process";  // a benchmark that nothing named

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

// The probability of at least so many of all failures on head, if they fell on runs by chance: Fisher's exact test.
double p_of_more(const Failure& head, const Failure& base) {
  const double runs = static_cast<double>(head.runs), others = static_cast<double>(base.runs);
  const double all = static_cast<double>(head.failed + base.failed);
  double p = 0;
  for (double k = static_cast<double>(head.failed); k <= std::min(runs, all); ++k) {
    const double term = std::exp(log_choose(runs, k) + log_choose(others, all - k) - log_choose(runs + others, all));
    p += term;
    if (term < 1e-12 * p) break;
  }
  return p;
}

// The same failures on base; null when it has none.
const Failure* counterpart(const Failure& failure, const Samples& base) {
  const auto found = std::find_if(base.failures.begin(), base.failures.end(), [&](const Failure& other) {
    return other.suite == failure.suite && other.case_name == failure.case_name && other.benchmark == failure.benchmark;
  });
  return found == base.failures.end() ? nullptr : &*found;
}

bool is_about(const Failure& failure, const SeriesId& id) {
  if (failure.suite != id.suite) return false;
  if (!failure.benchmark.empty()) return failure.benchmark == id.benchmark;
  return failure.case_name.empty() || is_of_case(id.benchmark, failure.case_name);
}

std::string words_of(const Failure& head, const Failure* base) {
  return fmt::format("failed in {} of {} run{} on head and in {} on base; first: {}", head.failed, head.runs,
                     head.runs == 1 ? "" : "s",
                     base == nullptr ? "none" : fmt::format("{} of {}", base->failed, base->runs),
                     text::truncate(text::one_line(head.reason), 400));
}

Comparison never_measured(const Failure& failure) {
  Comparison out;
  out.metric = known_metric("wall_time").value_or(Metric{});
  const std::string name = !failure.benchmark.empty()   ? failure.benchmark
                           : !failure.case_name.empty() ? failure.case_name
                                                        : std::string(k_whole_process);
  out.id = {failure.suite, name, out.metric.name};
  return out;
}

// Of the metrics of a failed benchmark one stands for all: none of them proves anything.
void keep_one_each(std::vector<Comparison>& comparisons) {
  const auto failed = [](const Comparison& one) { return one.presence == Presence::failed_on_head; };
  std::vector<Comparison> kept;
  kept.reserve(comparisons.size());
  for (Comparison& one : comparisons) {
    const bool same = !kept.empty() && failed(one) && failed(kept.back()) && kept.back().id.suite == one.id.suite &&
                      kept.back().id.benchmark == one.id.benchmark;
    if (!same)
      kept.push_back(std::move(one));
    else if (one.metric.primary && !kept.back().metric.primary)
      kept.back() = std::move(one);
  }
  comparisons = std::move(kept);
}

void fail(Comparison& comparison, const std::string& words) {
  comparison.presence = Presence::failed_on_head;
  comparison.significance = Significance::undecidable;
  comparison.confidence.reset();
  comparison.renamed_to.clear();
  // Whatever head still measured, a change in it would read like a verdict.
  comparison.ratio = comparison.difference = comparison.effect_d = comparison.minimum_detectable = k_nan;
  comparison.p = comparison.p_worse = comparison.p_adjusted = k_nan;
  comparison.ratio_interval = comparison.ratio_bounds = comparison.difference_interval =
      comparison.difference_bounds = {};
  comparison.criteria.clear();
  if (comparison.failure.empty()) comparison.failure = words;
}

void note(Comparison& comparison, const Failure& failure, const std::string& words) {
  warn(comparison, "runs-failed",
       failure.dropped ? words + "; head's failed runs gave no values, so nothing is decided: mend the benchmark"
                       : words + "; their values were used, since base fails alike");
  if (!failure.dropped) return;
  comparison.significance = Significance::undecidable;
  comparison.confidence.reset();
}

}  // namespace

void mark_failed(std::vector<Comparison>& comparisons, const Samples& base, const Samples& head) {
  bool any = false;
  for (const Failure& failure : head.failures) {
    const Failure* const before = counterpart(failure, base);
    const bool evident = before == nullptr || p_of_more(failure, *before) <= k_by_chance;
    const std::string words = words_of(failure, before);
    bool met = false;
    for (Comparison& comparison : comparisons) {
      if (!is_about(failure, comparison.id)) continue;
      met = true;
      if (evident)
        fail(comparison, words);
      else
        note(comparison, failure, words);
    }
    any = any || evident;
    if (met || !evident) continue;
    comparisons.push_back(never_measured(failure));
    fail(comparisons.back(), words);
  }
  if (!any) return;
  std::sort(comparisons.begin(), comparisons.end(),
            [](const Comparison& a, const Comparison& b) { return a.id < b.id; });
  keep_one_each(comparisons);
}

}  // namespace perfwarden::compare
