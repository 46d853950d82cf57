#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "base/sha256.hpp"
#include "os/files/files.hpp"
#include "os/process/processes.hpp"
#include "support/fakes.hpp"

namespace perfwarden::os {
namespace {

class Tracing : public testing::Test {
 protected:
  Command command(const std::string& line) {
    Command command = support::shell(line);
    command.cwd = directory_.path();
    command.timeout_s = 30;
    return command;
  }
  Trace trace(const std::string& line) { return trace(command(line)); }
  Trace trace(const Command& command) {
    Result<TracedRun> traced = processes_.trace(command, directory_.path());
    EXPECT_TRUE(traced && traced->result.ok())
        << (traced ? traced->result.describe() + traced->result.err : traced.error().text());
    return traced ? std::move(traced->trace) : Trace{};
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  // A program of its own, built from C or C++ text.
  std::string build(const std::string& name, const std::string& text, const std::string& options = "") {
    directory_.write(name + ".cpp", text);
    const Result<ProcessResult> built =
        processes_.run(command("g++ -O1 " + options + " -o " + name + " " + name + ".cpp -pthread"));
    EXPECT_TRUE(built && built->ok()) << (built ? built->err : "");
    return path(name);
  }

  support::TemporaryDirectory directory_;
  SystemProcesses processes_;
};

#define SKIP_WITHOUT_TRACING(trace) \
  if ((trace).not_known.starts_with("cannot trace")) GTEST_SKIP() << (trace).not_known

TEST_F(Tracing, ListsWhatWasReadWithItsDigest) {
  directory_.write("input", "hello");
  const Trace seen = trace("cat input; cat ./../$(basename \"$PWD\")/input");
  SKIP_WITHOUT_TRACING(seen);
  EXPECT_EQ(seen.not_known, "");
  const TracedFile* const input = seen.find(path("input"));
  ASSERT_NE(input, nullptr);
  EXPECT_TRUE(input->read);
  EXPECT_FALSE(input->made);
  EXPECT_EQ(input->digest, sha256("hello"));
  EXPECT_FALSE(seen.network);
}

TEST_F(Tracing, ListsEveryProgramWithItsArgumentsAndEnvironment) {
  Command here = command("/bin/echo one \"$PWD\"; /bin/echo two >/dev/null");
  here.env["WHERE"] = directory_.path() + "/x";
  const Trace seen = trace(here);
  SKIP_WITHOUT_TRACING(seen);
  ASSERT_EQ(seen.programs.size(), 3U) << "sh, echo, echo";
  EXPECT_EQ(seen.programs[1].arguments, (std::vector<std::string>{"/bin/echo", "one", "{side}"}));
  EXPECT_EQ(seen.programs[2].arguments[1], "two");
  EXPECT_EQ(seen.programs[1].environment.at("WHERE"), sha256("{side}/x"));
  const TracedFile* const program = seen.find(seen.programs[1].path);
  ASSERT_NE(program, nullptr);
  EXPECT_TRUE(program->read && program->executed);
}

TEST_F(Tracing, ListsFailedLookUps) {
  const Trace seen = trace("test -e absent; cat nowhere/absent 2>/dev/null; :");
  SKIP_WITHOUT_TRACING(seen);
  for (const char* name : {"absent", "nowhere/absent"}) {
    const TracedFile* const file = seen.find(path(name));
    ASSERT_NE(file, nullptr) << name;
    EXPECT_EQ(file->kind, TracedFile::Kind::missing);
  }
}

TEST_F(Tracing, WhatARunMakesIsNotItsInput) {
  directory_.write("old", "old");
  const Trace seen =
      trace("echo new >made; cat made; echo x >old; cat old; echo y >tmp && mv tmp renamed && cat renamed");
  SKIP_WITHOUT_TRACING(seen);
  for (const char* name : {"made", "old", "renamed"}) {
    const TracedFile* const file = seen.find(path(name));
    ASSERT_NE(file, nullptr) << name;
    EXPECT_TRUE(file->made) << name;
    EXPECT_EQ(file->digest, "") << name;
  }
}

TEST_F(Tracing, AFileThatIsChangedAfterItWasReadIsSaid) {
  directory_.write("state", "1");
  const Trace seen = trace("cat state; echo 2 >>state");
  SKIP_WITHOUT_TRACING(seen);
  const TracedFile* const state = seen.find(path("state"));
  ASSERT_NE(state, nullptr);
  EXPECT_TRUE(state->read && state->changed && !state->made);
}

TEST_F(Tracing, ListedFoldersHaveADigestOfTheirNames) {
  directory_.write("d/a", "1");
  const Trace before = trace("ls d");
  SKIP_WITHOUT_TRACING(before);
  directory_.write("d/b", "1");
  const Trace after = trace("ls d");
  ASSERT_NE(before.find(path("d")), nullptr);
  EXPECT_TRUE(before.find(path("d"))->read);
  EXPECT_NE(before.find(path("d"))->digest, "");
  EXPECT_NE(before.find(path("d"))->digest, after.find(path("d"))->digest);
}

TEST_F(Tracing, ALinkIsFollowedToWhatIsRead) {
  directory_.write("real/file", "content");
  std::filesystem::create_directory_symlink("real", path("link"));
  const Trace seen = trace("cat link/file");
  SKIP_WITHOUT_TRACING(seen);
  ASSERT_NE(seen.find(path("real/file")), nullptr);
  EXPECT_EQ(seen.find(path("real/file"))->digest, sha256("content"));
}

TEST_F(Tracing, FollowsStaticProgramsThreadsAndGrandchildren) {
  directory_.write("a", "1");
  directory_.write("b", "2");
  const std::string program = build("deep", R"(#include <thread>
#include <cstdio>
#include <unistd.h>
#include <sys/wait.h>
int main() {
  std::thread([] { std::fclose(std::fopen("a", "r")); }).join();
  if (fork() == 0) { if (fork() == 0) { execl("/bin/cat", "cat", "b", (char*)nullptr); } else wait(nullptr); _exit(0); }
  wait(nullptr);
})",
                                    "-static");
  const Trace seen = trace(program);
  SKIP_WITHOUT_TRACING(seen);
  EXPECT_NE(seen.find(path("a")), nullptr);
  ASSERT_NE(seen.find(path("b")), nullptr);
  EXPECT_EQ(seen.find(path("b"))->digest, sha256("2"));
}

TEST_F(Tracing, GeneratedCodeAndTheNetworkAreNoticed) {
  const std::string jit = build("jit", R"(#include <sys/mman.h>
#include <cstring>
int main() {
  void* p = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(p, "\xc3", 1);
  reinterpret_cast<void (*)()>(p)();
})");
  const Trace generated = trace(jit);
  SKIP_WITHOUT_TRACING(generated);
  EXPECT_TRUE(generated.generated_code);
  EXPECT_FALSE(generated.network);
  const std::string net = build("net", R"(#include <arpa/inet.h>
#include <sys/socket.h>
int main() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
})");
  const Trace talked = trace(net);
  EXPECT_TRUE(talked.network);
  EXPECT_FALSE(talked.generated_code);
}

TEST_F(Tracing, OutputExitStatusAndSignalsAreThoseOfAPlainRun) {
  const Result<TracedRun> traced =
      processes_.trace(command("trap 'echo caught' USR1; kill -USR1 $$; echo out; echo err >&2"), directory_.path());
  ASSERT_TRUE(traced);
  EXPECT_EQ(traced->result.out, "caught\nout\n");
  EXPECT_EQ(traced->result.err, "err\n");
  const Result<TracedRun> failed = processes_.trace(command("exit 3"), directory_.path());
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->result.exit_status, 3);
  EXPECT_NE(failed->trace.not_known, "");
}

TEST_F(Tracing, ATimeOutKillsTheWholeGroup) {
  Command slow = command("sleep 100 & echo $! >pid; sleep 100");
  slow.timeout_s = 0.3;
  const Result<TracedRun> traced = processes_.trace(slow, directory_.path());
  ASSERT_TRUE(traced);
  EXPECT_TRUE(traced->result.timed_out);
  const Result<std::string> pid = read_file(path("pid"));
  ASSERT_TRUE(pid);
  EXPECT_FALSE(exists("/proc/" + pid->substr(0, pid->size() - 1)));
}

TEST_F(Tracing, ADaemonThatIsLeftIsKilledToo) {
  const Trace seen = trace("setsid sleep 100 >/dev/null 2>&1 & echo $! >pid");
  const std::string pid = read_file(path("pid")).value_or("0\n");
  EXPECT_FALSE(exists("/proc/" + pid.substr(0, pid.size() - 1)));
}

TEST_F(Tracing, ACommandThatCannotBeStartedIsAnError) {
  Command nothing = command("");
  nothing.argv = {"/nonexistent/program"};
  const Result<TracedRun> traced = processes_.trace(nothing, directory_.path());
  ASSERT_FALSE(traced);
  EXPECT_NE(traced.error().what.find("/nonexistent/program"), std::string::npos);
}

TEST_F(Tracing, AnotherUsersProcessesAreFollowedToo) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  directory_.write("input", "hello");
  ASSERT_EQ(::chown(directory_.path().c_str(), 12345, 12345), 0);
  Command other = command("cd / && cd - >/dev/null && cat input");
  other.uid = other.gid = 12345;
  const Trace seen = trace(other);
  SKIP_WITHOUT_TRACING(seen);
  EXPECT_EQ(seen.not_known, "");
  EXPECT_NE(seen.find(path("input")), nullptr);
}

// ---- which functions were entered

class Entering : public Tracing {
 protected:
  // The address that nm reports.
  std::uint64_t address_of(const std::string& image, const std::string& function) {
    const Result<ProcessResult> names = processes_.run(command("nm " + image + " | grep ' " + function + "$'"));
    EXPECT_TRUE(names && names->ok()) << function;
    return names ? std::stoull(names->out, nullptr, 16) : 0;
  }
};

constexpr const char* k_three = R"(#include <thread>
#include <unistd.h>
#include <sys/wait.h>
extern "C" __attribute__((noinline)) void always() { asm volatile(""); }
extern "C" __attribute__((noinline)) void rarely() { asm volatile(""); }
extern "C" __attribute__((noinline)) void never() { asm volatile(""); }
extern "C" __attribute__((noinline)) void in_thread() { asm volatile(""); }
int main(int argc, char**) {
  for (int i = 0; i < 1000; ++i) always();
  std::thread a([] { for (int i = 0; i < 100; ++i) in_thread(); }), b([] { for (int i = 0; i < 100; ++i) in_thread(); });
  a.join(); b.join();
  if (fork() == 0) { rarely(); _exit(0); }
  int status = 0; wait(&status);
  if (argc > 5) never();
  return status;
})";

TEST_F(Entering, ReportsExactlyTheFunctionsThatWereEntered) {
  for (const char* linking : {"", "-static", "-no-pie"}) {
    const std::string program = build("three", k_three, linking);
    std::set<FunctionEntry> functions;
    std::map<std::string, FunctionEntry> named;
    for (const char* name : {"always", "rarely", "never", "in_thread"})
      functions.insert(named[name] = {program, address_of(program, name)});
    const Result<WatchedRun> watched = processes_.watch(command(program), functions);
    ASSERT_TRUE(watched) << watched.error().text();
    ASSERT_TRUE(watched->result.ok()) << watched->result.describe();
    EXPECT_EQ(watched->functions.not_known, "");
    EXPECT_EQ(watched->functions.entered, (std::set{named["always"], named["rarely"], named["in_thread"]})) << linking;
  }
}

TEST_F(Entering, SeesFunctionsOfSharedObjectsAndOfProgramsThatAreExecuted) {
  const std::string library = build("part.so", "extern \"C\" void inside() { asm volatile(\"\"); }", "-shared -fPIC");
  const std::string program = build("user", R"(#include <dlfcn.h>
#include <cstdlib>
int main(int, char** argv) {
  void* part = dlopen(argv[1], RTLD_NOW);
  if (!part) return 1;
  reinterpret_cast<void (*)()>(dlsym(part, "inside"))();
})");
  const FunctionEntry inside{library, address_of(library, "inside")};
  const Result<WatchedRun> watched = processes_.watch(command("sh -c '" + program + " " + library + "'"), {inside});
  ASSERT_TRUE(watched);
  ASSERT_TRUE(watched->result.ok()) << watched->result.describe();
  EXPECT_EQ(watched->functions.entered, std::set{inside});
}

}  // namespace
}  // namespace perfwarden::os
