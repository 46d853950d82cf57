#include "profile/diff/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "profile/diff/classify.hpp"
#include "profile/diff/significance.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_same_length = 0.05;
constexpr double k_far_apart = 0.1;  // of the totals, below which both readings agree well enough
constexpr double k_alike = 0.1;      // how near to the totals' ratio that of most functions is
constexpr double k_noise = 1.5;      // of counts

}  // namespace

Reading reading_of(const United& united, const std::array<std::size_t, 2>& runs, const std::array<double, 2>& seconds) {
  // Tables of percentages, such as pprof's text: their shares are what they are about.
  if (!united.samples_known[0] && !united.samples_known[1] && united.whole[0].cost != united.whole[1].cost)
    return {Normalization::share, std::nullopt, false};
  const std::array<double, 2> divisor{static_cast<double>(runs[0]), static_cast<double>(runs[1])};
  if (seconds[0] > 0 && seconds[1] > 0 &&
      std::abs(seconds[1] / divisor[1] / (seconds[0] / divisor[0]) - 1) <= k_same_length)
    return {};
  const double ratio = united.whole[1].cost / divisor[1] / (united.whole[0].cost / divisor[0]);
  if (std::abs(ratio - 1) < k_far_apart) return {};
  const Yardstick yardstick(united.whole, Normalization::absolute, divisor, false);
  std::vector<Share> own;
  for (std::size_t id = 0; id < united.tree.frames.size(); ++id)
    own.push_back(yardstick.compare({united.function_self[0][id], united.function_self[1][id]}, k_noise));
  const double most = dilution_of(own, std::nullopt);
  if (std::abs(most / ratio - 1) > k_alike) return {};
  return {Normalization::share,
          Warning{"lengths-differ",
                  fmt::format("head has {:.2g} times the samples of base, and most functions have changed alike: "
                              "compared by share, as recordings of different length; if both did the same work, "
                              "compare with --normalize absolute",
                              ratio)},
          ratio > 1};
}

}  // namespace perfwarden::profile
