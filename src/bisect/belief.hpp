#pragma once

#include <vector>

#include "bisect/evidence.hpp"
#include "bisect/range.hpp"

namespace perfwarden::bisect {

// A Belief is how likely each commit is to be the cause, and to be bad, given all that was measured. By commit; [0] is
// the good one.
struct Belief {
  std::vector<double> cause;  // that the range turned bad for good with it; sums to 1
  std::vector<double> bad;    // that it is at the level of the bad commit
};

// The levels along the range are a Markov chain: it begins good, ends bad, and changes only at commits that change
// something, where a step to the bad level is expected once, and one back, or to and from between, less often. So a
// change that was reverted and came again, two steps of which each is a part, and a commit that was slow for itself
// have their (small) probability, and evidence far from a commit counts. Exact by the forward and backward passes
// (Baum et al. 1970, Ann. Math. Stat. 41:164; Rabiner 1989, Proc. IEEE 77:257). Time grows with the commits alone.
[[nodiscard]] Belief believe(const Range& range, const Model& model);

}  // namespace perfwarden::bisect
