#include "explain/analysis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace perfwarden::explain {
namespace {

constexpr double k_neutral = 5, k_step = 2, k_lowest = 1, k_highest = 10;

enum class Resource { cpu, memory, time, other };

Resource resource_of(const Metric& metric) {
  static constexpr std::array<std::string_view, 7> k_cpu{"cpu_time", "user_time",    "system_time",  "instructions",
                                                         "cycles",   "cache_misses", "branch_misses"};
  if (std::find(k_cpu.begin(), k_cpu.end(), metric.name) != k_cpu.end()) return Resource::cpu;
  const bool memory = metric.name == "allocations" || metric.name == "page_faults" ||
                      (metric.unit == "B" && metric.name != "binary_size");
  if (memory) return Resource::memory;
  return metric.unit == "s" ? Resource::time : Resource::other;
}

bool counts_samples(const ProfileDiff& diff) {
  return diff.exact || (diff.base.samples > 0 && diff.head.samples > 0);  // false for NaN
}

// Of a frame whose number of samples is known: what the profile's own test says, if it is large enough to be listed.
std::optional<AnalysisChange> significant_change(const FrameDelta& frame, const AnalysisConfig& config) {
  const Share& telling = frame.by_total ? frame.total : frame.self;
  switch (frame.change) {
    case FrameChange::added:
      return telling.head > config.added ? std::optional(AnalysisChange::added) : std::nullopt;
    case FrameChange::removed:
      return telling.base > config.added ? std::optional(AnalysisChange::removed) : std::nullopt;
    case FrameChange::regression:
      return !frame.by_total && frame.self.delta() > config.flat ? std::optional(AnalysisChange::regression)
                                                                 : std::nullopt;
    case FrameChange::improvement:
      return !frame.by_total && -frame.self.delta() > config.flat ? std::optional(AnalysisChange::improvement)
                                                                  : std::nullopt;
    case FrameChange::moved:
    case FrameChange::unchanged:
    case FrameChange::inconclusive:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<AnalysisChange> plain_change(const Share& flat, const AnalysisConfig& config) {
  if (flat.base == 0) return flat.head > config.added ? std::optional(AnalysisChange::added) : std::nullopt;
  if (flat.head == 0) return flat.base > config.added ? std::optional(AnalysisChange::removed) : std::nullopt;
  if (flat.delta() > config.flat) return AnalysisChange::regression;
  if (-flat.delta() > config.flat) return AnalysisChange::improvement;
  return std::nullopt;
}

void list_functions(const ProfileDiff& diff, const AnalysisConfig& config, std::vector<AnalysisEntry>& into) {
  const bool plain = !counts_samples(diff);
  for (const auto* frames : {&diff.frames, &diff.quiet}) {
    for (const FrameDelta& frame : *frames) {
      const auto change = plain ? plain_change(frame.self, config) : significant_change(frame, config);
      if (!change) continue;
      const Share& share = !plain && frame.by_total ? frame.total : frame.self;
      into.push_back({.subject = counts_memory(diff.type) ? AnalysisSubject::memory : AnalysisSubject::cpu,
                      .change = *change,
                      .name = frame.name,
                      .metric = {},
                      .unit = {},
                      .base = share.base,
                      .head = share.head,
                      .size = std::abs(share.delta()),
                      .plain = plain});
    }
  }
}

bool is_placement(const AnalysisInput& input, const Comparison& one) {
  return !one.metric.deterministic &&
         std::any_of(input.causes.begin(), input.causes.end(), [&](const ChangeCause& cause) {
           return cause.cause == Cause::placement && cause.suite == one.id.suite && cause.benchmark == one.id.benchmark;
         });
}

// nullopt where it is not sure that there is a change, or in which direction it is worse.
std::optional<double> sure_change(const AnalysisInput& input, const Comparison& one) {
  if (one.presence != Presence::both || one.significance != Significance::distinct) return std::nullopt;
  if (one.confidence == Confidence::low || one.strongest == Confidence::low || is_placement(input, one))
    return std::nullopt;
  const double worse = one.worse_by();
  return std::isfinite(worse) ? std::optional(worse) : std::nullopt;
}

void list_benchmark(const AnalysisInput& input, const Comparison& one, const AnalysisConfig& config,
                    std::vector<AnalysisEntry>& into) {
  const std::optional<double> worse = sure_change(input, one);
  if (!worse || !(std::abs(*worse) > config.benchmark)) return;
  AnalysisEntry entry{.subject = AnalysisSubject::benchmark,
                      .change = *worse > 0 ? AnalysisChange::regression : AnalysisChange::improvement,
                      .name = one.id.suite.empty() ? one.id.benchmark : one.id.suite + "/" + one.id.benchmark,
                      .metric = one.id.metric,
                      .unit = one.metric.unit,
                      .base = one.base.median,
                      .head = one.head.median,
                      .size = std::abs(one.ratio - 1),
                      .plain = false};
  into.push_back(entry);
  const Resource resource = resource_of(one.metric);
  if (resource == Resource::cpu || resource == Resource::memory) {
    entry.subject = resource == Resource::cpu ? AnalysisSubject::cpu : AnalysisSubject::memory;
    into.push_back(std::move(entry));
  }
}

double rate(std::ptrdiff_t better, std::ptrdiff_t worse) {
  const double step = better > worse ? k_step : worse > better ? -k_step : 0;
  return std::clamp(k_neutral + step, k_lowest, k_highest);
}

double rating_of(const std::vector<AnalysisEntry>& entries, const auto& counts) {
  const auto number = [&](AnalysisChange change) {
    return std::count_if(entries.begin(), entries.end(),
                         [&](const AnalysisEntry& entry) { return entry.change == change && counts(entry); });
  };
  return rate(number(AnalysisChange::improvement), number(AnalysisChange::regression));
}

// Where neither a profile nor a counter says anything about the processor, times of benchmarks do.
std::optional<Rating> rating_of(const AnalysisInput& input, const std::vector<AnalysisEntry>& entries) {
  const auto has_metric = [&](Resource resource) {
    return std::any_of(input.comparisons.begin(), input.comparisons.end(), [&](const Comparison& one) {
      return one.presence == Presence::both && resource_of(one.metric) == resource;
    });
  };
  const auto has_profile = [&](bool memory) {
    return std::any_of(input.profiles.begin(), input.profiles.end(),
                       [&](const ProfileDiff& diff) { return counts_memory(diff.type) == memory; });
  };
  Rating rating;
  const bool cpu = has_profile(false) || has_metric(Resource::cpu);
  rating.cpu_measured = cpu || has_metric(Resource::time);
  rating.memory_measured = has_profile(true) || has_metric(Resource::memory);
  if (!rating.cpu_measured && !rating.memory_measured) return std::nullopt;
  rating.cpu = rating_of(entries, [&](const AnalysisEntry& entry) {
    return cpu ? entry.subject == AnalysisSubject::cpu
               : entry.subject == AnalysisSubject::benchmark && entry.unit == "s";
  });
  rating.memory =
      rating_of(entries, [](const AnalysisEntry& entry) { return entry.subject == AnalysisSubject::memory; });
  rating.overall = std::clamp((rating.cpu + rating.memory) / 2, k_lowest, k_highest);
  return rating;
}

}  // namespace

Analysis analyze(const AnalysisInput& input, const AnalysisConfig& config) {
  Analysis out;
  for (const ProfileDiff& diff : input.profiles) list_functions(diff, config, out.entries);
  for (const Comparison& one : input.comparisons) list_benchmark(input, one, config, out.entries);
  std::stable_sort(out.entries.begin(), out.entries.end(), [](const AnalysisEntry& a, const AnalysisEntry& b) {
    if (a.subject != b.subject) return a.subject < b.subject;
    if (a.change != b.change) return a.change < b.change;
    return a.size != b.size ? a.size > b.size : a.name < b.name;
  });
  out.rating = rating_of(input, out.entries);
  return out;
}

}  // namespace perfwarden::explain
