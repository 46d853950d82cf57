#pragma once

#include <string>
#include <string_view>

// How pprof writes numbers (internal/measurement of google/pprof).
namespace perfwarden::profile {

struct Scaled {
  double value = 0;
  std::string unit;  // empty for plain counts
};

// `value` in `to`, a unit or "auto" for the largest in which it is at least 1. A unit that is neither bytes, time nor
// GCU is kept.
[[nodiscard]] Scaled scaled(double value, std::string_view from, std::string_view to);
// "1.28s", "512kB", "12": at most two decimals; "0" when they are all zero.
[[nodiscard]] std::string scaled_label(double value, std::string_view from, std::string_view to);
// "85.38%", "0.017%", "  100%": without sign, at least two digits, five columns and the sign for per cent.
[[nodiscard]] std::string percentage(double value, double total);

}  // namespace perfwarden::profile
