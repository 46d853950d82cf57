#include "measure/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "support/fakes.hpp"

namespace perfwarden::measure {
namespace {

using support::FakeClock;
using support::FakeConsole;
using testing::HasSubstr;

class View : public testing::Test {
 protected:
  FakeConsole console_;
  FakeClock clock_;
  ProgressView view_{console_, clock_};
  Progress half_{5, 10, 65, 65.4, "core: head, run 3 of 10"};
};

TEST_F(View, OnATerminalTheBarIsRedrawnInPlace) {
  console_.terminal = true;
  view_.show(half_);
  EXPECT_EQ(console_.err_text, "\r████████████░░░░░░░░░░░░  50 %  1 min 05 s left  core: head, run 3 of 10\x1b[K");
  EXPECT_EQ(console_.out_text, "");
}

TEST_F(View, AtMostTenTimesASecond) {
  console_.terminal = true;
  view_.show(half_);
  console_.err_text.clear();
  clock_.tick(0.05);
  view_.show(half_);
  EXPECT_EQ(console_.err_text, "");
  clock_.tick(0.06);
  view_.show(half_);
  EXPECT_NE(console_.err_text, "");
}

TEST_F(View, NeverWiderThanTheTerminal) {
  console_.terminal = true;
  half_.what = std::string(200, 'w') + "日本語";
  for (const std::size_t width : {1U, 2U, 10U, 20U, 43U, 44U, 45U, 80U, 200U}) {
    console_.width = width;
    console_.err_text.clear();
    clock_.tick(1);
    view_.show(half_);
    const std::string shown = console_.err_text.substr(1, console_.err_text.size() - 4);
    EXPECT_LE(text::display_width(shown), width) << shown;
  }
}

TEST_F(View, ClearLeavesNoTraceAndIsSilentWithoutABar) {
  view_.clear();
  EXPECT_EQ(console_.err_text, "");
  console_.terminal = true;
  view_.show(half_);
  console_.err_text.clear();
  view_.clear();
  EXPECT_EQ(console_.err_text, "\r\x1b[K");
  view_.clear();
  EXPECT_EQ(console_.err_text, "\r\x1b[K");
}

TEST_F(View, ElsewhereALineEveryThirtySecondsAndOneAtTheEnd) {
  view_.show(half_);
  EXPECT_EQ(console_.err_text, "perfwarden: 5 of 10 steps, 1 min 05 s left; core: head, run 3 of 10\n");
  clock_.tick(29);
  view_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 1);
  clock_.tick(2);
  view_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 2);
  console_.err_text.clear();
  view_.show({10, 10, 3700, 0.0, ""});
  EXPECT_EQ(console_.err_text, "perfwarden: 10 steps done in 1 h 01 min\n");
  view_.clear();
  EXPECT_THAT(console_.err_text, testing::Not(HasSubstr("\x1b")));
}

TEST_F(View, WithoutAnEstimateTheElapsedTimeIsShown) {
  half_.left_s = std::nullopt;
  view_.show(half_);
  EXPECT_THAT(console_.err_text, HasSubstr("1 min 05 s so far"));
}

TEST_F(View, HostileNamesStayOnOneLine) {
  half_.what = "core/x\n::error::owned\x1b[2J";
  view_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 1);
  EXPECT_THAT(console_.err_text, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace perfwarden::measure
