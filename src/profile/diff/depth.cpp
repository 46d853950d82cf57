#include "profile/diff/depth.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace perfwarden::profile {
namespace {

// The least depth that so much of the weight does not exceed.
std::size_t quantile(const std::vector<double>& weight, double all, double share) {
  double seen = 0;
  for (std::size_t depth = 0; depth < weight.size(); ++depth) {
    seen += weight[depth];
    if (seen >= share * all * (1 - 1e-12)) return depth;
  }
  return weight.empty() ? 0 : weight.size() - 1;
}

}  // namespace

void measure_depth(const CallTree& tree, std::span<const double> self, double samples, ProfileSide& side) {
  constexpr double k_share = 0.95;
  constexpr double k_z = 1.959964;
  std::vector<std::uint32_t> depth(tree.size(), 0);
  std::vector<double> weight(1, 0);
  double all = 0;
  double sum = 0;
  for (NodeId id = 1; id < tree.size(); ++id) {
    depth[id] = depth[tree.node(id).parent] + 1;
    if (!(self[id] > 0)) continue;
    if (depth[id] >= weight.size()) weight.resize(depth[id] + std::size_t{1}, 0);
    weight[depth[id]] += self[id];
    all += self[id];
    sum += self[id] * depth[id];
  }
  if (!(all > 0)) return;
  side.depth_mean = sum / all;
  side.depth_max = weight.size() - 1;
  side.depth_p95 = quantile(weight, all, k_share);
  const double half = samples > 0 ? k_z * std::sqrt(k_share * (1 - k_share) / samples) : 1;
  side.depth_p95_low = quantile(weight, all, std::max(1e-9, k_share - half));
  side.depth_p95_high = quantile(weight, all, std::min(1.0, k_share + half));
}

}  // namespace perfwarden::profile
