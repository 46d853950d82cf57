#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>

#include "profile/diff/diff.hpp"
#include "profile/write/top.hpp"
#include "unit/profile/stack_lines.hpp"

namespace perfwarden::profile {
namespace {

// "name self total" of the functions, of one type.
std::string functions(const Profile& profile, std::size_t type) {
  std::string out;
  for (const FunctionCost& cost : profile.functions)
    out += fmt::format("{} {} {}\n", profile.tree.frames.name(cost.frame), cost.self[type], cost.total[type]);
  return out;
}

std::string says(const std::string& body) {
  return said("# callgrind format\nevents: Ir\n" + body, "callgrind");
}

TEST(Callgrind, KnowsCostsOfFunctionsExactly) {
  const Profile profile = read_fixture("callgrind/calls.callgrind");
  EXPECT_EQ(functions(profile, 0), "main 30 1000\nparse 300 700\ncopy 670 670\n");
  EXPECT_EQ(functions(profile, 1), "main 5 300\nparse 100 240\ncopy 195 195\n");
  EXPECT_EQ(profile.types[0], (SampleType{"Ir", ""}));
  EXPECT_TRUE(profile.exact);
  EXPECT_FALSE(profile.count_type.has_value());
  EXPECT_EQ(profile.program, "demo");
}

TEST(Callgrind, EstimatesStacksAndSaysSo) {
  const Profile profile = read_fixture("callgrind/calls.callgrind");
  EXPECT_EQ(stack_lines(profile), "main 30 5\nmain;copy 270 55\nmain;parse 300 100\nmain;parse;copy 400 140\n");
  ASSERT_EQ(profile.warnings.size(), 1U);
  EXPECT_EQ(profile.warnings[0].code, "call-graph");
}

TEST(Callgrind, SharesOutWhatIsCalledFromSeveralPlacesAndLosesNothing) {
  const Result<Profile> profile = read(
      "# callgrind format\nevents: Ir\nfn=a\n1 10\ncfn=c\ncalls=1 1\n1 300\nfn=b\n1 20\ncfn=c\ncalls=1 1\n1 100\n"
      "fn=c\n1 100\ncfn=d\ncalls=9 1\n1 300\nfn=d\n1 300\n",
      "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(std::accumulate(profile->self[0].begin(), profile->self[0].end(), 0.0), 430);
  EXPECT_NE(stack_lines(*profile).find("a;c;d 225\n"), std::string::npos) << stack_lines(*profile);
  EXPECT_NE(stack_lines(*profile).find("b;c;d 75\n"), std::string::npos) << stack_lines(*profile);
}

TEST(Callgrind, CutsTotalsOfCirclesToTheWhole) {
  const Result<Profile> profile = read(
      "# callgrind format\nevents: Ir\nfn=main\n1 10\ncfn=a\ncalls=1 1\n1 90\nfn=a\n1 40\ncfn=b\ncalls=5 1\n1 80\n"
      "fn=b\n1 50\ncfn=a\ncalls=4 1\n1 70\n",
      "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  for (const FunctionCost& cost : profile->functions) EXPECT_LE(cost.total[0], 100);
  EXPECT_EQ(profile->warnings[0].code, "call-circles");
}

TEST(Callgrind, SaysThatLinesAndTotalsDisagree) {
  const Result<Profile> profile = read("# callgrind format\nevents: Ir\nfn=a\n1 10\ntotals: 50\n", "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->warnings[0].code, "totals");
}

// Of the manual's "subposition compression", as the speedscope project keeps it, also for costs.
TEST(Callgrind, CostsAndPositionsMayBeRelativeToTheLineBefore) {
  Profile profile = *read(
      "# callgrind format\nevents: Ir Dr\nfn=main\n16 20 5\ncfn=a\ncalls=1 50\n* 400 *\ncalls=3 20\n+2 * -1\nfn=a\n+35 "
      "-300 +6\n",
      "x");
  EXPECT_EQ(functions(profile, 0), "main 20 120\na 100 100\n");
}

TEST(Callgrind, WhereAJumpLeadsMayDefineAShortForm) {
  const Result<Profile> profile = read(
      "# callgrind format\nevents: Ir\nfl=(1) a.c\nfn=(1) main\n1 1\njfi=(2) b.c\njfn=(2) far\njump=1 7\n1\nfi=(2)\n"
      "fn=(2)\n7 3\n",
      "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(functions(*profile, 0), "main 1 1\nfar 3 3\n");
}

TEST(Callgrind, ALineThatIsNotItsOwnIsCountedAndItsNumberSaid) {
  const Result<Profile> profile = read("# callgrind format\nevents: Ir\nfn=a\n1 10\nSegmentation fault\n\n", "x");
  ASSERT_TRUE(profile.has_value()) << profile.error().text();
  EXPECT_EQ(profile->warnings[0].code, "ignored-lines");
  EXPECT_NE(profile->warnings[0].text.find("line 5"), std::string::npos) << profile->warnings[0].text;
}

TEST(Callgrind, NamesTheLineOfWhatIsWrong) {
  EXPECT_NE(says("fn=(7)\n1 1\n").find("x:3: error: (7) is used before it is given a name"), std::string::npos);
  EXPECT_NE(says("1 1\n").find("x:3: error: costs before the first function"), std::string::npos);
  EXPECT_NE(says("fn=a\n1 1x\n").find("x:4: error: a cost is not a whole number"), std::string::npos);
  EXPECT_NE(says("fn=a\n1 5\n2 -6\n").find("x:5: error: a cost"), std::string::npos);
  EXPECT_NE(says("fn=a\ncalls=1 1\n").find("x:4: error: a call without the name"), std::string::npos);
  EXPECT_NE(said("version: 1\n", "callgrind").find("no line `events:`"), std::string::npos);
}

TEST(Heaptrack, CountsAllocationsBytesPeakAndLeaks) {
  const Profile profile = read_fixture("heaptrack/small.heaptrack");
  EXPECT_EQ(stack_lines(profile), "main;load;grow_[i] 3 768 768 256\nmain;[libc.so.6] 2 32 0 16\n");
  EXPECT_EQ(profile.types[profile.default_type], (SampleType{"allocated", "bytes"}));
  EXPECT_TRUE(profile.exact);
  EXPECT_EQ(profile.program, "demo");
  EXPECT_DOUBLE_EQ(profile.seconds, 0.01);
}

TEST(Heaptrack, NamesTheLineOfWhatIsWrong) {
  const auto heaptrack = [](const std::string& body) { return said("v 10400 3\n" + body, "heaptrack"); };
  EXPECT_NE(heaptrack("+ 0\n").find("x:2: error: an event names an allocation"), std::string::npos);
  EXPECT_NE(heaptrack("t 1 0\n").find("x:2: error: a stack names a place"), std::string::npos);
  EXPECT_NE(heaptrack("a 10 1\n").find("x:2: error: an allocation names a stack"), std::string::npos);
  EXPECT_NE(heaptrack("i 10 1\n").find("x:2: error: a place has no module"), std::string::npos);
  EXPECT_NE(heaptrack("m 10 1\n").find("heaptrack --interpret"), std::string::npos);
  EXPECT_NE(said("v 10400 9\n", "heaptrack").find("version 9"), std::string::npos);
}

TEST(PprofText, ReadsFunctions) {
  const Profile profile = read_fixture("pprof-text/cpu.txt");
  EXPECT_EQ(profile.types, (std::vector<SampleType>{{"cpu", "nanoseconds"}}));
  EXPECT_EQ(profile.tree.size(), 1U);
  ASSERT_EQ(profile.functions.size(), 8U);
  EXPECT_EQ(profile.tree.frames.name(profile.functions[0].frame), "demo/parse.isSpace");
  EXPECT_EQ(profile.functions[0].self[0], 2.1e9);
  EXPECT_EQ(profile.functions[0].total[0], 2.19e9);
  EXPECT_EQ(profile.functions[7].self[0], 0);
  EXPECT_EQ(profile.warnings[0].code, "rounded");
  EXPECT_EQ(make_top(profile, {}).rows.size(), 8U);
}

std::string pprof_top(const std::string& heading, const std::string& rows) {
  return "Type: cpu\n" + heading + "      flat  flat%   sum%        cum   cum%\n" + rows;
}

TEST(PprofText, SharesAreOfTheTotalThatTheHeadingStates) {
  const std::string rows =
      "      300s 30.00% 30.00%       300s 30.00%  main.a\n      300s 30.00% 60.00%       300s 30.00%  main.b\n";
  const auto cut = read(
      pprof_top("Showing nodes accounting for 600s, 60.00% of 1000s total\nShowing top 2 nodes out of 5\n", rows), "x");
  ASSERT_TRUE(cut) << cut.error().text();
  ASSERT_EQ(cut->unlisted.size(), 1U);
  EXPECT_DOUBLE_EQ(cut->unlisted[0], 400e9);
  ASSERT_EQ(cut->warnings.size(), 2U);
  EXPECT_EQ(cut->warnings[0].code, "cut-table");
  EXPECT_NE(cut->warnings[0].text.find("40 % of all costs"), std::string::npos) << cut->warnings[0].text;
  EXPECT_DOUBLE_EQ(make_top(*cut, {}).total, 1000e9);
  const auto bare = read(pprof_top("", rows), "x");
  ASSERT_TRUE(bare);
  EXPECT_DOUBLE_EQ(make_top(*bare, {}).total, 600e9) << "no heading, so what is listed is all";
  const auto hours = read_fixture("pprof-text/delay.txt");
  EXPECT_NEAR(make_top(hours, {}).total, 4.5 * 3600e9, 1e9);
}

TEST(PprofText, ATableThatWasCutIsNoChange) {
  const std::string rows[] = {"      300s 30.00% 30.00%       300s 30.00%  main.a\n",
                              "      700s 70.00% 100.00%       700s 70.00%  main.b\n"};
  const auto all = read(pprof_top("Showing nodes accounting for 1000s, 100% of 1000s total\n", rows[0] + rows[1]), "x");
  const auto cut = read(pprof_top("Showing nodes accounting for 300s, 30% of 1000s total\n", rows[0]), "x");
  ASSERT_TRUE(all && cut);
  const auto compared = diff(*all, *cut, {});
  ASSERT_TRUE(compared);
  for (const FrameDelta& frame : compared->evidence.top) {
    if (frame.name != "main.a") continue;
    EXPECT_DOUBLE_EQ(frame.self.delta(), 0);
  }
}

TEST(PprofText, RowsThatAddUpToMoreThanTheTotalAreRefused) {
  EXPECT_NE(said(pprof_top("Showing nodes accounting for 5s, 50% of 10s total\n",
                           "      30s 30.00% 30.00%       30s 30.00%  main.a\n"),
                 "pprof-text")
                .find("x:2: error: the rows add up to more than the total"),
            std::string::npos);
}

TEST(PprofText, KnowsHowLongWasRecorded) {
  EXPECT_NEAR(read_fixture("pprof-text/cpu.txt").seconds, 5.01, 1e-9);
  const auto hours = read(pprof_top("Duration: 0.5hrs, Total samples = 10s (1%)\n", "  1s 1% 1%  1s 1%  a\n"), "x");
  ASSERT_TRUE(hours);
  EXPECT_NEAR(hours->seconds, 1800, 1e-9);
}

TEST(PprofText, NamesTheRowThatIsNone) {
  const std::string head = "      flat  flat%   sum%        cum   cum%\n";
  EXPECT_NE(said(head + "hello\n", "pprof-text").find("x:2: error: this is not a row"), std::string::npos);
  EXPECT_NE(said(head + "  1s 1% 1%  1s 1%  a\n  1MB 1% 1%  1MB 1%  b\n", "pprof-text")
                .find("x:3: error: costs are in units of different kinds"),
            std::string::npos);
  EXPECT_NE(said("File: x\n", "pprof-text").find("there is no line"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::profile
