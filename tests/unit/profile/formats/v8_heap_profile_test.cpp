#include <gtest/gtest.h>

#include <string>

#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

TEST(V8HeapProfile, ReadsBytesAndSamples) {
  const Profile profile = read_fixture("v8-heap-profile/tree.heapprofile");
  EXPECT_EQ(stack_lines(profile),
            "load (load.js:7) 65536 2\nload (load.js:7);(anonymous) (load.js:10) 524400 1\n(V8 API) 1024 1\n");
  EXPECT_EQ(profile.types[0], (SampleType{"inuse_space", "bytes"}));
  EXPECT_EQ(profile.default_type, 0U);
  EXPECT_EQ(profile.count_type, 1U);
}

TEST(V8HeapProfile, ReadsWhatIsNestedDeep) {
  std::string text = R"j({"head":{"callFrame":{"functionName":"(root)"},"selfSize":0,"children":[)j", end;
  for (int i = 0; i < 1000; ++i) {
    text += R"j({"callFrame":{"functionName":"f"},"selfSize":1,"children":[)j";
    end += "]}";
  }
  const Result<Profile> profile = read(text + end + "]}}", "x.heapprofile");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->tree.size(), 1001U);
}

}  // namespace
}  // namespace perfwarden::profile
