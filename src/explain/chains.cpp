#include "explain/chains.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>

namespace perfwarden::explain {
namespace {

constexpr std::size_t k_long_chain = 12;
constexpr double k_nearly_all = 0.9;  // of a caller's cost that the callee of a chain has

// The node where the function costs most in head; k_root when it is nowhere.
NodeId hottest_of(const DiffTree& diff, std::string_view name) {
  NodeId best = k_root;
  for (NodeId id = 1; id < diff.tree.size(); ++id)
    if (diff.tree.name(id) == name && (best == k_root || diff.total[1][id] > diff.total[1][best])) best = id;
  return best;
}

// How many frames up from the node call only each other, itself among them.
std::size_t chain_above(const DiffTree& diff, NodeId node) {
  std::size_t length = 0;
  while (node != k_root) {
    ++length;
    const NodeId parent = diff.tree.node(node).parent;
    if (parent == k_root || diff.total[1][node] < k_nearly_all * diff.total[1][parent]) break;
    node = parent;
  }
  return length;
}

bool applies(const Pattern& pattern, const FrameDelta& frame) {
  const Share& share = frame.by_total ? frame.total : frame.self;
  return pattern.where == Pattern::Where::chain && pattern.severity != PatternSeverity::off &&
         share.head >= pattern.min_share && share.delta() >= pattern.min_delta &&
         re2::RE2::PartialMatch(frame.name, re2::RE2(pattern.match, re2::RE2::Quiet));
}

}  // namespace

std::vector<PatternHit> find_chains(const ProfileDiff& evidence, const DiffTree& tree,
                                    std::span<const Pattern> patterns) {
  std::vector<PatternHit> hits;
  for (const FrameDelta& frame : evidence.frames) {
    const std::size_t fresh = frame.chain.size() + 1;
    if (frame.change != FrameChange::added || fresh < k_long_chain / 2) continue;
    const auto pattern =
        std::find_if(patterns.begin(), patterns.end(), [&](const Pattern& one) { return applies(one, frame); });
    if (pattern == patterns.end() || chain_above(tree, hottest_of(tree, frame.name)) < k_long_chain) continue;
    PatternHit& hit = hits.emplace_back();
    hit.id = pattern->id;
    hit.category = pattern->category;
    hit.frame = frame.name;
    hit.culprit = frame.chain.front();
    hit.share = frame.by_total ? frame.total : frame.self;
    hit.severity = pattern->severity;
    hit.advice = pattern->advice;
    hit.unfair = pattern->unfair;
  }
  return hits;
}

}  // namespace perfwarden::explain
