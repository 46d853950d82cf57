#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"
#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

// What the reader says of a fixture in which one text stands for another.
std::string says(const std::string& from, const std::string& to) {
  return said(text::replace_all(support::fixture("profile/firefox/threads.json"), from, to), "firefox");
}

TEST(Firefox, SumsThreadsWithTablesOfTheirOwn) {
  Profile profile = read_fixture("firefox/threads.json");
  EXPECT_EQ(stack_lines(profile), "main 2\nmain;parse_[i] 2\nmain;parse_[i];memcpy 2\nmain;render (list.js:12) 3\n");
  EXPECT_EQ(profile.types, (std::vector<SampleType>{{"samples", "count"}}));
  EXPECT_EQ(profile.count_type, 0U);
  EXPECT_EQ(profile.program, "demo");
  EXPECT_EQ(profile.tree.frames.module(profile.tree.frames.add("memcpy")), "libc.so.6");
}

TEST(Firefox, WhatItsDevtoolsSaveIsRefusedWithTheCure) {
  const Result<Profile> raw = read(
      R"({"label":"simple","duration":49.4,"markers":[],"frames":[],"profile":{"libs":[],"threads":[]}})", "x.json");
  ASSERT_FALSE(raw);
  EXPECT_NE(raw.error().what.find("not a processed profile of Firefox"), std::string::npos) << raw.error().text();
  EXPECT_NE(raw.error().hint.find("profiler.firefox.com"), std::string::npos);
}

TEST(Firefox, ReadsTablesThatThreadsShare) {
  const Profile profile = read_fixture("firefox/shared.json");
  EXPECT_EQ(stack_lines(profile), "main 1\nmain;parse 2\nparse 1\n");
  EXPECT_DOUBLE_EQ(profile.seconds, 0.25);
}

TEST(Firefox, NamesTheColumnOfWhatIsWrong) {
  EXPECT_NE(says("\"frame\": [0, 1, 2, 3]", "\"frame\": [0, 1, 2, 9]").find("threads[0].stackTable.frame[3]"),
            std::string::npos);
  EXPECT_NE(says("[null, 0, 1, 0]", "[null, 2, 1, 0]").find("threads[0].stackTable.prefix[1] is not before it"),
            std::string::npos);
  EXPECT_NE(says("[2, 2, 1, null, 3]", "[2, 2, 7, null, 3]").find("threads[0].samples.stack[2]"), std::string::npos);
  EXPECT_NE(says("[1, 1, 2, 1, 3]", "[1, 1, 2]").find("does not have one weight for each stack"), std::string::npos);
  EXPECT_NE(says("\"threads\"", "\"treads\"").find("no meta or no threads"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::profile
