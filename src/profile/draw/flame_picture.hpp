#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/profile.hpp"
#include "model/profile_diff.hpp"
#include "profile/draw/flame_graph.hpp"
#include "profile/draw/flame_layout.hpp"

// What a flame graph shows, before it is SVG or a page.
namespace perfwarden::profile {

// How costs are printed: value × factor in base unit ("s", "B"), or a plain count ("").
struct CostUnit {
  std::string base;
  double factor = 1;
  std::string noun;  // "samples", "cycles": after a plain count; may be empty
};
[[nodiscard]] CostUnit cost_unit(const SampleType& type);
[[nodiscard]] std::string print_cost(double cost, const CostUnit& unit);  // "1,105 samples", "8.12 s"

// One side's costs, by box; of a plain graph there is one side only.
struct FlameSide {
  std::string label;  // one line; empty for a plain graph
  double all = 0;     // cost of the root
  std::vector<double> cost, self;
};

inline constexpr std::size_t k_view_head = 0, k_view_base = 1, k_view_delta = 2;  // of a differential graph

// A FlamePicture is ready to be written; all texts are one line but not yet escaped.
struct FlamePicture {
  bool differential = false;
  std::string title;
  std::vector<std::string> facts;  // lines below the title
  std::vector<std::string> notes;  // lines below the graph: what it does not show
  const CallTree* tree = nullptr;
  CostUnit unit;
  FlameChoice choice;
  std::vector<FlameSide> sides;       // plain: one; differential: base, head
  std::array<double, 2> scale{1, 1};  // cost × scale = share
  std::vector<std::uint8_t> shade;    // by box; of diff_shades or package_hues
  // By box, differential only. Sums of many nodes have neither a change nor an interval.
  std::vector<FrameChange> change;
  std::vector<Share> share;

  [[nodiscard]] std::string name(std::size_t box) const;  // whole, one line: "all", "12 more"
  [[nodiscard]] std::string tell(std::size_t box) const;  // one line: name, costs, and what is known of the change
};

// `budget` bounds the number of boxes.
[[nodiscard]] FlamePicture picture_of(const Profile& profile, const PictureOptions& options, const FlameBudget& budget);
[[nodiscard]] FlamePicture picture_of(const DiffTree& tree, const ProfileDiff& evidence, const PictureOptions& options,
                                      const FlameBudget& budget);

// For XML and HTML: one line, escaped, no character that XML forbids.
[[nodiscard]] std::string escape_markup(std::string_view hostile);

}  // namespace perfwarden::profile
