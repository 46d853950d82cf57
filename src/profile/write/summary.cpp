#include "profile/write/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "profile/write/folded.hpp"
#include "profile/write/top.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_least_stack = 0.0005;  // of the whole; twice as much until the text is short enough

// The end of a shortened name tells it apart from others that begin alike.
std::string short_name(std::string_view name) {
  std::string out = text::one_line(name);
  if (out.size() <= ProfileSummary::k_most_name_bytes) return out;
  const std::string end = "…" + hex16(fnv1a(name)).substr(0, 8);
  std::size_t size = ProfileSummary::k_most_name_bytes - end.size();
  while (size > 0 && (static_cast<unsigned char>(out[size]) & 0xC0U) == 0x80U) --size;  // not within a character
  return out.substr(0, size) + end;
}

// One side as a profile of its own.
Profile side_of(const DiffTree& tree, const SampleType& type, std::size_t side) {
  Profile out;
  std::vector<FrameId> frames(tree.tree.frames.size());
  for (FrameId id = 0; id < frames.size(); ++id)
    frames[id] = out.tree.frames.add(short_name(tree.tree.frames.name(id)));
  std::vector<NodeId> nodes(tree.tree.size(), k_root);
  for (NodeId id = 1; id < tree.tree.size(); ++id) {
    const CallTree::Node& node = tree.tree.node(id);
    nodes[id] = out.tree.child(nodes[node.parent], frames[node.frame]);
  }
  out.types = {type};
  out.self.emplace_back(out.tree.size());
  for (NodeId id = 1; id < tree.tree.size(); ++id) out.self[0][nodes[id]] += std::max(0.0, tree.self[side][id]);
  return out;
}

// Without the nodes that cost less than `least`, whose cost goes to one frame below their parent.
Profile pruned(const Profile& profile, double least) {
  Profile out;
  out.types = profile.types;
  out.self.emplace_back();
  const std::vector<double> totals = totals_of(profile.tree, profile.self[0]);
  std::vector<NodeId> nodes(profile.tree.size(), k_root);
  std::vector<bool> dropped(profile.tree.size());
  const FrameId small = out.tree.frames.add(k_small_stacks);
  const auto add = [&](NodeId node, double cost) {
    out.self[0].resize(out.tree.size());
    out.self[0][node] += cost;
  };
  for (NodeId id = 1; id < profile.tree.size(); ++id) {
    const NodeId parent = profile.tree.node(id).parent;
    dropped[id] = dropped[parent] || totals[id] < least;
    if (!dropped[id]) {
      nodes[id] = out.tree.child(nodes[parent], out.tree.frames.add(profile.tree.name(id)));
      add(nodes[id], profile.self[0][id]);
    } else if (!dropped[parent] && totals[id] > 0) {
      add(out.tree.child(nodes[parent], small), totals[id]);
    }
  }
  return out;
}

std::string stacks_of(const Profile& profile, double whole) {
  for (double least = k_least_stack; least <= 1; least *= 2) {
    std::string text;
    const Profile kept = pruned(profile, least * whole);
    if (kept.tree.size() <= 1 || !write_folded(kept, 0, [&](std::string_view piece) { text += piece; })) return "";
    if (text.size() <= ProfileSummary::k_most_stack_bytes) return text;
  }
  return "";
}

}  // namespace

ProfileSummary summary_of(const Diff& diff, std::size_t side) {
  const ProfileDiff& evidence = diff.evidence;
  const ProfileSide& recorded = side == 0 ? evidence.base : evidence.head;
  ProfileSummary out;
  out.suite = evidence.suite;
  out.benchmark = evidence.benchmark;
  out.type = evidence.type;
  out.cost = recorded.cost;
  out.samples = recorded.samples;
  out.seconds = recorded.seconds;
  const Profile profile = side_of(diff.tree, evidence.type, side);
  const Top top = make_top(profile, {.fraction = 0});
  if (!(top.total > 0)) return out;
  for (const TopRow& row : top.rows)
    if (row.self >= ProfileSummary::k_least_self * top.total)
      out.functions.push_back({row.name, row.self / top.total, row.total / top.total});
  out.stacks = stacks_of(profile, top.total);
  return out;
}

}  // namespace perfwarden::profile
