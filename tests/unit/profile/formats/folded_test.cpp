#include <gtest/gtest.h>

#include <string>

#include "profile/limits.hpp"
#include "profile/read/read.hpp"
#include "profile/write/folded.hpp"
#include "support/fakes.hpp"

namespace perfwarden::profile {
namespace {

std::string fixture(const std::string& name) {
  return support::fixture("profile/folded/" + name);
}

std::string folded(const Profile& profile, std::size_t type) {
  std::string out;
  const Status done = write_folded(profile, type, [&](std::string_view piece) { out += piece; });
  return done ? out : done.error().text();
}

std::string folded(std::string_view text) {
  const auto profile = read(text, "x.folded", "folded");
  return profile ? folded(*profile, profile->default_type) : profile.error().text();
}

TEST(Folded, SumsEqualStacksAndCountsSamples) {
  const std::string text = fixture("one-column.folded");
  const auto profile = read(text, "one-column.folded");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(profile->format, "folded");
  EXPECT_EQ(profile->types, (std::vector<SampleType>{{"samples", "count"}}));
  EXPECT_EQ(profile->count_type, 0U);
  EXPECT_EQ(folded(*profile, 0),
            "demo;main;handle;parse 123\ndemo;main;handle;parse;std::vector<int>::push_back_[i] 35\n"
            "demo;main;read config 4\ndemo;main;write;ksys_write_[k] 17\n");
}

TEST(Folded, KeepsBothColumnsOfADiff) {
  const std::string text = fixture("two-columns.folded");
  const auto profile = read(text, "two-columns.folded");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(profile->types, (std::vector<SampleType>{{"base", "count"}, {"head", "count"}}));
  EXPECT_EQ(profile->default_type, 1U);
  EXPECT_EQ(folded(*profile, 0),
            "demo;main;handle;parse 120\ndemo;main;handle;parse;std::vector<int>::push_back_[i] 35\n"
            "demo;main;read config 4\n");
  EXPECT_EQ(folded(*profile, 1),
            "demo;main;handle;parse 180\ndemo;main;handle;parse;std::vector<int>::push_back_[i] 34\n"
            "demo;main;write;ksys_write_[k] 17\n");
}

TEST(Folded, TakesANumberAtTheEndOfANameForAColumnOnlyIfEveryLineHasOne) {
  EXPECT_EQ(folded("a;thread 7 1\na;b 2\n"), "a;b 2\na;thread 7 1\n");
}

TEST(Folded, ReadsUtf16AndWindowsLines) {
  const std::string text = fixture("utf16.folded");
  const auto profile = read(text, "utf16.folded");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(folded(*profile, 0), "demo;größe 3\ndemo;𝛑 4\n");
  EXPECT_EQ(folded("\xEF\xBB\xBF"
                   "a;b 1\r\n\r\na;b 2\r\n"),
            "a;b 3\n");
}

TEST(Folded, SharesWhatStacksHaveInCommonButNotHalvesOfNames) {
  EXPECT_EQ(folded("main;work 1\nmain;working 2\nmain;work;more 3\nmain 4\nmai 5\nmain;work 6\n"),
            "mai 5\nmain 4\nmain;work 7\nmain;work;more 3\nmain;working 2\n");
  const auto profile = read("main;work 1\nmain;working 2\nmain;work;more 3\nmain;work 6\n", "x", "folded");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->tree.size(), 5U);
}

TEST(Folded, KeepsEmptyFramesButNotThoseAtTheEnd) {
  EXPECT_EQ(folded(";x 1\na;;b 2\na;b; 3\na;b;; 4\n"), ";x 1\na;;b 2\na;b 7\n");
}

TEST(Folded, SortsByBytesAsASpaceComesBeforeTheSeparator) {
  EXPECT_EQ(folded("a;z 1\na b;y 2\na 3\na!;x 4\na<;w 5\n"), "a 3\na b;y 2\na!;x 4\na;z 1\na<;w 5\n");
}

TEST(Folded, NumbersThatAreNoSampleCountsAreSaidToBeNone) {
  const auto objection = [](std::string_view text) {
    const auto profile = read(text, "x.folded", "folded");
    if (!profile) return profile.error().text();
    EXPECT_NE(profile->count_type.has_value(), !profile->warnings.empty());
    return profile->warnings.empty() ? "" : profile->warnings[0].text;
  };
  EXPECT_EQ(objection("a;b 1500\na;c 8500\n"), "");
  EXPECT_NE(objection("a;b 1.5\na;c 8\n").find("fractions"), std::string::npos);
  EXPECT_NE(objection("a;b 250000\na;c 750000\n").find("multiples of 250000"), std::string::npos);
  std::string heavy, hundreds, plain;
  for (int i = 0; i < 60; ++i) {
    heavy += "a;f" + std::to_string(i) + " " + std::to_string(104'345 + 7 * i) + "\n";
    hundreds += "a;f" + std::to_string(i) + " " + std::to_string(100 * (i + 1)) + "\n";
    plain += "a;f" + std::to_string(i) + " " + std::to_string(10 * (i + 1)) + "\n";
  }
  EXPECT_NE(objection(heavy).find("none of its numbers is below 104345"), std::string::npos);
  EXPECT_NE(objection(hundreds).find("multiples of 100"), std::string::npos);
  EXPECT_EQ(objection(plain), "");
}

TEST(Folded, LeavesOutWhatIsNoStackAndSaysSo) {
  std::string text = "oops\n";
  for (int i = 0; i < 100; ++i) text += "a;b 1\n";
  const auto profile = read(text, "x.folded", "folded");
  ASSERT_TRUE(profile) << profile.error().text();
  EXPECT_EQ(folded(*profile, 0), "a;b 100\n");
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "ignored-lines");
  const auto refused = read("a;b 1\n 5\nc 2\n", "x.folded", "folded");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "x.folded:2");
  EXPECT_EQ(refused.error().kind, ErrorKind::parse);
}

// What is written among stacks is taken for stacks, so that the line that is not one can be named.
TEST(Folded, ADamagedFileIsRefusedByItsFirstBadLine) {
  const auto refused = read("a;b 1\na;c 2\na;b;d 3\na;e 4\noops\n", "x.txt");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "x.txt:5");
  EXPECT_NE(refused.error().what.find("1 of 5 lines"), std::string::npos) << refused.error().what;
}

TEST(Folded, ANameThatIsTooLongIsCutAndThatIsSaid) {
  const auto profile = read("main;" + std::string(k_max_name_bytes + 1, 'f') + " 1\n", "x.folded", "folded");
  ASSERT_TRUE(profile);
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_EQ(profile->warnings[0].code, "long-names");
}

TEST(Folded, CutsStacksThatAreTooDeepAtTheRoot) {
  std::string deep = "f0";
  for (int i = 1; i < 5000; ++i) deep += ";f" + std::to_string(i);
  const auto profile = read("a;b 1\n" + deep + " 2\n" + deep + ";g 3\n", "x.folded", "folded");
  ASSERT_TRUE(profile);
  const std::string lines = folded(*profile, 0);
  EXPECT_TRUE(lines.starts_with("a;b 1\nf904;f905;")) << lines.substr(0, 40);
  EXPECT_NE(lines.find(";f4999 2\nf905;f906;"), std::string::npos);
  EXPECT_TRUE(lines.ends_with(";f4999;g 3\n"));
  ASSERT_EQ(profile->warnings.size(), 1U);
  EXPECT_NE(profile->warnings[0].text.find("2 stacks are deeper"), std::string::npos);
}

TEST(Folded, NamesWithSeparatorsOfOtherFormatsAreWrittenSafely) {
  Profile profile;
  profile.types = {{"samples", "count"}};
  const FrameId odd = profile.tree.frames.add("a;b\nc"), same = profile.tree.frames.add("a:b c");
  const FrameId leaf = profile.tree.frames.add("leaf");
  const NodeId first = profile.tree.add(std::vector<FrameId>{odd, leaf});
  const NodeId second = profile.tree.add(std::vector<FrameId>{same, leaf});
  profile.self = {std::vector<double>(profile.tree.size())};
  profile.self[0][first] = 1;
  profile.self[0][second] = 1.5;
  EXPECT_EQ(folded(profile, 0), "a:b c;leaf 2.5\n");
}

TEST(Folded, ProfilesWithoutStacksCannotBeFolded) {
  Profile profile;
  profile.types = {{"flat", ""}};
  profile.self = {{0}};
  const Status done = write_folded(profile, 0, [](std::string_view) { FAIL(); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::usage);
}

TEST(Folded, IsSniffedByNearlyAllLines) {
  const auto sure = [](std::string_view text) { return find_format("folded")->sniff(text); };
  EXPECT_GT(sure("a;b 1\nc 2\n"), sure("a 1\nb 2\n"));
  EXPECT_GT(sure("a 1\nb 2\n"), 0);
  EXPECT_EQ(sure(""), 0);
  EXPECT_EQ(sure("a;b 1\nhello\n"), 0);
  EXPECT_EQ(sure("v 10400 3\n+ 1\n"), 0) << "raw heaptrack data";
  EXPECT_EQ(sure("# perf of today\na;b 1\n"), sure("a;b 1\n")) << "a comment";
  EXPECT_EQ(sure("      flat  flat%   sum%        cum   cum%\n 10 5\n"), 0);
  std::string cut;
  while (cut.size() < k_sniffed_bytes) cut += "main;function_with_a_name 17\n";
  EXPECT_GT(sure(std::string_view(cut).substr(0, k_sniffed_bytes)), 0) << "the last line is a part";
}

}  // namespace
}  // namespace perfwarden::profile
