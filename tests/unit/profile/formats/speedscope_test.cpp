#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "profile/limits.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/placed_name.hpp"
#include "profile/write/pprof.hpp"
#include "profile/write/speedscope.hpp"
#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

std::string file_with(const std::string& profile) {
  return R"({"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[{"name":"a"},{"name":"b"}]},)"
         R"("profiles":[)" +
         profile + "]}";
}

std::string sampled(const std::string& samples, const std::string& weights) {
  return file_with(R"({"type":"sampled","name":"x","unit":"none","startValue":0,"endValue":1,"samples":)" + samples +
                   R"(,"weights":)" + weights + "}");
}

std::string evented(const std::string& events) {
  return file_with(R"({"type":"evented","name":"x","unit":"none","startValue":0,"endValue":9,"events":[)" + events +
                   "]}");
}

TEST(Speedscope, SumsProfilesOfOneUnitAndKeepsUnitsApart) {
  const Profile profile = read_fixture("speedscope/sampled.speedscope.json");
  EXPECT_EQ(stack_lines(profile),
            "main (main.py) 0.01 0\n"
            "main (main.py);parse (parse.py) 0.045 4096\n"
            "main (main.py);parse (parse.py);memcpy 0.01 0\n"
            "main (main.py);<lambda> (main.py) 0.005 0\n");
  ASSERT_EQ(profile.types.size(), 2U);
  EXPECT_EQ(profile.types[0], (SampleType{"time", "seconds"}));
  EXPECT_EQ(profile.types[1], (SampleType{"memory", "bytes"}));
  EXPECT_FALSE(profile.count_type.has_value());
}

TEST(Speedscope, GivesTheTimeBetweenEventsToTheFunctionOpenedLast) {
  EXPECT_EQ(stack_lines(read_fixture("speedscope/evented.speedscope.json")),
            "run 15\nrun;render (list.js) 30\nrun;render (list.js);(anonymous) (list.js) 15\n");
}

TEST(Speedscope, ReadsBackWhatPerfwardenWrote) {
  const Profile written = read_fixture("pprof/cpu.pb.gz");
  const Result<Profile> profile = read(write_speedscope(written, "cpu"), "x.json");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(stack_lines(*profile), stack_lines(written));
  EXPECT_EQ(profile->types, written.types.size() == 2 ? (std::vector<SampleType>{{"samples", ""}, written.types[1]})
                                                      : std::vector<SampleType>{});
  EXPECT_EQ(profile->default_type, 1U);
  EXPECT_EQ(profile->count_type, 0U);
}

TEST(Speedscope, TakesWholeWeightsWithoutUnitForCounts) {
  const auto count_type = [](const std::string& text) { return read(text, "x").value().count_type; };
  EXPECT_EQ(count_type(sampled("[[0],[0,1]]", "[3,4]")), 0U);
  EXPECT_FALSE(count_type(sampled("[[0],[0,1]]", "[3.5,4]")).has_value());
  EXPECT_FALSE(count_type(sampled("[[0],[0,1]]", "[-3,4]")).has_value());
}

TEST(Speedscope, NamesThePlaceOfWhatIsWrong) {
  EXPECT_NE(said(sampled("[[0],[2]]", "[1,1]"), "auto").find("profiles[0].samples[1] names a frame"),
            std::string::npos);
  EXPECT_NE(said(sampled("[[0],[-1]]", "[1,1]"), "auto").find("profiles[0].samples[1] names a frame"),
            std::string::npos);
  EXPECT_NE(said(sampled("[[0],[1]]", "[1]"), "auto").find("profiles[0] does not have one weight"), std::string::npos);
  EXPECT_NE(said(sampled("[[0]]", "[\"1\"]"), "auto").find("profiles[0].weights[0] is not a number"),
            std::string::npos);
  EXPECT_NE(said(evented(R"({"type":"C","frame":0,"at":1})"), "auto").find("events[0] closes another function"),
            std::string::npos);
  EXPECT_NE(said(evented(R"({"type":"O","frame":0,"at":5},{"type":"C","frame":0,"at":4})"), "auto")
                .find("events[1] is earlier"),
            std::string::npos);
  EXPECT_NE(said("{\"shared\":{\"frames\":[{}]},\n\"profiles\":[,]}", "speedscope").find("x:2:13: error:"),
            std::string::npos)
      << said("{\"shared\":{\"frames\":[{}]},\n\"profiles\":[,]}", "speedscope");
}

TEST(Speedscope, CountsWhatIsNeverClosedUpToTheEndAndSaysSo) {
  const Result<Profile> profile = read(evented(R"({"type":"O","frame":0,"at":1},{"type":"O","frame":1,"at":3})"), "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(stack_lines(*profile), "a 2\na;b 6\n");
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "open-events");
}

TEST(Speedscope, BoundsTheDepthOfEvents) {
  std::string events;
  for (std::size_t i = 0; i < k_max_depth + 50; ++i)
    events += (i == 0 ? "" : ",") + std::string(R"({"type":"O","frame":0,"at":1})");
  const Result<Profile> profile = read(evented(events), "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->tree.size(), k_max_depth + 1);
}

TEST(WriteSpeedscope, ShowsBothSidesAndWhatRegressed) {
  DiffTree diff;
  const FrameId main = diff.tree.frames.add("main"), slow = diff.tree.frames.add("slow\"</script>"),
                same = diff.tree.frames.add("same");
  const NodeId root = diff.tree.child(k_root, main);
  (void)diff.tree.child(root, slow);
  (void)diff.tree.child(root, same);
  diff.self = {std::vector<double>{0, 10, 20, 70}, std::vector<double>{0, 20, 100, 80}};
  diff.total = {totals_of(diff.tree, diff.self[0]), totals_of(diff.tree, diff.self[1])};
  diff.scale = {0.01, 0.005};
  diff.change = {FrameChange::unchanged, FrameChange::unchanged, FrameChange::regression, FrameChange::unchanged};
  const auto json = nlohmann::json::parse(write_speedscope(diff, {"cpu", "ms"}, {"v1", "v2"}));
  ASSERT_EQ(json["profiles"].size(), 3U);
  EXPECT_EQ(json["profiles"][0]["name"], "base: v1");
  EXPECT_EQ(json["profiles"][0]["endValue"], 100);
  EXPECT_EQ(json["profiles"][0]["unit"], "milliseconds");
  EXPECT_EQ(json["profiles"][1]["endValue"], 200);
  EXPECT_EQ(json["profiles"][2]["samples"], nlohmann::json::parse("[[0,1]]"));
  EXPECT_EQ(json["profiles"][2]["weights"], nlohmann::json::parse("[60]")) << "100 − 20 at half the scale";
  EXPECT_EQ(json["shared"]["frames"][1]["name"], "slow\"</script>");
}

TEST(WriteSpeedscope, TakesNamesThatAreNoUtf8) {
  Profile profile = read_fixture("pprof/cpu.pb.gz");
  (void)profile.tree.frames.add("\xff\xfe");
  EXPECT_TRUE(nlohmann::json::accept(write_speedscope(profile, "\xff")));
}

TEST(WritePprof, IsReadBackTheSame) {
  for (const std::string fixture : {"pprof/cpu.pb.gz", "pprof/heap.pb.gz", "pprof/contention.pb.gz"}) {
    const Profile written = read_fixture(fixture);
    const std::string bytes = write_pprof(written);
    EXPECT_EQ(bytes, write_pprof(written));
    Result<Profile> profile = read(bytes, "x.pb.gz");
    ASSERT_TRUE(profile.has_value()) << profile.error().text();
    EXPECT_EQ(stack_lines(*profile), stack_lines(written));
    EXPECT_EQ(profile->types, written.types);
    EXPECT_EQ(profile->default_type, written.default_type);
    EXPECT_EQ(profile->count_type, written.count_type);
    EXPECT_EQ(profile->period, written.period);
    EXPECT_EQ(profile->seconds, written.seconds);
    EXPECT_EQ(profile->program, written.program);
    const FrameId main = profile->tree.frames.add("main.main");
    EXPECT_EQ(profile->tree.frames.file(main), fixture == "pprof/contention.pb.gz" ? "" : "/src/demo/main.go");
  }
}

TEST(WritePprof, MakesSecondsWholeNumbers) {
  const Profile written = read_fixture("speedscope/sampled.speedscope.json");
  const Result<Profile> profile = read(write_pprof(written), "x.pb.gz");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->types[0], (SampleType{"time", "nanoseconds"}));
  EXPECT_NE(stack_lines(*profile).find("parse (parse.py) 45000000 4096\n"), std::string::npos);
}

TEST(PlacedName, TellsScriptFunctionsApartByFileAndLine) {
  EXPECT_EQ(placed_name("render", "file:///app/src/list.js", 12), "render (list.js:12)");
  EXPECT_EQ(placed_name("", "https://a.test/b/list.mjs?v=1#x", 3), "(anonymous) (list.mjs:3)");
  EXPECT_EQ(placed_name("clone", "/app/node_modules/lodash/clone.js", 0), "clone (node_modules/lodash/clone.js)");
  EXPECT_EQ(placed_name("readSync", "node:fs", 9), "readSync (node:fs:9)");
  EXPECT_EQ(placed_name("std::sort", "/usr/include/c++/12/algorithm", 3), "std::sort");
  EXPECT_EQ(placed_name("(program)", "", 0), "(program)");
  EXPECT_EQ(placed_name("", "", 0), "(anonymous)");
  EXPECT_EQ(placed_name("f", "///", 1), "f");
}

TEST(JsonText, BoundsDepth) {
  std::string deep;
  for (std::size_t i = 0; i <= k_max_json_depth; ++i) deep += "[";
  EXPECT_NE(said("{\"a\":" + deep, "speedscope").find("nests more than 4096 levels deep"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::profile
