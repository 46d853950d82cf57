#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "plan/make.hpp"
#include "unit/plan/suites.hpp"

namespace perfwarden::plan {
namespace {

using test::config_of;
using test::suite_of;
using testing::HasSubstr;

TEST(Describe, SaysCountsCommandsAndTheFirstRound) {
  Suite suite = suite_of("core", 10, 1);
  suite.build.argv = {"cmake", "--build", "my build"};
  suite.run.argv = {"./bench", "--filter={case}"};
  suite.teardown.shell = "rm -rf $TMP | cat";
  suite.cases = {"parse", "print"};
  suite.iterations = {10, 20, 300};
  suite.cpus = {2, 3};
  const auto plan = make(config_of({suite}), {{}, true, 1});
  ASSERT_TRUE(plan);
  const std::string text = describe(*plan);
  const std::string first = plan->steps[6].case_index == 0 ? "parse" : "print";
  EXPECT_EQ(text.substr(0, text.find("First round")),
            "Base and head in turn, in an order drawn from seed 1:\n"
            "  core: 10 to 20 runs a side, as many as the decision needs, of each of 2 cases, 1 warm-up a side, at "
            "most 600 s each\n"
            "    stops after 300 s once there are 10 runs, decided or not\n"
            "    build    cmake --build 'my build'\n"
            "    run      ./bench --filter={case}\n"
            "    teardown rm -rf $TMP | cat   (by /bin/sh)\n"
            "    on CPU   2,3\n"
            "Builds align functions to 64 bytes, where they find their compiler on PATH (placement.align)\n"
            "In all: 2 builds, 0 set-ups, 4 warm-ups, 40 measured runs before the first look, 2 teardowns\n");
  EXPECT_THAT(text, HasSubstr("First round: core/" + first + " "));
}

TEST(Describe, HostileTextsStayOnTheirLine) {
  Suite suite = suite_of("core", 1);
  suite.cases = {"x\n::error::owned\x1b[2J"};
  suite.run.shell = "echo\n::warning::x";
  suite.run.argv.clear();
  const std::string text = describe(*make(config_of({suite}), {}));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\n::"), std::string::npos);
}

TEST(Describe, ALongRoundIsCutShort) {
  Suite suite = suite_of("core", 1);
  for (int i = 0; i < 50; ++i) suite.cases.push_back("c" + std::to_string(i));
  EXPECT_THAT(describe(*make(config_of({suite}), {})), HasSubstr("… and 88 more\n"));
}

}  // namespace
}  // namespace perfwarden::plan
