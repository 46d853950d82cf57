#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "profile/limits.hpp"
#include "profile/read/prune.hpp"
#include "profile/read/read.hpp"
#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

std::string varint(std::uint64_t number) {
  std::string out;
  for (; number > 127; number >>= 7U) out += static_cast<char>((number & 127U) | 128U);
  return out + static_cast<char>(number);
}

std::string number(unsigned field, std::uint64_t value) {
  return varint(field << 3U) + varint(value);
}

std::string part(unsigned field, const std::string& data) {
  return varint((field << 3U) | 2U) + varint(data.size()) + data;
}

// A profile of one sample type "samples", one function "f", one location and one sample of 5.
struct Small {
  std::string type = part(1, number(1, 1) + number(2, 2));
  std::string function = part(5, number(1, 1) + number(2, 3));
  std::string location = part(4, number(1, 1) + part(4, number(1, 1)));
  std::string sample = part(2, number(1, 1) + number(2, 5));
  std::string strings = part(6, "") + part(6, "samples") + part(6, "count") + part(6, "f");
  [[nodiscard]] std::string bytes() const { return type + function + location + sample + strings; }
};

std::string refused(const std::string& bytes) {
  return profile::said(bytes, "pprof");
}

Profile profile_of_fixture(const std::string& fixture) {
  return read_fixture("pprof/" + fixture);
}

TEST(Pprof, ReadsASmallProfile) {
  const Result<Profile> profile = read(Small{}.bytes(), "x.pb");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->format, "pprof");
  EXPECT_EQ(stack_lines(*profile), "f 5\n");
  EXPECT_EQ(profile->count_type, 0U);
  EXPECT_EQ(profile->default_type, 0U);
}

TEST(Pprof, ExpandsInlinedFunctionsInnermostLast) {
  const Profile profile = profile_of_fixture("cpu.pb.gz");
  const std::string all = stack_lines(profile);
  EXPECT_NE(all.find("runtime.main;main.main;demo/parse.(*Parser).next;demo/parse.skip_[i];demo/parse.isSpace_[i] "
                     "210 2100000000\n"),
            std::string::npos)
      << all;
  EXPECT_NE(all.find("demo/tree.walk[...];[libm.so.6] 61 610000000\n"), std::string::npos) << all;
}

TEST(Pprof, KnowsTheSamplesThePeriodAndTheProgram) {
  const Profile profile = profile_of_fixture("cpu.pb.gz");
  ASSERT_EQ(profile.types.size(), 2U);
  EXPECT_EQ(profile.types[1], (SampleType{"cpu", "nanoseconds"}));
  EXPECT_EQ(profile.default_type, 1U);
  EXPECT_EQ(profile.count_type, 0U);
  EXPECT_EQ(profile.period, 1e7);
  EXPECT_DOUBLE_EQ(profile.seconds, 5.01);
  EXPECT_EQ(profile.program, "demo");
  EXPECT_FALSE(profile.exact);
}

TEST(Pprof, KnowsFilesAndModulesOfFrames) {
  Profile profile = profile_of_fixture("cpu.pb.gz");
  const FrameId walk = profile.tree.frames.add("demo/tree.walk[...]");
  EXPECT_EQ(profile.tree.frames.file(walk), "/src/demo/tree/tree.go");
  EXPECT_EQ(profile.tree.frames.module(walk), "/usr/local/bin/demo");
  EXPECT_EQ(profile.tree.frames.module(profile.tree.frames.add("[libm.so.6]")), "/lib/x86_64-linux-gnu/libm.so.6");
}

TEST(Pprof, ReadsNumbersThatAreNotPackedAndIdsThatAreFarApart) {
  EXPECT_EQ(stack_lines(profile_of_fixture("cpu_unpacked_scattered.pb")), stack_lines(profile_of_fixture("cpu.pb.gz")));
}

TEST(Pprof, LeavesOutWhatTheProfileAsksTo) {
  EXPECT_EQ(stack_lines(profile_of_fixture("heap.pb.gz")),
            "main.main;demo.load 4000 67108864 12 1048576\n"
            "main.main;demo.decode 90000 5760000 300 19200\n"
            "main.main;demo.decode;demo.node 51000 2448000 51000 2448000\n"
            "main.main;demo.decode;runtime.mallocgcTiny 7 112 7 112\n"
            "runtime.schedinit;runtime.mallocgc 3 3072 3 3072\n");
}

TEST(Pprof, TakesObjectsForNoSamples) {
  const Profile profile = profile_of_fixture("heap.pb.gz");
  EXPECT_FALSE(profile.count_type.has_value());
  EXPECT_EQ(profile.default_type, 1U) << "as default_sample_type says";
  EXPECT_EQ(profile.period, 0) << "the mean distance of samples is not the cost of one";
  EXPECT_FALSE(profile_of_fixture("contention.pb.gz").count_type.has_value());
}

TEST(Pprof, SaysThatADropPatternIsNone) {
  Small small;
  small.strings += part(6, "(");
  const Result<Profile> profile = read(small.bytes() + number(7, 4), "x.pb");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "drop-frames");
  EXPECT_EQ(stack_lines(*profile), "f 5\n");
}

TEST(Pprof, NamesWhatTheProfileRefersToButDoesNotHold) {
  Small small;
  small.sample = part(2, number(1, 9) + number(2, 5));
  EXPECT_NE(refused(small.bytes()).find("names location 9"), std::string::npos) << refused(small.bytes());
  small = {};
  small.location = part(4, number(1, 1) + part(4, number(1, 77)));
  EXPECT_NE(refused(small.bytes()).find("the location at byte 14 names function 77"), std::string::npos)
      << refused(small.bytes());
  small = {};
  small.function = part(5, number(1, 1) + number(2, 30));
  EXPECT_NE(refused(small.bytes()).find("the record at byte 8 names string 30, but the profile has 4"),
            std::string::npos)
      << refused(small.bytes());
  small = {};
  small.type = part(1, number(1, ~0ULL));
  EXPECT_NE(refused(small.bytes()).find("names string 18446744073709551615"), std::string::npos)
      << refused(small.bytes());
}

TEST(Pprof, RefusesIdsThatAreZeroOrTaken) {
  Small small;
  small.function += small.function;
  EXPECT_NE(refused(small.bytes()).find("has the id 1, which another has too"), std::string::npos);
  small = {};
  small.location = part(4, part(4, number(1, 1)));
  EXPECT_NE(refused(small.bytes()).find("has the id 0, which stands for none"), std::string::npos);
  small = {};
  small.sample = part(2, number(1, 0) + number(2, 5));
  EXPECT_NE(refused(small.bytes()).find("names location 0"), std::string::npos);
}

TEST(Pprof, TakesALineWithoutFunctionForAnUnknownOne) {
  Small small;
  small.location = part(4, number(1, 1) + part(4, number(2, 12)));
  const Result<Profile> profile = read(small.bytes(), "x.pb");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(stack_lines(*profile), "<unknown> 5\n");
}

TEST(Pprof, RefusesSamplesWithMoreOrFewerValuesThanTypes) {
  Small small;
  small.sample = part(2, number(1, 1) + number(2, 5) + number(2, 6));
  EXPECT_NE(refused(small.bytes()).find("has 2 values, but the profile has 1 sample types"), std::string::npos);
}

TEST(Pprof, RefusesAProfileWithoutSamplesOrTypes) {
  Small small;
  small.sample = "";
  EXPECT_NE(refused(small.bytes()).find("x: error: the profile holds no sample"), std::string::npos);
  small.type = "";
  EXPECT_NE(refused(small.bytes()).find("has no sample types"), std::string::npos);
}

TEST(Pprof, KeepsBothEndsOfAStackThatIsTooDeep) {
  Small small;
  small.function += part(5, number(1, 2) + number(2, 4)) + part(5, number(1, 3) + number(2, 5));
  small.location += part(4, number(1, 2) + part(4, number(1, 2))) + part(4, number(1, 3) + part(4, number(1, 3)));
  small.strings += part(6, "leaf") + part(6, "root");
  std::string ids = varint(2);
  for (std::size_t i = 0; i < 2 * k_max_depth; ++i) ids += varint(1);
  small.sample = part(2, part(1, ids + varint(3)) + number(2, 5));
  const Result<Profile> profile = read(small.bytes(), "x.pb");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->tree.size(), k_max_depth + 1);
  EXPECT_EQ(profile->tree.name(1), "root");
  EXPECT_EQ(profile->tree.name(static_cast<NodeId>(k_max_depth)), "leaf");
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "deep-stacks");
}

TEST(Pprof, SurvivesFieldsOfWrongKinds) {
  for (unsigned field = 1; field <= 15; ++field)
    for (unsigned kind = 0; kind <= 7; ++kind)
      for (const std::string& data : {std::string("\x02\x08\x01"), std::string(9, '\x01'), std::string()}) {
        const Result<Profile> profile = read(Small{}.bytes() + varint(field << 3U | kind) + data, "x.pb", "pprof");
        EXPECT_TRUE(profile || profile.error().where.starts_with("x.pb"));
      }
}

TEST(WithoutParameters, CutsAtTheFirstParenthesisThatOpensThem) {
  EXPECT_EQ(without_parameters("f(int)"), "f");
  EXPECT_EQ(without_parameters(".f"), "f");
  EXPECT_EQ(without_parameters("(anonymous namespace)::f(int)"), "(anonymous namespace)::f");
  EXPECT_EQ(without_parameters("S::operator()(int)"), "S::operator()");
  EXPECT_EQ(without_parameters(""), "");
}

TEST(FrameFilter, MatchesWholeNamesOnly) {
  const Result<FrameFilter> filter = FrameFilter::make("a|b.*", "bc");
  ASSERT_TRUE(filter.has_value());
  EXPECT_TRUE(filter->drops("a"));
  EXPECT_FALSE(filter->drops("ab"));
  EXPECT_TRUE(filter->drops("b(int)"));
  EXPECT_FALSE(filter->drops("bc"));
  EXPECT_FALSE(FrameFilter{}.drops("a"));
}

}  // namespace
}  // namespace perfwarden::profile
