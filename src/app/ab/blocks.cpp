#include "app/ab/blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/hash.hpp"
#include "model/unit.hpp"
#include "stats/summary.hpp"

namespace perfwarden::app {
namespace {

struct Percentile {
  const char* name;
  double share;
  bool primary;
};
constexpr std::array<Percentile, 4> k_percentiles{
    {{"p50", 0.5, true}, {"p90", 0.9, false}, {"p99", 0.99, true}, {"p999", 0.999, false}}};
constexpr double k_beyond = 3;       // requests beyond a percentile, for it to mean anything
constexpr double k_lag_share = 0.2;  // of the median latency

// What one side's blocks came to.
struct SideOf {
  std::string name, url;
  std::vector<net::Load> blocks;

  [[nodiscard]] std::vector<double> answered(std::size_t block) const {
    std::vector<double> out;
    for (const double one : blocks[block].latencies_s)
      if (std::isfinite(one)) out.push_back(one);
    return out;
  }
};

Series series_of(const char* metric, const char* unit, bool primary, std::size_t blocks) {
  Series series;
  series.id = {"ab", "load", metric};
  series.metric = {metric, unit, Better::lower, false, primary};
  series.original_unit = unit;
  series.invocations.resize(blocks);
  return series;
}

void warn(Samples& samples, const char* code, std::string text) {
  samples.warnings.push_back({code, std::move(text)});
}

void look_at_load(const SideOf& side, Samples& samples) {
  std::size_t saturated = 0;
  std::size_t errors = 0;
  double lag_s = 0;
  std::vector<double> medians;
  const std::string* error = nullptr;
  for (std::size_t i = 0; i < side.blocks.size(); ++i) {
    const net::Load& load = side.blocks[i];
    saturated += load.saturated ? 1 : 0;
    errors += load.errors;
    if (load.errors > 0 && error == nullptr) error = &load.first_error;
    lag_s = std::max(lag_s, load.worst_lag_s);
    if (const std::vector<double> some = side.answered(i); !some.empty()) medians.push_back(stats::median(some));
  }
  if (saturated > 0)
    warn(samples, "saturated",
         fmt::format("{} fell behind the rate in {} of {} blocks, so its latencies grow with the length of a block: "
                     "lower --rate",
                     side.name, saturated, side.blocks.size()));
  if (errors > 0)
    warn(samples, "request-errors", fmt::format("{}: {} requests failed; the first: {}", side.name, errors, *error));
  if (!medians.empty() && lag_s > k_lag_share * stats::median(medians))
    warn(samples, "late-requests",
         fmt::format("a request to {} was sent {} late, since this machine was busy: lower --rate, or drive it from "
                     "another machine",
                     side.name, format_duration(lag_s)));
}

Samples samples_of(const SideOf& side) {
  Samples out;
  const std::size_t blocks = side.blocks.size();
  Series errors = series_of("errors", "1", true, blocks);
  for (std::size_t i = 0; i < blocks; ++i)
    errors.invocations[i] = {static_cast<double>(side.blocks[i].errors) /
                             static_cast<double>(std::max<std::size_t>(1, side.blocks[i].latencies_s.size()))};
  out.series.push_back(std::move(errors));
  for (const Percentile& percentile : k_percentiles) {
    Series series = series_of(percentile.name, "s", percentile.primary, blocks);
    bool any = false;
    for (std::size_t i = 0; i < blocks; ++i) {
      const std::vector<double> some = side.answered(i);
      if (static_cast<double>(some.size()) * (1 - percentile.share) < k_beyond) continue;
      series.invocations[i] = {stats::quantile(some, percentile.share)};
      any = true;
    }
    if (any) out.series.push_back(std::move(series));
  }
  std::sort(out.series.begin(), out.series.end(), [](const Series& a, const Series& b) { return a.id < b.id; });
  look_at_load(side, out);
  return out;
}

using Loads = std::array<net::Load, 2>;

// In turn, `first` (0 is base) before the other, or both at the same time.
Result<Loads> block_of_each(const BlockPlan& plan, const Drive& drive, std::size_t first) {
  const auto load_plan = [&plan](const std::string& url) {
    return net::LoadPlan{url, plan.rate_per_s, plan.block_s, plan.timeout_s, net::LoadPlan{}.most_in_flight, plan.stop};
  };
  if (plan.head_share > 0) return drive.both(load_plan(plan.base_url), plan.head_url, plan.head_share);
  Loads loads;
  for (const std::size_t which : {first, 1 - first}) {
    PW_TRY_ASSIGN(loads.at(which), drive.one(load_plan(which == 0 ? plan.base_url : plan.head_url)));
  }
  return loads;
}

// A service with few requests has no number for a high percentile, and then there is nothing to compare.
void drop_what_only_one_has(Samples& base, Samples& head) {
  const auto drop = [](Samples& from, const Samples& other) {
    std::erase_if(from.series, [&other](const Series& series) {
      return std::none_of(other.series.begin(), other.series.end(),
                          [&series](const Series& one) { return one.id == series.id; });
    });
  };
  drop(base, head);
  drop(head, base);
}

}  // namespace

Result<ingest::SidedSamples> measure_blocks(const BlockPlan& plan, const Drive& drive) {
  std::array<SideOf, 2> sides{SideOf{"base", plan.base_url, {}}, SideOf{"head", plan.head_url, {}}};
  SplitMix64 random(plan.seed);
  PW_TRY_ASSIGN(const Loads warm, block_of_each(plan, drive, 0));
  if (plan.check) PW_TRY(plan.check());
  bool stopped = warm[0].stopped || warm[1].stopped;
  for (std::size_t which = 0; which < sides.size() && !stopped; ++which)
    if (warm.at(which).errors == warm.at(which).latencies_s.size())
      return Error{.kind = ErrorKind::benchmark,
                   .what = fmt::format("{} answers no request: {}", sides.at(which).name, warm.at(which).first_error),
                   .hint = "start both services first, and check the addresses"};
  for (std::size_t pair = 0; pair < plan.pairs && !stopped; ++pair) {
    PW_TRY_ASSIGN(Loads loads, block_of_each(plan, drive, random.below(2)));
    stopped = loads[0].stopped || loads[1].stopped;
    if (stopped) break;
    if (plan.check) PW_TRY(plan.check());
    for (std::size_t which = 0; which < sides.size(); ++which)
      sides.at(which).blocks.push_back(std::move(loads.at(which)));
    if (plan.on_block) plan.on_block(pair + 1, plan.pairs);
  }
  constexpr std::size_t k_least_pairs = 2;
  if (stopped && sides[0].blocks.size() < k_least_pairs)
    return Error{.kind = ErrorKind::interrupted, .what = "stopped by a signal before anything could be compared"};
  ingest::SidedSamples out;
  out.base = samples_of(sides[0]);
  out.head = samples_of(sides[1]);
  drop_what_only_one_has(out.base, out.head);
  return out;
}

}  // namespace perfwarden::app
