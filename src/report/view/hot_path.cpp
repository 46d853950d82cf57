#include "report/view/hot_path.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace perfwarden::report {
namespace {

constexpr double k_least_change = 0.05;
constexpr double k_least_share = 0.01;
constexpr double k_deviations = 3;
constexpr double k_plain_points = 0.05;  // without numbers of samples

struct Totals {
  double base = 0, head = 0;
  bool counted = false;
  double expected = 1;  // head's samples for each of base's, had nothing changed
};

Totals totals_of(const ProfileDiff& evidence) {
  const bool counted = evidence.base.samples > 0 && evidence.head.samples > 0;  // not NaN
  Totals totals{counted ? evidence.base.samples : evidence.base.cost,
                counted ? evidence.head.samples : evidence.head.cost, counted, 1};
  if (evidence.normalization == Normalization::absolute)
    totals.expected = static_cast<double>(evidence.head.runs) / static_cast<double>(evidence.base.runs);
  else if (totals.base > 0)
    totals.expected = totals.head / totals.base;
  return totals;
}

// Frames that were read back from a report have only shares.
double samples_of(const ProfileDiff& evidence, const Totals& totals, const FrameDelta& frame, std::size_t side) {
  const double told = totals.counted ? frame.self_samples[side] : frame.self_cost[side];
  if (told > 0) return told;
  const double share = side == 0 ? frame.self.base : frame.self.head;
  const bool of_base = evidence.normalization == Normalization::absolute;
  return share * (side == 0 || of_base ? totals.base * (side == 0 ? 1 : totals.expected) : totals.head);
}

HotMark by_counts(const HotFunction& function, const Totals& totals, double overdispersion) {
  const double share = std::max(function.base / totals.base, function.head / totals.head);
  const double expected = function.base * totals.expected;
  const double deviation = std::sqrt(overdispersion * (expected * totals.expected + function.head + 1));
  const double rise = function.head - expected;
  if (share < k_least_share || std::abs(rise) < k_deviations * deviation) return HotMark::none;
  if (expected > 0 && std::abs(rise) < k_least_change * expected) return HotMark::none;
  return rise > 0 ? HotMark::regression : HotMark::improvement;
}

void mark(const ProfileDiff& evidence, const Totals& totals, const FrameDelta& frame, HotFunction& function) {
  const bool of_self = !frame.by_total;
  if (of_self && frame.change == FrameChange::regression) function.mark = HotMark::regression;
  if (of_self && frame.change == FrameChange::improvement) function.mark = HotMark::improvement;
  if (of_self && frame.change == FrameChange::removed) function.mark = HotMark::improvement;
  if (of_self && frame.change == FrameChange::added) function.mark = HotMark::investigate;
  if (function.mark != HotMark::none || frame.change == FrameChange::moved || frame.diluted || evidence.exact) return;
  if (!totals.counted) {
    const double points = frame.self.delta();
    if (std::abs(points) > k_plain_points) function.mark = points > 0 ? HotMark::regression : HotMark::improvement;
    function.by_counts = function.mark != HotMark::none;
  } else if (!evidence.spread_known) {
    function.mark = by_counts(function, totals, std::max(1.0, evidence.overdispersion));
    function.by_counts = function.mark != HotMark::none;
  }
  if (function.mark == HotMark::none && of_self && frame.change == FrameChange::inconclusive)
    function.mark = HotMark::investigate;
  if (function.mark == HotMark::regression && function.base == 0) function.mark = HotMark::investigate;
}

}  // namespace

std::vector<HotFunction> hot_functions(const ProfileDiff& evidence) {
  const Totals totals = totals_of(evidence);
  std::vector<HotFunction> out;
  std::set<std::string_view> seen;
  for (const auto* frames : {&evidence.frames, &evidence.top, &evidence.quiet}) {
    for (const FrameDelta& frame : *frames) {
      if (!seen.insert(frame.name).second) continue;
      HotFunction function;
      function.name = frame.name;
      function.base = samples_of(evidence, totals, frame, 0);
      function.head = samples_of(evidence, totals, frame, 1);
      if (!(function.base > 0) && !(function.head > 0)) continue;
      if (function.base > 0) function.change = function.head / (function.base * totals.expected) - 1;
      mark(evidence, totals, frame, function);
      out.push_back(std::move(function));
    }
  }
  const auto rise = [&](const HotFunction& one) { return std::abs(one.head - one.base * totals.expected); };
  std::stable_sort(out.begin(), out.end(), [&](const HotFunction& a, const HotFunction& b) {
    return rise(a) != rise(b) ? rise(a) > rise(b) : a.name < b.name;
  });
  return out;
}

}  // namespace perfwarden::report
