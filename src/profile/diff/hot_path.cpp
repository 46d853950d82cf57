#include "profile/diff/hot_path.hpp"

#include <string>

namespace perfwarden::profile {

std::vector<PathStep> hot_path(const CallTree& tree, const std::array<std::span<const double>, 2>& total,
                               const std::array<double, 2>& scale, std::size_t side) {
  constexpr std::size_t k_longest = 200;
  constexpr double k_goes_on = 1.0 / 3;
  constexpr double k_worth_a_step = 0.01;
  std::vector<PathStep> path;
  const ChildLists children = children_of(tree);
  NodeId at = k_root;
  const double least = k_worth_a_step * total[side][k_root];
  while (path.size() < k_longest) {
    NodeId best = k_root;
    for (const NodeId child : children.of(at))
      if (best == k_root || total[side][child] > total[side][best]) best = child;
    if (best == k_root || !(total[side][best] > least) || total[side][best] < k_goes_on * total[side][at]) break;
    const bool recursion = at != k_root && tree.node(best).frame == tree.node(at).frame;
    at = best;
    if (recursion) continue;
    const std::array<double, 2> cost{total[0][at], total[1][at]};
    path.push_back({std::string(tree.name(at)), cost[0] * scale[0], cost[1] * scale[1], cost[0] > 0, cost[1] > 0});
  }
  return path;
}

}  // namespace perfwarden::profile
