#include "compare/procedure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/power.hpp"

namespace perfwarden::compare {
namespace {

constexpr double k_lenient_share = 0.7;
constexpr std::array<double, 2> k_futility{0.12, 0.2};            // of most_pairs: 6 and 10 of 50
constexpr std::array<double, 4> k_efficacy{0.32, 0.44, 0.68, 1};  // 16, 22, 34, 50
constexpr std::array<double, 4> k_weights{0.1, 0.2, 0.3, 0.4};
// What the first looks spend of the 5 %: so much that they can prove something at all (six pairs bound nothing at less
// than 2⁻⁶), and as little as leaves the later ones their power. The later ones share the rest.
constexpr std::array<double, 2> k_early_pass{0.32, 0.28};

std::size_t share(double fraction, std::size_t pairs) {
  return static_cast<std::size_t>(std::lround(fraction * static_cast<double>(pairs)));
}

void share_out_passes(Procedure& procedure) {
  std::vector<Look>& looks = procedure.looks;
  double left = 1;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const bool last = i + 1 == looks.size();
    const double least = std::ldexp(1.0, -static_cast<int>(looks[i].pairs)) / procedure.pass_alpha;
    const double fair = i < k_early_pass.size() ? k_early_pass[i] : left / static_cast<double>(looks.size() - i);
    looks[i].pass = last ? left : std::min(left, std::max(fair, least));
    left -= looks[i].pass;
  }
}

}  // namespace

Procedure procedure_of(const StatisticsConfig& statistics, std::size_t series, std::size_t most_pairs) {
  Procedure procedure;
  procedure.alpha = std::clamp(statistics.false_alarms / procedure.confirm_alpha, 1e-9, 0.5);
  const double lone = procedure.alpha / static_cast<double>(std::max<std::size_t>(1, series));
  double weight = 0;
  for (std::size_t i = 0; i < k_efficacy.size(); ++i) {
    weight += k_weights[i];
    std::size_t pairs = share(k_efficacy[i], most_pairs);
    // One more than the bare resolution, or a single pair the other way would rule every finding out.
    const std::size_t needed = stats::pairs_for_level(lone * weight) + 1;
    const bool last = i + 1 == k_efficacy.size();
    if (pairs < needed && (last || share(k_efficacy[i + 1], most_pairs) > needed)) pairs = needed;
    if (pairs > most_pairs || pairs < needed) continue;
    procedure.looks.push_back({pairs, weight, 0});
    weight = 0;
  }
  if (procedure.looks.empty()) {
    procedure.why_not = fmt::format("cannot decide before {} pairs at a false-alarm budget of {:.3g} % a run",
                                    stats::pairs_for_level(lone) + 1, 100 * statistics.false_alarms);
    return procedure;
  }
  procedure.looks.back().weight += weight;
  std::vector<Look> futility;
  for (const double fraction : k_futility) {
    const std::size_t pairs = share(fraction, std::max<std::size_t>(most_pairs, 50));
    if (pairs < procedure.looks.front().pairs) futility.push_back({pairs, 0, 0});
  }
  procedure.looks.insert(procedure.looks.begin(), futility.begin(), futility.end());
  share_out_passes(procedure);
  return procedure;
}

std::size_t fresh_pairs_for(const Procedure& procedure, std::size_t pairs) {
  return std::clamp(pairs, procedure.confirm_least, procedure.confirm_most);
}

std::size_t screening_within(const Procedure& procedure, std::size_t all) {
  std::size_t pairs = all;
  while (pairs > 0 && pairs + fresh_pairs_for(procedure, pairs) > all) --pairs;
  return pairs;
}

Target target_of(double change) {
  return {std::log1p(change), std::log1p(k_lenient_share * change), 0};
}

}  // namespace perfwarden::compare
