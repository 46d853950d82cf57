#include "profile/diff/hot_path.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace perfwarden::profile {
namespace {

// A tree with the total of each node on both sides.
struct Totals {
  CallTree tree;
  std::vector<double> base{1000}, head{1000};

  NodeId add(NodeId parent, const std::string& name, double in_base, double in_head) {
    const NodeId node = tree.child(parent, tree.frames.add(name));
    base.resize(tree.size());
    head.resize(tree.size());
    base[node] = in_base;
    head[node] = in_head;
    return node;
  }
  [[nodiscard]] std::vector<PathStep> path(std::size_t side) const {
    return hot_path(tree, {base, head}, {0.001, 0.001}, side);
  }
  [[nodiscard]] std::string names(std::size_t side) const {
    std::string out;
    for (const PathStep& step : path(side)) out += (out.empty() ? "" : ";") + step.name;
    return out;
  }
};

TEST(HotPath, FollowsTheLargestChildOfItsSide) {
  Totals totals;
  const NodeId main = totals.add(k_root, "main", 1000, 1000);
  totals.add(main, "parse", 700, 300);
  totals.add(main, "print", 300, 700);
  EXPECT_EQ(totals.names(0), "main;parse");
  EXPECT_EQ(totals.names(1), "main;print");
  EXPECT_DOUBLE_EQ(totals.path(0)[1].base, 0.7);
  EXPECT_DOUBLE_EQ(totals.path(0)[1].head, 0.3);
}

TEST(HotPath, EndsWhereNoChildHoldsAThird) {
  Totals totals;
  const NodeId main = totals.add(k_root, "main", 1000, 1000);
  for (const char* name : {"a", "b", "c", "d"}) totals.add(main, name, 250, 250);
  EXPECT_EQ(totals.names(0), "main");
}

TEST(HotPath, EndsAtOnePercentOfAll) {
  Totals totals;
  const NodeId rare = totals.add(k_root, "rare", 9, 11);
  totals.add(rare, "below", 9, 11);
  EXPECT_EQ(totals.names(0), "") << "of base it is less";
  totals.head[k_root] = 20;
  EXPECT_EQ(totals.names(1), "rare;below");
}

TEST(HotPath, OfARecursionKeepsTheFirstStep) {
  Totals totals;
  NodeId at = totals.add(k_root, "walk", 1000, 1000);
  for (int i = 0; i < 5; ++i) at = totals.add(at, "walk", 900, 900);
  totals.add(at, "leaf", 800, 800);
  EXPECT_EQ(totals.names(0), "walk;leaf");
}

TEST(HotPath, SaysWhereTheOtherSideHasNoSuchStep) {
  Totals totals;
  const NodeId main = totals.add(k_root, "main", 1000, 1000);
  totals.add(main, "fresh", 0, 900);
  const std::vector<PathStep> path = totals.path(1);
  ASSERT_EQ(path.size(), 2U);
  EXPECT_FALSE(path[1].in_base);
  EXPECT_TRUE(path[1].in_head);
}

}  // namespace
}  // namespace perfwarden::profile
