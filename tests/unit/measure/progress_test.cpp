#include "measure/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

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
  ProgressView view_{console_, clock_, true};
  ProgressView log_{console_, clock_, false};
  Progress half_{5, 10, 65, 65.4, "core: head, run 3 of 10", false};
};

TEST_F(View, InPlaceTheBarIsRedrawn) {
  view_.show(half_);
  EXPECT_EQ(console_.err_text,
            "\r████████████░░░░░░░░░░░░  50 %  1 min 05 s left  core: head, run 3 of 10\x1b[K\x1b[J");
  EXPECT_EQ(console_.out_text, "");
}

TEST_F(View, AtMostTenTimesASecond) {
  view_.show(half_);
  console_.err_text.clear();
  clock_.tick(0.05);
  view_.show(half_);
  EXPECT_EQ(console_.err_text, "");
  clock_.tick(0.06);
  view_.show(half_);
  EXPECT_NE(console_.err_text, "");
}

TEST_F(View, NothingIsDrawnWhileAMeasuredProcessRuns) {
  half_.measuring = true;
  view_.show(half_);
  EXPECT_EQ(console_.err_text, "");
  log_.show(half_);  // one line in 30 s keeps a CI from taking the job for dead
  EXPECT_NE(console_.err_text, "");
}

TEST_F(View, NeverWiderThanTheTerminal) {
  half_.what = std::string(200, 'w') + "日本語";
  for (const std::size_t width : {1U, 2U, 10U, 20U, 43U, 44U, 45U, 80U, 200U}) {
    console_.width = width;
    ProgressView view(console_, clock_, true);
    console_.err_text.clear();
    view.show(half_);
    const std::string shown = console_.err_text.substr(1, console_.err_text.size() - 7);
    EXPECT_LE(text::display_width(shown), width) << shown;
  }
}

TEST_F(View, ClearLeavesNoTraceAndIsSilentWithoutABar) {
  view_.clear();
  EXPECT_EQ(console_.err_text, "");
  view_.show(half_);
  console_.err_text.clear();
  view_.clear();
  EXPECT_EQ(console_.err_text, "\r\x1b[J");
  view_.clear();
  EXPECT_EQ(console_.err_text, "\r\x1b[J");
}

TEST_F(View, LinesAboveTheBarAreRedrawnFromTheFirstOneOn) {
  view_.set_above([](std::size_t, std::size_t) { return std::vector<std::string>{"one", "two"}; });
  view_.show(half_);
  EXPECT_THAT(console_.err_text, testing::StartsWith("\rone\x1b[K\ntwo\x1b[K\n"));
  console_.err_text.clear();
  clock_.tick(1);
  view_.show(half_);
  EXPECT_THAT(console_.err_text, testing::StartsWith("\r\x1b[2Aone\x1b[K\n"));
  console_.err_text.clear();
  view_.clear();
  EXPECT_EQ(console_.err_text, "\r\x1b[2A\x1b[J");
}

TEST_F(View, LinesAboveTheBarGetTheRoomOfTheTerminalAndNoneOnATinyOne) {
  std::size_t rows_given = 0;
  view_.set_above([&](std::size_t columns, std::size_t rows) {
    rows_given = rows;
    return std::vector<std::string>(rows, std::string(columns - 1, 'x'));
  });
  console_.height = 10;
  view_.show(half_);
  EXPECT_EQ(rows_given, 7U);
  EXPECT_LT(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 10);
  rows_given = 0;
  console_.height = 2;
  clock_.tick(1);
  view_.show(half_);
  EXPECT_EQ(rows_given, 0U);
}

TEST_F(View, AfterAResizeTheNextDrawingGoesBelowTheLast) {
  view_.set_above([](std::size_t, std::size_t) { return std::vector<std::string>{"one"}; });
  view_.show(half_);
  console_.err_text.clear();
  console_.width = 40;
  clock_.tick(1);
  view_.show(half_);
  EXPECT_THAT(console_.err_text, testing::StartsWith("\n\rone"));
}

TEST_F(View, ElsewhereLinesAboveTheBarAreNotAskedFor) {
  log_.set_above([](std::size_t, std::size_t) -> std::vector<std::string> { throw std::logic_error("asked"); });
  log_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 1);
}

TEST_F(View, ElsewhereALineEveryThirtySecondsAndOneAtTheEnd) {
  log_.show(half_);
  EXPECT_EQ(console_.err_text, "perfwarden: 5 of 10 steps, 1 min 05 s left; core: head, run 3 of 10\n");
  clock_.tick(29);
  log_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 1);
  clock_.tick(2);
  log_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 2);
  console_.err_text.clear();
  log_.show({10, 10, 3700, 0.0, "", false});
  EXPECT_EQ(console_.err_text, "perfwarden: 10 steps done in 1 h 01 min\n");
  log_.clear();
  EXPECT_THAT(console_.err_text, testing::Not(HasSubstr("\x1b")));
}

TEST_F(View, WithoutAnEstimateTheElapsedTimeIsShown) {
  half_.left_s = std::nullopt;
  log_.show(half_);
  EXPECT_THAT(console_.err_text, HasSubstr("1 min 05 s so far"));
}

TEST_F(View, HostileNamesStayOnOneLine) {
  half_.what = "core/x\n::error::owned\x1b[2J";
  log_.show(half_);
  EXPECT_EQ(std::count(console_.err_text.begin(), console_.err_text.end(), '\n'), 1);
  EXPECT_THAT(console_.err_text, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace perfwarden::measure
