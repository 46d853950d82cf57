#include "model/call_tree.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"

namespace perfwarden {
namespace {

TEST(FrameTable, GivesEachNameOneId) {
  FrameTable frames;
  EXPECT_EQ(frames.add("main"), 0U);
  EXPECT_EQ(frames.add(""), 1U);
  EXPECT_EQ(frames.add("main"), 0U);
  EXPECT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames.name(1), "");
}

TEST(FrameTable, KeepsNamesWhereTheyAreWhileItGrows) {
  FrameTable frames;
  const std::string_view first = frames.name(frames.add("first"));
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(frames.add("frame" + std::to_string(i)), static_cast<FrameId>(i + 1));
  const std::string huge(1 << 20, 'x');
  EXPECT_EQ(frames.name(frames.add(huge)), huge);
  EXPECT_EQ(first, "first");
  EXPECT_EQ(frames.add("frame77"), 78U);
}

TEST(FrameTable, KeepsTheFirstFileAndModuleThatWereSaid) {
  FrameTable frames;
  const FrameId quiet = frames.add("quiet"), told = frames.add("told");
  frames.set_file(told, "");
  frames.set_file(told, "a.cpp");
  frames.set_file(told, "b.cpp");
  frames.set_module(told, "libx.so");
  EXPECT_EQ(frames.file(told), "a.cpp");
  EXPECT_EQ(frames.module(told), "libx.so");
  EXPECT_EQ(frames.file(quiet), "");
  EXPECT_EQ(frames.module(quiet), "");
}

TEST(CallTree, GivesEachStackOneNode) {
  CallTree tree;
  const FrameId a = tree.frames.add("a"), b = tree.frames.add("b"), c = tree.frames.add("c");
  const NodeId ab = tree.add(std::vector<FrameId>{a, b});
  const NodeId ac = tree.add(std::vector<FrameId>{a, c});
  EXPECT_NE(ab, ac);
  EXPECT_EQ(tree.add(std::vector<FrameId>{a, b}), ab);
  EXPECT_EQ(tree.add(std::vector<FrameId>{a, c}), ac);
  EXPECT_EQ(tree.add(std::vector<FrameId>{}), k_root);
  EXPECT_EQ(tree.size(), 4U);
  EXPECT_EQ(tree.depth(ac), 2U);
  EXPECT_EQ(tree.stack(ac), (std::vector<FrameId>{a, c}));
  EXPECT_EQ(tree.name(ac), "c");
}

TEST(CallTree, FindsEveryChildOfManyAsAMapDoes) {
  CallTree tree;
  std::map<std::pair<NodeId, FrameId>, NodeId> expected;
  SplitMix64 random(20261121);
  for (int i = 0; i < 20'000; ++i) {
    const auto parent = static_cast<NodeId>(random.below(std::min<std::size_t>(tree.size(), 300)));
    const auto frame = static_cast<FrameId>(random.below(40));
    const auto [known, is_new] = expected.try_emplace({parent, frame}, static_cast<NodeId>(tree.size()));
    ASSERT_EQ(tree.child(parent, frame), known->second) << is_new;
  }
  EXPECT_EQ(tree.size(), expected.size() + 1);
  for (NodeId id = 1; id < tree.size(); ++id) ASSERT_LT(tree.node(id).parent, id);
}

TEST(CallTree, ListsChildrenInTheOrderMadeAndSumsFromBelow) {
  CallTree tree;
  const FrameId a = tree.frames.add("a"), b = tree.frames.add("b");
  const NodeId at_a = tree.child(k_root, a), at_b = tree.child(k_root, b);
  const NodeId below = tree.child(at_a, b);
  const ChildLists children = children_of(tree);
  EXPECT_EQ(std::vector<NodeId>(children.of(k_root).begin(), children.of(k_root).end()),
            (std::vector<NodeId>{at_a, at_b}));
  EXPECT_EQ(children.of(at_a).size(), 1U);
  EXPECT_TRUE(children.of(below).empty());
  EXPECT_EQ(totals_of(tree, std::vector<double>{0, 1, 2, 4}), (std::vector<double>{7, 5, 2, 4}));
}

TEST(CallTree, IsTheSameWithSpaceReserved) {
  CallTree tree;
  tree.reserve(1000);
  EXPECT_EQ(tree.size(), 1U);
  const NodeId first = tree.child(k_root, tree.frames.add("a"));
  EXPECT_EQ(tree.child(k_root, 0), first);
}

TEST(CallTree, OfNothingIsARoot) {
  const CallTree tree;
  EXPECT_EQ(tree.size(), 1U);
  EXPECT_TRUE(children_of(tree).of(k_root).empty());
}

}  // namespace
}  // namespace perfwarden
