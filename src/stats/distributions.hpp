#pragma once

namespace perfwarden::stats {

// Distribution functions. NaN in, NaN out; a parameter outside its domain gives NaN, never an exception.
[[nodiscard]] double normal_cdf(double z);
[[nodiscard]] double normal_upper(double z);     // P(Z ≥ z), accurate far out
[[nodiscard]] double normal_quantile(double p);  // p in (0, 1); 0 and 1 give ∓∞
[[nodiscard]] double t_cdf(double t, double df);
[[nodiscard]] double t_upper(double t, double df);  // P(T ≥ t), accurate far out
[[nodiscard]] double t_quantile(double p, double df);
[[nodiscard]] double f_quantile(double p, double df1, double df2);
// P(B ≤ k) for B binomial(n, ½).
[[nodiscard]] double fair_coin_cdf(double k, double n);
[[nodiscard]] double digamma(double x);   // x > 0
[[nodiscard]] double trigamma(double x);  // x > 0

}  // namespace perfwarden::stats
