#include "report/view/exit_note.hpp"

#include <gtest/gtest.h>

namespace perfwarden::report {
namespace {

std::string note_of(const Report& report, std::optional<int> code = std::nullopt) {
  return exit_note(report, {.exit_code = code}, Phrases(Templates{}));
}

TEST(ExitNote, SaysTheCodeThatTheProcessWillEndWithWhateverTheReportTells) {
  Report report;
  report.verdict.conclusion = Conclusion::pass;
  EXPECT_EQ(note_of(report, 6), "exit 6: the result stands, but publishing or storing failed");
  EXPECT_EQ(note_of(report, 77), "exit 77") << "a code without a phrase";
}

TEST(ExitNote, WithoutACodeIsWhatTheReportTells) {
  Report report;
  const auto concluded = [&](Conclusion conclusion) {
    report.verdict.conclusion = conclusion;
    return note_of(report);
  };
  EXPECT_EQ(concluded(Conclusion::pass), "exit 0");
  EXPECT_EQ(concluded(Conclusion::skipped), "exit 0");
  EXPECT_EQ(concluded(Conclusion::fail), "exit 1: a gate failed");
  report.statistics.inconclusive = OnInconclusive::warn;
  EXPECT_EQ(concluded(Conclusion::inconclusive), "exit 0");
  report.statistics.inconclusive = OnInconclusive::fail;
  EXPECT_EQ(concluded(Conclusion::inconclusive), "exit 4: undecided, and policy says fail");
}

TEST(ExitNote, IsEmptyWhereThePolicyIsNotInTheReport) {
  Report report;
  report.verdict.conclusion = Conclusion::no_baseline;
  EXPECT_EQ(note_of(report), "");
}

TEST(ExitNote, OfARunThatOnlyObservesIsZero) {
  Report report;
  report.mode = Mode::observe;
  report.verdict.conclusion = Conclusion::fail;
  EXPECT_EQ(note_of(report), "exit 0");
}

}  // namespace
}  // namespace perfwarden::report
