#include <gtest/gtest.h>

#include <map>
#include <new>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "support/fakes.hpp"
#include "support/runner_rules.hpp"

namespace perfwarden::app {
namespace {

struct RunProgram {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;

  int run(std::vector<const char*> words) {
    words.insert(words.begin(), "perfwarden");
    World world{processes, clock, environment, console, http};
    return app::run(world, words);
  }
};

TEST(CommandLine, MistypedCommandGetsASuggestionAndExitsTwo) {
  RunProgram program;
  EXPECT_EQ(program.run({"comapre", "a", "b"}), 2);
  EXPECT_NE(program.console.err_text.find("unknown command 'comapre': did you mean 'compare'?"), std::string::npos)
      << program.console.err_text;
}

TEST(CommandLine, MistypedOptionIsNotTakenForAFile) {
  RunProgram program;
  EXPECT_EQ(program.run({"compare", "--outptu", "x", "a", "b"}), 2);
  EXPECT_NE(program.console.err_text.find("unknown option '--outptu': did you mean '--output'?"), std::string::npos)
      << program.console.err_text;
}

TEST(CommandLine, NothingToDoPrintsHelpAndExitsTwo) {
  RunProgram program;
  EXPECT_EQ(program.run({}), 2);
  EXPECT_NE(program.console.err_text.find("check"), std::string::npos);
}

TEST(CommandLine, MemoryThatRanOutIsNotCalledABug) {
  struct Exhausted final : os::Clock {
    [[nodiscard]] double monotonic_s() const override { throw std::bad_alloc(); }
    [[nodiscard]] std::int64_t unix_s() const override { throw std::bad_alloc(); }
    void sleep_s(double /*seconds*/) override {}
  } exhausted;
  support::TemporaryDirectory folder;
  const std::string samples = folder.write(
      "s.json",
      R"({"schema": "perfwarden.samples/1", "series": [{"suite": "s", "benchmark": "b", "metric": "wall_time",
          "invocations": [[1], [1]]}]})");
  RunProgram program;
  World world{program.processes, exhausted, program.environment, program.console, program.http};
  const std::vector<const char*> words{"perfwarden", "compare", samples.c_str(), samples.c_str()};
  EXPECT_EQ(app::run(world, words), 3);
  EXPECT_EQ(program.console.out_text, "");
  EXPECT_NE(program.console.err_text.find("error: out of memory\nhint: "), std::string::npos)
      << program.console.err_text;
}

TEST(CommandLine, HelpAndVersionGoToStandardOutput) {
  RunProgram program;
  EXPECT_EQ(program.run({"--version"}), 0);
  EXPECT_EQ(program.console.out_text.substr(0, 11), "perfwarden ");
  EXPECT_EQ(program.run({"compare", "--help"}), 0);
  EXPECT_NE(program.console.out_text.find("--gate"), std::string::npos);
  EXPECT_NE(program.console.out_text.find("Usage: perfwarden compare"), std::string::npos) << program.console.out_text;
  EXPECT_EQ(program.console.err_text, "");
}

TEST(CommandLine, HelpOfCompareRequiresNoneOfTheTwoWaysToNameASide) {
  RunProgram program;
  EXPECT_EQ(program.run({"compare", "--help"}), 0);
  EXPECT_EQ(program.console.out_text.find("REQUIRED"), std::string::npos) << program.console.out_text;
  EXPECT_EQ(program.run({"compare", "--baseline", "base.json"}), 2);
  EXPECT_NE(program.console.err_text.find("compare needs two sides"), std::string::npos) << program.console.err_text;
}

TEST(CommandLine, IngestOffersNoOptionsOfTheVerdict) {
  RunProgram program;
  EXPECT_EQ(program.run({"ingest", "--help"}), 0);
  EXPECT_NE(program.console.out_text.find("--config"), std::string::npos) << program.console.out_text;
  EXPECT_EQ(program.console.out_text.find("--inconclusive"), std::string::npos) << program.console.out_text;
}

TEST(CommandLine, HelpAndVersionMayBeTypedAsCommands) {
  RunProgram program;
  EXPECT_EQ(program.run({"help"}), 0);
  EXPECT_NE(program.console.out_text.find("perfwarden help COMMAND"), std::string::npos);
  RunProgram verb;
  EXPECT_EQ(verb.run({"help", "check"}), 0);
  EXPECT_NE(verb.console.out_text.find("Usage: perfwarden check"), std::string::npos);
  EXPECT_NE(verb.console.out_text.find("Examples:\n  perfwarden check "), std::string::npos);
  EXPECT_NE(verb.console.out_text.find("Exit codes:\n  0  pass\n  1  a gate failed\n"), std::string::npos);
  for (const char* word : {"version", "-V", "--version"}) {
    RunProgram version;
    EXPECT_EQ(version.run({word}), 0) << word;
    EXPECT_EQ(version.console.out_text.find("perfwarden "), 0U) << word;
  }
}

TEST(CommandLine, CompletionsAndTheManualPageNameVerbsAndOptions) {
  for (const char* kind : {"bash", "zsh", "fish", "man"}) {
    RunProgram program;
    EXPECT_EQ(program.run({"completion", kind}), 0) << kind;
    EXPECT_NE(program.console.out_text.find("check"), std::string::npos) << kind;
    EXPECT_NE(program.console.out_text.find("worktree"), std::string::npos) << kind;
    EXPECT_NE(program.console.out_text.find("flamegraph"), std::string::npos) << kind;
  }
  RunProgram other;
  EXPECT_EQ(other.run({"completion", "csh"}), 2);
}

TEST(CommandLine, MissingFileIsAUsageErrorThatNamesIt) {
  RunProgram program;
  const support::TemporaryDirectory directory;
  const std::string base = directory / "base.json";
  const std::string head = directory / "head.json";
  EXPECT_EQ(program.run({"compare", base.c_str(), head.c_str()}), 2);
  EXPECT_NE(program.console.err_text.find(base), std::string::npos) << program.console.err_text;
}

TEST(CommandLine, EscapeSequencesInWordsNeverReachTheTerminal) {
  RunProgram program;
  EXPECT_EQ(program.run({"\x1b[31mred"}), 2);
  EXPECT_EQ(program.console.err_text.find('\x1b'), std::string::npos);
}

TEST(CommandLine, ErrorsBecomeAnnotationsInGitHub) {
  RunProgram program;
  program.environment = os::Environment(std::map<std::string, std::string>{{"GITHUB_ACTIONS", "true"}});
  EXPECT_EQ(program.run({"report", "/nowhere/report.json"}), 2);
  EXPECT_NE(program.console.err_text.find("::error "), std::string::npos) << program.console.err_text;
}

TEST(CommandLine, WhatIsPrintedInGitHubIsNoCommandButOurOwnIs) {
  for (const char* hostile : {"##[add-mask]e", "::add-mask::e", "x##[stop-commands]t"}) {
    RunProgram program;
    program.environment = os::Environment(std::map<std::string, std::string>{{"GITHUB_ACTIONS", "true"}});
    EXPECT_EQ(program.run({hostile}), 2);
    const auto commands = support::runner_commands(program.console.err_text);
    ASSERT_EQ(commands.size(), 1U) << program.console.err_text;
    EXPECT_EQ(commands[0].name, "error");
  }
}

TEST(CommandLine, TheActionsInputSaysWhatToDoHoweverLongItIs) {
  RunProgram program;
  program.environment = os::Environment(std::map<std::string, std::string>{
      {"GITHUB_ACTIONS", "true"}, {"INPUT_COMMAND", "report  /nowhere/a/long/way/down/report.json"}});
  EXPECT_EQ(program.run({}), 2);
  EXPECT_NE(program.console.err_text.find("/nowhere/a/long/way/down/report.json"), std::string::npos)
      << program.console.err_text;
}

}  // namespace
}  // namespace perfwarden::app
