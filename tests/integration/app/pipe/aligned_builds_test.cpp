#include "app/pipe/aligned_builds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "measure/command.hpp"
#include "model/report.hpp"
#include "os/aligned_compilers.hpp"
#include "os/machine/toolchain.hpp"
#include "os/process/processes.hpp"
#include "support/fakes.hpp"

// Small projects of real build systems, built as `check` builds them. The compilers on PATH write down what they were
// called with: does the flag arrive, is nothing of theirs lost, and is it said?
namespace perfwarden::app {
namespace {

namespace fs = std::filesystem;
using support::TemporaryDirectory;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_flag = "-falign-functions=64";
constexpr const char* k_bench_c = R"(#include <stdio.h>
__attribute__((noinline)) int one(int x) { return x * 3 + 1; }
__attribute__((noinline)) int two(int x) { return one(x) ^ (x >> 2); }
__attribute__((noinline)) int three(int x) { return two(x) - one(x + 5); }
int main(int argc, char** argv) { (void)argv; printf("%d\n", three(argc)); return 0; }
)";
constexpr const char* k_bench_rs = R"(#[inline(never)] fn one(x: u64) -> u64 { x.wrapping_mul(3) ^ (x >> 7) }
#[inline(never)] fn two(x: u64) -> u64 { one(x).wrapping_add(one(x + 1)) }
fn main() { println!("{}", two(std::env::args().count() as u64)); }
)";
constexpr const char* k_cargo_toml =
    "[package]\nname = \"bench\"\nversion = \"0.1.0\"\nedition = \"2018\"\n[[bin]]\nname = \"bench\"\npath = "
    "\"bench.rs\"\n";
constexpr const char* k_cmake = "cmake_minimum_required(VERSION 3.16)\nproject(p C)\nadd_executable(bench bench.c)\n";
constexpr const char* k_configure_ac =
    "AC_INIT([p], [1])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n";
constexpr const char* k_makefile_am = "bin_PROGRAMS = bench\nbench_SOURCES = bench.c\n";
constexpr const char* k_autotools = "autoreconf -i && ./configure -q && make -s";
constexpr const char* k_rules =
    "bench: bench.o\n\t$(CC) bench.o -o bench\nbench.o: bench.c\n\t$(CC) $(CFLAGS) -c bench.c\n";

struct Project {
  std::string name;
  std::vector<std::string> tools;  // without which it cannot be tried
  std::map<std::string, std::string> files;
  std::string build;                    // a shell line
  std::vector<std::string> keeps = {};  // words of theirs with which their sources are still compiled
  bool arrives = true;
  std::string cure = {};  // said where it does not arrive
  std::string program = "bench";
  std::map<std::string, std::string> env = {};
  std::string before = {};  // a shell line that ran before perfwarden came
};
void PrintTo(const Project& project, std::ostream* out) {
  *out << project.name;
}

Project make(const std::string& name, const std::string& variables, std::vector<std::string> keeps) {
  return {.name = name,
          .tools = {"make", "gcc"},
          .files = {{"bench.c", k_bench_c}, {"Makefile", variables + k_rules}},
          .build = "make",
          .keeps = std::move(keeps)};
}

Project cargo(const std::string& name, std::map<std::string, std::string> more, std::vector<std::string> keeps) {
  Project out{.name = name,
              .tools = {"cargo", "rustc"},
              .files = {{"bench.rs", k_bench_rs}, {"Cargo.toml", k_cargo_toml}},
              .build = "cargo build --release --offline",
              .keeps = std::move(keeps),
              .program = "target/release/bench"};
  out.files.merge(more);
  return out;
}

std::vector<Project> projects() {
  std::vector<Project> all;
  all.push_back(make("MakeSets", "CC = gcc\nCFLAGS = -O2 -g\n", {"-O2", "-g"}));
  all.push_back(make("MakeSetsOnce", "CC := gcc\nCFLAGS := -O3 -march=native\n", {"-O3", "-march=native"}));
  all.push_back(make("MakeSetsIfUnset", "CC ?= gcc\nCFLAGS ?= -O2 -march=native\n", {"-O2", "-march=native"}));
  all.push_back(make("MakeAdds", "CFLAGS += -O2 -fno-plt\n", {"-O2", "-fno-plt"}));
  all.push_back({.name = "MakeByItsOwnRules",
                 .tools = {"make", "cc"},
                 .files = {{"bench.c", k_bench_c}, {"Makefile", "CFLAGS = -O2\nbench: bench.o\n"}},
                 .build = "make",
                 .keeps = {"-O2"}});
  Project clang = make("MakeWithClang", "CC = clang\nCFLAGS = -O2 -Werror\n", {"-O2", "-Werror"});
  clang.tools = {"make", "clang"};
  all.push_back(clang);
  Project variable = make("MakeWithTheSuitesVariables", "CFLAGS ?= -O1\n", {"-O3", "-g"});
  variable.env = {{"CFLAGS", "-O3 -g"}};
  all.push_back(variable);
  Project absolute = make("MakeWithAPath", "CC = /usr/bin/gcc\nCFLAGS = -O2\n", {});
  absolute.arrives = false;
  absolute.cure = "name the compiler in the makefile without its path (CC = gcc)";
  all.push_back(absolute);
  Project theirs =
      make("MakeThatAlignsItself", "CC = gcc\nCFLAGS = -O2 -falign-functions=128\n", {"-falign-functions=128"});
  all.push_back(theirs);
  Project prefix = make("CcacheBeforeTheCompiler", "CC = ccache gcc\nCFLAGS = -O2\n", {"-O2"});
  prefix.tools.emplace_back("ccache");
  prefix.env = {{"CCACHE_DIR", "ccache"}};
  all.push_back(prefix);
  all.push_back({.name = "AssemblerUnderClang",
                 .tools = {"make", "clang"},
                 .files = {{"bench.c", k_bench_c},
                           {"a.s", ".text\n"},
                           {"b.S", ".text\n"},
                           {"Makefile",
                            "CC = clang -Werror\nbench: a.o b.o c.o bench.o\n\t$(CC) $^ -o bench\n"
                            "a.o: a.s\n\t$(CC) -c a.s\nb.o: b.S\n\t$(CC) -c b.S\n"
                            "c.o:\n\techo .text | $(CC) -x assembler -c - -o c.o\nbench.o:\n\t$(CC) -O2 -c bench.c\n"}},
                 .build = "make"});
  all.push_back({.name = "Script",
                 .tools = {"cc"},
                 .files = {{"bench.c", k_bench_c}, {"build.sh", "${CC:-cc} -O2 bench.c -o bench\n"}},
                 .build = "sh build.sh",
                 .keeps = {"-O2"}});
  all.push_back({.name = "CMake",
                 .tools = {"cmake", "cc"},
                 .files = {{"bench.c", k_bench_c}, {"CMakeLists.txt", k_cmake}},
                 .build = "cmake -S . -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build",
                 .keeps = {"-O3", "-DNDEBUG"},
                 .program = "build/bench"});
  all.push_back({.name = "CMakeWithFlags",
                 .tools = {"cmake", "gcc"},
                 .files = {{"bench.c", k_bench_c}, {"CMakeLists.txt", k_cmake}},
                 .build = "cmake -S . -B build -DCMAKE_C_COMPILER=gcc -DCMAKE_C_FLAGS='-O2 -g' && cmake --build build",
                 .keeps = {"-O2", "-g"},
                 .program = "build/bench"});
  all.push_back({.name = "CMakeConfiguredBefore",
                 .tools = {"cmake", "cc"},
                 .files = {{"bench.c", k_bench_c}, {"CMakeLists.txt", k_cmake}},
                 .build = "cmake --build build",
                 .arrives = false,
                 .cure = "build/CMakeCache.txt has the compiler /",
                 .program = "build/bench",
                 .before = "cmake -S . -B build"});
  all.push_back({.name = "CMakeWithAToolchainFile",
                 .tools = {"cmake", "cc"},
                 .files = {{"bench.c", k_bench_c},
                           {"CMakeLists.txt", k_cmake},
                           {"toolchain.cmake", "set(CMAKE_C_COMPILER /usr/bin/cc)\n"}},
                 .build = "cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake && cmake --build build",
                 .arrives = false,
                 .cure = "name the compiler without its path",
                 .program = "build/bench"});
  all.push_back({.name = "Autotools",
                 .tools = {"autoreconf", "automake", "make", "gcc"},
                 .files = {{"bench.c", k_bench_c}, {"configure.ac", k_configure_ac}, {"Makefile.am", k_makefile_am}},
                 .build = k_autotools,
                 .keeps = {"-g", "-O2"}});
  all.push_back({.name = "AutotoolsWithFlags",
                 .tools = {"autoreconf", "automake", "make", "gcc"},
                 .files = {{"bench.c", k_bench_c}, {"configure.ac", k_configure_ac}, {"Makefile.am", k_makefile_am}},
                 .build = k_autotools,
                 .keeps = {"-O3", "-march=native"},
                 .env = {{"CFLAGS", "-O3 -march=native"}}});
  all.push_back(
      {.name = "Meson",
       .tools = {"meson", "ninja", "cc"},
       .files = {{"bench.c", k_bench_c}, {"meson.build", "project('p', 'c')\nexecutable('bench', 'bench.c')\n"}},
       .build = "meson setup build --buildtype=release && meson compile -C build",
       .keeps = {"-O3"},
       .program = "build/bench"});
  all.push_back(cargo("Cargo", {}, {}));
  all.push_back(cargo("CargoWithFlagsInItsConfig",
                      {{".cargo/config.toml", "[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n"}},
                      {"target-cpu=native"}));
  Project flags = cargo("CargoWithRustflags", {}, {"target-cpu=native"});
  flags.env = {{"RUSTFLAGS", "-C target-cpu=native"}};
  all.push_back(flags);
  Project set = cargo("CargoThatAlignsItself", {}, {"llvm-args=-align-all-functions=7"});
  set.env = {{"RUSTFLAGS", "-C llvm-args=-align-all-functions=7"}};
  all.push_back(set);
  all.push_back({.name = "RustcAlone",
                 .tools = {"rustc"},
                 .files = {{"bench.rs", k_bench_rs}},
                 .build = "rustc -O bench.rs",
                 .keeps = {"-O"}});
  return all;
}

// Compilers that write down their words before they do what they do.
class Recorded {
 public:
  explicit Recorded(const std::string& path) : path_(folder_.path() + "/bin:" + path) {
    for (const auto& [name, real] : os::compilers_on(path)) {
      const std::string file = folder_.write(
          "bin/" + name, "#!/bin/sh\necho \"" + name + " $*\" >> " + log() + "\nexec '" + real + "' \"$@\"\n");
      fs::permissions(file, static_cast<fs::perms>(0755));
    }
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string log() const { return folder_ / "log"; }
  // How the source of the benchmark was compiled.
  [[nodiscard]] std::string compiling(const std::string& source) const {
    std::string out;
    if (!fs::exists(log())) return out;
    const std::string text = support::slurp(log());
    for (const std::string_view line : text::lines(text))
      if (line.find(source) != std::string_view::npos && line.find("--print") == std::string_view::npos)
        out.append(line).append("\n");
    return out;
  }

 private:
  TemporaryDirectory folder_;
  std::string path_;
};

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> env;
  for (const char* name : {"PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"})
    if (const char* value = std::getenv(name)) env[name] = value;
  return env;
}

class AlignedBuild : public testing::TestWithParam<Project> {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(directory_.path());
  }
  void TearDown() override { fs::current_path(before_); }

  std::string run(const os::Command& command) {
    const Result<os::ProcessResult> result = processes_.run(command);
    EXPECT_TRUE(result && result->ok()) << (result ? result->out + result->err : result.error().text());
    return result ? result->out + result->err : "";
  }
  os::Command shell(const std::string& line, const std::map<std::string, std::string>& env) const {
    os::Command command = support::shell(line);
    command.env = env;
    command.cwd = directory_.path();
    return command;
  }

  TemporaryDirectory directory_;
  fs::path before_;
  os::SystemProcesses processes_;
};

TEST_P(AlignedBuild, GetsTheFlagOrTheLineThatHelpsAndLosesNothing) {
  const Project& project = GetParam();
  std::map<std::string, std::string> env = environment();
  for (const std::string& tool : project.tools)
    if (os::find_program(env["PATH"], tool).empty()) GTEST_SKIP() << tool << " is not installed";
  for (const auto& [name, text] : project.files) directory_.write(name, text);
  const Recorded recorded(env["PATH"]);
  env["PATH"] = recorded.path();
  if (!project.before.empty()) run(shell(project.before, environment()));

  Config config;
  Suite suite;
  suite.name = "core";
  suite.build.shell = project.build;
  suite.run.argv = {"./" + project.program};
  suite.env = project.env;
  config.suites = {suite};
  Plan plan;
  plan.suites = config.suites;
  plan.align_functions = true;
  measure::Children children{"", directory_.path(), env, {}, {}, false, {}};
  std::vector<Warning> warnings;
  children.compilers = aligned_compilers(plan, env, warnings);
  ASSERT_TRUE(warnings.empty()) << warnings.front().text;
  const auto build = measure::command_of(plan, {Step::Kind::build, Side::head, 0, 0, 0, {}}, children);
  ASSERT_TRUE(build);
  const std::string said = run(*build);

  Checkouts sides;
  sides.head_directory = directory_.path();
  const std::vector<Warning> told = look_at_alignment(config, plan, sides);
  ASSERT_EQ(told.size(), 1U) << said;
  EXPECT_EQ(told.front().code, project.arrives ? k_functions_aligned : k_functions_not_aligned) << told.front().text;
  EXPECT_THAT(told.front().text, HasSubstr(project.cure));
  const std::string calls = recorded.compiling(project.files.contains("bench.rs") ? "bench" : "bench.c");
  for (const std::string& word : project.keeps) EXPECT_THAT(calls, HasSubstr(" " + word)) << said;
  const bool rust = project.files.contains("bench.rs");
  if (project.arrives) {
    EXPECT_THAT(calls, HasSubstr(rust ? "-align-all-functions" : k_flag));
  }
}

INSTANTIATE_TEST_SUITE_P(Projects, AlignedBuild, testing::ValuesIn(projects()),
                         [](const auto& one) { return one.param.name; });

class AlignedCompilers : public AlignedBuild {};

// A compiler's answers about itself, and its complaints.
TEST_F(AlignedCompilers, AnswerAsTheCompilersThemselvesDo) {
  std::map<std::string, std::string> env = environment();
  ASSERT_TRUE(os::align_compilers(directory_ / "compilers", env["PATH"]).value_or(false));
  std::map<std::string, std::string> with = env;
  os::put_first(directory_ / "compilers", directory_.path(), with);
  for (const char* compiler : {"gcc", "clang"}) {
    if (os::find_program(env["PATH"], compiler).empty()) continue;
    for (const char* words : {"--version", "-v", "-dumpversion", "-dumpmachine", "-print-search-dirs",
                              "-print-prog-name=ld", "-print-file-name=libc.so", "-print-multi-os-directory", "",
                              "missing.c", "-E -x c /dev/null", "-dM -E -x c /dev/null"}) {
      const auto line = std::string(compiler) + " " + words + "; echo $?";
      EXPECT_EQ(run(shell(line, with)), run(shell(line, env))) << line;
    }
  }
}

TEST_F(AlignedCompilers, GiveWordsOnAsTheyAre) {
  const TemporaryDirectory tools;
  fs::permissions(tools.write("gcc", "#!/bin/sh\nfor word; do printf '[%s]' \"$word\"; done\n"),
                  static_cast<fs::perms>(0755));
  std::map<std::string, std::string> env{{"PATH", tools.path() + ":/usr/bin:/bin"}};
  ASSERT_TRUE(os::align_compilers(directory_ / "compilers", env["PATH"]).value_or(false));
  os::put_first(directory_ / "compilers", directory_.path(), env);
  EXPECT_EQ(run(shell(R"(gcc 'a b' '' '"' "it's" '*' '$HOME' -c 'x\y')", env)),
            R"([-falign-functions=64][a b][]["][it's][*][$HOME][-c][x\y])");
  EXPECT_EQ(run(shell("gcc -c a.s", env)), "[-c][a.s]");
  EXPECT_EQ(run(shell("gcc -x assembler -", env)), "[-x][assembler][-]");
  EXPECT_EQ(run(shell("gcc -cc1 -v", env)), "[-cc1][-v]");
  EXPECT_EQ(run(shell("PATH=/usr/bin:/bin " + (directory_ / "compilers") + "/gcc -c a.c", env)), "[-c][a.c]")
      << "called by its path after the run";
}

TEST_F(AlignedCompilers, LinkAnObjectBeforeAllOthersWhereOneIsNamed) {
  const TemporaryDirectory tools;
  fs::permissions(tools.write("gcc", "#!/bin/sh\nfor word; do printf '[%s]' \"$word\"; done\n"),
                  static_cast<fs::perms>(0755));
  std::map<std::string, std::string> env{{"PATH", tools.path() + ":/usr/bin:/bin"}, {os::k_first_object, "/x y.o"}};
  ASSERT_TRUE(os::align_compilers(directory_ / "compilers", env["PATH"]).value_or(false));
  os::put_first(directory_ / "compilers", directory_.path(), env);
  EXPECT_EQ(run(shell("gcc a.o -o a", env)), "[-falign-functions=64][/x y.o][a.o][-o][a]");
  EXPECT_EQ(run(shell("gcc -c a.c", env)), "[-falign-functions=64][-c][a.c]");
  EXPECT_EQ(run(shell("gcc --version", env)), "[-falign-functions=64][--version]");
  EXPECT_EQ(run(shell("gcc -print-prog-name=ld", env)), "[-falign-functions=64][-print-prog-name=ld]");
  EXPECT_EQ(run(shell("gcc -v", env)), "[-v]");
}

// ccache in front of the compilers looks for them on PATH again.
TEST_F(AlignedCompilers, DoNotGoRoundInCirclesWithACacheOfThatName) {
  std::map<std::string, std::string> env = environment();
  if (!fs::exists("/usr/lib/ccache/gcc")) GTEST_SKIP() << "ccache is not installed";
  env["PATH"] = "/usr/lib/ccache:" + env["PATH"];
  env["CCACHE_DIR"] = directory_ / "cache";
  ASSERT_TRUE(os::align_compilers(directory_ / "compilers", env["PATH"]).value_or(false));
  std::map<std::string, std::string> with = env;
  os::put_first(directory_ / "compilers", directory_.path(), with);
  directory_.write("bench.c", k_bench_c);
  run(shell("gcc -O2 -c bench.c -o aligned.o && gcc -O2 -c bench.c -o aligned.o", with));
  run(shell("gcc -O2 -c bench.c -o plain.o", env));
  EXPECT_NE(support::slurp("aligned.o"), support::slurp("plain.o")) << "the cache keeps the two apart";
}

TEST_F(AlignedCompilers, StayAsTheyAreAndHoldNothingElse) {
  const std::map<std::string, std::string> env = environment();
  const std::string folder = directory_ / "compilers";
  ASSERT_TRUE(os::align_compilers(folder, env.at("PATH")).value_or(false));
  const auto [name, real] = *os::compilers_on(env.at("PATH")).begin();
  EXPECT_EQ(fs::last_write_time(folder + "/" + name), fs::last_write_time(real));
  const std::string text = support::slurp(folder + "/" + name);
  directory_.write("compilers/make", "#!/bin/sh\necho hostile\n");
  directory_.write("compilers/" + name, "#!/bin/sh\necho hostile\n");
  ASSERT_TRUE(os::align_compilers(folder, env.at("PATH")).value_or(false));
  EXPECT_FALSE(fs::exists(folder + "/make"));
  EXPECT_EQ(support::slurp(folder + "/" + name), text);
}

TEST_F(AlignedCompilers, ACargoConfigThatNamesAWrapperKeepsIt) {
  std::map<std::string, std::string> env = environment();
  if (os::find_program(env["PATH"], "rustc").empty()) GTEST_SKIP() << "rustc is not installed";
  const std::string folder = directory_ / "compilers";
  ASSERT_TRUE(os::align_compilers(folder, env["PATH"]).value_or(false));
  std::map<std::string, std::string> with = env;
  os::put_first(folder, directory_.path(), with);
  EXPECT_EQ(with["RUSTC_WRAPPER"], folder + "/rustc-wrapper");
  directory_.write("project/.cargo/config.toml", "[build]\nrustc-wrapper = \"sccache\"\n");
  with = env;
  os::put_first(folder, directory_ / "project", with);
  EXPECT_FALSE(with.contains("RUSTC_WRAPPER"));
  with = env;
  with["RUSTC_WRAPPER"] = "sccache";
  os::put_first(folder, directory_.path(), with);
  EXPECT_EQ(with["RUSTC_WRAPPER"], "sccache");
}

TEST(AlignedLooks, AreWhatTheCommandsTellWhereNoProgramIsFound) {
  const auto told_of = [](std::vector<std::string> build, std::vector<std::string> run) {
    Config config;
    Suite suite;
    suite.name = "core";
    suite.build.argv = std::move(build);
    suite.run.argv = std::move(run);
    config.suites = {suite};
    Plan plan;
    plan.suites = config.suites;
    Checkouts sides;
    sides.head_directory = "/nonexistent";
    const std::vector<Warning> told = look_at_alignment(config, plan, sides);
    return told.empty() ? std::string() : told.front().text;
  };
  EXPECT_THAT(told_of({}, {"go", "test", "-bench", "."}), HasSubstr("-ldflags=-funcalign=64"));
  EXPECT_EQ(told_of({}, {"go", "test", "-ldflags=-funcalign=64", "-bench", "."}), "");
  EXPECT_THAT(told_of({"bazel", "build", "//:x"}, {"bazel-bin/x"}), HasSubstr(".bazelrc"));
  EXPECT_EQ(told_of({"bazel", "build", "--copt=-falign-functions=64", "//:x"}, {"bazel-bin/x"}), "");
  EXPECT_EQ(told_of({"npm", "ci"}, {"npm", "run", "bench"}), "");
}

}  // namespace
}  // namespace perfwarden::app
