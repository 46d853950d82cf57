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

TEST(Init, WritesAConfigThatLoadsAndAWorkflow) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt", "add_executable(bench b.cpp)\ntarget_link_libraries(bench benchmark::benchmark)\n");
  Program program;
  ASSERT_EQ(program.run({"init", tree.path()}), 0) << program.console.err_text;
  EXPECT_THAT(program.console.out_text, HasSubstr("found CMake, Google Benchmark\n"));
  EXPECT_THAT(program.console.out_text, HasSubstr("wrote perfwarden.yml\n"));
  EXPECT_THAT(program.console.out_text, HasSubstr("perfwarden check --base HEAD~1"));

  const Config config = loaded(tree);
  ASSERT_EQ(config.suites.size(), 1U);
  EXPECT_EQ(config.suites[0].run.argv, (std::vector<std::string>{"build/bench", "--benchmark_format=json"}));
  EXPECT_EQ(config.suites[0].parser.name, "google-benchmark");
  ASSERT_EQ(config.budgets.size(), 1U);
  EXPECT_EQ(config.budgets[0].glob, "*");

  const std::string workflow = slurp(tree / ".github/workflows/perfwarden.yml");
  EXPECT_EQ(workflow.find("{{version}}"), std::string::npos);
  EXPECT_THAT(workflow, HasSubstr("fetch-depth: 0"));
}

TEST(Init, EveryKindOfProposalLoads) {
  const TemporaryDirectory go, rust, node, script;
  go.write("go.mod", "module x\n");
  go.write("x_test.go", "package x\nfunc BenchmarkX(b *testing.B) {}\n");
  rust.write("Cargo.toml",
             "[package]\nname = \"p\"\n[dev-dependencies]\ncriterion = \"0.5\"\n[[bench]]\nname = \"parse\"\n");
  node.write("package.json", R"({"scripts": {"bench": "node bench.js"}})");
  script.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  for (const TemporaryDirectory* tree : {&go, &rust, &node, &script}) {
    Program program;
    EXPECT_EQ(program.run({"init", tree->path()}), 0) << program.console.err_text;
    EXPECT_EQ(loaded(*tree).suites.size(), 1U);
  }
  EXPECT_EQ(loaded(go).suites[0].run.argv[3], "^$");
  EXPECT_EQ(loaded(rust).suites[0].parser.name, "regex");
}

TEST(Init, FilesThatAreThereAreKeptUnlessForced) {
  const TemporaryDirectory tree;
  tree.write("bench.sh", "#!/bin/sh\nsleep 0.1\n");
  tree.write("perfwarden.yml", "mine\n");
  Program kept;
  EXPECT_EQ(kept.run({"init", tree.path()}), 0);
  EXPECT_THAT(kept.console.err_text, HasSubstr("--force replaces it"));
  EXPECT_EQ(slurp(tree / "perfwarden.yml"), "mine\n");
  EXPECT_TRUE(std::filesystem::exists(tree / ".github/workflows/perfwarden.yml"));

  Program forced;
  EXPECT_EQ(forced.run({"init", "--force", tree.path()}), 0);
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

TEST(Init, WithoutABenchmarkItWritesNothingAndSaysHowToNameOne) {
  const TemporaryDirectory tree;
  tree.write("Makefile", "all:\n");
  Program program;
  EXPECT_EQ(program.run({"init", tree.path()}), 2);
  EXPECT_THAT(program.console.err_text,
              HasSubstr("no benchmark that perfwarden can read was found (build system: Make)"));
  EXPECT_THAT(program.console.err_text, HasSubstr("init --run"));
  EXPECT_FALSE(std::filesystem::exists(tree / "perfwarden.yml"));
}

TEST(Init, ACommandOfTheUsersOwnIsTakenAsItIs) {
  const TemporaryDirectory tree;
  Program program;
  ASSERT_EQ(program.run({"init", tree.path(), "--run", "./b --json '{a}'", "--build", "make b", "--parser", "json"}), 0)
      << program.console.err_text;
  const Config config = loaded(tree);
  ASSERT_EQ(config.suites.size(), 1U);
  EXPECT_EQ(config.suites[0].run.argv, (std::vector<std::string>{"./b", "--json", "{a}"}));
  EXPECT_EQ(config.suites[0].build.argv, (std::vector<std::string>{"make", "b"}));
  EXPECT_EQ(config.suites[0].parser.name, "json");
}

TEST(Init, AnUnknownParserOrOneWithoutACommandIsAUsageError) {
  const TemporaryDirectory tree;
  Program unknown, lonely;
  EXPECT_EQ(unknown.run({"init", tree.path(), "--run", "./b", "--parser", "xml"}), 2);
  EXPECT_EQ(lonely.run({"init", tree.path(), "--parser", "json"}), 2);
}

}  // namespace
}  // namespace perfwarden::app
