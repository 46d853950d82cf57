#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "model/pattern.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::explain {

// Checks that every rule's expression is RE2, small enough, and matches and spares the frames that it names. Error
// (config) for the first that does not, with its place.
[[nodiscard]] Status check_patterns(std::span<const Pattern> patterns);

// The hot code of head that a rule matches, grouped by the nearest caller in the repository. Reported when the group
// has at least min_share of head, has grown by min_delta, and the growth is certain: the interval of head − base, at 95
// % over all groups looked at (Bonferroni), lies above 0. The interval is of over-dispersed Poisson counts, k + 1
// samples of variance φ (k + 1) each (Agresti and Caffo, The American Statistician 54, 2000, add one to keep few
// samples honest). For exact profiles every growth is certain; where the number of samples is unknown, growth is
// certain for nodes whose change is. Nodes that moved count on neither side. Unfair rules need only min_share. Of
// several hits of one category below one caller, the largest is reported. Unfair ones first, then worst first; at most
// k_most_hits. Rules that are off or not valid RE2 are skipped.
inline constexpr std::size_t k_most_hits = 50;
[[nodiscard]] std::vector<PatternHit> find_patterns(const ProfileDiff& evidence, const DiffTree& tree,
                                                    std::span<const Pattern> patterns,
                                                    const std::function<bool(FrameId)>& is_ours);

}  // namespace perfwarden::explain
