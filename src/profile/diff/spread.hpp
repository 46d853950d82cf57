#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "model/call_tree.hpp"

namespace perfwarden::profile {

// Effective counts of each function in each run of one side: runs[run][function].
using Runs = std::vector<std::vector<double>>;

// What the runs of both sides show: how much more their counts differ than independent samples would.
struct Overdispersion {
  std::vector<double> of;      // by function: the factor of its variance
  std::vector<double> counts;  // by function: of one run, on average
  double typical = 1;
  double slope = 0;  // what differs by a part s of itself has a variance of n + (s n)²: slope is s²
  double tails = 1;  // by which factors are widened, since there are few runs
};
// By function from Pearson's X² / df, shrunk towards the value typical of functions of its size, at least 1, and
// widened when there are few runs. `of_shares`: of the function's part of its run (`totals`), else of its count itself.
// There are two runs more than sides, at least.
[[nodiscard]] Overdispersion overdispersion_of(const std::array<Runs, 2>& runs,
                                               const std::array<std::vector<double>, 2>& totals, bool of_shares);

// A Spread is how much runs of the same code differ: the factor by which the variance of a count is larger than that of
// independent samples (docs/profiles.md#when-a-change-is-sure).
class Spread {
 public:
  // Of counts without noise.
  [[nodiscard]] static Spread none();
  // What may be between two single recordings: `relative` is the part of itself by which each cost differs.
  [[nodiscard]] static Spread assumed(const FrameTable& functions, double relative);
  [[nodiscard]] static Spread estimated(Overdispersion runs);

  // The factor for a cost of the function: its own, or one with what it calls, of so many samples in one run.
  [[nodiscard]] double of(FrameId function, double samples) const;
  // The same for a group of functions, of which `largest` is the largest factor.
  [[nodiscard]] double of_group(double largest, double samples) const;
  [[nodiscard]] double typical() const { return typical_; }      // of few samples
  [[nodiscard]] double relative() const;                         // the part of itself by which a large cost differs
  [[nodiscard]] bool known() const { return !counts_.empty(); }  // from several recordings

 private:
  std::vector<double> own_, counts_;  // by function; empty: 1, and not known
  double typical_ = 1, slope_ = 0, tails_ = 1;
};

}  // namespace perfwarden::profile
