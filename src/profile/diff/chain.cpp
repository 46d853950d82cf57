#include "profile/diff/chain.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace perfwarden::profile {
namespace {

constexpr FrameId k_none = ~FrameId{0}, k_several = k_none - 1;
constexpr double k_nearly_all = 0.9;  // of a caller's cost that its callee must have

bool on_one_side(const FrameDelta& frame) {
  return frame.change == FrameChange::added || frame.change == FrameChange::removed;
}

// By frame: the one function that calls it on the side where it is; k_several for more, k_none for the root.
std::vector<FrameId> only_callers(const United& united, std::span<const FrameDelta> frames) {
  std::vector<FrameId> callers(frames.size(), k_none);
  std::vector<bool> seen(frames.size(), false);
  for (NodeId id = 1; id < united.tree.size(); ++id) {
    const CallTree::Node& node = united.tree.node(id);
    const std::size_t side = frames[node.frame].change == FrameChange::added ? 1 : 0;
    if (!on_one_side(frames[node.frame]) || united.nested[id] || !(united.total[side].cost[id] > 0)) continue;
    const FrameId caller = node.parent == k_root ? k_none : united.tree.node(node.parent).frame;
    callers[node.frame] = !seen[node.frame] || callers[node.frame] == caller ? caller : k_several;
    seen[node.frame] = true;
  }
  return callers;
}

}  // namespace

void fold_chains(const United& united, std::span<FrameDelta> frames) {
  const std::vector<FrameId> callers = only_callers(united, frames);
  std::vector<bool> folded(frames.size(), false);
  const auto joins = [&](FrameId callee, FrameId caller) {
    if (caller == k_none || caller == k_several || frames[caller].change != frames[callee].change) return false;
    const std::size_t side = frames[callee].change == FrameChange::added ? 1 : 0;
    return frames[caller].by_total && frames[callee].total_cost[side] >= k_nearly_all * frames[caller].total_cost[side];
  };
  for (FrameId id = 0; id < frames.size(); ++id)
    if (on_one_side(frames[id]) && joins(id, callers[id])) folded[callers[id]] = true;
  for (FrameId id = 0; id < frames.size(); ++id) {
    if (!on_one_side(frames[id]) || folded[id]) continue;
    for (FrameId at = id; joins(at, callers[at]) && frames[id].chain.size() < frames.size(); at = callers[at])
      frames[id].chain.push_back(frames[callers[at]].name);
    std::reverse(frames[id].chain.begin(), frames[id].chain.end());
  }
  for (FrameId id = 0; id < frames.size(); ++id)
    if (folded[id]) frames[id].change = FrameChange::unchanged;
}

}  // namespace perfwarden::profile
