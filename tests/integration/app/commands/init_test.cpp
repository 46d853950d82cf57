#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/vocabulary.hpp"
#include "config/load.hpp"
#include "support/fakes.hpp"

// `perfwarden init` on fixture trees: what it writes, and that it loads.
namespace perfwarden::app {
namespace {

using support::slurp;
using support::TemporaryDirectory;
using testing::HasSubstr;

struct Program {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;

  int run(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"perfwarden"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

Config loaded(const TemporaryDirectory& tree) {
  const auto config = config::parse(slurp(tree / "perfwarden.yml"), "perfwarden.yml", vocabulary());
  if (!config) {
    ADD_FAILURE() << config.error().text();
    return {};
  }
  return config->config;
}

TEST(Init, WritesAConfigThatLoadsAWorkflowAndWhatGitIgnores) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt", "add_executable(bench b.cpp)\ntarget_link_libraries(bench benchmark::benchmark)\n");
  tree.write(".gitignore", "*.o");
  Program program;
  ASSERT_EQ(program.run({"init", "--no-run", tree.path()}), 0) << program.console.err_text;
  EXPECT_THAT(program.console.out_text, HasSubstr("found CMake\n  bench: build/bench --benchmark_format=json"));
  EXPECT_THAT(program.console.out_text, HasSubstr("wrote perfwarden.yml\n"));
  EXPECT_THAT(program.console.out_text, HasSubstr("perfwarden check --base HEAD~1"));

  const Config config = loaded(tree);
  ASSERT_EQ(config.suites.size(), 1U);
  EXPECT_EQ(config.suites[0].run.argv[0], "build/bench");
  EXPECT_EQ(config.suites[0].parser.name, "google-benchmark");
  ASSERT_EQ(config.budgets.size(), 1U);
  EXPECT_EQ(config.budgets[0].glob, "*");
  EXPECT_EQ(slurp(tree / ".gitignore"), "*.o\n/reports/\n/.perfwarden/\n/build/\n");

  const std::string workflow = slurp(tree / ".github/workflows/perfwarden.yml");
  EXPECT_EQ(workflow.find("{{version}}"), std::string::npos);
  EXPECT_THAT(workflow, HasSubstr("fetch-depth: 0"));
}

TEST(Init, WritesTheWorkflowsThatAreAskedFor) {
  const TemporaryDirectory tree;
  tree.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  Program program;
  ASSERT_EQ(program.run({"init", "--no-run", "--workflow", "weekly", "--workflow", "push", tree.path()}), 0);
  for (const char* name : {"perfwarden", "perfwarden-accept", "perfwarden-push", "perfwarden-weekly"})
    EXPECT_TRUE(std::filesystem::exists(tree / (".github/workflows/" + std::string(name) + ".yml"))) << name;
  EXPECT_FALSE(std::filesystem::exists(tree / ".github/workflows/perfwarden-nightly.yml"));
}

TEST(Init, RunsEachSuiteOnceAndReportsWhatItGave) {
  const TemporaryDirectory tree;
  tree.write("Makefile", "bench:\n\tsh bench.sh\n");
  Program program;
  program.processes.answer = [](const os::Command& command) {
    os::ProcessResult result;
    if (command.argv[0] == "make") result.out = "BenchmarkSum-2 100 1234 ns/op\n";
    result.usage.wall_s = 0.5;
    return result;
  };
  ASSERT_EQ(program.run({"init", "--yes", tree.path()}), 0) << program.console.err_text;
  EXPECT_THAT(program.console.out_text, HasSubstr("bench: read as go-bench: 1 benchmark (wall_time), 500 ms a run"));
  EXPECT_THAT(program.console.out_text, HasSubstr("a check takes about 10 s"));
  EXPECT_EQ(loaded(tree).suites[0].parser.name, "go-bench");
}

TEST(Init, ASuiteThatGivesNothingIsWrittenAndToldWithItsCure) {
  const TemporaryDirectory tree;
  tree.write("go.mod", "module x\n");
  tree.write("x_test.go", "package x\n\nfunc BenchmarkX(b *testing.B) {}\n");
  Program program;
  EXPECT_EQ(program.run({"init", "--yes", tree.path()}), 3);
  EXPECT_THAT(program.console.err_text, HasSubstr("go does not work yet"));
  EXPECT_THAT(program.console.err_text, HasSubstr("run it with -bench ."));
  EXPECT_EQ(loaded(tree).suites[0].parser.name, "go-bench");
}

TEST(Init, AsksOnATerminalAndTakesNoForAnAnswer) {
  const TemporaryDirectory tree;
  tree.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  Program program;
  program.console.answer = "n";
  EXPECT_EQ(program.run({"init", tree.path()}), 0);
  EXPECT_THAT(program.console.asked, HasSubstr("[Y/n]"));
  EXPECT_FALSE(std::filesystem::exists(tree / "perfwarden.yml"));

  const TemporaryDirectory empty;
  Program named;
  named.console.answer = "yes-i-can --json";
  EXPECT_EQ(named.run({"init", "--no-run", empty.path()}), 0) << named.console.err_text;
  EXPECT_THAT(named.console.asked, HasSubstr("Which command runs them?"));
  EXPECT_EQ(loaded(empty).suites[0].run.argv[0], "yes-i-can");
}

TEST(Init, FilesThatAreThereAreKeptUnlessForced) {
  const TemporaryDirectory tree;
  tree.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  tree.write("perfwarden.yml", "mine\n");
  Program kept;
  EXPECT_EQ(kept.run({"init", "--no-run", tree.path()}), 0);
  EXPECT_THAT(kept.console.err_text, HasSubstr("--force replaces it"));
  EXPECT_EQ(slurp(tree / "perfwarden.yml"), "mine\n");
  EXPECT_TRUE(std::filesystem::exists(tree / ".github/workflows/perfwarden.yml"));

  Program forced;
  EXPECT_EQ(forced.run({"init", "--no-run", "--force", tree.path()}), 0);
  EXPECT_EQ(loaded(tree).suites.size(), 1U);
}

TEST(Init, DryRunPrintsAndWritesNothing) {
  const TemporaryDirectory tree;
  tree.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  Program program;
  EXPECT_EQ(program.run({"init", "--dry-run", tree.path()}), 0);
  EXPECT_THAT(program.console.out_text, HasSubstr("would write perfwarden.yml"));
  EXPECT_THAT(program.console.out_text, HasSubstr("version: 1\nsuites:\n"));
  EXPECT_FALSE(std::filesystem::exists(tree / "perfwarden.yml"));
  EXPECT_FALSE(std::filesystem::exists(tree / ".github"));
}

TEST(Init, WithoutABenchmarkItWritesNothingAndGivesTheFormForThisEcosystem) {
  const TemporaryDirectory tree;
  tree.write("Cargo.toml", "[package]\nname = \"x\"\n");
  Program program;
  EXPECT_EQ(program.run({"init", tree.path()}), 2);
  EXPECT_THAT(program.console.err_text, HasSubstr("no benchmark that perfwarden can read was found (here is Cargo)"));
  EXPECT_THAT(program.console.err_text, HasSubstr("perfwarden init --build 'cargo build --release'"));
  EXPECT_FALSE(std::filesystem::exists(tree / "perfwarden.yml"));
}

TEST(Init, ACommandOfTheUsersOwnIsTakenAsItIs) {
  const TemporaryDirectory tree;
  Program program;
  ASSERT_EQ(program.run({"init", tree.path(), "--no-run", "--run", "./b --json '{a}'", "--build", "make b", "--parser",
                         "json", "--cwd", "cpp", "--output-file", "out.json"}),
            0)
      << program.console.err_text;
  const Config config = loaded(tree);
  ASSERT_EQ(config.suites.size(), 1U);
  EXPECT_EQ(config.suites[0].run.argv, (std::vector<std::string>{"./b", "--json", "{a}"}));
  EXPECT_EQ(config.suites[0].build.argv, (std::vector<std::string>{"make", "b"}));
  EXPECT_EQ(config.suites[0].parser.name, "json");
  EXPECT_EQ(config.suites[0].working_directory, "cpp");
  EXPECT_EQ(config.suites[0].output_file, "out.json");
}

TEST(Init, AnUnknownParserOrOneWithoutACommandIsAUsageError) {
  const TemporaryDirectory tree;
  Program unknown, lonely;
  EXPECT_EQ(unknown.run({"init", tree.path(), "--run", "./b", "--parser", "xml"}), 2);
  EXPECT_EQ(lonely.run({"init", tree.path(), "--parser", "json"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
