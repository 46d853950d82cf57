#include "measure/record.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"
#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::measure {
namespace {

constexpr const char* k_script = "bench 1 1.0: 1 cpu-clock: \n\t 10 hash (/bench)\n\n";

class Record : public testing::Test {
 protected:
  Record() {
    Suite suite;
    suite.name = "core";
    suite.run.argv = {"./bench", "--json"};
    plan_.suites = {suite};
    sides_.base_directory = "/b";
    sides_.head_directory = "/h";
  }
  Result<Recorder> recorder(const std::string& with) {
    plan_.suites[0].profile.with = with;
    return make_recorder(plan_.suites[0].profile, sides_, processes_, folder_.path());
  }
  Step step() { return {Step::Kind::measure, Side::base, 0, 0, 0, {"--filter=x"}}; }
  static std::string words(const os::Command& command) { return text::join(command.argv, " "); }
  // perf, where the kernel lets it count what `allowed` names.
  void perf(const std::string& allowed) {
    processes_.answer = [allowed](const os::Command& command) {
      os::ProcessResult result;
      const std::string line = words(command);
      if (line.find("perf record") != std::string::npos && line.find(" " + allowed + " ") == std::string::npos)
        result.exit_status = 255;
      if (line.find("script") != std::string::npos) result.out = k_script;
      return Result<os::ProcessResult>(result);
    };
  }

  Plan plan_;
  Children sides_;
  support::FakeProcesses processes_;
  support::TemporaryDirectory folder_;
  int written_ = 0;
};

TEST_F(Record, PerfTakesCyclesAndElseTheClock) {
  perf("cycles");
  EXPECT_EQ(recorder("perf").value().event, "cycles");
  perf("cpu-clock");
  EXPECT_EQ(recorder("perf").value().event, "cpu-clock");
}

TEST_F(Record, SaysHowToAllowWhatTheKernelForbids) {
  perf("nothing");
  const Result<Recorder> made = recorder("perf");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::benchmark);
  EXPECT_NE(made.error().hint.find("perf_event_paranoid"), std::string::npos);
}

TEST_F(Record, SaysWhatToInstall) {
  processes_.answer = [](const os::Command&) { return Error{.kind = ErrorKind::io, .what = "cannot run 'heaptrack'"}; };
  const Result<Recorder> made = recorder("heaptrack");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().hint.find("apt-get install heaptrack"), std::string::npos);
}

TEST_F(Record, RunsTheStepsOwnCommandInItsSideUnderPerf) {
  perf("cpu-clock");
  const Recorder made = recorder("perf").value();
  processes_.commands.clear();
  const Result<std::string> bytes = record(made, plan_, step(), sides_, processes_);
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(*bytes, k_script);
  ASSERT_EQ(processes_.commands.size(), 2U);
  const std::string line = words(processes_.commands[0]);
  EXPECT_NE(line.find("-e cpu-clock -F 999 --call-graph fp"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with("-- ./bench --json --filter=x")) << line;
  EXPECT_EQ(processes_.commands[0].cwd, "/b");
}

TEST_F(Record, AutoTakesPerfAndElseCallgrindAndElseSaysWhyNot) {
  perf("cycles");
  EXPECT_EQ(recorder("auto").value().how.with, "perf");
  perf("nothing");
  EXPECT_EQ(recorder("auto").value().how.with, "callgrind");
  processes_.answer = [](const os::Command&) { return Error{.kind = ErrorKind::io, .what = "cannot run it"}; };
  const Result<Recorder> made = recorder("auto");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().hint.find("linux-perf"), std::string::npos) << "the first one's cure";
}

TEST_F(Record, OfAllProcessesUnderCallgrindTheCostliestIsTheBenchmark) {
  const Recorder made = recorder("callgrind").value();
  processes_.answer = [this](const os::Command& command) {
    EXPECT_TRUE(words(command).starts_with("valgrind --tool=callgrind ")) << words(command);
    for (const char* text : {"version: 1\nsummary: 70 9\n", "version: 1\ntotals: 900 1\n", "version: 1\nsummary: 8\n"})
      EXPECT_TRUE(os::write_file(folder_ / fmt::format("recording.{}", ++written_), text).has_value());
    return Result<os::ProcessResult>(os::ProcessResult{});
  };
  EXPECT_EQ(record(made, plan_, step(), sides_, processes_).value(), "version: 1\ntotals: 900 1\n");
}

TEST_F(Record, AnOwnCommandGetsTheNameOfTheFileToWrite) {
  Profiling& how = plan_.suites[0].profile;
  how.command.argv = {"py-spy", "-o", "{profile}"};
  const Recorder made = recorder("command").value();
  processes_.answer = [](const os::Command& command) {
    EXPECT_TRUE(os::write_file(command.argv.at(2), "main;f 10\n").has_value());
    return Result<os::ProcessResult>(os::ProcessResult{});
  };
  const Result<std::string> bytes = record(made, plan_, step(), sides_, processes_);
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(*bytes, "main;f 10\n");
}

TEST_F(Record, WhatAnEarlierRunLeftIsNeverTakenForThisOne) {
  Profiling& how = plan_.suites[0].profile;
  how.command.argv = {"py-spy", "-o", "{profile}"};
  const Recorder made = recorder("command").value();
  ASSERT_TRUE(os::write_file(folder_ / "recording.json", "old").has_value());
  const Result<std::string> bytes = record(made, plan_, step(), sides_, processes_);
  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().what.find("no profile"), std::string::npos);
}

TEST_F(Record, AFailingRunSaysHowItEnded) {
  perf("cpu-clock");
  const Recorder made = recorder("perf").value();
  processes_.answer = [](const os::Command&) {
    os::ProcessResult result;
    result.exit_status = 3;
    result.err = "no such table\n";
    return Result<os::ProcessResult>(result);
  };
  const Result<std::string> bytes = record(made, plan_, step(), sides_, processes_);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().what, "core (base): profiling failed: exit status 3: no such table");
}

}  // namespace
}  // namespace perfwarden::measure
