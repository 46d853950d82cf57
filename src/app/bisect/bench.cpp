#include "app/bisect/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/cli/messages.hpp"
#include "app/pipe/selection.hpp"
#include "base/text.hpp"
#include "bisect/search.hpp"
#include "compare/compare.hpp"
#include "compare/values.hpp"
#include "gates/demand.hpp"
#include "ingest/naming.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "os/random.hpp"
#include "plan/make.hpp"

namespace perfwarden::app {
namespace {

// Where builds are kept when the config names no place: outside of every checkout, for this user alone.
std::string users_build_cache(const World& world) {
  const std::string cache = world.environment.get("XDG_CACHE_HOME").value_or("");
  const std::string home = world.environment.get("HOME").value_or("");
  if (cache.starts_with('/')) return cache + "/perfwarden/builds";
  return home.starts_with('/') ? home + "/.cache/perfwarden/builds" : "";
}

Config prepared(const World& world, Config config) {
  config.identity.identical = WhenIdentical::skip;
  if (config.build_cache.directory.empty()) config.build_cache.directory = users_build_cache(world);
  return config;
}

World quiet(World world) {
  world.quiet = true;
  return world;
}

const Series* find(const Samples& samples, const SeriesId& id) {
  const auto found =
      std::find_if(samples.series.begin(), samples.series.end(), [&id](const Series& one) { return one.id == id; });
  return found == samples.series.end() ? nullptr : &*found;
}

// The config that measures one series alone, without limits that would have a suite measured although it runs the same
// program.
Result<Config> config_of(Config config, const SeriesId& id) {
  std::erase_if(config.suites, [&id](const Suite& suite) { return suite.name != id.suite; });
  if (config.suites.empty())
    return Error{.kind = ErrorKind::usage, .what = "the config has no suite '" + text::one_line(id.suite) + "'"};
  config.budgets.clear();
  Suite& suite = config.suites.front();
  suite.iterations.min = static_cast<int>(bisect::k_least_pairs);
  suite.iterations.max = static_cast<int>(bisect::k_most_pairs);
  std::string own;
  for (const std::string& name : suite.cases)
    if (is_of_case(id.benchmark, name) && name.size() >= own.size()) own = name;
  if (!own.empty()) suite.cases = {own};
  if (id.metric.find("alloc") == std::string::npos && id.metric != "peak_heap") suite.count_allocations = false;
  if (id.metric != "instructions") suite.count_instructions = false;
  return config;
}

// The pairs of the series so far; none when either side lacks it.
Result<std::vector<double>> pairs_in(ingest::SidedSamples& samples, const SeriesId& id) {
  ingest::name_together(samples.base, samples.head);
  const Series* const base = find(samples.base, id);
  const Series* const head = find(samples.head, id);
  if (base == nullptr || head == nullptr) return std::vector<double>();
  const compare::TwoSides sides = compare::values_of_sides(*base, *head, true);
  const compare::Pairs pairs = compare::pairs_of(sides.base, sides.head);
  return logs_of(id, head->metric, pairs.base, pairs.head);
}

std::string why_failed(const Measured& measured) {
  if (measured.failed_on_head.empty()) return "";
  const Error& error = measured.failed_on_head.front();
  std::string last;
  for (const std::string_view line : text::lines(error.excerpt))
    if (!text::trim(line).empty()) last = text::trim(line);
  return text::one_line(error.what + (last.empty() ? "" : ": " + last));
}

}  // namespace

const Comparison* BisectComparison::find(const SeriesId& id) const {
  const auto found = std::find_if(all.begin(), all.end(), [&id](const Comparison& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

BisectBench::BisectBench(World& world, Config config, RunContext context)
    : world_(quiet(world)),
      config_(prepared(world, std::move(config))),
      context_(std::move(context)),
      machine_(world_, config_) {}

Result<Checkouts> BisectBench::check_out(const std::string& base, const std::string& head) {
  CheckoutOptions options;
  options.base = base;
  options.head = head;
  return choose_checkouts(world_, config_, context_, machine_.machine(), options);
}

Result<Selected> BisectBench::select(const Config& config, const std::vector<std::string>& suites,
                                     const Checkouts& sides) {
  SelectOptions options;
  options.suites = suites;
  PW_TRY_ASSIGN(Selected selected, select_plan(world_, config, context_, options,
                                               suites.empty() ? changed_files(world_, config, sides, "") : std::nullopt,
                                               {true, os::random_bits()}));
  selected.plan.head_may_fail = true;
  return selected;
}

Result<BisectComparison> BisectBench::compare(const std::string& base, const std::string& head,
                                              const std::vector<std::string>& suites) {
  PW_TRY_ASSIGN(Checkouts sides, check_out(base, head));
  PW_TRY_ASSIGN(Selected selected, select(config_, suites, sides));
  if (selected.plan.suites.empty())
    return Error{.kind = ErrorKind::usage,
                 .what = "no suite is to be measured",
                 .hint = "name a benchmark of the config with --benchmark SUITE/NAME"};
  PW_TRY_ASSIGN(Trial trial, measure_trial(world_, config_, context_, machine_, std::move(selected), std::move(sides)));
  Measured& measured = trial.measured;
  if (measured.interrupted) return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal"};
  if (!measured.base_not_built.empty())
    return Error{.kind = ErrorKind::benchmark,
                 .what = measured.base_not_built,
                 .hint = "name another good commit, which builds"};
  BisectComparison out;
  out.formats = measured.formats;
  out.seconds = measured.seconds;
  out.failed = why_failed(measured);
  out.identities = measured.samples.head.run.identities;
  ingest::name_together(measured.samples.base, measured.samples.head);
  out.all =
      compare::all(measured.samples.base, measured.samples.head, config_.statistics, {}, gates::demands_of(config_));
  return out;
}

Result<BisectVisit> BisectBench::visit(const std::string& good, const std::string& commit, const SeriesId& id,
                                       const std::vector<std::string>& only,
                                       const std::function<bool(const std::vector<double>&)>& is_enough) {
  PW_TRY_ASSIGN(const Config config, config_of(config_, id));
  PW_TRY_ASSIGN(Checkouts sides, check_out(good, commit));
  PW_TRY_ASSIGN(Selected selected, select(config, {id.suite}, sides));
  for (Step& step : selected.plan.steps)
    if (step.kind == Step::Kind::measure || step.kind == Step::Kind::warmup) step.only = only;
  std::size_t batch = 0;
  std::size_t had = 0;
  int next = config.suites.front().iterations.min;
  const auto more = [&](const Plan& plan, const Raw& raw) -> Result<std::vector<Step>> {
    Result<ingest::SidedSamples> samples = ingest::read(raw, plan, config);
    if (!samples || !raw.settled.empty() || !raw.failed_on_head.empty()) return std::vector<Step>{};
    PW_TRY_ASSIGN(const std::vector<double> pairs, pairs_in(*samples, id));
    // A batch that brought nothing is the last: its time is up, or it does not run any more.
    if (pairs.size() <= had || is_enough(pairs)) return std::vector<Step>{};
    had = pairs.size();
    const int count = std::max(1, static_cast<int>(had) / 4);
    const plan::MorePairs wanted{0, 0, next, count, only};
    next += count;
    return plan::more(plan, {wanted}, ++batch);
  };
  PW_TRY_ASSIGN(Trial trial,
                measure_trial(world_, config, context_, machine_, std::move(selected), std::move(sides), more));
  Measured& measured = trial.measured;
  if (!measured.base_not_built.empty())
    return Error{.kind = ErrorKind::benchmark, .what = measured.base_not_built, .hint = "name another good commit"};
  BisectVisit out;
  out.seconds = measured.seconds;
  out.interrupted = measured.interrupted;
  out.why_not = why_failed(measured);
  if (!out.why_not.empty()) return out;
  out.same_program =
      std::any_of(measured.samples.head.run.identities.begin(), measured.samples.head.run.identities.end(),
                  [](const SuiteIdentity& one) { return one.answer == SameProgram::identical; });
  if (out.same_program) return out;
  PW_TRY_ASSIGN(out.pairs, pairs_in(measured.samples, id));
  if (out.pairs.empty() && !out.interrupted) out.why_not = "it gives no number for this benchmark";
  return out;
}

Result<std::vector<double>> logs_of(const SeriesId& id, const Metric& metric, const std::vector<double>& base,
                                    const std::vector<double>& head) {
  std::vector<double> out;
  for (std::size_t i = 0; i < std::min(base.size(), head.size()); ++i) {
    if (!(base[i] > 0) || !(head[i] > 0))
      return Error{.kind = ErrorKind::benchmark,
                   .what = text::one_line(id.path()) + " has values at or below 0, which have no ratio",
                   .hint = "search by another metric: --benchmark SUITE/BENCHMARK/METRIC"};
    out.push_back(bad_sign(metric) * compare::log_ratio(base[i], head[i]));
  }
  return out;
}

}  // namespace perfwarden::app
