#include <gtest/gtest.h>

#include <string>

#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

std::string graph(const std::string& levels, const std::string& metadata = R"("format":"single","units":"samples")") {
  return R"({"flamebearer":{"names":["total","a","b"],"levels":)" + levels + R"(},"metadata":{)" + metadata + "}}";
}

TEST(Flamebearer, ABoxBelongsToTheOneThatItLiesUnder) {
  const Profile profile = read_fixture("flamebearer/cpu.json");
  EXPECT_EQ(stack_lines(profile),
            "main 150000000\nmain;parse 350000000\nmain;print 250000000\nmain;parse;malloc 250000000\n");
  EXPECT_EQ(profile.types[0], (SampleType{"cpu", "nanoseconds"}));
  EXPECT_FALSE(profile.count_type) << "time is not a number of samples";
}

TEST(Flamebearer, SamplesOfAnAgentAreCounted) {
  const Profile profile = read_fixture("flamebearer/samples.json");
  EXPECT_EQ(stack_lines(profile), "main 10\nmain;parse 60\nmain;print 30\n");
  EXPECT_EQ(profile.count_type, 0U);
}

TEST(Flamebearer, UnitsSayWhatIsCounted) {
  for (const auto& [units, type] : {std::pair{"bytes", SampleType{"alloc_space", "bytes"}},
                                    {"objects", SampleType{"alloc_objects", "count"}},
                                    {"lock_nanoseconds", SampleType{"delay", "nanoseconds"}}}) {
    const auto profile =
        read(graph("[[0,5,0,0],[0,5,5,1]]", R"("units":")" + std::string(units) + R"(","sampleRate":100)"), "x.json");
    ASSERT_TRUE(profile) << profile.error().text();
    EXPECT_EQ(profile->types[0], type) << units;
  }
}

TEST(Flamebearer, WhatIsNotAFlameGraphOfOneProfileIsRefusedWithItsPlace) {
  EXPECT_NE(said(graph("[[0,5,0,0],[0,5,5]]"), "flamebearer").find("levels[1] is not a list of four"),
            std::string::npos);
  EXPECT_NE(said(graph("[[0,5,0,0],[0,5,5,9]]"), "flamebearer").find("levels[1]: box 0"), std::string::npos);
  EXPECT_NE(said(graph("[[0,5,0,0],[0,5,-5,1]]"), "flamebearer").find("levels[1]: box 0"), std::string::npos);
  EXPECT_NE(said(graph("[[0,5,0,0],[3,5,5,1]]"), "flamebearer").find("under none of the row above"), std::string::npos);
  EXPECT_NE(said(graph("[[0,5,0,0]]", R"("format":"double")"), "flamebearer").find("two profiles at once"),
            std::string::npos);
  EXPECT_NE(said(R"({"flamebearer":{}})", "flamebearer").find("no flamebearer.names"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::profile
