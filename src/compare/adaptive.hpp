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

// Adaptive measuring: the group-sequential procedure over samples. Nothing of its state is kept anywhere. The runner
// asks what is still wanted, measures that, and asks again; the comparison replays the same steps over the same pairs
// in the same order, so whoever has the samples files comes to the same decisions.

// How many more pairs a series needs before it can be looked at again.
struct Wanted {
  SeriesId id;
  std::size_t pairs = 0;
};

struct Progress {
  std::vector<Wanted> wanted;  // empty: all that can be decided is
  bool possible = true;        // false: so few pairs can never decide so many series; measure them all and be done
};
// `out_of_reach`: series that will get no more pairs, for a reason that has nothing to do with their values (time is
// up, they cannot be run); the others go on without them.
[[nodiscard]] Progress progress_of(const Samples& base, const Samples& head, const StatisticsConfig& statistics,
                                   const Demands& demands, const std::set<SeriesId>& out_of_reach);

// Sets what the procedure says on the cases that were measured that way, and leaves the rest to decide(). Cases that
// nobody asked to decide have a correction of their own, and only what the scheduled looks say is said of them: their
// measuring ended because of the others.
void decide_adaptive(std::vector<Case>& cases, const RunFacts& setting);

}  // namespace perfwarden::compare
