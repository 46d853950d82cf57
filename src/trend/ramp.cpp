#include "trend/ramp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace perfwarden::trend {
namespace {

constexpr std::size_t k_shortest = 5;  // values of a ramp, and
constexpr std::size_t k_places = 24;   // of each of its ends that are tried
constexpr double k_margin = 6;         // by which the criterion must be better: strong evidence (Kass and Raftery 1995)

// About `k_places` indices of [begin, end], evenly, both ends among them.
std::vector<std::size_t> places(std::size_t begin, std::size_t end) {
  const std::size_t step = std::max<std::size_t>(1, (end - begin) / k_places);
  std::vector<std::size_t> out;
  for (std::size_t at = begin; at < end; at += step) out.push_back(at);
  out.push_back(end);
  return out;
}

}  // namespace

std::optional<Ramp> better_ramp(const Sums& sums, std::span<const std::size_t> borders, double variance) {
  if (borders.size() < 3 || variance <= 0) return std::nullopt;
  const std::size_t left = borders.front();
  const std::size_t right = borders.back();
  const double log_n = std::log(static_cast<double>(right - left));
  double steps = 0;
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) steps += sums.deviations(borders[i], borders[i + 1]) / variance;
  const auto cuts = static_cast<double>(borders.size() - 2);
  steps += (2 * cuts + 1) * log_n;  // a level for each segment, a place for each cut
  constexpr double k_ramp_parameters = 4;
  double best = std::numeric_limits<double>::infinity();
  Ramp ramp;
  // Each end may lie anywhere in its outer segment; both levels need values of their own.
  constexpr std::size_t k_least = 3;
  if (right - left < 2 * k_least + k_shortest) return std::nullopt;
  for (const std::size_t begin : places(left + k_least, std::max(left + k_least, borders[1]))) {
    const std::size_t first_end = std::max(begin + k_shortest, borders[borders.size() - 2]);
    if (first_end > right - k_least) continue;
    for (const std::size_t end : places(first_end, right - k_least)) {
      const double low = sums.mean(left, begin);
      const double high = sums.mean(end, right);
      const double deviations =
          sums.deviations(left, begin) + sums.deviations_from_line(begin, end, low, high) + sums.deviations(end, right);
      if (deviations < best) {
        best = deviations;
        ramp = {begin, end};
      }
    }
  }
  if (best / variance + k_ramp_parameters * log_n + k_margin > steps) return std::nullopt;
  return ramp;
}

}  // namespace perfwarden::trend
