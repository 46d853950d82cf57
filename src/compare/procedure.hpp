#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/config.hpp"

namespace perfwarden::compare {

// A Look is a number of pairs after which a sequential comparison is evaluated. `weight`: the share of `alpha` that is
// spent on finding a change there, 0 where there are too few pairs to find any. `pass`: the share of `pass_alpha` that
// is spent on proving that there is none.
struct Look {
  std::size_t pairs = 0;
  double weight = 0;
  double pass = 0;
  friend bool operator==(const Look&, const Look&) = default;
};

// A Procedure is the levels of one run of the group-sequential procedure of docs/statistics.md#looks-and-levels. In a
// run that changed nothing, P(any alert) ≤ alpha · confirm_alpha, and of a series whose true change is exactly its
// threshold, P(proven fine) ≤ pass_alpha over all looks together: for any noise, since the order in each pair is a coin
// flip.
struct Procedure {
  std::vector<Look> looks;      // ascending; the weights above 0 sum to 1. Empty: cannot decide, see `why_not`
  double alpha = 0.01;          // P(any alert that goes to confirmation | nothing changed)
  double confirm_alpha = 0.05;  // level of the fresh pairs
  std::size_t confirm_least = 14;
  std::size_t confirm_most = 30;
  double pass_alpha = 0.05;   // P(proven fine | the change is exactly the threshold)
  double bound_error = 0.05;  // of the one-sided bound that makes HIGH
  bool improvements = true;   // a series that looks faster is measured until that is decided too
  std::string why_not;        // a sentence with the number of pairs needed
};

// Levels from the false-alarm budget for `series` series at most `most_pairs` pairs each (50 is what the budget was
// measured with). A look that could not find anything at its level, since n pairs give no p below 2⁻ⁿ, passes its
// weight to the next.
[[nodiscard]] Procedure procedure_of(const StatisticsConfig& statistics, std::size_t series,
                                     std::size_t most_pairs = 50);

// The fresh pairs that confirm what `pairs` of screening raised.
[[nodiscard]] std::size_t fresh_pairs_for(const Procedure& procedure, std::size_t pairs);
// The most pairs of screening for which `all` pairs leave the fresh ones; 0 when they leave none.
[[nodiscard]] std::size_t screening_within(const Procedure& procedure, std::size_t all);

// What is asked of one series, in logs. A change proven below `threshold` is fine; an estimate below `bar` raises no
// alert.
struct Target {
  double threshold = 0;
  double bar = 0;
  // Pairs at which its last look is; 0 = the procedure's. It joins the first look that has as many, with all that it
  // has not spent.
  std::size_t last_look = 0;
};
// bar = ln(1 + 0.7·change): a change somewhat below the limit is worth reporting, though it does not fail.
[[nodiscard]] Target target_of(double change);

}  // namespace perfwarden::compare
