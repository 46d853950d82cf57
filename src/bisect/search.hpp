#pragma once

#include <cstddef>
#include <vector>

#include "bisect/range.hpp"

// A binary search among noisy answers that keeps a probability for each commit instead of a range (Burnashev &
// Zigangirov 1974; Ben-Or & Hassidim, FOCS 2008). Pure: what to do next depends on the range alone, so a search that
// was stopped goes on from what it had measured. docs/bisect.md says how it is told apart from `git bisect run`.
namespace perfwarden::bisect {

inline constexpr double k_sure = 0.99;  // the probability at which a cause is named
// A visit to a commit ends when its likeliest level is this many times as likely as the second: k_worth at the first,
// k_surely at a later one, after which there is no other.
inline constexpr double k_worth = 30, k_surely = 200;
inline constexpr std::size_t k_least_pairs = 2;   // of a visit
inline constexpr std::size_t k_most_pairs = 120;  // of a commit

// The step is known well enough to search by once its standard error is at most k_step_known of it. Against a step that
// is estimated too small no commit is clearly good or bad, and all pairs are spent on telling them apart.
inline constexpr double k_step_known = 0.125;
inline constexpr std::size_t k_most_of_step = 240;  // pairs of the bad commit, after which what is known has to do
[[nodiscard]] bool knows_step(const Range& range);

// What a search wants.
struct Next {
  enum class Kind {
    measure,  // pairs of `commit` against the good one
    found,    // the cause is in `first` … `commit`: more than one where those before `commit` cannot be tested
    stuck,    // no measurement would tell more; the likeliest cause is in `first` … `commit`
  };
  Kind kind = Kind::stuck;
  std::size_t commit = 0, first = 0;
  double probability = 0;  // that the cause is in `first` … `commit`
  double left = 0;         // measure: commits that are worth looking at, 2 to the entropy of the cause in bits
};
// A commit is measured next when its answer is expected to say most about the cause: the mutual information of its
// level and the cause, I = h(b) − (1 − c) · h((b − c) / (1 − c)), where b is the probability that it is bad, c that the
// cause is not after it, and h the entropy of a coin. Before a cause is named, the commit after it is measured too.
[[nodiscard]] Next next(const Range& range);

// At most `most` commits to measure at the same time on as many machines: those that part the probability of the cause
// into pieces of about the same size. Oldest first; empty when no measurement would tell more.
[[nodiscard]] std::vector<std::size_t> spread(const Range& range, std::size_t most);

// Whether a visit to a commit, which had `before` pairs when it began, has measured enough.
[[nodiscard]] bool is_enough(const Range& range, std::size_t commit, std::size_t before);

}  // namespace perfwarden::bisect
