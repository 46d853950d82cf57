#include <gtest/gtest.h>

#include <string>

#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

std::string nodes_with(const std::string& nodes, const std::string& rest) {
  return R"j({"nodes":[{"id":1,"callFrame":{"functionName":"(root)"},"children":[2]})j" + nodes + "]" + rest + "}";
}

const std::string k_child = R"j(,{"id":2,"callFrame":{"functionName":"f"},"hitCount":3})j";

TEST(V8CpuProfile, CountsSamplesAndTheTimeUpToTheNext) {
  const Profile profile = read_fixture("v8-cpu-profile/nodes.cpuprofile");
  EXPECT_EQ(stack_lines(profile),
            "(program) 1 1000\n"
            "(anonymous) (main.js:1);parse (parse.js:12) 3 3000\n"
            "(anonymous) (main.js:1);parse (parse.js:12);readFileSync (node:fs:441) 1 1000\n"
            "(anonymous) (main.js:1);clone (node_modules/lodash/clone.js:33) 1 0\n"
            "(garbage collector) 1 1500\n");
  EXPECT_EQ(profile.types[profile.default_type], (SampleType{"time", "microseconds"}));
  EXPECT_EQ(profile.count_type, 0U);
  EXPECT_DOUBLE_EQ(profile.seconds, 0.01);
}

TEST(V8CpuProfile, SaysThatIdleSamplesAreLeftOutAndTimesRanBackwards) {
  const Profile profile = read_fixture("v8-cpu-profile/nodes.cpuprofile");
  ASSERT_EQ(profile.warnings.size(), 2U);
  EXPECT_EQ(profile.warnings[0].code, "time-backwards");
  EXPECT_EQ(profile.warnings[1].text, "2 idle samples, in which nothing ran, were ignored");
}

TEST(V8CpuProfile, ReadsTheNestedFormOfBefore2016) {
  const Profile profile = read_fixture("v8-cpu-profile/head.cpuprofile");
  EXPECT_EQ(stack_lines(profile), "main (main.js:2) 1 20000\nmain (main.js:2);parse (parse.js:13) 2 50000\n");
  EXPECT_NEAR(profile.seconds, 0.1, 1e-9);
}

TEST(V8CpuProfile, TakesHitsWhereThereAreNoSamples) {
  const Result<Profile> profile = read(nodes_with(k_child, ""), "x.cpuprofile");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(stack_lines(*profile), "f 3\n");
}

TEST(V8CpuProfile, ReadsNodesThatNameTheirParents) {
  const std::string nodes =
      R"j({"nodes":[{"id":7,"callFrame":{"functionName":"(root)"
}
},{"id":9,"parent":8,"callFrame":{"functionName":"g"}},)j"
      R"j({"id":8,"parent":7,"callFrame":{"functionName":"f"}}],"samples":[9,8],"timeDeltas":[0,5]})j";
  const Result<Profile> profile = read(nodes, "x.cpuprofile");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(stack_lines(*profile), "f 1 5\nf;g 1 5\n");
}

TEST(V8CpuProfile, NamesWhatDoesNotFitTogether) {
  const auto says = [](const std::string& text) { return said(text, "v8-cpu-profile"); };
  EXPECT_NE(says(nodes_with("", "")).find("nodes[0] has a child that is not there"), std::string::npos);
  EXPECT_NE(says(nodes_with(k_child + k_child, "")).find("nodes[2] has no id, or the id of another"),
            std::string::npos);
  EXPECT_NE(says(nodes_with(k_child, R"j(,"samples":[5],"timeDeltas":[1])j")).find("samples[0] names a node"),
            std::string::npos);
  EXPECT_NE(says(nodes_with(k_child, R"j(,"samples":[2],"timeDeltas":[])j")).find("1 samples, but 0 times"),
            std::string::npos);
  EXPECT_NE(says("{}").find("neither nodes nor a head"), std::string::npos);
}

TEST(V8CpuProfile, EndsWhereNodesCallEachOtherInACircle) {
  const std::string circle = R"j({"nodes":[{"id":1,"callFrame":{"functionName":"a"},"hitCount":1,"children":[2]},)j"
                             R"j({"id":2,"callFrame":{"functionName":"b"},"hitCount":1,"children":[1]}]})j";
  EXPECT_NE(said(circle, "v8-cpu-profile").find("the profile holds no sample"), std::string::npos)
      << said(circle, "v8-cpu-profile");
}

}  // namespace
}  // namespace perfwarden::profile
