#pragma once

#include <span>

namespace perfwarden::stats {

// Brunner & Munzel 2000: like Mann–Whitney, but variances may differ. w > 0 when y tends to be larger
// than x; p_less is small when x tends to be smaller than y. Fully separated samples give w = ±∞;
// with no spread of the ranks at all p is NaN. Each side needs two values.
struct BrunnerMunzel {
  double w;
  double df;
  double p_less, p_greater, p_two_sided;                       // t distribution
  double p_normal_less, p_normal_greater, p_normal_two_sided;  // normal distribution
};
[[nodiscard]] BrunnerMunzel brunner_munzel(std::span<const double> x, std::span<const double> y);

}  // namespace perfwarden::stats
