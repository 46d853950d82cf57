#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "ingest/read.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

// The verb `ingest` in a fresh folder. An empty config keeps one that may lie in the tests' own folder out of it.
struct Ingest {
  support::FakeProcesses processes;
  support::FakeClock clock;
  support::FakeConsole console;
  support::FakeHttp http;
  os::Environment environment;
  support::TemporaryDirectory directory;
  std::string config = directory.write("perfwarden.yml", "version: 1\nsuites:\n  core: { run: ./bench }\n");

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), {"perfwarden", "ingest", "--config", config});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    World world{processes, clock, environment, console, http};
    return app::run(world, argv);
  }
};

TEST(IngestCommand, WritesASamplesFileOfSeveralInvocations) {
  Ingest verb;
  const std::string one = verb.directory.write("1.txt", "BenchmarkX-8 1 5 ns/op\n");
  const std::string two = verb.directory.write("2.txt", "BenchmarkX-8 1 7 ns/op\n");
  const std::string out = verb.directory / "samples.json";
  EXPECT_EQ(
      verb.run({"--format", "auto", one, two, "-o", out, "--suite", "core", "--commit", "9be01d4", "--branch", "x"}), 0)
      << verb.console.err_text;
  const auto samples = ingest::parse_samples(support::slurp(out), out);
  ASSERT_TRUE(samples);
  EXPECT_EQ(samples->run.commit, "9be01d4");
  EXPECT_EQ(samples->run.branch, "x");
  ASSERT_EQ(samples->series.size(), 1U);
  EXPECT_EQ(samples->series[0].id.path(), "core/BenchmarkX/wall_time");
  EXPECT_EQ(samples->series[0].invocations, (std::vector<std::vector<double>>{{5e-9}, {7e-9}}));
  EXPECT_EQ(verb.console.out_text, "");
}

TEST(IngestCommand, ReadsTheFolderThatCriterionWrote) {
  Ingest verb;
  const std::string folder = verb.directory / "target/criterion";
  verb.directory.write("target/criterion/sort/100/new/benchmark.json",
                       R"({"full_id": "sort/100", "throughput": null})");
  verb.directory.write("target/criterion/sort/100/new/sample.json", R"({"iters": [1, 2], "times": [10, 30]})");
  verb.directory.write("target/criterion/sort/100/base/sample.json", R"({"iters": [1], "times": [99]})");
  verb.directory.write("target/criterion/sort/report/index.html", "<html>");
  const std::string out = verb.directory / "samples.json";
  EXPECT_EQ(verb.run({folder, "-o", out}), 0) << verb.console.err_text;
  const auto samples = ingest::parse_samples(support::slurp(out), out);
  ASSERT_TRUE(samples);
  ASSERT_EQ(samples->series.size(), 1U);
  EXPECT_EQ(samples->series[0].id.path(), "default/sort/100/wall_time");
  EXPECT_EQ(samples->series[0].invocations, (std::vector<std::vector<double>>{{10e-9, 15e-9}}));
  EXPECT_EQ(verb.run({verb.directory / "target/criterion/sort/report"}), 2);
  EXPECT_NE(verb.console.err_text.find("there are no results in the folder"), std::string::npos);
}

TEST(IngestCommand, WritesToStandardOutputWithoutAFile) {
  Ingest verb;
  const std::string file = verb.directory.write("1.txt", "a 5 ms\n");
  EXPECT_EQ(verb.run({"--regex", "(?<name>a) (?<value>5) (?<unit>ms)", file}), 0) << verb.console.err_text;
  EXPECT_NE(verb.console.out_text.find("\"default\",\"benchmark\":\"a\""), std::string::npos);
}

TEST(IngestCommand, ExitsThreeWhenNothingParsedAndWritesNothing) {
  Ingest verb;
  const std::string file = verb.directory.write("1.txt", "hello\n");
  const std::string out = verb.directory / "samples.json";
  EXPECT_EQ(verb.run({file, "-o", out}), 3);
  EXPECT_NE(verb.console.err_text.find("1.txt: error: the text looks like no known benchmark output"),
            std::string::npos)
      << verb.console.err_text;
  EXPECT_FALSE(os::exists(out));
  EXPECT_EQ(verb.run({"--format", "google-benchmark", file}), 3);
}

TEST(IngestCommand, ExitsTwoOnMistakesOfTheCommandLine) {
  Ingest verb;
  const std::string file = verb.directory.write("1.txt", "hello\n");
  EXPECT_EQ(verb.run({}), 2);
  EXPECT_EQ(verb.run({verb.directory / "none.txt"}), 2);
  EXPECT_EQ(verb.run({"--format", "gobench", file}), 2);
  EXPECT_NE(verb.console.err_text.find("did you mean 'go-bench'?"), std::string::npos) << verb.console.err_text;
  EXPECT_EQ(verb.run({"--regex", "(", file}), 2);
  EXPECT_EQ(verb.run({"--commit", "HEAD", file}), 2);
  EXPECT_EQ(verb.run({"--suite", "../x", file}), 2);
}

TEST(IngestCommand, ListsTheFormats) {
  Ingest verb;
  EXPECT_EQ(verb.run({"--list"}), 0);
  for (const ingest::Format* format : ingest::formats())
    EXPECT_NE(verb.console.out_text.find(std::string(format->name) + " "), std::string::npos) << format->name;
}

}  // namespace
}  // namespace perfwarden::app
