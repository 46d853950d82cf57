#include "measure/run.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "os/files/files.hpp"
#include "support/fakes.hpp"

namespace perfwarden::measure {
namespace {

using support::FakeClock;
using support::FakeProcesses;
using support::TemporaryDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Step::Kind;

os::ProcessResult with_status(int status, const std::string& err = "") {
  os::ProcessResult result;
  result.exit_status = status;
  result.err = err;
  return result;
}

// A suite whose commands are their own names; pairs are base, head.
class Run : public testing::Test {
 protected:
  Run() {
    suite_.name = "core";
    suite_.run.argv = {"run", "{case}"};
    suite_.iterations = {2, 4, 300};
    processes_.answer = [this](const os::Command& command) { return answer(command); };
  }

  // Every command takes one second and writes its side.
  Result<os::ProcessResult> answer(const os::Command& command) {
    clock_.tick(1);
    os::ProcessResult result;
    result.out = "out of " + command.cwd;
    result.usage.wall_s = 1;
    result.usage.instructions = result.usage.cycles = 5;
    result.usage.cache_misses = result.usage.branch_misses = 5;
    return special_ ? special_(command, result) : result;
  }

  Plan plan(int warmups = 0) const {
    Plan out;
    out.suites = {suite_};
    out.two_sided = two_sided_;
    out.head_may_fail = head_may_fail_;
    const std::vector<Side> sides = two_sided_ ? std::vector{Side::base, Side::head} : std::vector{Side::head};
    const auto once = [&](Kind kind, const CommandLine& line) {
      if (line.empty()) return;
      for (const Side side : sides) out.steps.push_back({kind, side, 0, 0, 0});
    };
    const auto rounds = [&](Kind kind, int count) {
      for (int i = 0; i < count; ++i)
        for (std::size_t c = 0; c < std::max<std::size_t>(1, suite_.cases.size()); ++c)
          for (const Side side : sides) out.steps.push_back({kind, side, 0, c, i});
    };
    once(Kind::build, suite_.build);
    once(Kind::setup, suite_.setup);
    rounds(Kind::warmup, warmups);
    rounds(Kind::measure, suite_.iterations.max);
    once(Kind::teardown, suite_.teardown);
    return out;
  }

  Result<Raw> go(int warmups = 0) {
    return run(plan(warmups), sides_, processes_, clock_,
               {.progress = [this](const Progress& p) { progress_.push_back(p); },
                .built = [this](const std::map<Side, double>& build_s) { built_.emplace_back(build_s, ran()); }});
  }

  // "base run", "head down": what was run, in order.
  std::vector<std::string> ran() const {
    std::vector<std::string> out;
    for (const os::Command& command : processes_.commands)
      out.push_back((command.cwd.starts_with(sides_.base_directory) ? "base " : "head ") + command.argv[0]);
    return out;
  }

  void with_everything() {
    suite_.build.argv = {"build"};
    suite_.setup.argv = {"up"};
    suite_.teardown.argv = {"down"};
  }

  Suite suite_;
  bool two_sided_ = true, head_may_fail_ = false;
  FakeProcesses processes_;
  FakeClock clock_;
  Children sides_{"/side/base", "/side/head", {}, std::nullopt, std::nullopt};
  std::vector<Progress> progress_;
  std::vector<std::pair<std::map<Side, double>, std::vector<std::string>>> built_;  // with what had run by then
  std::function<Result<os::ProcessResult>(const os::Command&, os::ProcessResult)> special_;
};

TEST_F(Run, CarriesThePlanOutInOrderAndKeepsMeasuredRunsOnly) {
  with_everything();
  suite_.iterations.max = 1;
  const auto raw = go(1);
  ASSERT_TRUE(raw) << raw.error().text();
  EXPECT_THAT(ran(), ElementsAre("base build", "head build", "base up", "head up", "base run", "head run", "base run",
                                 "head run", "base down", "head down"));
  ASSERT_EQ(raw->invocations.size(), 2U);
  const RawInvocation& first = raw->invocations[0];
  EXPECT_EQ(first.step, (Step{Kind::measure, Side::base, 0, 0, 0}));
  EXPECT_TRUE(first.ok);
  EXPECT_EQ(first.failure, "");
  EXPECT_EQ(first.output, "out of /side/base");
  EXPECT_EQ(first.output_name, "core (base, run 1): stdout");
  EXPECT_EQ(first.usage.instructions, 5U);
  EXPECT_FALSE(raw->interrupted);
  EXPECT_THAT(raw->warnings, IsEmpty());
}

TEST_F(Run, AFailingBuildIsAnErrorThatSaysHowToSeeIt) {
  with_everything();
  suite_.build.argv = {"make", "all it"};
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "make" ? with_status(2, "line 1\nmain.cpp:3: error: \x1b[31mbad\n") : result;
  };
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().kind, ErrorKind::benchmark);
  EXPECT_EQ(raw.error().what, "the build of 'core' on head failed: exit status 2");
  EXPECT_EQ(raw.error().hint, "try it by hand: cd /side/head && make 'all it'");
  EXPECT_EQ(raw.error().excerpt, "  | line 1\n  | main.cpp:3: error:  [31mbad");
  EXPECT_THAT(ran(), ElementsAre("base make", "head make", "base make", "head make"))
      << "nothing was begun, so nothing is torn down";
}

TEST_F(Run, ABaseThatCannotBeBuiltIsSaidAndNothingIsMeasured) {
  with_everything();
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "build" && command.cwd == "/side/base" ? with_status(2, "no rule\n") : result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->base_not_built, "the build of 'core' on base failed: exit status 2\n  | no rule");
  EXPECT_TRUE(raw->invocations.empty());
  EXPECT_THAT(ran(), ElementsAre("base build", "head build", "base build"));
}

TEST_F(Run, TellsOfTheBuildsOnceBeforeAnythingElseRuns) {
  with_everything();
  ASSERT_TRUE(go());
  ASSERT_EQ(built_.size(), 1U);
  EXPECT_EQ(built_[0].first, (std::map<Side, double>{{Side::base, 1}, {Side::head, 1}}));
  EXPECT_THAT(built_[0].second, ElementsAre("base build", "head build"));
}

TEST_F(Run, TellsOfNoBuildsWhereOneFailedOrNoneWasAskedFor) {
  ASSERT_TRUE(go());
  with_everything();
  for (const char* side : {"/side/base", "/side/head"}) {
    special_ = [side](const os::Command& command, os::ProcessResult result) {
      return command.argv[0] == "build" && command.cwd == side ? with_status(2) : result;
    };
    (void)go().has_value();
  }
  EXPECT_TRUE(built_.empty());
}

TEST_F(Run, StopsAfterTheFirstRunWhenWhatItWroteIsOfNoUse) {
  with_everything();
  std::vector<std::string> seen;
  const auto on_first = [&seen](const RawInvocation& first) -> Status {
    seen.push_back(first.output);
    if (first.step.side == Side::base) return Nothing{};
    return Error{.kind = ErrorKind::benchmark, .what = "not JSON", .hint = "use --json", .excerpt = "  | hello"};
  };
  const auto raw = run(plan(2), sides_, processes_, clock_, {.first_run = on_first});
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().text(), "error: not JSON\n  $ run '{case}'\n  | hello\nhint: use --json");
  EXPECT_THAT(seen, ElementsAre("out of /side/base", "out of /side/head"));
  EXPECT_THAT(ran(), ElementsAre("base build", "head build", "base up", "head up", "base run", "head run", "base down",
                                 "head down"));
}

TEST_F(Run, AsksOfTheFirstRunOfEachCaseAndGoesOnWhereOneIsOfUse) {
  suite_.cases = {"a", "b"};
  int asked = 0;
  const auto on_first = [&asked](const RawInvocation& first) -> Status {
    ++asked;
    if (first.step.case_index == 1) return Nothing{};
    return Error{.kind = ErrorKind::benchmark, .what = "empty"};
  };
  const auto raw = run(plan(1), sides_, processes_, clock_, {.first_run = on_first});
  ASSERT_TRUE(raw) << raw.error().text();
  EXPECT_EQ(asked, 4);
}

TEST_F(Run, AFailingSetupTearsDownWhatWasBegun) {
  with_everything();
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "up" && command.cwd == "/side/head" ? with_status(1) : result;
  };
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().what, "the setup of 'core' on head failed: exit status 1");
  EXPECT_THAT(ran(), ElementsAre("base build", "head build", "base up", "head up", "base down", "head down"));
}

TEST_F(Run, AFailingTeardownIsAWarningForTheNumbersStand) {
  with_everything();
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "down" ? with_status(1, "still there\n") : result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->invocations.size(), 8U);
  ASSERT_EQ(raw->warnings.size(), 2U);
  EXPECT_EQ(raw->warnings[1].text, "the teardown of 'core' on head failed: exit status 1: still there");
}

TEST_F(Run, AFailureInTheMiddleIsKeptInItsPlace) {
  int count = 0;
  special_ = [&count](const os::Command&, os::ProcessResult result) {
    return ++count == 4 ? with_status(3, "a\nb\nc\nd\n") : result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  ASSERT_EQ(raw->invocations.size(), 8U);
  EXPECT_FALSE(raw->invocations[3].ok);
  EXPECT_EQ(raw->invocations[3].failure, "exit status 3: b | c | d");
  EXPECT_EQ(raw->invocations[3].step.invocation, 1);
  EXPECT_TRUE(raw->invocations[4].ok);
}

TEST_F(Run, AFailureAtFirstIsAnErrorOnEitherSide) {
  suite_.teardown.argv = {"down"};
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "run" && command.cwd == "/side/head" ? with_status(127, "no such option") : result;
  };
  const auto raw = go(1);
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().kind, ErrorKind::benchmark);
  EXPECT_EQ(raw.error().what, "'core' failed on head, the first time that it ran: exit status 127");
  EXPECT_THAT(ran(), ElementsAre("base run", "head run", "base down", "head down"));
}

// Base runs once, so that the benchmarks that head lacks have names.
TEST_F(Run, AFailureAtFirstOnHeadEndsNothingWhereThePlanSaysSo) {
  suite_.teardown.argv = {"down"};
  head_may_fail_ = true;
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "run" && command.cwd == "/side/head" ? with_status(127, "no such option") : result;
  };
  const auto raw = go(1);
  ASSERT_TRUE(raw);
  ASSERT_TRUE(raw->failed_on_head.contains(0));
  EXPECT_EQ(raw->failed_on_head.at(0).reason,
            "'core' failed on head, the first time that it ran: exit status 127: no such option");
  ASSERT_EQ(raw->invocations.size(), 1U);
  EXPECT_EQ(raw->invocations[0].step.side, Side::base);
  EXPECT_THAT(ran(), ElementsAre("base run", "head run", "base run", "base down", "head down"));
}

TEST_F(Run, WhatFailsOnBaseTooIsAnErrorAlsoWhereHeadMayFail) {
  head_may_fail_ = true;
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[0] == "run" ? with_status(1, "broken") : result;
  };
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().kind, ErrorKind::benchmark);
}

TEST_F(Run, WhatCannotBeStartedIsAnErrorWithItsOwnCure) {
  processes_.answer = [](const os::Command&) -> Result<os::ProcessResult> {
    return Error{.kind = ErrorKind::io, .what = "cannot run 'run': No such file or directory", .hint = "install it"};
  };
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().kind, ErrorKind::benchmark);
  EXPECT_THAT(raw.error().what, HasSubstr("cannot run 'run': No such file or directory"));
  EXPECT_EQ(raw.error().hint, "install it");
}

TEST_F(Run, ACaseThatOneSideLacksDoesNotStopTheOthersWhateverTheOrder) {
  for (const std::vector<std::string>& cases : {std::vector<std::string>{"new", "old"}, {"old", "new"}}) {
    suite_.cases = cases;
    special_ = [](const os::Command& command, os::ProcessResult result) {
      return command.argv[1] == "new" && command.cwd == "/side/base" ? with_status(1) : result;
    };
    const auto raw = go();
    ASSERT_TRUE(raw) << raw.error().text();
    EXPECT_EQ(std::count_if(raw->invocations.begin(), raw->invocations.end(), [](const auto& one) { return one.ok; }),
              11);
  }
}

TEST_F(Run, ACaseThatKeepsFailingIsGivenUpOnBothSides) {
  suite_.cases = {"new", "old"};
  suite_.iterations.max = 6;
  special_ = [](const os::Command& command, os::ProcessResult result) {
    return command.argv[1] == "new" && command.cwd == "/side/base" ? with_status(1) : result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  std::map<std::pair<std::size_t, Side>, int> runs;
  for (const RawInvocation& one : raw->invocations) ++runs[{one.step.case_index, one.step.side}];
  EXPECT_EQ((runs[{0, Side::base}]), 3);
  EXPECT_EQ((runs[{0, Side::head}]), 3);
  EXPECT_EQ((runs[{1, Side::base}]), 6);
  ASSERT_EQ(raw->warnings.size(), 1U);
  EXPECT_EQ(raw->warnings[0].text, "core/new: given up, since it failed 3 times in a row on base");
  EXPECT_EQ(progress_.back().done, progress_.back().total);
}

TEST_F(Run, MaxTimeCutsOnlyBeyondTheMinimumAndNeverWithinAPair) {
  suite_.iterations = {3, 10, 0.5};
  auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->invocations.size(), 6U) << "the minimum, although the time was up at once";
  ASSERT_EQ(raw->warnings.size(), 1U);
  EXPECT_EQ(raw->warnings[0].text, "core: stopped after 3 runs a side, since max-time: 0.5s is over");
  suite_.iterations = {1, 10, 5};  // up within the third pair, each run takes a second
  raw = go();
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->invocations.size(), 6U);
  EXPECT_EQ(progress_.back().done, progress_.back().total);
}

TEST_F(Run, SaysAfterTheFirstRoundThatMaxTimeCannotSufficeAndWhatWould) {
  suite_.iterations = {1, 50, 60};
  special_ = [this](const os::Command&, os::ProcessResult result) {
    clock_.tick(6.5);  // a run takes 7.5 s, a pair 15 s
    return result;
  };
  suite_.warmup = 0;
  std::vector<std::pair<std::string, std::size_t>> told;
  const auto on_warning = [&](const Warning& warning) { told.emplace_back(warning.text, ran().size()); };
  ASSERT_TRUE(run(plan(), sides_, processes_, clock_, {.warning = on_warning}));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].first,
            "core: max-time: 60s is enough for about 4 pairs; a decision needs at least 10: set max-time: 150s");
  EXPECT_EQ(told[0].second, 2U) << "after the first pair";
  told.clear();
  suite_.iterations = {1, 50, 150};
  ASSERT_TRUE(run(plan(), sides_, processes_, clock_, {.warning = on_warning}));
  suite_.iterations = {4, 4, 1};  // a fixed number is never cut
  ASSERT_TRUE(run(plan(), sides_, processes_, clock_, {.warning = on_warning}));
  EXPECT_EQ(told.size(), 0U);
}

TEST_F(Run, WarmUpsCountTowardsWhatMaxTimeIsEnoughFor) {
  suite_.iterations = {1, 50, 20};
  suite_.warmup = 2;
  std::vector<std::string> told;
  ASSERT_TRUE(run(plan(2), sides_, processes_, clock_,
                  {.warning = [&](const Warning& warning) { told.push_back(warning.text); }}));
  EXPECT_THAT(told, ElementsAre("core: max-time: 20s is enough for about 8 pairs; a decision needs at least 10: set "
                                "max-time: 24s"));
}

TEST_F(Run, ASignalKeepsWholePairsAndTearsDownInAHurry) {
  with_everything();
  int runs = 0;
  special_ = [&runs](const os::Command& command, os::ProcessResult result) {
    if (command.argv[0] != "run" || ++runs != 6) return result;
    result.interrupted = true;  // in the second member of the third pair
    return result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_TRUE(raw->interrupted);
  EXPECT_EQ(raw->invocations.size(), 4U);
  EXPECT_EQ(runs, 6);
  const os::Command& last = processes_.commands.back();
  EXPECT_EQ(last.argv[0], "down");
  EXPECT_TRUE(last.even_when_stopping);
  EXPECT_LE(last.timeout_s, 5);
}

TEST_F(Run, ASignalOnOneSideKeepsAllRuns) {
  two_sided_ = false;
  int runs = 0;
  special_ = [&runs](const os::Command&, os::ProcessResult result) {
    result.interrupted = ++runs == 4;
    return result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_TRUE(raw->interrupted);
  EXPECT_EQ(raw->invocations.size(), 3U);
}

TEST_F(Run, ASignalDuringTheBuildLeavesNothingMeasured) {
  with_everything();
  special_ = [](const os::Command&, os::ProcessResult result) {
    result.interrupted = true;
    result.signal = 15;
    return result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_TRUE(raw->interrupted);
  EXPECT_THAT(raw->invocations, IsEmpty());
  EXPECT_THAT(ran(), ElementsAre("base build", "head build"));
}

TEST_F(Run, TheReasonForMissingEventsIsToldOnce) {
  processes_.no_events = "perf_event_paranoid is 4: lower it";
  special_ = [](const os::Command&, os::ProcessResult result) {
    result.usage.cycles = std::nullopt;
    return result;
  };
  auto raw = go();
  ASSERT_TRUE(raw);
  ASSERT_EQ(raw->warnings.size(), 1U);
  EXPECT_EQ(raw->warnings[0].text,
            "instructions, cycles and misses are not counted: perf_event_paranoid is 4: lower it");
  processes_.no_events = "";
  raw = go();
  ASSERT_TRUE(raw);
  ASSERT_EQ(raw->warnings.size(), 1U);
  EXPECT_EQ(raw->warnings[0].code, "events-partly");
}

TEST_F(Run, CutOutputIsToldAndUnreadOutputIsNotKept) {
  special_ = [](const os::Command&, os::ProcessResult result) {
    result.out_truncated = true;
    return result;
  };
  suite_.iterations.max = 2;
  auto raw = go();
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->warnings.size(), 4U);
  EXPECT_EQ(raw->warnings[0].code, "output-cut");
  suite_.parser.name = "time";
  raw = go();
  ASSERT_TRUE(raw);
  EXPECT_THAT(raw->warnings, IsEmpty());
  EXPECT_EQ(raw->invocations[0].output, "");
}

class OutputFile : public Run {
 protected:
  OutputFile() {
    two_sided_ = false;
    suite_.output_file = "out.json";
    suite_.working_directory = "build";
    suite_.iterations = {3, 3, 300};
    folder_.write("head/build/keep", "");
    sides_.head_directory = folder_ / "head";
  }
  TemporaryDirectory folder_;
};

TEST_F(OutputFile, IsReadInsteadOfStdoutAndNeverAStaleOne) {
  folder_.write("head/build/out.json", "stale");
  int count = 0;
  special_ = [&](const os::Command&, os::ProcessResult result) {
    EXPECT_FALSE(os::exists(folder_ / "head/build/out.json"));
    if (++count != 2) folder_.write("head/build/out.json", "fresh " + std::to_string(count));
    return result;
  };
  const auto raw = go();
  ASSERT_TRUE(raw);
  ASSERT_EQ(raw->invocations.size(), 3U);
  EXPECT_EQ(raw->invocations[0].output, "fresh 1");
  EXPECT_EQ(raw->invocations[0].output_name, "core (head, run 1): out.json");
  EXPECT_FALSE(raw->invocations[1].ok);
  EXPECT_EQ(raw->invocations[1].output, "");
  EXPECT_EQ(raw->invocations[1].failure,
            "output-file 'build/out.json' of this run: cannot read: No such file or directory");
  EXPECT_EQ(raw->invocations[2].output, "fresh 3");
}

TEST_F(OutputFile, MustStayInsideTheCheckout) {
  folder_.write("secret", "token");
  special_ = [&](const os::Command&, os::ProcessResult result) {
    EXPECT_EQ(::symlink("../../secret", (folder_ / "head/build/out.json").c_str()), 0);
    return result;
  };
  auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_THAT(raw.error().what, HasSubstr("leads out of its folder"));
  EXPECT_EQ(support::slurp(folder_ / "secret"), "token");
  special_ = nullptr;
  suite_.output_file = "../../secret";
  raw = go();
  ASSERT_FALSE(raw);
  EXPECT_TRUE(os::exists(folder_ / "secret"));
}

TEST_F(Run, ProgressCountsEveryStepAndEstimatesWhatIsLeft) {
  with_everything();
  ASSERT_TRUE(go(1));
  ASSERT_EQ(progress_.size(), 16U);
  EXPECT_EQ(progress_[0].what, "core: building both sides");
  EXPECT_EQ(progress_[0].total, 16U);
  EXPECT_EQ(progress_[0].left_s, std::nullopt);
  EXPECT_EQ(progress_[3].what, "core: base, warm-up 1 of 1");
  EXPECT_EQ(progress_[5].what, "core: base, run 1");
  EXPECT_EQ(progress_[5].left_s, 8.0);
  EXPECT_EQ(progress_[5].elapsed_s, 6.0);
  EXPECT_EQ(progress_.back().done, 16U);
  EXPECT_EQ(progress_.back().left_s, 0.0);
}

TEST_F(Run, GoesOnAsLongAsMoreIsAskedFor) {
  with_everything();
  suite_.iterations = {1, 4, 300};
  Plan first = plan();
  std::erase_if(first.steps, [](const Step& step) { return step.kind == Kind::measure && step.invocation > 0; });
  int asked = 0;
  const auto more = [&](const Raw& raw) -> Result<std::vector<Step>> {
    EXPECT_EQ(raw.invocations.size(), asked == 0 ? 2U : 4U);
    if (asked++ > 0) return std::vector<Step>{};
    return std::vector<Step>{{Kind::measure, Side::head, 0, 0, 1, {"--only=x"}},
                             {Kind::measure, Side::base, 0, 0, 1, {"--only=x"}}};
  };
  const auto raw = run(first, sides_, processes_, clock_,
                       {.progress = [this](const Progress& p) { progress_.push_back(p); }, .more = more});
  ASSERT_TRUE(raw);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(raw->invocations.size(), 4U);
  const std::vector<std::string> all = ran();
  ASSERT_EQ(all.size(), 10U);
  EXPECT_EQ(all[6], "head run");
  EXPECT_EQ(all[8], "base down");
  EXPECT_EQ(processes_.commands[6].argv.back(), "--only=x");
  EXPECT_EQ(progress_.back().done, progress_.back().total);
}

// Another machine takes half of the CPU during the third run of head.
TEST_F(Run, ADisturbedPairIsMeasuredAgainAndTold) {
  support::TemporaryDirectory machine;
  int steal = 0;
  const auto show = [&] { machine.write("proc/stat", fmt::format("cpu0 0 0 0 0 0 0 0 {} 0 0\n", steal)); };
  machine.write("proc/self/status", "Cpus_allowed_list:\t0\n");
  show();
  suite_.iterations = {5, 5, 300};
  int heads = 0;
  special_ = [&](const os::Command& command, os::ProcessResult result) {
    result.out = std::to_string(processes_.commands.size());
    if (command.cwd == sides_.head_directory && ++heads == 3) steal += 50;
    show();
    return result;
  };
  os::MachineWatch watch(machine.path());
  const auto raw = run(plan(), sides_, processes_, clock_, {.watch = &watch});
  ASSERT_TRUE(raw);
  EXPECT_EQ(processes_.commands.size(), 12U);
  ASSERT_EQ(raw->invocations.size(), 10U);
  const auto of_third = std::count_if(raw->invocations.begin(), raw->invocations.end(), [](const RawInvocation& one) {
    return one.step.invocation == 2 && (one.output == "11" || one.output == "12");
  });
  EXPECT_EQ(of_third, 2);  // both members of the pair are new
  ASSERT_FALSE(raw->warnings.empty());
  EXPECT_EQ(raw->warnings[0].code, "disturbed");
  EXPECT_NE(raw->warnings[0].text.find("1 disturbed pair was measured again"), std::string::npos)
      << raw->warnings[0].text;
}

// Disturbed from the first run on; the signal comes when the first pair is measured again.
TEST_F(Run, ASignalWhileDisturbedPairsAreMeasuredAgainLosesNothing) {
  support::TemporaryDirectory machine;
  int steal = 0;
  const auto show = [&] { machine.write("proc/stat", fmt::format("cpu0 0 0 0 0 0 0 0 {} 0 0\n", steal)); };
  machine.write("proc/self/status", "Cpus_allowed_list:\t0\n");
  show();
  suite_.iterations = {2, 2, 300};
  special_ = [&](const os::Command&, os::ProcessResult result) {
    steal += 50;
    show();
    result.interrupted = processes_.commands.size() > 4;
    return result;
  };
  os::MachineWatch watch(machine.path());
  const auto raw = run(plan(), sides_, processes_, clock_, {.watch = &watch});
  ASSERT_TRUE(raw);
  EXPECT_TRUE(raw->interrupted);
  EXPECT_EQ(processes_.commands.size(), 5U);
  EXPECT_EQ(raw->invocations.size(), 4U);
}

TEST_F(Run, WhatIsAskedForAfterMaxTimeIsNotRun) {
  suite_.iterations = {1, 100, 3};
  Plan first = plan();
  std::erase_if(first.steps, [](const Step& step) { return step.invocation > 1; });
  int asked = 0;
  const auto more = [&](const Raw&) -> Result<std::vector<Step>> {
    if (++asked > 2) return std::vector<Step>{};
    return std::vector<Step>{{Kind::measure, Side::head, 0, 0, 1 + asked},
                             {Kind::measure, Side::base, 0, 0, 1 + asked}};
  };
  const auto raw = run(first, sides_, processes_, clock_, {.more = more});
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->invocations.size(), 4U);
  EXPECT_EQ(asked, 3);
}

TEST_F(Run, TheEstimateKeepsToMaxTime) {
  suite_.iterations = {2, 1000, 10};
  ASSERT_TRUE(go());
  EXPECT_EQ(progress_[1].left_s, 9.0);
}

TEST_F(Run, HostileNamesAreSafeInAllWords) {
  suite_.cases = {"x\n::error::owned"};
  special_ = [](const os::Command&, os::ProcessResult) { return with_status(1, "\n::error::too\n"); };
  const auto raw = go();
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().text().find("\n::"), std::string::npos);
  for (const Progress& progress : progress_) EXPECT_EQ(progress.what.find('\n'), std::string::npos);
}

// What only one side's config names is new or gone where it does not run, and an error where it should.
TEST_F(Run, ASuiteThatComesOrGoesIsAbsentWhereItDoesNotRun) {
  suite_.iterations = {2, 2, 300};
  for (const Side side : {Side::base, Side::head}) {
    SCOPED_TRACE(perfwarden::name_of(side));
    special_ = [&](const os::Command& command, const os::ProcessResult& result) -> Result<os::ProcessResult> {
      const std::string& folder = side == Side::base ? sides_.base_directory : sides_.head_directory;
      return command.cwd.starts_with(folder) ? with_status(2, "no such file") : result;
    };
    suite_.life = side == Side::base ? Life::comes : Life::goes;
    const Result<Raw> raw = go();
    ASSERT_TRUE(raw) << raw.error().text();
    EXPECT_TRUE(raw->absent.contains({0, side}));
    EXPECT_EQ(raw->invocations.size(), 2U) << "those of the other side are kept whole";
    ASSERT_FALSE(raw->warnings.empty());
    EXPECT_THAT(raw->warnings.front().text, HasSubstr("no such file"));
    suite_.life = side == Side::base ? Life::goes : Life::comes;
    EXPECT_FALSE(go()) << "the other side's config names it";
  }
}

}  // namespace
}  // namespace perfwarden::measure
