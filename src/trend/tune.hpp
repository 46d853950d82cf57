#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/comparison.hpp"
#include "model/series.hpp"

// Budgets that follow from what earlier runs measured.
namespace perfwarden::trend {

// What one earlier run found when it compared a series.
struct PastChange {
  std::string commit, time;
  double worse = k_nan;   // the change; a fraction > 0 where worse
  bool distinct = false;  // it was more than noise
};

struct TuneOptions {
  double alarms_a_month = 1;  // false ones that all series together may raise
  double runs_a_month = 1;    // that are to be expected
};

// A Proposal is a budget for one series. docs/statistics.md#tuned-budgets has the method.
struct Proposal {
  SeriesId id;
  std::size_t runs = 0;
  double spread = k_nan;           // standard deviation of the change where nothing changed; a fraction
  double budget = k_nan;           // a fraction; NaN: too few runs, or no budget would be kept
  double alarms_a_month = k_nan;   // false ones that it would raise, at most
  bool hard = false;               // it has earned to be hard, at twice the budget
  std::vector<PastChange> caught;  // distinct changes that are beyond the budget, oldest first
};

inline constexpr std::size_t k_least_runs_to_tune = 10;
inline constexpr std::size_t k_least_runs_for_hard = 30;

// `series`: number of series that share the false alarms.
[[nodiscard]] Proposal tune(const SeriesId& id, std::span<const PastChange> changes, std::size_t series,
                            const TuneOptions& options);

}  // namespace perfwarden::trend
