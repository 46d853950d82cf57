#include "app/selftest/proofs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::size_t k_most_details = 5;

std::string signed_percent(double fraction) {
  return fmt::format("{:+.1f} %", fraction * 100);
}

std::string name_of(const Comparison& comparison) {
  return text::one_line(comparison.id.path());
}

// The median of what the series show; NaN when none shows anything.
double measured(const Report& report) {
  std::vector<double> changes;
  for (const Comparison& one : report.comparisons)
    if (shows_pauses(one.metric) && std::isfinite(one.worse_by())) changes.push_back(one.worse_by());
  if (changes.empty()) return k_nan;
  const auto middle = changes.begin() + static_cast<std::ptrdiff_t>((changes.size() - 1) / 2);
  std::nth_element(changes.begin(), middle, changes.end());
  return *middle;
}

void add_detail(Proof& proof, std::string detail) {
  if (proof.details.size() < k_most_details)
    proof.details.push_back(std::move(detail));
  else if (proof.details.size() == k_most_details)
    proof.details.emplace_back("…");
}

std::string failing(const Comparison& comparison, const Judgement& judgement) {
  std::string out = fmt::format("{} {}", name_of(comparison), signed_percent(comparison.worse_by()));
  if (comparison.confidence) out += fmt::format(" ({})", perfwarden::name_of(*comparison.confidence));
  if (!judgement.limit.empty()) out += ", limit " + text::one_line(judgement.limit);
  return out;
}

std::string not_failing(const Comparison& comparison, const Judgement& judgement) {
  if (judgement.outcome != Outcome::inconclusive)
    return fmt::format("{} passes at {}, limit {}", name_of(comparison), signed_percent(comparison.worse_by()),
                       text::one_line(judgement.limit));
  std::string out = name_of(comparison) + " is undecided";
  if (std::isfinite(comparison.minimum_detectable))
    out += fmt::format(": changes below {:.1f} % drown in its noise", comparison.minimum_detectable * 100);
  return out;
}

bool fails(const Judgement& judgement) {
  return judgement.level >= Level::soft;
}

std::string why_not_red(const Report& report, const Proof& proof, double slowdown, bool undecided) {
  if (proof.series == 0)
    return "no budget covers wall time or throughput, the only metrics that a pause changes: add budgets: { \"*\": "
           "+5% }";
  if (undecided)
    return "the noise is too large for this many runs: raise `iterations`, and see perfwarden doctor --noise";
  if (!(measured(report) > slowdown / 2))
    return "the pauses hardly show: does the harness report CPU time, or the minimum or median of stretches shorter "
           "than "
           "1 ms? Does the benchmark leave its process group? A suite with `parser: time` shows them";
  return fmt::format("the budgets allow it: try a larger --slowdown ({:.0f}%) or tighter budgets", slowdown * 200);
}

}  // namespace

bool shows_pauses(const Metric& metric) {
  static constexpr std::array<std::string_view, 3> of_cpu{"cpu_time", "user_time", "system_time"};
  if (std::find(of_cpu.begin(), of_cpu.end(), metric.name) != of_cpu.end() || metric.deterministic) return false;
  return metric.unit == "s" || metric.unit.ends_with("/s");
}

double default_slowdown(const Config& config) {
  constexpr double k_least = 0.10;
  double loosest = 0;
  for (const Budget& budget : config.budgets)
    for (const auto& [name, limit] : budget.limits) {
      const auto metric = known_metric(name);
      if (metric && !shows_pauses(*metric)) continue;
      const std::optional<Change>& change = limit.soft ? limit.soft : limit.hard;
      if (change && change->relative) loosest = std::max(loosest, std::abs(change->value));
    }
  return std::max(k_least, 2 * loosest);
}

Proof prove_planted(const Report& report, double slowdown) {
  Proof proof;
  bool undecided = false;
  for (std::size_t i = 0; i < report.comparisons.size() && i < report.verdict.judgements.size(); ++i) {
    const Comparison& comparison = report.comparisons[i];
    const Judgement& judgement = report.verdict.judgements[i];
    if (!judgement.gated || !shows_pauses(comparison.metric)) continue;
    ++proof.series;
    undecided = undecided || judgement.outcome == Outcome::inconclusive;
    const bool failed = fails(judgement) && judgement.outcome == Outcome::regression;
    proof.flagged += failed ? 1 : 0;
    add_detail(proof, failed ? failing(comparison, judgement) : not_failing(comparison, judgement));
  }
  proof.holds = proof.flagged > 0 && report.verdict.conclusion == Conclusion::fail;
  const double seen = measured(report);
  proof.text = fmt::format("head slowed by {}: {} of {} gated series of time fail the run{}", signed_percent(slowdown),
                           proof.flagged, proof.series,
                           std::isfinite(seen) ? fmt::format(" (measured {})", signed_percent(seen)) : "");
  if (!proof.holds) proof.cure = why_not_red(report, proof, slowdown, undecided);
  return proof;
}

Proof prove_same(const Report& report) {
  Proof proof;
  std::size_t undecided = 0;
  for (std::size_t i = 0; i < report.comparisons.size() && i < report.verdict.judgements.size(); ++i) {
    const Judgement& judgement = report.verdict.judgements[i];
    if (!judgement.gated) continue;
    ++proof.series;
    undecided += judgement.outcome == Outcome::inconclusive ? 1 : 0;
    if (!fails(judgement)) continue;
    ++proof.flagged;
    add_detail(proof, failing(report.comparisons[i], judgement));
  }
  const bool judged = proof.series > undecided;
  proof.holds = judged && proof.flagged == 0 && report.verdict.conclusion != Conclusion::fail &&
                report.verdict.conclusion != Conclusion::no_baseline;
  proof.text = fmt::format("identical code: {} of {} gated series pass, {} undecided, {} fail",
                           proof.series - undecided - proof.flagged, proof.series, undecided, proof.flagged);
  if (proof.holds) return proof;
  proof.cure = proof.flagged > 0   ? "the machine is too noisy for these budgets: see perfwarden doctor --noise, raise "
                                     "`iterations` or widen the budgets"
               : proof.series == 0 ? "no budget covers what was measured: add budgets: { \"*\": +5% }"
                                   : "nothing could be decided: raise `iterations`, and see perfwarden doctor --noise";
  return proof;
}

}  // namespace perfwarden::app
