#include "model/call_tree.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace perfwarden {
namespace {

TEST(CallTree, GivesACopyNamesOfItsOwn) {
  auto tree = std::make_unique<CallTree>();
  const FrameId frame = tree->frames.add("work");
  tree->frames.set_file(frame, "work.c");
  tree->frames.set_module(frame, "libwork.so");
  const NodeId node = tree->child(k_root, frame);
  CallTree copy = *tree;
  CallTree assigned;
  assigned = *tree;
  tree.reset();
  for (CallTree* each : {&copy, &assigned}) {
    EXPECT_EQ(each->name(node), "work");
    EXPECT_EQ(each->frames.file(frame), "work.c");
    EXPECT_EQ(each->frames.module(frame), "libwork.so");
    EXPECT_EQ(each->frames.add("work"), frame);
    EXPECT_EQ(each->child(k_root, frame), node);
    EXPECT_EQ(each->frames.add("more"), frame + 1);
  }
}

}  // namespace
}  // namespace perfwarden
