#include "bisect/search.hpp"

#include <algorithm>
#include <cmath>

#include "bisect/belief.hpp"
#include "bisect/evidence.hpp"

namespace perfwarden::bisect {
namespace {

constexpr double k_least_gain = 1e-4;  // bits; less is no reason to measure

double coin_entropy(double p) {
  if (p <= 0 || p >= 1) return 0;
  return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

// Commits that no measurement can tell apart: those that cannot be tested, and the first after them that can.
Next likeliest(const Range& range, const Belief& belief) {
  Next best;
  std::size_t first = 1;
  double sum = 0;
  for (std::size_t i = 1; i < range.size(); ++i) {
    sum += belief.cause[i];
    if (!range[i].testable) continue;
    if (sum > best.probability) {
      best.commit = i;
      best.first = first;
      best.probability = sum;
    }
    first = i + 1;
    sum = 0;
  }
  // What cannot be the cause, since it changes nothing, is not named.
  while (best.first < best.commit && belief.cause[best.first] == 0) ++best.first;
  return best;
}

bool is_exhausted(const Candidate& candidate, const Model& model) {
  return !candidate.testable || candidate.told != Told::nothing || candidate.pairs.size() >= k_most_pairs ||
         (!candidate.pairs.empty() && standing_of(likelihoods(candidate, model)).ratio >= k_surely);
}

}  // namespace

bool knows_step(const Range& range) {
  const Model model = learn(range);
  return model.step_error <= k_step_known * model.step || range.back().pairs.size() >= k_most_of_step;
}

Next next(const Range& range) {
  const Model model = learn(range);
  const Belief belief = believe(range, model);
  Next out = likeliest(range, belief);
  double bits = 0;
  for (const double p : belief.cause) bits -= p > 0 ? p * std::log2(p) : 0;
  out.left = std::exp2(bits);
  if (out.probability >= k_sure) {
    // A commit that was slow for itself looks like the cause until the one after it is seen.
    std::size_t after = out.commit + 1;
    while (after < range.size() && !range[after].testable) ++after;
    if (after + 1 < range.size() && range[after].pairs.empty() && range[after].told == Told::nothing) {
      out.kind = Next::Kind::measure;
      out.commit = out.first = after;
      return out;
    }
    out.kind = Next::Kind::found;
    return out;
  }
  double most = k_least_gain;
  double not_after = 0;
  std::size_t chosen = 0;
  for (std::size_t i = 1; i + 1 < range.size(); ++i) {
    not_after += belief.cause[i];
    if (is_exhausted(range[i], model)) continue;
    const double after = 1 - not_after;
    const double bad_before = after > 0 ? std::clamp((belief.bad[i] - not_after) / after, 0.0, 1.0) : 0;
    const double gain = coin_entropy(belief.bad[i]) - after * coin_entropy(bad_before);
    // Of equal ones the first: they run the same program, and it may be there already.
    if (gain <= most + 1e-12) continue;
    most = gain;
    chosen = i;
  }
  if (chosen == 0) return out;
  out.kind = Next::Kind::measure;
  out.commit = out.first = chosen;
  return out;
}

std::vector<std::size_t> spread(const Range& range, std::size_t most) {
  const Next one = next(range);
  if (one.kind != Next::Kind::measure || most == 0) return {};
  if (most == 1) return {one.commit};
  const Model model = learn(range);
  const Belief belief = believe(range, model);
  std::vector<std::size_t> out;
  double before = 0;  // probability that the cause is at this commit or before it
  for (std::size_t i = 1; i + 1 < range.size() && out.size() < most; ++i) {
    before += belief.cause[i];
    const double wanted = static_cast<double>(out.size() + 1) / static_cast<double>(most + 1);
    if (before >= wanted && !is_exhausted(range[i], model)) out.push_back(i);
  }
  if (out.empty()) out.push_back(one.commit);
  return out;
}

bool is_enough(const Range& range, std::size_t commit, std::size_t before) {
  const std::vector<double>& pairs = range[commit].pairs;
  if (pairs.size() < before + k_least_pairs) return false;
  if (pairs.size() >= k_most_pairs) return true;
  return standing_of(likelihoods(range[commit], learn(range))).ratio >= (before == 0 ? k_worth : k_surely);
}

}  // namespace perfwarden::bisect
