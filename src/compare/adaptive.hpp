#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "compare/case.hpp"
#include "compare/sequential.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Adaptive measuring: the group-sequential procedure over samples. No state is stored. The runner asks which pairs are
// still needed, measures them, and asks again; the comparison replays the same steps over the same pairs in the same
// order, so the samples files alone give the same decisions.

// How many more pairs a series needs before it can be looked at again.
struct Wanted {
  SeriesId id;
  std::size_t pairs = 0;
  std::size_t had = 0;     // pairs that it has
  bool screening = false;  // before a look, and not to confirm what a look has seen
};

// Where a series stands that a budget is asked of.
struct Standing {
  SeriesId id;
  Metric metric;
  std::size_t pairs = 0;  // that were looked at or wait for a look
  double change = k_nan;  // estimate, a fraction of base; NaN before the first look
  Stage stage = Stage::screening;
  bool worse = false;  // the change is in the bad direction
  bool ended = false;  // no more pairs come
};

struct Progress {
  std::vector<Wanted> wanted;  // empty: everything that can be decided is decided
  bool possible = true;  // false: the allowed pairs can never decide this many series; measure all pairs without looks
  Procedure procedure{};
  std::vector<Standing> standings{};
  std::size_t least_last_look = 0;  // fewer pairs find nothing at the level that no look has spent
};
// `out_of_reach`: series that will get no more pairs, for a reason that has nothing to do with their values (time is
// up, they cannot be run); the others go on without them.
[[nodiscard]] Progress progress_of(const Samples& base, const Samples& head, const StatisticsConfig& statistics,
                                   const Demands& demands, const std::set<SeriesId>& out_of_reach);

// Sets the procedure's results on the cases that were measured that way, and leaves the rest to decide(). Cases that
// need no decision are corrected separately and use only the scheduled looks, since their measuring ended because of
// the others.
void decide_adaptive(std::vector<Case>& cases, const RunFacts& setting);

}  // namespace perfwarden::compare
