#pragma once

namespace perfwarden::stats {

struct Bounds {
  double low, high;
};

// Counts here need not be whole: a count divided by its overdispersion counts as that many independent ones, and the
// tails of the binomial distribution go on between whole numbers as the incomplete beta function does. NaN for invalid
// arguments.

// P(K ≤ k) and P(K ≥ k) of K binomial(n, p).
[[nodiscard]] double binomial_lower(double k, double n, double p);
[[nodiscard]] double binomial_upper(double k, double n, double p);
// Two-sided p: twice the smaller tail, at most 1. This is also the test of whether two Poisson counts differ, given
// their sum n (Przyborowski and Wilenski 1940): exact.
[[nodiscard]] double binomial_two_sided(double k, double n, double p);

// Interval of a proportion k/n (Wilson 1927), n > 0.
[[nodiscard]] Bounds wilson(double k, double n, double confidence);
// Interval of the difference of two independent proportions k2/n2 − k1/n1 (Newcombe 1998, method 10).
[[nodiscard]] Bounds newcombe(double k1, double n1, double k2, double n2, double confidence);
// Score interval of a Poisson mean of which k were counted.
[[nodiscard]] Bounds poisson_bounds(double k, double confidence);
// Interval of the difference of two independent estimates from their own (square and add; Zou and Donner 2008).
[[nodiscard]] Bounds difference_of(double estimate1, const Bounds& bounds1, double estimate2, const Bounds& bounds2);

// Samples a side that find a change of a share from p1 to p2 with `power` at the two-sided `level`:
// (z_{1−level/2} + z_power)²·(p1(1−p1) + p2(1−p2)) / (p2 − p1)².
[[nodiscard]] double samples_for_shares(double p1, double p2, double level, double power = 0.8);

}  // namespace perfwarden::stats
