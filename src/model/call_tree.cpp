#include "model/call_tree.hpp"

#include <algorithm>
#include <functional>

namespace perfwarden {
namespace {

constexpr std::size_t k_first_slots = 64;
constexpr std::size_t k_block_bytes = std::size_t{64} << 10;

std::size_t mixed(NodeId parent, FrameId frame) {
  std::uint64_t key = (static_cast<std::uint64_t>(parent) << 32U) | frame;
  key *= 0x9E3779B97F4A7C15ULL;  // Fibonacci hashing: the high bits are the good ones
  return static_cast<std::size_t>(key >> 20U);
}

bool crowded(std::size_t used, std::size_t slots) {
  return used * 2 >= slots;
}

void keep_at(std::vector<std::string_view>& texts, FrameId id, std::string_view kept) {
  if (texts.size() <= id) texts.resize(id + std::size_t{1});
  texts[id] = kept;
}

std::string_view at(const std::vector<std::string_view>& texts, FrameId id) {
  return id < texts.size() ? texts[id] : std::string_view{};
}

}  // namespace

// The views of the other point into its own blocks.
FrameTable::FrameTable(const FrameTable& other) : hashes_(other.hashes_), slots_(other.slots_) {
  for (const std::string_view name : other.names_) names_.push_back(keep(name));
  for (const std::string_view file : other.files_) files_.push_back(keep(file));
  for (const std::string_view module : other.modules_) modules_.push_back(keep(module));
}

FrameTable& FrameTable::operator=(const FrameTable& other) {
  if (this != &other) *this = FrameTable(other);
  return *this;
}

std::string_view FrameTable::keep(std::string_view text) {
  if (text.empty()) return {};
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < text.size()) {
    blocks_.emplace_back();
    blocks_.back().reserve(std::max(k_block_bytes, text.size()));
  }
  std::string& block = blocks_.back();
  const std::size_t begin = block.size();
  block.append(text);
  return std::string_view(block).substr(begin);
}

void FrameTable::grow() {
  slots_.assign(std::max(k_first_slots, slots_.size() * 2), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t id = 0; id < names_.size(); ++id) {
    std::size_t slot = hashes_[id] & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(id + 1);
  }
}

FrameId FrameTable::add(std::string_view name) {
  if (crowded(names_.size(), slots_.size())) grow();
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const FrameId id = slots_[slot] - 1;
    if (hashes_[id] == hash && names_[id] == name) return id;
  }
  const auto id = static_cast<FrameId>(names_.size());
  names_.push_back(keep(name));
  hashes_.push_back(hash);
  slots_[slot] = id + 1;
  return id;
}

void FrameTable::set_file(FrameId id, std::string_view file) {
  if (!file.empty() && at(files_, id).empty()) keep_at(files_, id, keep(file));
}

void FrameTable::set_module(FrameId id, std::string_view module) {
  if (!module.empty() && at(modules_, id).empty()) keep_at(modules_, id, keep(module));
}

std::string_view FrameTable::file(FrameId id) const {
  return at(files_, id);
}

std::string_view FrameTable::module(FrameId id) const {
  return at(modules_, id);
}

CallTree::CallTree() : nodes_(1), first_child_(1) {}

void CallTree::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  first_child_.reserve(nodes);
}

void CallTree::grow() {
  slots_.assign(std::max(k_first_slots, slots_.size() * 2), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t id = 1; id < nodes_.size(); ++id) {
    if (first_child_[nodes_[id].parent] == id) continue;
    std::size_t slot = mixed(nodes_[id].parent, nodes_[id].frame) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::uint32_t>(id);
  }
}

NodeId CallTree::child(NodeId parent, FrameId frame) {
  const auto next = static_cast<NodeId>(nodes_.size());
  if (const NodeId first = first_child_[parent]; first == 0) {
    first_child_[parent] = next;
  } else if (nodes_[first].frame == frame) {
    return first;
  } else {
    if (crowded(used_slots_, slots_.size())) grow();
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = mixed(parent, frame) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
      const Node& there = nodes_[slots_[slot]];
      if (there.parent == parent && there.frame == frame) return slots_[slot];
    }
    slots_[slot] = next;
    ++used_slots_;
  }
  nodes_.push_back({parent, frame});
  first_child_.push_back(0);
  return next;
}

NodeId CallTree::add(std::span<const FrameId> stack) {
  NodeId at = k_root;
  for (const FrameId frame : stack) at = child(at, frame);
  return at;
}

std::size_t CallTree::depth(NodeId id) const {
  std::size_t depth = 0;
  for (; id != k_root; id = nodes_[id].parent) ++depth;
  return depth;
}

std::vector<FrameId> CallTree::stack(NodeId id) const {
  std::vector<FrameId> out;
  for (; id != k_root; id = nodes_[id].parent) out.push_back(nodes_[id].frame);
  std::reverse(out.begin(), out.end());
  return out;
}

ChildLists children_of(const CallTree& tree) {
  ChildLists lists;
  lists.begin.assign(tree.size() + 1, 0);
  lists.ids.resize(tree.size() - 1);
  for (NodeId id = 1; id < tree.size(); ++id) ++lists.begin[tree.node(id).parent + 1];
  for (std::size_t i = 1; i < lists.begin.size(); ++i) lists.begin[i] += lists.begin[i - 1];
  std::vector<std::uint32_t> next(lists.begin.begin(), lists.begin.end() - 1);
  for (NodeId id = 1; id < tree.size(); ++id) lists.ids[next[tree.node(id).parent]++] = id;
  return lists;
}

std::vector<double> totals_of(const CallTree& tree, std::span<const double> self) {
  std::vector<double> totals(self.begin(), self.end());
  for (std::size_t id = tree.size(); id-- > 1;) totals[tree.node(static_cast<NodeId>(id)).parent] += totals[id];
  return totals;
}

}  // namespace perfwarden
