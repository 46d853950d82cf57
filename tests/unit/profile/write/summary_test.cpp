#include "profile/write/summary.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "profile/read/read.hpp"

namespace perfwarden::profile {
namespace {

Diff diff_of(const std::string& base, const std::string& head) {
  const auto one = read(base, "base", "folded");
  const auto two = read(head, "head", "folded");
  EXPECT_TRUE(one && two);
  auto out = diff(*one, *two, {});
  EXPECT_TRUE(out) << out.error().text();
  return std::move(*out);
}

TEST(Summary, ListsFunctionsByTheirOwnShareAndKeepsTheStacks) {
  const Diff both = diff_of("main;parse 60\nmain;load 40\n", "main;parse 30\nmain;parse;copy 60\nmain 10\n");
  const ProfileSummary base = summary_of(both, 0);
  ASSERT_EQ(base.functions.size(), 2U) << "main has no cost of its own";
  EXPECT_EQ(base.functions[0], (FunctionShare{"parse", 0.6, 0.6}));
  const ProfileSummary head = summary_of(both, 1);
  ASSERT_EQ(head.functions.size(), 3U);
  EXPECT_EQ(head.functions[1], (FunctionShare{"parse", 0.3, 0.9}));
  EXPECT_EQ(head.stacks, "main 10\nmain;parse 30\nmain;parse;copy 60\n");
  EXPECT_EQ(head.cost, 100);
}

TEST(Summary, SumsSmallStacksUpUntilTheTextIsShortEnough) {
  std::string many = "main;hot 100000\n";
  for (int i = 0; i < 20'000; ++i) many += "main;cold;" + std::string(40, 'x') + std::to_string(i) + " 1\n";
  const ProfileSummary kept = summary_of(diff_of(many, "main 1\n"), 0);
  EXPECT_LE(kept.stacks.size(), ProfileSummary::k_most_stack_bytes);
  EXPECT_NE(kept.stacks.find("main;hot 100000\n"), std::string::npos);
  EXPECT_NE(kept.stacks.find("main;cold;(small stacks) 20000\n"), std::string::npos) << kept.stacks;
  ASSERT_EQ(kept.functions.size(), 1U) << "each of the others is far below the least share";
}

TEST(Summary, ShortensLongNamesSoThatTheyStayDifferent) {
  const std::string alike(400, 'n');
  const ProfileSummary kept = summary_of(diff_of("main;" + alike + "1 50\nmain;" + alike + "2 50\n", "main 1\n"), 0);
  ASSERT_EQ(kept.functions.size(), 2U);
  EXPECT_NE(kept.functions[0].name, kept.functions[1].name);
  EXPECT_LE(kept.functions[0].name.size(), ProfileSummary::k_most_name_bytes);
}

TEST(Summary, OfAProfileWithoutAnyCostIsEmpty) {
  ProfileSummary kept = summary_of(Diff{}, 0);
  EXPECT_TRUE(kept.functions.empty());
  EXPECT_EQ(kept.stacks, "");
}

}  // namespace
}  // namespace perfwarden::profile
