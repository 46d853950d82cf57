#include "measure/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace perfwarden::measure {
namespace {

using testing::ElementsAre;
using Kind = Step::Kind;

Plan plan_of(const Suite& suite) {
  Plan plan;
  plan.suites = {suite};
  plan.two_sided = true;
  return plan;
}

const Children k_sides{"/base", "/head", {{"PATH", "/bin"}, {"A", "ours"}}, 1001, 1002};

TEST(Command, IsMadeOfTheSuiteTheSideAndTheCase) {
  Suite suite;
  suite.name = "core";
  suite.run.argv = {"./bench", "--filter={case}$", "{case}{case}"};
  suite.cases = {"a b", "x;y"};
  suite.working_directory = "build";
  suite.env = {{"A", "theirs"}};
  suite.cpus = {2};
  suite.timeout_s = 7;
  const auto command = command_of(plan_of(suite), {Kind::measure, Side::base, 0, 1, 0}, k_sides);
  ASSERT_TRUE(command);
  EXPECT_THAT(command->argv, ElementsAre("./bench", "--filter=x;y$", "x;yx;y"));
  EXPECT_EQ(command->cwd, "/base/build");
  EXPECT_EQ(command->env, (std::map<std::string, std::string>{{"PATH", "/bin"}, {"A", "theirs"}}));
  EXPECT_THAT(command->cpus, ElementsAre(2));
  EXPECT_EQ(command->timeout_s, 7);
  EXPECT_TRUE(command->count_events);
  EXPECT_EQ(command->uid, 1001U);
  EXPECT_EQ(command->gid, 1002U);
  EXPECT_FALSE(command->even_when_stopping);
}

TEST(Command, BuildsMayTakeLongUseAllCpusAndCountNothing) {
  Suite suite;
  suite.name = "core";
  suite.build.shell = "make && echo {case}";
  suite.teardown.argv = {"down"};
  suite.cases = {"a"};
  suite.cpus = {2};
  const auto build = command_of(plan_of(suite), {Kind::build, Side::head, 0, 0, 0}, k_sides);
  ASSERT_TRUE(build);
  EXPECT_THAT(build->argv, ElementsAre("/bin/sh", "-c", "make && echo {case}"));
  EXPECT_EQ(build->cwd, "/head");
  EXPECT_GE(build->timeout_s, 3600);
  EXPECT_TRUE(build->cpus.empty());
  EXPECT_FALSE(build->count_events);
  EXPECT_TRUE(command_of(plan_of(suite), {Kind::teardown, Side::head, 0, 0, 0}, k_sides)->even_when_stopping);
}

TEST(Command, BuildsAndSetupsAloneGetCompilersThatAlignFunctions) {
  Suite suite;
  suite.name = "core";
  suite.build.argv = suite.setup.argv = suite.run.argv = {"make"};
  Children sides = k_sides;
  sides.compilers = {{"/bin", "/compilers"}};
  const auto path = [&](Kind kind) {
    return command_of(plan_of(suite), {kind, Side::head, 0, 0, 0}, sides)->env.at("PATH");
  };
  EXPECT_EQ(path(Kind::build), "/compilers:/bin");
  EXPECT_EQ(path(Kind::setup), "/compilers:/bin");
  EXPECT_EQ(path(Kind::measure), "/bin");
  suite.env["PATH"] = "/opt/bin";
  EXPECT_EQ(path(Kind::build), "/opt/bin") << "none were made for that PATH";
}

struct Line {
  const char* line;
  const char* name;
  const char* expected;
};

class ShellLine : public testing::TestWithParam<Line> {};
TEST_P(ShellLine, GetsTheNameQuotedForItsPlace) {
  const auto line = put_into_shell(GetParam().line, "{case}", GetParam().name);
  ASSERT_TRUE(line) << line.error().text();
  EXPECT_EQ(*line, GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Command, ShellLine,
    testing::Values(Line{"b --f={case} | cat", "plain/1", "b --f=plain/1 | cat"},
                    Line{"b {case}", "x; rm -rf ~", "b 'x; rm -rf ~'"}, Line{"b {case}", "it's", "b 'it'\\''s'"},
                    Line{"b 'f={case}'", "a'; rm x; '", "b 'f=a'\\''; rm x; '\\'''"},
                    Line{"b \"f={case}\"", "$(rm x)`y`\"\\", "b \"f=\\$(rm x)\\`y\\`\\\"\\\\\""},
                    Line{"b \"it's {case}\"", "$x", "b \"it's \\$x\""}, Line{"b '\"' {case}", "a b", "b '\"' 'a b'"},
                    Line{"b \\' {case}", "a b", "b \\' 'a b'"}, Line{"b {case}", "", "b ''"},
                    Line{"b `date` {case}", "plain", "b `date` plain"}, Line{"no case `x`", "a b", "no case `x`"}));

TEST(Command, ANameThatCannotBeQuotedSafelyIsRefused) {
  for (const char* line : {"b \"$(f {case})\"", "b `f {case}`", "cat <<E\n{case}\nE", "b # don't\nc {case}",
                           "b \"${x:-{case}}\"", "b \\{case}"}) {
    const auto refused = put_into_shell(line, "{case}", "a; b");
    ASSERT_FALSE(refused) << line;
    EXPECT_EQ(refused.error().kind, ErrorKind::config);
    EXPECT_TRUE(put_into_shell(line, "{case}", "a_b")) << line;
  }
}

TEST(Command, TextIsWhatAPersonWouldType) {
  os::Command command;
  command.argv = {"./b", "a b", "it's", "\x1b[2J\n::error::x", ""};
  EXPECT_EQ(text_of(command).substr(0, 24), "./b 'a b' 'it'\\''s' ' [2");
  EXPECT_EQ(text_of(command).find('\n'), std::string::npos);
}

TEST(LastLines, AreFewAndSafe) {
  EXPECT_THAT(last_lines("a\nb\n\n c\x1b[31m\n\n", 2), ElementsAre("b", " c [31m"));
  EXPECT_THAT(last_lines("", 3), testing::IsEmpty());
  const std::string huge(10'000'000, 'x');
  const auto lines = last_lines(huge, 3);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_LT(lines[0].size(), 400U);
}

}  // namespace
}  // namespace perfwarden::measure
