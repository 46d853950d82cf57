#include "app/init/detect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/fakes.hpp"

namespace perfwarden::app {
namespace {

using support::TemporaryDirectory;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Detect, AnEmptyTreeHasNothingToPropose) {
  const TemporaryDirectory tree;
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, IsEmpty());
  EXPECT_EQ(found.build_system, "");
  EXPECT_EQ(found.benchmark_library, "");
}

TEST(Detect, AFolderThatIsNotThereHasNothingToPropose) {
  EXPECT_THAT(detect("/nowhere/at/all").suites, IsEmpty());
}

TEST(Detect, GoogleBenchmarkInCMakeIsBuiltAndRunWhereCMakePutsIt) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt", "project(x)\nadd_library(x x.cpp)\nadd_subdirectory(bench)\n");
  tree.write(
      "bench/CMakeLists.txt",
      "find_package(benchmark REQUIRED)\nadd_executable (parse_bench\n  parse.cpp)\nadd_executable(tool tool.cpp)\n"
      "target_link_libraries(tool PRIVATE x)\nTARGET_LINK_LIBRARIES(parse_bench PRIVATE x benchmark::benchmark)\n");
  const Detection found = detect(tree.path());
  EXPECT_EQ(found.build_system, "CMake");
  EXPECT_EQ(found.benchmark_library, "Google Benchmark");
  EXPECT_THAT(found.doubts, IsEmpty());
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].suite, "parse_bench");
  EXPECT_EQ(found.suites[0].build, "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release");
  EXPECT_EQ(found.suites[0].setup, "cmake --build build --parallel 2 --target parse_bench");
  EXPECT_EQ(found.suites[0].run, "build/bench/parse_bench --benchmark_format=json");
  EXPECT_EQ(found.suites[0].parser, "google-benchmark");
}

TEST(Detect, WhichCMakeProgramIsTheBenchmarkMayBeUnknown) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt",
             "foreach(b ${benches})\nadd_executable(${b} x)\nlink_libraries(benchmark::benchmark)\nendforeach()");
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, IsEmpty());
  EXPECT_THAT(found.doubts, Contains(HasSubstr("was not recognised")));
}

TEST(Detect, ASourceThatUsesGoogleBenchmarkIsAGuessThatIsCalledOne) {
  const TemporaryDirectory tree;
  tree.write("Makefile", "all:\n");
  tree.write("speed.cpp", "#include <benchmark/benchmark.h>\n");
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].build, "make speed");
  EXPECT_EQ(found.suites[0].run, "./speed --benchmark_format=json");
  EXPECT_THAT(found.doubts, Contains(HasSubstr("check `build` and `run`")));
}

TEST(Detect, MesonAndBazelPutProgramsElsewhere) {
  const TemporaryDirectory meson;
  meson.write("meson.build", "project('x')\nb = dependency('benchmark')\nsubdir('perf')\n");
  meson.write("perf/meson.build", "executable('bench_all', 'a.cpp', dependencies: b)\nexecutable('tool', 't.cpp')\n");
  ASSERT_THAT(detect(meson.path()).suites, SizeIs(1));
  EXPECT_EQ(detect(meson.path()).suites[0].run, "build/perf/bench_all --benchmark_format=json");

  const TemporaryDirectory bazel;
  bazel.write("MODULE.bazel", "");
  bazel.write("perf/BUILD", "cc_binary(\n  name = \"fast\",\n  deps = [\"@google_benchmark//:benchmark\"],\n)\n");
  ASSERT_THAT(detect(bazel.path()).suites, SizeIs(1));
  EXPECT_EQ(detect(bazel.path()).suites[0].build, "bazel build -c opt --copt=-falign-functions=64 //perf:fast");
  EXPECT_EQ(detect(bazel.path()).suites[0].run, "bazel-bin/perf/fast --benchmark_format=json");
}

TEST(Detect, GoBenchmarksAreRunByGoTest) {
  const TemporaryDirectory tree;
  tree.write("go.mod", "module example.org/p\n");
  tree.write("parse/parse_test.go", "package parse\n\nfunc BenchmarkParse(b *testing.B) {}\n");
  const Detection found = detect(tree.path());
  EXPECT_EQ(found.build_system, "Go");
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].parser, "go-bench");
  EXPECT_THAT(found.suites[0].run, HasSubstr("go test -run '^$' -bench ."));
}

TEST(Detect, GoThatCanAlignFunctionsIsToldTo) {
  const TemporaryDirectory tree;
  tree.write("parse_test.go", "package parse\n\nfunc BenchmarkParse(b *testing.B) {}\n");
  for (const auto& [version, aligns] :
       {std::pair{"1.25", true}, {"1.25.3", true}, {"1.31", true}, {"1.24.9", false}, {"1.9", false}}) {
    tree.write("go.mod", std::string("module example.org/p\n\ngo ") + version + "\n");
    const Detection found = detect(tree.path());
    ASSERT_THAT(found.suites, SizeIs(1));
    EXPECT_EQ(found.suites[0].run.find("go test -ldflags=-funcalign=64 ") == 0, aligns) << version;
    EXPECT_EQ(found.doubts.empty(), aligns) << version;
  }
}

TEST(Detect, GoWithoutBenchmarksHasNothingToPropose) {
  const TemporaryDirectory tree;
  tree.write("go.mod", "module example.org/p\n");
  tree.write("parse/parse_test.go", "package parse\n\nfunc TestParse(t *testing.T) {}\n");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(Detect, CriterionIsReadByPatternAndDoubted) {
  const TemporaryDirectory tree;
  tree.write("Cargo.toml",
             "[package]\nname = \"p\"\n[dev-dependencies]\ncriterion = \"0.5\"\n[[bench]]\nname = \"parse\"\nharness = "
             "false\n");
  const Detection found = detect(tree.path());
  EXPECT_EQ(found.build_system, "Cargo");
  EXPECT_EQ(found.benchmark_library, "criterion");
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].run, "cargo bench --bench parse -- --output-format bencher");
  EXPECT_EQ(found.suites[0].parser, "regex");
  EXPECT_THAT(found.doubts, SizeIs(1));
}

TEST(Detect, AnNpmScriptIsTimedAsAWhole) {
  const TemporaryDirectory tree;
  tree.write("package.json", R"({"scripts": {"test": "x", "bench": "node bench.js"}})");
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].run, "npm run --silent bench");
  EXPECT_EQ(found.suites[0].parser, "time");
  EXPECT_THAT(found.doubts, Contains(HasSubstr("timed as a whole")));
}

TEST(Detect, APackageJsonThatIsNoneIsPassedOver) {
  const TemporaryDirectory tree;
  tree.write("package.json", R"({"scripts": ["bench")");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(Detect, AScriptThatCallsHyperfineIsTimedAndDoubted) {
  const TemporaryDirectory tree;
  tree.write("scripts/speed.sh", "#!/usr/bin/env bash\nhyperfine --warmup 3 ./app\n");
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(1));
  EXPECT_EQ(found.suites[0].run, "bash scripts/speed.sh");
  EXPECT_THAT(found.doubts, Contains(HasSubstr("write that command as `run`")));
}

TEST(Detect, VendoredBuiltAndHiddenFoldersAndLinksAreNotEntered) {
  const TemporaryDirectory tree, outside;
  tree.write("CMakeLists.txt", "project(x)\n");
  for (const char* folder :
       {"third_party/b", "build/b", ".git/b", "node_modules/b", "cmake-build-debug", "a/b/c/d/e/f/g"}) {
    tree.write(std::string(folder) + "/x.cpp", "#include <benchmark/benchmark.h>\n");
  }
  outside.write("x.cpp", "#include <benchmark/benchmark.h>\n");
  std::filesystem::create_directory_symlink(outside.path(), tree / "link");
  std::filesystem::create_directory_symlink(tree.path(), tree / "loop");
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(Detect, NamesThatACommandLineCouldMisreadAreLeftOutAndTold) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt",
             "add_executable(\"a;rm\x1b[31m\" a.cpp)\ntarget_link_libraries(\"a;rm\x1b[31m\" benchmark::benchmark)\n");
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, IsEmpty());
  ASSERT_THAT(found.doubts, Contains(HasSubstr("needs quoting")));
  EXPECT_EQ(found.doubts[0].find('\x1b'), std::string::npos);
}

TEST(Detect, AtMostFourSuitesAreProposedAndTheRestIsTold) {
  const TemporaryDirectory tree;
  std::string text;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "b" + std::to_string(i);
    text += "add_executable(" + name + " x.cpp)\ntarget_link_libraries(" + name + " benchmark::benchmark)\n";
  }
  tree.write("CMakeLists.txt", text);
  const Detection found = detect(tree.path());
  EXPECT_THAT(found.suites, SizeIs(4));
  EXPECT_THAT(found.doubts, SizeIs(2));
}

TEST(Detect, SuitesOfOneNameAreTold) {
  const TemporaryDirectory tree;
  tree.write("CMakeLists.txt", "");
  for (const char* folder : {"a", "b"}) {
    tree.write(std::string(folder) + "/CMakeLists.txt",
               "add_executable(Bench x.cpp)\ntarget_link_libraries(Bench benchmark::benchmark)\n");
  }
  const Detection found = detect(tree.path());
  ASSERT_THAT(found.suites, SizeIs(2));
  EXPECT_EQ(found.suites[0].suite, "bench");
  EXPECT_EQ(found.suites[1].suite, "bench-2");
}

TEST(Detect, HugeFilesOfBracketsDoNotHurt) {
  const TemporaryDirectory tree;
  std::string text = "add_executable(x\n";
  for (int i = 0; i < 20000; ++i) text += "add_executable(";
  tree.write("CMakeLists.txt", text);
  EXPECT_THAT(detect(tree.path()).suites, IsEmpty());
}

TEST(ConfigText, OneSimpleSuiteTakesFiveLines) {
  EXPECT_EQ(config_text({{"core", "", "", "./build/bench --benchmark_format=json", "google-benchmark", ""}}),
            "version: 1\nsuites:\n  core: { run: ./build/bench --benchmark_format=json, parser: google-benchmark }\n"
            "budgets:\n  \"*\": +5%\n");
}

TEST(ConfigText, WhatYamlWouldMisreadIsQuoted) {
  EXPECT_EQ(config_text({{"core", "make x # y", "", "./b it's: {a, b}", "regex", "^'(?<name>x)"}}),
            "version: 1\nsuites:\n  core:\n    build: 'make x # y'\n    run: './b it''s: {a, b}'\n"
            "    parser: { regex: '^''(?<name>x)' }\nbudgets:\n  \"*\": +5%\n");
}

}  // namespace
}  // namespace perfwarden::app
