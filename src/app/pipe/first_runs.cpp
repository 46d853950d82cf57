#include "app/pipe/first_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "ingest/first_run.hpp"

namespace perfwarden::app {
namespace {

// Most benchmarks that did not change are decided by then.
constexpr int k_usual_pairs = 12;

std::size_t sides_of(const Suite& suite, bool two_sided) {
  return two_sided && suite.life != Life::gone ? 2 : 1;
}

}  // namespace

Span span_of(const Suite& suite, bool two_sided, double run_s) {
  if (!two_sided) return {run_s * suite.iterations.alone(), run_s * suite.iterations.alone()};
  const auto pairs_s = [&](int pairs) { return 2 * run_s * pairs; };
  const int usual =
      std::clamp(k_usual_pairs, suite.iterations.min, std::max(suite.iterations.min, suite.iterations.max));
  const double least_s = pairs_s(suite.iterations.min);
  const double cut_s = std::max(least_s, suite.iterations.max_time_s);
  return {std::min(pairs_s(usual), cut_s), std::min(pairs_s(std::max(usual, suite.iterations.max)), cut_s)};
}

std::string rough_time(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", std::max(1.0, seconds * 1e3));
  if (seconds < 10) return fmt::format("{:.2g} s", seconds);
  if (seconds < 100) return fmt::format("{:.0f} s", std::round(seconds / 5) * 5);
  if (seconds < 5400) return fmt::format("{:.0f} min", std::ceil(seconds / 60));
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string first_run_text(const Samples& samples, double run_s) {
  constexpr std::size_t k_metrics_shown = 3;
  std::set<std::string> benchmarks;
  std::vector<std::string> metrics;
  for (const Series& series : samples.series) {
    benchmarks.insert(series.id.benchmark);
    if (series.metric.primary && std::find(metrics.begin(), metrics.end(), series.id.metric) == metrics.end())
      metrics.push_back(text::one_line(series.id.metric));
  }
  if (metrics.size() > k_metrics_shown) {
    metrics.resize(k_metrics_shown);
    metrics.emplace_back("…");
  }
  return fmt::format("{} benchmark{}{}, {} a run", benchmarks.size(), benchmarks.size() == 1 ? "" : "s",
                     metrics.empty() ? "" : " (" + text::join(metrics, ", ") + ")", rough_time(run_s));
}

FirstRuns::FirstRuns(const Plan& plan, const Config& config)
    : plan_(plan), config_(config), suites_(plan.suites.size()) {
  for (const Suite& suite : plan.suites)
    awaited_ += std::max<std::size_t>(1, suite.cases.size()) * sides_of(suite, plan.two_sided);
}

Result<std::optional<std::string>> FirstRuns::take(const RawInvocation& run) {
  PW_TRY_ASSIGN(Samples samples, ingest::read_first(run, plan_, config_));
  OfSuite& suite = suites_[run.step.suite];
  suite.run_s += run.usage.wall_s / static_cast<double>(sides_of(plan_.suites[run.step.suite], plan_.two_sided));
  if (run.step.side == Side::head || suite.samples.series.empty())
    std::move(samples.series.begin(), samples.series.end(), std::back_inserter(suite.samples.series));
  if (awaited_ == 0 || --awaited_ > 0) return std::optional<std::string>();
  return std::optional(estimate());
}

std::string FirstRuns::estimate() const {
  std::vector<std::string> lines;
  Span all;
  for (std::size_t i = 0; i < suites_.size(); ++i) {
    const Suite& suite = plan_.suites[i];
    lines.push_back(text::one_line(suite.name) + ": " + first_run_text(suites_[i].samples, suites_[i].run_s));
    const Span span = span_of(suite, plan_.two_sided, suites_[i].run_s);
    all.usual_s += span.usual_s;
    all.most_s += span.most_s;
  }
  const std::string usual = rough_time(all.usual_s);
  const std::string most = rough_time(all.most_s);
  return text::join(lines, "; ") + ": measuring takes about " + usual + (most == usual ? "" : ", at most " + most);
}

}  // namespace perfwarden::app
