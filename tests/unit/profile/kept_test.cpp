#include "profile/kept.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "profile/diff/diff.hpp"
#include "profile/limits.hpp"
#include "profile/read/read.hpp"
#include "support/fakes.hpp"
#include "support/made_profile.hpp"
#include "support/paths.hpp"

namespace perfwarden::profile {
namespace {

using Json = nlohmann::json;

constexpr const char* k_perf = R"(bench 7 1.5: 1000 cycles:u:
	55d0 parse (/src/bench)
	55d1 main (/src/bench)

bench 7 1.6: 3000 cycles:u:
	7f00 memcpy (/lib/libc.so.6)
	55d0 parse (/src/bench)
	55d1 main (/src/bench)

)";

KeptProfiles kept_of(std::vector<Profile> recordings) {
  return {"abc", {{"core", "parse", std::move(recordings)}}};
}

KeptProfiles again(const KeptProfiles& kept) {
  const KeptText written = write_kept(kept);
  EXPECT_EQ(written.left_out, 0U);
  Result<KeptProfiles> read = read_kept(written.text, "kept");
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read ? *std::move(read) : KeptProfiles();
}

TEST(KeptProfiles, WhatWasKeptComparesLikeWhatWasRecorded) {
  SplitMix64 random(7);
  support::MadeProgram program = support::make_program(1);
  std::vector<Profile> base, head;
  base.reserve(3);
  head.reserve(3);
  for (int run = 0; run < 3; ++run) base.push_back(support::draw_profile(program, 4000, random));
  support::slow_down(program, program.stacks[3].back(), 0.06);
  for (int run = 0; run < 3; ++run) head.push_back(support::draw_profile(program, 4000, random));
  const Result<Diff> recorded = diff(base, head, {});
  const KeptProfiles kept = again(kept_of(base));
  EXPECT_EQ(kept.commit, "abc");
  const KeptProfile* const one = kept.find("core", "parse");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(kept.find("core", "sort"), nullptr);
  const Result<Diff> compared = diff(one->recordings, head, {});
  ASSERT_TRUE(recorded && compared);
  ASSERT_FALSE(recorded->evidence.frames.empty());
  ASSERT_EQ(compared->evidence.frames.size(), recorded->evidence.frames.size());
  for (std::size_t i = 0; i < recorded->evidence.frames.size(); ++i) {
    EXPECT_EQ(compared->evidence.frames[i].name, recorded->evidence.frames[i].name);
    EXPECT_EQ(std::to_string(compared->evidence.frames[i].self.p), std::to_string(recorded->evidence.frames[i].self.p));
  }
}

TEST(KeptProfiles, EventsLibrariesAndColumnsOfPerfAreKept) {
  const Result<Profile> recorded = read(k_perf, "perf");
  ASSERT_TRUE(recorded) << recorded.error().text();
  const KeptProfiles kept = again(kept_of({*recorded}));
  const Profile& profile = kept.profiles[0].recordings[0];
  EXPECT_EQ(profile.types, recorded->types);
  EXPECT_EQ(profile.self, recorded->self);
  EXPECT_EQ(profile.count_type, recorded->count_type);
  ASSERT_EQ(profile.events.size(), 1U);
  EXPECT_EQ(profile.events[0].name, "cycles");
  EXPECT_EQ(profile.events[0].scope, "u");
  for (FrameId id = 0; id < profile.tree.frames.size(); ++id)
    EXPECT_EQ(profile.tree.frames.module(id), recorded->tree.frames.module(id)) << profile.tree.frames.name(id);
}

TEST(KeptProfiles, ExactCostsOfFunctionsAreKept) {
  const Result<Profile> recorded =
      read(support::slurp(support::source_path("tests/fixtures/profile/callgrind/calls.callgrind")), "callgrind");
  ASSERT_TRUE(recorded) << recorded.error().text();
  ASSERT_FALSE(recorded->functions.empty());
  const KeptProfiles kept = again(kept_of({*recorded}));
  const Profile& profile = kept.profiles[0].recordings[0];
  EXPECT_TRUE(profile.exact);
  ASSERT_EQ(profile.functions.size(), recorded->functions.size());
  for (std::size_t i = 0; i < profile.functions.size(); ++i) {
    EXPECT_EQ(profile.tree.frames.name(profile.functions[i].frame),
              recorded->tree.frames.name(recorded->functions[i].frame));
    EXPECT_EQ(profile.functions[i].total, recorded->functions[i].total);
  }
}

TEST(KeptProfiles, WhatThereIsNoRoomForIsLeftOutAndWhatIsWrittenCanBeRead) {
  constexpr int k_nodes = 70'000;
  const Result<Profile> small = read(k_perf, "perf");
  ASSERT_TRUE(small);
  Profile large;
  large.types.assign(k_max_sample_types, {"samples", "count"});
  for (int i = 0; i < k_nodes; ++i) (void)large.tree.child(k_root, large.tree.frames.add(std::to_string(i)));
  large.self.assign(large.types.size(), std::vector<double>(large.tree.size(), 1));
  const KeptText written = write_kept({"", {{"core", "a", {*small}}, {"core", "b", {large}}, {"core", "c", {*small}}}});
  EXPECT_EQ(written.left_out, 2U);
  const Result<KeptProfiles> read = read_kept(written.text, "kept");
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->profiles.size(), 1U);
  EXPECT_EQ(read->profiles[0].benchmark, "a");
}

// Each mutation of a good text is refused with the place, and none crashes.
TEST(KeptProfiles, ATextThatIsNoneIsRefusedWithItsPlace) {
  const Result<Profile> recorded = read(k_perf, "perf");
  ASSERT_TRUE(recorded);
  const Json good = Json::parse(write_kept(kept_of({*recorded})).text);
  struct Case {
    const char* place;
    Json value;
  };
  Json deep = Json::array();
  for (std::size_t i = 0; i <= k_max_depth; ++i) deep.push_back(i);
  const std::vector<Case> cases{{"/schema", "perfwarden.profiles/2"},
                                {"/profiles/0/recordings", Json::array()},
                                {"/profiles/0/recordings/0/parents/0", 1},  // its own parent
                                {"/profiles/0/recordings/0/parents/0", 4000000000},
                                {"/profiles/0/recordings/0/parents", {0}},  // fewer than nodes
                                {"/profiles/0/recordings/0/parents", {0, 1, 2, 3, 4, 5, 6, 7, 8}},
                                {"/profiles/0/recordings/0/nodes/0", 17},
                                {"/profiles/0/recordings/0/nodes/0", -1},
                                {"/profiles/0/recordings/0/frames/0/name", std::string(k_max_name_bytes + 1, 'x')},
                                {"/profiles/0/recordings/0/types", Json::array()},
                                {"/profiles/0/recordings/0/types/0/self", {1, 2}},
                                {"/profiles/0/recordings/0/types/0/self/0", "inf"},
                                {"/profiles/0/recordings/0/default_type", 9},
                                {"/profiles/0/recordings/0/count_type", 9},
                                {"/profiles/0/recordings/0/events/0/cost", 9},
                                {"/profiles/0/recordings/0/period", nullptr},
                                {"/profiles/0/recordings/0/functions",
                                 Json::array({Json::object({{"frame", 99}, {"self", {1, 1}}, {"total", {1, 1}}})})}};
  for (const Case& one : cases) {
    Json bad = good;
    bad[Json::json_pointer(one.place)] = one.value;
    const Result<KeptProfiles> read = read_kept(bad.dump(), "kept.json");
    ASSERT_FALSE(read) << one.place;
    EXPECT_EQ(read.error().kind, ErrorKind::parse);
    EXPECT_EQ(read.error().where, "kept.json");
  }
  Json bad = good;
  Json& recording = bad["profiles"][0]["recordings"][0];
  recording["parents"] = deep;
  recording["nodes"] = std::vector<int>(deep.size(), 0);
  const Result<KeptProfiles> read = read_kept(bad.dump(), "kept.json");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("too deep"), std::string::npos) << read.error().what;
}

TEST(KeptProfiles, LieBesideTheSamplesOfTheirSide) {
  EXPECT_EQ(kept_beside("reports/samples-head.json"), "reports/samples-head.profiles.json");
  EXPECT_EQ(kept_beside("samples"), "samples.profiles.json");
}

}  // namespace
}  // namespace perfwarden::profile
