#include "app/cli/exit_code.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace perfwarden::app {
namespace {

TEST(ExitCode, EveryKindOfErrorHasItsCode) {
  const std::vector<std::pair<ErrorKind, int>> table{
      {ErrorKind::usage, 2}, {ErrorKind::config, 2},       {ErrorKind::parse, 3},  {ErrorKind::benchmark, 3},
      {ErrorKind::io, 3},    {ErrorKind::network, 6},      {ErrorKind::github, 6}, {ErrorKind::store, 6},
      {ErrorKind::gate, 1},  {ErrorKind::interrupted, 130}};
  for (const auto& [kind, code] : table) EXPECT_EQ(exit_code(Error{.kind = kind, .what = "x"}), code);
}

struct Row {
  Conclusion conclusion;
  OnInconclusive inconclusive;
  OnMissing missing;
  Mode mode;
  bool published;
  int code;
};

TEST(ExitCode, FollowsTheVerdictAndThePolicy) {
  using enum Conclusion;
  const std::vector<Row> table{
      {pass, OnInconclusive::warn, OnMissing::record, Mode::enforce, true, 0},
      {pass, OnInconclusive::warn, OnMissing::record, Mode::enforce, false, 6},
      {fail, OnInconclusive::warn, OnMissing::record, Mode::enforce, true, 1},
      {fail, OnInconclusive::warn, OnMissing::record, Mode::enforce, false, 1},
      {fail, OnInconclusive::warn, OnMissing::record, Mode::observe, true, 0},
      {inconclusive, OnInconclusive::warn, OnMissing::record, Mode::enforce, true, 0},
      {inconclusive, OnInconclusive::pass, OnMissing::record, Mode::enforce, true, 0},
      {inconclusive, OnInconclusive::fail, OnMissing::record, Mode::enforce, true, 4},
      {inconclusive, OnInconclusive::fail, OnMissing::record, Mode::observe, true, 0},
      {no_baseline, OnInconclusive::fail, OnMissing::record, Mode::enforce, true, 0},
      {no_baseline, OnInconclusive::fail, OnMissing::warn, Mode::enforce, true, 0},
      {no_baseline, OnInconclusive::fail, OnMissing::fail, Mode::enforce, true, 5},
  };
  for (const Row& row : table) {
    Verdict verdict;
    verdict.conclusion = row.conclusion;
    Config config;
    config.statistics.inconclusive = row.inconclusive;
    config.baseline.missing = row.missing;
    config.mode = row.mode;
    EXPECT_EQ(exit_code(verdict, config, row.published), row.code) << name_of(row.conclusion);
  }
}

TEST(ExitCode, ABudgetThatMatchesNothingIsAMistakeInTheConfigUnlessAGateFailed) {
  Verdict verdict;
  verdict.warnings = {{std::string(k_budget_unmatched), "budget 'a/*' matches no benchmark"}};
  Config config;
  for (const Conclusion conclusion : {Conclusion::inconclusive, Conclusion::no_baseline}) {
    verdict.conclusion = conclusion;
    EXPECT_EQ(exit_code(verdict, config, true), 2);
    EXPECT_EQ(exit_code(verdict, config, false), 2);
  }
  config.statistics.inconclusive = OnInconclusive::fail;
  EXPECT_EQ(exit_code(verdict, config, true), 2);
  verdict.conclusion = Conclusion::fail;
  EXPECT_EQ(exit_code(verdict, config, true), 1);
  config.mode = Mode::observe;
  EXPECT_EQ(exit_code(verdict, config, true), 2) << "observing turns 1, 4 and 5 into 0, and a mistake stays one";
}

TEST(ExitCode, NothingComparedIsNoMeasurementWhateverTheModeUnlessAGateFailedOrItWasAccepted) {
  Verdict verdict;
  verdict.conclusion = Conclusion::inconclusive;
  verdict.warnings = {{std::string(k_nothing_compared), "nothing was compared"}};
  Config config;
  EXPECT_EQ(exit_code(verdict, config, true), 3);
  EXPECT_EQ(exit_code(verdict, config, false), 3);
  config.mode = Mode::observe;
  EXPECT_EQ(exit_code(verdict, config, true), 3);
  config.mode = Mode::enforce;
  config.gates_enabled = false;
  EXPECT_EQ(exit_code(verdict, config, true), 3);
  config.gates_enabled = true;
  verdict.overridden = true;
  EXPECT_EQ(exit_code(verdict, config, true), 0);
  verdict.overridden = false;
  verdict.conclusion = Conclusion::fail;
  EXPECT_EQ(exit_code(verdict, config, true), 1);
}

TEST(ExitCode, DisabledGatesNeverFail) {
  Verdict verdict;
  verdict.conclusion = Conclusion::fail;
  Config config;
  config.gates_enabled = false;
  EXPECT_EQ(exit_code(verdict, config, true), 0);
}

TEST(ExitCode, OfTheProcessIsThatOfItsVerbOrOfItsError) {
  EXPECT_EQ(exit_code(k_inconclusive, 0, false), 4);
  EXPECT_EQ(exit_code(Error{.kind = ErrorKind::store, .what = "x"}, 0, false), 6);
}

TEST(ExitCode, ASignalOutranksAllElse) {
  EXPECT_EQ(exit_code(k_pass, 2, false), 130);
  EXPECT_EQ(exit_code(k_gate_failed, 15, true), 143);
  EXPECT_EQ(exit_code(Error{.kind = ErrorKind::usage, .what = "x"}, 15, false), 143);
}

TEST(ExitCode, ResultsThatDidNotReachStandardOutputAreNotAPass) {
  EXPECT_EQ(exit_code(k_pass, 0, true), 6);
  EXPECT_EQ(exit_code(k_gate_failed, 0, true), 1);
}

}  // namespace
}  // namespace perfwarden::app
