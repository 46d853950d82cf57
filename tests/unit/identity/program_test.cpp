#include "identity/program.hpp"

#include <gtest/gtest.h>

namespace perfwarden::identity {
namespace {

TracedRun a_run() {
  return {.arguments = {"{side}/bench", "--fast"},
          .environment = {"LANG=C", "HOME={side}"},
          .files = {{.path = "{side}/bench", .digest = "11", .is_image = true},
                    {.path = "/usr/lib/libc.so.6", .digest = "22", .is_image = true},
                    {.path = "{side}/data.json", .digest = "33"}}};
}

Result<std::string_view> no_bytes(Side, const std::string&) {
  return Error{.what = "gone"};
}

ProgramComparison compared(const TracedRun& base, const TracedRun& head) {
  return compare_programs(base, head, no_bytes);
}

TEST(Program, EqualRunsAreIdenticalInAnyOrderOfTheirLists) {
  auto head = a_run();
  std::swap(head.files[0], head.files[2]);
  std::swap(head.environment[0], head.environment[1]);
  const auto result = compared(a_run(), head);
  EXPECT_EQ(result.sameness, Sameness::identical);
  EXPECT_TRUE(result.reasons.empty());
  EXPECT_TRUE(result.is_same());
}

TEST(Program, AnArgumentOrAVariableThatDiffersIsNamed) {
  auto head = a_run();
  head.arguments[1] = "--slow";
  head.environment[0] = "LANG=de";
  const auto result = compared(a_run(), head);
  EXPECT_EQ(result.sameness, Sameness::differs);
  EXPECT_EQ(result.reasons, (std::vector<std::string>{"the arguments differ", "environment variable LANG differs"}));
}

TEST(Program, ADataFileThatDiffersIsNamed) {
  auto head = a_run();
  head.files[2].digest = "44";
  EXPECT_EQ(compared(a_run(), head).reasons, std::vector<std::string>{"{side}/data.json differs"});
  EXPECT_EQ(compared(a_run(), head).sameness, Sameness::differs);
}

TEST(Program, AFileThatOneSideAloneUsedIsNamed) {
  auto head = a_run();
  head.files[2].path = "{side}/other.json";
  EXPECT_EQ(compared(a_run(), head).reasons,
            (std::vector<std::string>{"only base used {side}/data.json", "only head used {side}/other.json"}));
}

TEST(Program, AFileThatChangedWhileItWasUsedIsNotKnown) {
  auto run = a_run();
  run.files.push_back({.path = "{side}/data.json", .digest = "55"});
  EXPECT_EQ(compared(run, run).sameness, Sameness::not_known);
  EXPECT_EQ(compared(a_run(), run).sameness, Sameness::differs);
}

TEST(Program, TheNetworkAnIncompleteTraceAndAnEmptyOneAreNotKnown) {
  auto network = a_run();
  network.used_network = true;
  EXPECT_EQ(compared(network, network).sameness, Sameness::not_known);
  auto incomplete = a_run();
  incomplete.not_known = "ptrace is not permitted here";
  EXPECT_EQ(compared(a_run(), incomplete).reasons, std::vector<std::string>{"ptrace is not permitted here"});
  EXPECT_EQ(compared({}, {}).sameness, Sameness::not_known);
}

TEST(Program, AnImageThatDiffersIsComparedByItsBytes) {
  auto head = a_run();
  head.files[0].digest = "12";
  EXPECT_EQ(compared(a_run(), head).reasons, std::vector<std::string>{"{side}/bench could not be read: gone"});
  const auto result = compare_programs(a_run(), head, [](Side side, const std::string&) -> Result<std::string_view> {
    return side == Side::base ? std::string_view("not an image") : std::string_view("not one either");
  });
  EXPECT_EQ(result.sameness, Sameness::not_known);
  ASSERT_EQ(result.images.size(), 1U);
  EXPECT_EQ(result.images[0].path, "{side}/bench");
}

// What base and head hold below /work/a and /work/b.
ProgramComparison compared(std::string_view base, std::string_view head, const ProgramOptions& options) {
  auto run = a_run();
  run.files[2].digest = "44";
  return compare_programs(
      a_run(), run,
      [&](Side side, const std::string&) -> Result<std::string_view> { return side == Side::base ? base : head; },
      options);
}

TEST(Program, ContentThatDiffersInTheSidesOwnFolderAloneIsTheSame) {
  const ProgramOptions tops{{}, "/work/a", "/work/b"};
  EXPECT_EQ(compared("run /work/a/x, /work/a", "run /work/b/x, /work/b", tops).sameness, Sameness::identical);
  EXPECT_EQ(compared("/work/a/x 1", "/work/b/x 2", tops).sameness, Sameness::differs);
  EXPECT_EQ(compared("/work/a/x", "/work/b/x", {}).sameness, Sameness::differs);
  EXPECT_EQ(compared("/work/a2/x", "/work/b2/x", tops).sameness, Sameness::differs) << "another folder";
  EXPECT_EQ(compared("/work/b/x", "/work/a/x", tops).sameness, Sameness::differs) << "each uses the other's";
  const ProgramOptions longer{{}, "/work/a", "/work/bb"};
  EXPECT_EQ(compared("/work/a/x", "/work/bb/x", longer).sameness, Sameness::differs) << "the rest would move";
}

}  // namespace
}  // namespace perfwarden::identity
