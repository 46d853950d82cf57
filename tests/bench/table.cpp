#include "bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace perfwarden::bench {

double percent_of(double count, std::size_t total) {
  return 100 * count / static_cast<double>(std::max<std::size_t>(1, total));
}

Fate fate_of(const std::vector<Told>& benchmarks) {
  Fate fate;
  double confirmed = 0;
  double freshly = 0;
  for (const Told& one : benchmarks) {
    fate.fails += one.fails ? 1 : 0;
    fate.passes += one.passes ? 1 : 0;
    fate.high += one.high ? 1 : 0;
    fate.pairs += static_cast<double>(one.pairs);
    if (!one.confirmed) continue;
    confirmed += 1;
    fate.shown += 100 * one.shown;
    if (std::isnan(one.fresh)) continue;
    freshly += 1;
    fate.fresh += 100 * one.fresh;
  }
  const std::size_t n = benchmarks.size();
  fate.shown /= confirmed;
  fate.fresh /= freshly;
  fate.confirmed = percent_of(confirmed, n);
  fate.fails = percent_of(fate.fails, n);
  fate.passes = percent_of(fate.passes, n);
  fate.high = percent_of(fate.high, n);
  fate.undecided = 100 - fate.fails - fate.passes;
  fate.pairs /= static_cast<double>(std::max<std::size_t>(1, n));
  return fate;
}

void print_header() {
  fmt::print(
      "| noise | measured | true change | runs | fails the check | confirmed | passes | undecided | HIGH | shown | "
      "fresh | "
      "pairs |\n|:--|:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
}

void print_row(const std::string& noise, const std::string& rule, const std::string& change, double fails,
               std::size_t of, const Fate& fate) {
  const auto number = [](double value) { return std::isnan(value) ? std::string() : fmt::format("{:.1f}", value); };
  fmt::print("| {} | {} | {} | {} | {:.3g} | {:.3g} | {:.3g} | {:.3g} | {:.3g} | {} | {} | {:.1f} |\n", noise, rule,
             change, of, fails, fate.confirmed, fate.passes, fate.undecided, fate.high, number(fate.shown),
             number(fate.fresh), fate.pairs);
  std::fflush(stdout);
}

}  // namespace perfwarden::bench
