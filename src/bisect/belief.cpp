#include "bisect/belief.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace perfwarden::bisect {
namespace {

using Matrix = std::array<PerLevel, k_levels>;  // [from][to]

constexpr std::size_t k_good = static_cast<std::size_t>(Level::good);
constexpr std::size_t k_between = static_cast<std::size_t>(Level::between);
constexpr std::size_t k_bad = static_cast<std::size_t>(Level::bad);

// Steps that are expected in a whole range, in each direction; the diagonal is what is left over.
constexpr Matrix k_expected{{{0, 0.5, 1}, {0.3, 0, 0.5}, {0.1, 0.3, 0}}};
constexpr double k_most_leave = 0.9;  // of a level at one commit: a range may have one commit

// `share`: the commit's prior over those of all commits that change something; 0 where nothing changes.
Matrix transitions(double share) {
  Matrix out{};
  for (std::size_t from = 0; from < k_levels; ++from) {
    double leave = 0;
    for (std::size_t to = 0; to < k_levels; ++to) leave += k_expected[from][to] * share;
    const double scale = leave > k_most_leave ? k_most_leave / leave : 1;
    for (std::size_t to = 0; to < k_levels; ++to) out[from][to] = k_expected[from][to] * share * scale;
    out[from][from] = 1 - leave * scale;
  }
  return out;
}

// Makes the sum 1 and returns what it was. Of levels that are all impossible it stays 0.
double normalise(PerLevel& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (sum > 0)
    for (double& value : values) value /= sum;
  return sum;
}

// The chain as two passes see it. Each vector is by commit.
struct Chain {
  std::vector<Matrix> step;
  std::vector<PerLevel> seen;
};

Chain chain_of(const Range& range, const Model& model) {
  double all = 0;
  for (std::size_t i = 1; i < range.size(); ++i) all += range[i].changes ? range[i].prior : 0;
  Chain chain{std::vector<Matrix>(range.size()), std::vector<PerLevel>(range.size())};
  for (std::size_t i = 0; i < range.size(); ++i) {
    chain.step[i] = transitions(range[i].changes && all > 0 ? range[i].prior / all : 0);
    chain.seen[i] = likelihoods(range[i], model);
  }
  // Both ends are known: that is what was proven first.
  chain.seen.front() = {1, 0, 0};
  chain.seen.back() = {0, 0, 1};
  return chain;
}

// P(level of i, what was seen up to i), scaled to sum 1; `scale`: the logarithm of what each was scaled by, all of
// those before it included.
struct Forward {
  std::vector<PerLevel> level;
  std::vector<double> scale;
};

Forward forward_through(const Chain& chain) {
  const std::size_t n = chain.seen.size();
  Forward out{std::vector<PerLevel>(n), std::vector<double>(n, 0)};
  out.level[0] = chain.seen[0];
  for (std::size_t i = 1; i < n; ++i) {
    for (std::size_t to = 0; to < k_levels; ++to) {
      for (std::size_t from = 0; from < k_levels; ++from)
        out.level[i][to] += out.level[i - 1][from] * chain.step[i][from][to];
      out.level[i][to] *= chain.seen[i][to];
    }
    out.scale[i] = out.scale[i - 1] + std::log(normalise(out.level[i]));
  }
  return out;
}

// P(what was seen after i, given the level of i), scaled to sum 1.
std::vector<PerLevel> backward_through(const Chain& chain) {
  const std::size_t n = chain.seen.size();
  std::vector<PerLevel> out(n);
  out[n - 1] = {1, 1, 1};
  for (std::size_t i = n - 1; i > 0; --i) {
    for (std::size_t from = 0; from < k_levels; ++from)
      for (std::size_t to = 0; to < k_levels; ++to)
        out[i - 1][from] += chain.step[i][from][to] * chain.seen[i][to] * out[i][to];
    normalise(out[i - 1]);
  }
  return out;
}

}  // namespace

Belief believe(const Range& range, const Model& model) {
  const std::size_t n = range.size();
  const Chain chain = chain_of(range, model);
  const Forward forward = forward_through(chain);
  const std::vector<PerLevel> backward = backward_through(chain);
  Belief out{std::vector<double>(n, 0), std::vector<double>(n, 0)};
  for (std::size_t i = 0; i < n; ++i) {
    PerLevel both;
    for (std::size_t level = 0; level < k_levels; ++level) both[level] = forward.level[i][level] * backward[i][level];
    normalise(both);
    out.bad[i] = both[k_bad];
  }
  // It turned bad with i for good: it came to the bad level there, and has stayed. In logs: a product over a thousand
  // commits has no other scale.
  std::vector<double> logs(n, -HUGE_VAL);
  double stayed = 0;
  for (std::size_t i = n - 1; i > 0; --i) {
    stayed += std::log(chain.seen[i][k_bad]);
    const double came = forward.level[i - 1][k_good] * chain.step[i][k_good][k_bad] +
                        forward.level[i - 1][k_between] * chain.step[i][k_between][k_bad];
    logs[i] = forward.scale[i - 1] + std::log(came) + stayed;
    stayed += std::log(chain.step[i][k_bad][k_bad]);
  }
  const double most = *std::max_element(logs.begin(), logs.end());
  if (!std::isfinite(most)) return out;  // nothing in the range changes anything
  double sum = 0;
  for (std::size_t i = 1; i < n; ++i) sum += out.cause[i] = std::exp(logs[i] - most);
  for (double& cause : out.cause) cause /= sum;
  return out;
}

}  // namespace perfwarden::bisect
