#include "profile/write/top.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "profile/read/read.hpp"
#include "profile/write/pprof_units.hpp"
#include "support/fakes.hpp"

namespace perfwarden::profile {
namespace {

Profile fixture_profile(const std::string& fixture) {
  Result<Profile> profile = read(support::fixture("profile/pprof/" + fixture), fixture);
  if (!profile) ADD_FAILURE() << profile.error().text();
  return profile ? *profile : Profile{};
}

// Stacks "a;b" with one number each.
Profile listed_profile(const std::vector<std::pair<std::string_view, double>>& stacks,
                       std::string_view unit = "count") {
  Profile profile;
  profile.types = {{"samples", std::string(unit)}};
  std::vector<std::pair<NodeId, double>> costs;
  for (const auto& [stack, cost] : stacks) {
    std::vector<FrameId> frames;
    for (const std::string_view frame : text::split(stack, ';')) frames.push_back(profile.tree.frames.add(frame));
    costs.emplace_back(profile.tree.add(frames), cost);
  }
  profile.self.assign(1, std::vector<double>(profile.tree.size()));
  for (const auto& [node, cost] : costs) profile.self[0][node] += cost;
  return profile;
}

std::string rows(const Profile& profile, const TopOptions& options = {}) {
  std::string out;
  for (const TopRow& row : make_top(profile, options).rows)
    out += row.name + " " + std::to_string(static_cast<int>(row.self)) + " " +
           std::to_string(static_cast<int>(row.total)) + (row.inline_label.empty() ? "" : " ") +
           std::string(row.inline_label) + "\n";
  return out;
}

TEST(Top, PrintsWhatPprofPrints) {
  for (const std::string name : {"cpu", "heap", "contention"}) {
    const Profile profile = fixture_profile(name + ".pb.gz");
    support::expect_golden("profile/top/" + name + ".txt",
                           write_top_text(profile, make_top(profile, {profile.default_type})));
  }
}

TEST(Top, PrintsTheFirstFewAsPprofDoes) {
  const Profile profile = fixture_profile("heap.pb.gz");
  const Result<std::size_t> type = find_type(profile, "inuse_objects");
  ASSERT_TRUE(type.has_value());
  support::expect_golden("profile/top/heap_inuse_objects_2.txt",
                         write_top_text(profile, make_top(profile, {*type, 2})));
}

TEST(Top, CountsAFunctionOnceAStack) {
  EXPECT_EQ(rows(listed_profile({{"a;b;a;b", 3}, {"a", 2}, {"b;b", 1}})), "b 4 4\na 2 5\n");
}

TEST(Top, JoinsWhatWasInlinedWithWhatWasCalled) {
  EXPECT_EQ(rows(listed_profile({{"a;f_[i]", 3}, {"b;f_[i]", 2}})), "f 5 5 (inline)\na 0 3\nb 0 2\n");
  EXPECT_EQ(rows(listed_profile({{"a;f_[i]", 3}, {"b;f", 2}})), "f 5 5 (partial-inline)\na 0 3\nb 0 2\n");
  EXPECT_EQ(rows(listed_profile({{"a;f", 3}, {"a;f_[i]", 2}})), "f 5 5\na 0 5\n") << "one caller does both";
}

TEST(Top, LeavesOutWhatIsRareAndSaysHowMuch) {
  const Profile profile = listed_profile({{"a", 1000}, {"b", 4}, {"c", 6}});
  const Top top = make_top(profile, {});
  EXPECT_EQ(top.dropped, 1U);
  EXPECT_EQ(top.rows.size(), 2U);
  EXPECT_EQ(top.shown, 1006);
  EXPECT_EQ(rows(profile, {0, 0, 0}), "a 1000 1000\nc 6 6\nb 4 4\n");
}

TEST(Top, CutsNoFractionsOfSecondsToNothing) {
  const Profile profile = listed_profile({{"a", 0.5}, {"b", 0.001}}, "seconds");
  EXPECT_EQ(make_top(profile, {}).dropped, 1U);
  EXPECT_NE(write_top_text(profile, make_top(profile, {})).find("     500ms 99.80% 99.80%      500ms 99.80%  a\n"),
            std::string::npos)
      << write_top_text(profile, make_top(profile, {}));
}

TEST(Top, TakesTheProfilersOwnCostsOfFunctions) {
  Profile profile = listed_profile({{"a;b", 1}});
  profile.functions = {{profile.tree.frames.add("a"), {10}, {110}}, {profile.tree.frames.add("b"), {100}, {100}}};
  EXPECT_EQ(rows(profile), "b 100 100\na 10 110\n");
  EXPECT_EQ(make_top(profile, {}).total, 110);
}

TEST(Top, MakesHostileNamesSafe) {
  const Profile profile = listed_profile({{"\x1b[31mred\nrow", 1}, {"\xff", 1}});
  const std::string text = write_top_text(profile, make_top(profile, {}));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text::lines(text).size(), 5U) << text;
  EXPECT_TRUE(nlohmann::json::accept(write_top_json(profile, make_top(profile, {}))));
}

TEST(Top, WritesJson) {
  const Profile profile = fixture_profile("cpu.pb.gz");
  const auto json = nlohmann::json::parse(write_top_json(profile, make_top(profile, {1})));
  EXPECT_EQ(json["type"], "cpu");
  EXPECT_EQ(json["total"], 5e9);
  EXPECT_EQ(json["functions"].size(), 8U);
  EXPECT_EQ(json["functions"][0]["name"], "demo/parse.isSpace");
  EXPECT_EQ(json["functions"][0]["self"], 2.1e9);
  EXPECT_EQ(json["functions"][0]["inline"], "everywhere");
}

TEST(Top, NamesTheSampleTypesThereAre) {
  const Result<std::size_t> type = find_type(fixture_profile("cpu.pb.gz"), "wall");
  ASSERT_FALSE(type.has_value());
  EXPECT_EQ(type.error().kind, ErrorKind::usage);
  EXPECT_EQ(type.error().hint, "it has samples, cpu");
}

TEST(PprofUnits, ScaleAsPprofDoes) {
  EXPECT_EQ(scaled_label(1536, "bytes", "auto"), "1.50kB");
  EXPECT_EQ(scaled_label(0, "bytes", "auto"), "0");
  EXPECT_EQ(scaled_label(-2e6, "nanoseconds", "auto"), "-2ms");
  EXPECT_EQ(scaled_label(90e12, "ns", "auto"), "25hrs");
  EXPECT_EQ(scaled_label(1, "nanoseconds", "ms"), "0");
  EXPECT_EQ(scaled_label(12, "count", "count"), "12");
  EXPECT_EQ(scaled_label(12, "objects", "objects"), "12objects");
  EXPECT_EQ(scaled_label(5, "nanogcu", "auto"), "5n*GCU");
  EXPECT_EQ(scaled(3, "seconds", "bytes").unit, "s") << "another kind: the family's own";
}

TEST(PprofUnits, WritePercentAsPprofDoes) {
  EXPECT_EQ(percentage(1, 1), "  100%");
  EXPECT_EQ(percentage(99.96, 100), "  100%");
  EXPECT_EQ(percentage(-12.345, 100), "12.35%");
  EXPECT_EQ(percentage(0.5, 100), "  0.5%");
  EXPECT_EQ(percentage(0.000032, 100), "3.2e-05%");
  EXPECT_EQ(percentage(0, 100), "    0%");
  EXPECT_EQ(percentage(5, 0), "    0%");
}

}  // namespace
}  // namespace perfwarden::profile
