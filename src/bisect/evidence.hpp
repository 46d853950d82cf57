#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "bisect/range.hpp"

// What the pairs of a commit say about its level.
namespace perfwarden::bisect {

// A Level is where a commit stands: as the good one, as the bad one, or clearly between the two, which it can be when
// several commits share the change.
enum class Level { good, between, bad };
inline constexpr std::size_t k_levels = 3;
// One number for each, in that order.
using PerLevel = std::array<double, k_levels>;

// Robust location of pairs whose noise is Student's t with k_tail degrees of freedom and this scale: the maximum of
// their likelihood, by iterated weights (Lange, Little & Taylor 1989, JASA 84:881). `error` is its standard error,
// scale · √((ν + 3) / ((ν + 1) · n)). With no pairs, 0 and ∞.
struct Location {
  double value = 0;
  double error = 0;
};
inline constexpr double k_tail = 4;
[[nodiscard]] Location locate(std::span<const double> pairs, double scale);

// A Model is what the likelihoods rest on, learnt from all pairs of the range. Natural logarithms.
struct Model {
  double step = 0;        // of the bad commit against the good one, > 0
  double scale = 0;       // of the noise of one pair
  double step_error = 0;  // standard error of step
};
// `scale` is one for all commits, each around its own location; the maximum of the t likelihood, corrected for the
// locations that were estimated.
[[nodiscard]] Model learn(const Range& range);

// Likelihood of what is known of one commit at each level, up to a factor. With m and e of locate():
//   good:    m ~ N(0, e² + t²)      bad: m ~ N(step, e² + t² + its own error²)      between: level uniform in [0.35,
//   0.65] · step, plus N(0, e²)
// where t = √((0.14 · step)² + 0.003²) allows for what moves a level a little without being the cause: a drift, small
// steps, the placement of code. Each is mixed with k_wild of a density that is the same for all levels (Cauchy around
// the good commit, as wide as the step): a commit that is off for a reason of its own tells nothing. That bounds what
// one commit can prove, however often it is measured, to about 1 : 5 000.
inline constexpr double k_wild = 0.003;
[[nodiscard]] PerLevel likelihoods(const Candidate& candidate, const Model& model);

// Where a commit most likely stands, and how many times as likely that is as the second. `between` is taken to be a
// tenth as likely as the others before anything is measured.
struct Standing {
  Level level = Level::good;
  double ratio = 1;
};
[[nodiscard]] Standing standing_of(const PerLevel& likelihoods);

}  // namespace perfwarden::bisect
