#include "app/init/detect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "app/cli/vocabulary.hpp"
#include "app/init/config_text.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "support/fakes.hpp"
#include "support/paths.hpp"

namespace perfwarden::app {
namespace {

using support::TemporaryDirectory;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A layout of tests/fixtures/init: what a project looks like, and what is right for it. "# key: value" lines first,
// then
// "--- path" and the file's text, as often as there are files.
struct Layout {
  std::map<std::string, std::string> right;
  TemporaryDirectory tree;
};

void lay_out(const std::string& file, Layout& layout) {
  std::string path, text;
  const auto write = [&] {
    if (!path.empty()) layout.tree.write(path, text);
    text.clear();
  };
  const std::string whole = support::slurp(file);
  for (const std::string_view line : text::lines(whole)) {
    if (line.starts_with("--- ")) {
      write();
      path = line.substr(4);
    } else if (!path.empty()) {
      text += std::string(line) + "\n";
    } else if (line.starts_with("# ")) {
      const std::size_t colon = line.find(": ");
      layout.right[std::string(line.substr(2, colon - 2))] = line.substr(colon + 2);
    }
  }
  write();
}

std::vector<std::string> layouts() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(support::source_path("tests/fixtures/init")))
    out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string env_text(const Proposal& suite) {
  std::string out;
  for (const auto& [name, value] : suite.env) out += name + "=" + value;
  return out;
}

class Detect : public testing::TestWithParam<std::string> {};

TEST_P(Detect, FindsWhatIsRightForTheLayout) {
  Layout layout;
  lay_out(support::source_path("tests/fixtures/init/" + GetParam() + ".txt"), layout);
  auto& right = layout.right;
  const Detection found = detect(layout.tree.path());
  const std::size_t count = right.contains("suites") ? static_cast<std::size_t>(std::stoi(right["suites"])) : 1;
  ASSERT_THAT(found.suites, SizeIs(count)) << text::join(found.doubts, "\n");
  if (count == 0) {
    EXPECT_THAT(found.form, HasSubstr(right["form"]));
    return;
  }
  const Proposal& suite = found.suites[0];
  EXPECT_EQ(suite.run, right["run"]);
  EXPECT_EQ(suite.parser, right["parser"]);
  EXPECT_EQ(suite.cwd, right["cwd"]);
  EXPECT_EQ(suite.output_file, right["output-file"]);
  EXPECT_EQ(env_text(suite), right["env"]);
  if (right.contains("build")) {
    EXPECT_EQ(suite.build, right["build"]);
  }
  if (right.contains("setup")) {
    EXPECT_EQ(suite.setup, right["setup"]);
  }
  const auto config = config::parse(config_text(found.suites, "main"), "perfwarden.yml", vocabulary());
  ASSERT_TRUE(config) << config.error().text();
  EXPECT_EQ(config->config.suites.size(), count);
}

INSTANTIATE_TEST_SUITE_P(Layout, Detect, testing::ValuesIn(layouts()), [](const auto& layout) { return layout.param; });

TEST(DetectAll, AnEmptyTreeOrNoneHasNothingToPropose) {
  const TemporaryDirectory tree;
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
  EXPECT_THAT(detect(tree.path()).ecosystems, IsEmpty());
  EXPECT_THAT(detect("/nowhere/at/all").suites, IsEmpty());
}

TEST(DetectAll, WhichCMakeProgramIsTheBenchmarkMayBeUnknown) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt",
             "foreach(b ${benches})\nadd_executable(${b} x)\nlink_libraries(benchmark::benchmark)\nendforeach()");
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, IsEmpty());
  EXPECT_THAT(found.doubts, Contains(HasSubstr("was not recognised")));
}

TEST(DetectAll, GoWithoutBenchmarksHasNothingToPropose) {
  const TemporaryDirectory tree;
  tree.write("go.mod", "module example.org/p\n");
  tree.write("parse/parse_test.go", "package parse\n\nfunc TestParse(t *testing.T) {}\n");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
  EXPECT_THAT(detect(tree.path()).form, HasSubstr("--parser go-bench"));
}

TEST(DetectAll, APackageJsonThatIsNoneIsPassedOver) {
  const TemporaryDirectory tree;
  tree.write("package.json", R"({"scripts": ["bench")");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(DetectAll, AScriptThatCallsHyperfineIsTimedAndDoubted) {
  const TemporaryDirectory tree;
  tree.write("scripts/speed.sh", "#!/usr/bin/env bash\nhyperfine --warmup 3 ./app\n");
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].run, "bash scripts/speed.sh");
  EXPECT_THAT(found.doubts, Contains(HasSubstr("write that command as `run`")));
}

TEST(DetectAll, VendoredBuiltAndHiddenFoldersAndLinksAreNotEntered) {
  const TemporaryDirectory tree, outside;
  tree.write("Makefile", "all:\n");
  for (const char* folder :
       {"third_party/b", "build/b", ".git/b", "node_modules/b", "cmake-build-debug", "a/b/c/d/e/f/g"})
    tree.write(std::string(folder) + "/x.cpp", "#include <benchmark/benchmark.h>\n");
  outside.write("x.cpp", "#include <benchmark/benchmark.h>\n");
  std::filesystem::create_directory_symlink(outside.path(), tree / "link");
  std::filesystem::create_directory_symlink(tree.path(), tree / "loop");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(DetectAll, NamesThatACommandLineCouldMisreadAreLeftOutAndTold) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt",
             "add_executable(a;rm\x1b[31m a.cpp)\ntarget_link_libraries(a;rm\x1b[31m benchmark::benchmark)\n");
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, IsEmpty());
  ASSERT_THAT(found.doubts, Contains(HasSubstr("needs quoting")));
  EXPECT_EQ(found.doubts[0].find('\x1b'), std::string::npos);
}

TEST(DetectAll, AtMostEightSuitesAreProposedAndTheRestIsTold) {
  const TemporaryDirectory tree;
  std::string text;
  for (int i = 0; i < 10; ++i) {
    const std::string name = "b" + std::to_string(i);
    text += "add_executable(" + name + " x.cpp)\ntarget_link_libraries(" + name + " benchmark::benchmark)\n";
  }
  tree.write("CMakeLists.txt", text);
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, SizeIs(8));
  EXPECT_THAT(found.doubts, SizeIs(2));
}

TEST(DetectAll, SuitesOfOneNameAreTold) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt", "");
  for (const char* folder : {"a", "b"})
    tree.write(std::string(folder) + "/CMakeLists.txt",
               "add_executable(Bench x.cpp)\ntarget_link_libraries(Bench benchmark::benchmark)\n");
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(2));
  EXPECT_EQ(found.suites[0].suite, "bench");
  EXPECT_EQ(found.suites[1].suite, "bench-2");
}

TEST(DetectAll, HugeFilesOfBracketsDoNotHurt) {
  const TemporaryDirectory tree;
  std::string text = "add_executable(x\n";
  for (int i = 0; i < 10000; ++i) text += "add_executable(";
  tree.write("CMakeLists.txt", text);
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(ConfigText, WhatYamlWouldMisreadIsQuoted) {
  const Proposal suite{.suite = "core", .build = "make x # y", .run = "./b it's: {a, b}", .parser = "divan"};
  EXPECT_THAT(config_text({suite}, "main"),
              HasSubstr("version: 1\nsuites:\n  core:\n    build: 'make x # y'\n    run: './b it''s: {a, b}'\n"
                        "    parser: divan\nbudgets:\n  \"*\": +5%\nbaseline: { branch: 'main' }\n"));
}

TEST(MissingLines, AreThoseThatGitIgnoreDoesNotHaveInAnyForm) {
  Proposal suite{.suite = "core"};
  suite.unversioned = {"/build/", "node_modules/", "bench.json"};
  EXPECT_EQ(missing_lines({suite, suite}, "build\n/node_modules\nreports/\n"),
            (std::vector<std::string>{"/.perfwarden/", "bench.json"}));
}

TEST(Workflows, InstallTheToolchainsOnceAndAreWrittenForWhatIsAskedFor) {
  Proposal suite{.suite = "core"};
  suite.steps = {"- uses: actions/setup-go@abc # v5\n  with:\n    go-version-file: go.mod"};
  const std::vector<Workflow> all = workflows({"pull-request", "push", "nightly", "weekly"}, {suite, suite}, "trunk");
  ASSERT_THAT(all, SizeIs(4));
  for (const Workflow& workflow : all) {
    const std::size_t step = workflow.text.find("      - uses: actions/setup-go@abc # v5\n        with:\n");
    EXPECT_NE(step, std::string::npos) << workflow.file;
    EXPECT_EQ(workflow.text.find("actions/setup-go", step + 30), std::string::npos) << workflow.file;
    EXPECT_EQ(workflow.text.find("{{"), workflow.text.find("{{ ")) << "a placeholder is left in " << workflow.file;
  }
  EXPECT_THAT(
      all[0].text,
      HasSubstr(
          "on:\n  pull_request:\n    types: [opened, synchronize, reopened, labeled, unlabeled]\n  merge_group:"));
  EXPECT_THAT(all[1].text, HasSubstr("on:\n  push:\n    branches: ['trunk']\n"));
  EXPECT_THAT(all[2].text, HasSubstr("--before='1 day ago'"));
  EXPECT_THAT(all[2].text, HasSubstr("--tier full"));
  EXPECT_THAT(all[3].text, HasSubstr("name: performance (weekly)"));
  EXPECT_THAT(all[3].text, HasSubstr("--before='7 days ago'"));
  EXPECT_THAT(all[3].text, HasSubstr("--tier long"));
}

}  // namespace
}  // namespace perfwarden::app
