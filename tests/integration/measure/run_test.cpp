#include "measure/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::measure {
namespace {

using support::TemporaryDirectory;
using testing::HasSubstr;

// Two checkouts with a program each, and the real world.
class RealRun : public testing::Test {
 protected:
  RealRun() {
    suite_.name = "core";
    suite_.run.argv = {"./bench"};
    suite_.iterations = {3, 3, 60};
    suite_.warmup = 1;
    suite_.timeout_s = 20;
    program("echo \"$SIDE here\"");
  }
  void program(const std::string& script) {
    for (const std::string side : {"base", "head"}) {
      const std::string path = folder_.write(side + "/bench", "#!/bin/sh\nSIDE=" + side + "\n" + script + "\n");
      ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
    }
  }
  Plan plan() const {
    Plan out;
    out.suites = {suite_};
    out.two_sided = true;
    const auto pairs = [&out](Step::Kind kind, int count) {
      for (int i = 0; i < count; ++i)
        for (const Side side : {Side::base, Side::head}) out.steps.push_back({kind, side, 0, 0, i});
    };
    if (!suite_.build.empty()) pairs(Step::Kind::build, 1);
    if (!suite_.setup.empty()) pairs(Step::Kind::setup, 1);
    pairs(Step::Kind::warmup, suite_.warmup);
    pairs(Step::Kind::measure, suite_.iterations.max);
    if (!suite_.teardown.empty()) pairs(Step::Kind::teardown, 1);
    return out;
  }
  Result<Raw> go() {
    os::SystemProcesses processes;
    os::SystemClock clock;
    const Children sides{folder_ / "base", folder_ / "head", {{"PATH", "/usr/bin:/bin"}}, std::nullopt, std::nullopt};
    return run(plan(), sides, processes, clock);
  }
  TemporaryDirectory folder_;
  Suite suite_;
};

TEST_F(RealRun, BothSidesRunInTheirOwnFolder) {
  const auto raw = go();
  ASSERT_TRUE(raw) << raw.error().text();
  ASSERT_EQ(raw->invocations.size(), 6U);
  for (const RawInvocation& one : raw->invocations) {
    EXPECT_TRUE(one.ok) << one.failure;
    EXPECT_EQ(one.output, one.step.side == Side::base ? "base here\n" : "head here\n");
    EXPECT_GT(one.usage.wall_s, 0.0);
    EXPECT_GT(one.usage.max_rss_bytes, 100'000);
  }
}

TEST_F(RealRun, BuildAndSetupComeFirstAndTeardownLast) {
  suite_.build.shell = "echo build >> log";
  suite_.setup.shell = "echo up >> log";
  suite_.teardown.shell = "echo down >> log";
  suite_.run.argv.clear();
  suite_.run.shell = "echo run >> log";
  ASSERT_TRUE(go());
  EXPECT_EQ(support::slurp(folder_ / "base/log"), "build\nup\nrun\nrun\nrun\nrun\ndown\n");
  EXPECT_EQ(support::slurp(folder_ / "head/log"), support::slurp(folder_ / "base/log"));
}

TEST_F(RealRun, CaseNamesReachAShellLineUnharmed) {
  suite_.cases = {"a b'c\"; touch owned; $(touch owned)"};
  suite_.run.argv.clear();
  suite_.run.shell = "printf '%s|' {case} \"{case}\" '{case}'";
  const auto raw = go();
  ASSERT_TRUE(raw) << raw.error().text();
  EXPECT_EQ(raw->invocations[0].output, suite_.cases[0] + "|" + suite_.cases[0] + "|" + suite_.cases[0] + "|");
  EXPECT_FALSE(os::exists(folder_ / "base/owned") || os::exists(folder_ / "head/owned"));
}

TEST_F(RealRun, ATimeOutEndsGrandchildrenAndIsAFailure) {
  program("sleep 100 & echo $! > ../grandchild; wait");
  suite_.timeout_s = 0.3;
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_THAT(raw.error().what, HasSubstr("timed out after 0.3 s"));
  const pid_t grandchild = static_cast<pid_t>(std::stol(support::slurp(folder_ / "grandchild")));
  EXPECT_NE(::kill(grandchild, 0), 0);
}

TEST_F(RealRun, OutputFilesAreFreshEveryTime) {
  suite_.output_file = "out.json";
  suite_.warmup = 0;
  program(
      "test -e out.json && exit 9; echo \"$SIDE\" > out.json; test -e once || { touch once; exit 0; }; ln -sf "
      "/etc/passwd "
      "out.json");
  const auto raw = go();
  ASSERT_TRUE(raw) << raw.error().text();
  int good = 0;
  for (const RawInvocation& one : raw->invocations) {
    if (one.ok) {
      ++good;
      EXPECT_EQ(one.output, one.step.side == Side::base ? "base\n" : "head\n");
    } else {
      EXPECT_THAT(one.failure, HasSubstr("leads out of its folder"));
      EXPECT_EQ(one.output, "");
    }
  }
  EXPECT_EQ(good, 2);
}

TEST_F(RealRun, ASignalInTheMiddleKeepsWholePairsAndTearsDown) {
  suite_.teardown.shell = "touch torn-down";
  suite_.iterations = {100, 100, 60};
  suite_.warmup = 0;
  // The ninth run never ends by itself; the count lies above both checkouts.
  program("echo x >> ../count; if [ $(wc -l < ../count) -ge 9 ]; then touch ../stuck; sleep 100; fi");
  const pid_t copy = ::fork();
  if (copy == 0) {
    ::alarm(30);
    os::install_signal_handlers();
    const auto raw = go();
    const bool good = raw && raw->interrupted && raw->invocations.size() == 8 && os::stop_signal() == SIGTERM;
    ::_exit(good ? 0 : 1);
  }
  for (int i = 0; i < 2000 && !os::exists(folder_ / "stuck"); ++i) ::usleep(5000);
  ::kill(copy, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(copy, &status, 0), copy);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(os::exists(folder_ / "base/torn-down"));
  EXPECT_TRUE(os::exists(folder_ / "head/torn-down"));
}

}  // namespace
}  // namespace perfwarden::measure
