#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perfwarden {

using FrameId = std::uint32_t;
using NodeId = std::uint32_t;

inline constexpr NodeId k_root = 0;  // of every CallTree: no frame, no parent

inline constexpr std::string_view k_inlined = "_[i]";  // ends the name of a frame that was inlined

// The FrameTable holds each name of a frame once. A name is as the profiler wrote it, with its annotation if there is
// one ("memcpy_[k]" kernel, "_[j]" JIT, "_[i]" inlined, "_[w]" waker, "_[0]" interpreted, "_[1]" C1); two functions of
// one name are one frame, so readers for profilers that identify functions by position put the position into the name.
// Hostile text.
class FrameTable {
 public:
  FrameTable() = default;
  FrameTable(const FrameTable& other);
  FrameTable& operator=(const FrameTable& other);
  FrameTable(FrameTable&&) = default;
  FrameTable& operator=(FrameTable&&) = default;
  ~FrameTable() = default;

  [[nodiscard]] FrameId add(std::string_view name);  // the same name gives the same id; ids count from 0
  [[nodiscard]] std::string_view name(FrameId id) const { return names_[id]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

  // Where the function is, as far as the profiler reported it: its source file (empty: unknown) and the file or library
  // that it was loaded from. The first value set is kept.
  void set_file(FrameId id, std::string_view file);
  void set_module(FrameId id, std::string_view module);
  [[nodiscard]] std::string_view file(FrameId id) const;
  [[nodiscard]] std::string_view module(FrameId id) const;

 private:
  [[nodiscard]] std::string_view keep(std::string_view text);
  void grow();

  std::deque<std::string> blocks_;  // what the views point into; never moved
  std::vector<std::string_view> names_;
  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> slots_;               // open addressing; id + 1, 0 = free
  std::vector<std::string_view> files_, modules_;  // by id; shorter than names_ when the rest is unknown
};

// A CallTree is all stacks of a profile as a trie from the root: a node is a frame below its parent, so each node is
// one stack. A parent's id is always less than its children's. Costs are kept outside the tree, one number a node.
class CallTree {
 public:
  struct Node {
    NodeId parent = k_root;
    FrameId frame = 0;  // of the root: meaningless
  };

  CallTree();
  void reserve(std::size_t nodes);                           // reserves address space, so that growing moves nothing
  [[nodiscard]] NodeId child(NodeId parent, FrameId frame);  // created when missing
  [[nodiscard]] NodeId add(std::span<const FrameId> stack);  // root first
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }                          // id < size()
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }                                // with the root
  [[nodiscard]] std::size_t depth(NodeId id) const;                                               // of the root 0
  [[nodiscard]] std::vector<FrameId> stack(NodeId id) const;                                      // root first
  [[nodiscard]] std::string_view name(NodeId id) const { return frames.name(nodes_[id].frame); }  // not of the root

  FrameTable frames;

 private:
  void grow();

  std::vector<Node> nodes_;
  // Most nodes have one child, so the first is found by its parent's id, and only the others by a table.
  std::vector<NodeId> first_child_;   // by node; 0 = none
  std::vector<std::uint32_t> slots_;  // open addressing; node id, 0 = free
  std::size_t used_slots_ = 0;
};

// Children of every node in one array: those of node n are ids[begin[n]] up to ids[begin[n + 1]], in the order made.
struct ChildLists {
  std::vector<std::uint32_t> begin;
  std::vector<NodeId> ids;
  [[nodiscard]] std::span<const NodeId> of(NodeId node) const {
    return std::span(ids).subspan(begin[node], begin[node + 1] - begin[node]);
  }
};
[[nodiscard]] ChildLists children_of(const CallTree& tree);

// Cost of each node with all below it, from what ends in it. Sizes are tree.size().
[[nodiscard]] std::vector<double> totals_of(const CallTree& tree, std::span<const double> self);

}  // namespace perfwarden
