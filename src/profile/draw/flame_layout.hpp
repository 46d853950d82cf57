#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/call_tree.hpp"

// Which frames of a tree are drawn, and where.
namespace perfwarden::profile {

// A FlameBox is one rectangle: a node, or all children of one parent that are too narrow to be drawn alone.
struct FlameBox {
  NodeId node = k_root;      // for a sum: the parent
  std::uint32_t depth = 0;   // of the root 0; of a sum, that of the children in it
  std::uint32_t summed = 0;  // number of children in the sum; 0 = this is a node
};

// A View gives widths one meaning: the total of each node. Sizes are the tree's; no value is negative, and
// children never have more than their parent.
using View = std::vector<double>;

struct FlameChoice {
  std::vector<FlameBox> boxes;             // parents before children, siblings by name, sums last; first the root
  std::vector<std::vector<double>> width;  // [view][box]; fractions of `whole[view]`
  std::uint32_t levels = 0;                // rows that are drawn, with the root's
  double min_share = 0;                    // the value that was used
  std::size_t left_out = 0;                // nodes within sums, with all below them
};

// Limits on the size of a choice.
struct FlameBudget {
  double min_share = 0.001;
  std::size_t bytes = 1'000'000;
  std::size_t box_bytes = 200;  // a box without its name …
  std::size_t name_times = 1;   // … and how often that is written
};

// Chooses the nodes that have at least min_share of `whole` in any view, and no more than fit into the bytes.
// Names of frames that are not drawn are never touched.
[[nodiscard]] FlameChoice choose_boxes(const CallTree& tree, std::span<const View> views, std::span<const double> whole,
                                       const FlameBudget& budget);

// Left edge of every box in one view, in fractions of the whole: children from their parent's left edge on.
[[nodiscard]] std::vector<double> place_boxes(std::span<const FlameBox> boxes, std::span<const double> width);

// A name cut to `columns`: the part that distinguishes functions is kept longest (without parameters and template
// arguments, then without qualifiers, then cut with "…"). Empty when fewer than three columns are left for it.
[[nodiscard]] std::string fit_name(const std::string& name, std::size_t columns);

}  // namespace perfwarden::profile
