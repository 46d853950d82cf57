#include "profile/draw/flame_layout.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

struct Tree {
  CallTree tree;
  std::vector<View> views{1};
  std::vector<double> whole;

  explicit Tree(const std::vector<std::pair<std::string, double>>& stacks) {
    std::vector<double> self{0};
    for (const auto& [stack, cost] : stacks) {
      std::vector<FrameId> frames;
      for (const std::string_view name : text::split(stack, ';')) frames.push_back(tree.frames.add(name));
      const NodeId node = tree.add(frames);
      self.resize(tree.size(), 0);
      self[node] += cost;
    }
    views[0] = totals_of(tree, self);
    whole = {views[0][k_root]};
  }
  [[nodiscard]] std::string names(const FlameChoice& choice) const {
    std::string out;
    for (const FlameBox& box : choice.boxes) {
      if (!out.empty()) out += ' ';
      if (box.summed > 0)
        out += std::to_string(box.summed) + "more";
      else
        out += box.node == k_root ? "all" : std::string(tree.name(box.node));
    }
    return out;
  }
};

TEST(FlameLayout, ParentsComeBeforeChildrenAndSiblingsByName) {
  const Tree one({{"b;y", 1}, {"a;z", 1}, {"b;x", 1}, {"a", 1}});
  const FlameChoice choice = choose_boxes(one.tree, one.views, one.whole, {});
  EXPECT_EQ(one.names(choice), "all a z b x y");
  EXPECT_EQ(choice.levels, 3U);
  EXPECT_THAT(place_boxes(choice.boxes, choice.width[0]), ElementsAre(0, 0, 0, 0.5, 0.5, 0.75));
}

TEST(FlameLayout, NarrowSiblingsBecomeOneSum) {
  const Tree one({{"a;x", 900}, {"a;y", 4}, {"a;z;deep", 6}, {"b", 90}});
  FlameBudget budget;
  budget.min_share = 0.01;
  const FlameChoice choice = choose_boxes(one.tree, one.views, one.whole, budget);
  EXPECT_EQ(one.names(choice), "all a x 2more b");
  EXPECT_EQ(choice.left_out, 3U) << "y, z and deep";
  EXPECT_THAT(choice.width[0][3], DoubleNear(0.01, 1e-12));
  EXPECT_THAT(place_boxes(choice.boxes, choice.width[0])[3], DoubleNear(0.9, 1e-12));
}

TEST(FlameLayout, ANodeIsKeptWhenAnyViewShowsIt) {
  Tree one({{"a", 1000}, {"b", 1}});
  one.views.push_back({10, 0, 10});
  one.whole.push_back(10);
  FlameBudget budget;
  budget.min_share = 0.1;
  const FlameChoice choice = choose_boxes(one.tree, one.views, one.whole, budget);
  EXPECT_EQ(one.names(choice), "all a b");
  EXPECT_THAT(choice.width[1], ElementsAre(1, 0, 1));
}

TEST(FlameLayout, TheNarrowestGoWhenTheBudgetIsSpent) {
  const Tree one({{"a", 50}, {"b", 30}, {"c", 15}, {"d", 5}});
  FlameBudget budget;
  budget.box_bytes = 99;
  budget.bytes = 300;
  const FlameChoice choice = choose_boxes(one.tree, one.views, one.whole, budget);
  EXPECT_EQ(one.names(choice), "all a b 2more");
  EXPECT_THAT(choice.min_share, DoubleNear(0.15, 1e-12));
}

TEST(FlameLayout, ATreeOfNothingIsItsRoot) {
  const Tree one({{"a", 0}});
  const FlameChoice choice = choose_boxes(one.tree, one.views, one.whole, {});
  EXPECT_EQ(one.names(choice), "all");
  EXPECT_THAT(choice.width[0], ElementsAre(0));
}

TEST(FlameLayout, NamesKeepWhatTellsFunctionsApart) {
  const std::string name = "app::net::Reader<std::string>::read(int, char const*)";
  EXPECT_EQ(fit_name(name, 60), name);
  EXPECT_EQ(fit_name(name, 30), "app::net::Reader::read");
  EXPECT_EQ(fit_name(name, 20), "…net::Reader::read");
  EXPECT_EQ(fit_name(name, 14), "…Reader::read");
  EXPECT_EQ(fit_name(name, 8), "…read");
  EXPECT_EQ(fit_name(name, 4), "app…");
  EXPECT_EQ(fit_name(name, 2), "");
  EXPECT_EQ(fit_name("operator<", 6), "opera…");
  EXPECT_EQ(fit_name("encoding/json.Unmarshal", 18), "…json.Unmarshal");
  EXPECT_EQ(fit_name("scan_string.constprop.0", 9), "scan_str…");
  EXPECT_EQ(fit_name("::", 3), "::");
  EXPECT_EQ(fit_name("日本語日本語", 7), "日本語…");
}

}  // namespace
}  // namespace perfwarden::profile
