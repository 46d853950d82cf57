#include "trend/triage.hpp"

#include <gtest/gtest.h>

namespace perfwarden::trend {
namespace {

Alert alert_in(AlertStatus status, Resolution how = Resolution::none) {
  Alert alert;
  alert.id = 7;
  alert.last_before = "aaaa";
  alert.first_changed = "bbbb";
  alert.events = {{3, "2026-11-29T10:00:00Z", "ada", status, how, ""}};
  return alert;
}

Result<AlertEvent> done(const char* name, const Alert& alert, const Doing& doing = {"bob", "now", "why"}) {
  return event_of(*find_action(name), alert, doing);
}

TEST(Triage, AnActionAddsTheNextEvent) {
  const auto event = done("acknowledge", alert_in(AlertStatus::open));
  ASSERT_TRUE(event);
  EXPECT_EQ(*event, (AlertEvent{4, "now", "bob", AlertStatus::acknowledged, Resolution::none, "why"}));
}

TEST(Triage, TheFirstWayIsMeantWhereNoneIsNamed) {
  EXPECT_EQ(done("resolve", alert_in(AlertStatus::open))->resolution, Resolution::fixed);
  EXPECT_EQ(done("false-positive", alert_in(AlertStatus::open))->resolution, Resolution::noise);
  EXPECT_EQ(done("resolve", alert_in(AlertStatus::open), {"bob", "now", "why", "reverted"})->resolution,
            Resolution::reverted);
}

TEST(Triage, AWayOfAnotherActionIsRefused) {
  const auto event = done("resolve", alert_in(AlertStatus::open), {"bob", "now", "why", "noise"});
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().what, "'noise' is not a way to resolve an alert");
}

TEST(Triage, WhatHasEndedCanOnlyBeReopenedOrMoved) {
  const Alert ended = alert_in(AlertStatus::resolved, Resolution::fixed);
  for (const Action& action : actions())
    EXPECT_EQ(is_possible(action, ended), action.name == "reopen" || action.name == "nudge") << action.name;
  EXPECT_FALSE(done("acknowledge", alert_in(AlertStatus::acknowledged)));
}

TEST(Triage, ABumpAcceptsTheNewLevel) {
  const auto event = done("bump", alert_in(AlertStatus::open));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->status, AlertStatus::resolved);
  EXPECT_EQ(event->resolution, Resolution::accepted);
}

TEST(Triage, ANudgeMovesTheChangeAndNothingElse) {
  Alert alert = alert_in(AlertStatus::resolved, Resolution::fixed);
  const auto event = done("nudge", alert, {"bob", "now", "why", "", {"bbbb", "cccc"}});
  ASSERT_TRUE(event);
  EXPECT_EQ(event->status, AlertStatus::resolved);
  EXPECT_EQ(event->resolution, Resolution::fixed);
  alert.events.push_back(*event);
  EXPECT_EQ(alert.range(), (CommitRange{"bbbb", "cccc"}));
  EXPECT_EQ(alert.first_changed, "bbbb");  // as it was found
}

TEST(Triage, ANudgeToNowhereOrToWhereItIsIsRefused) {
  EXPECT_FALSE(done("nudge", alert_in(AlertStatus::open)));
  EXPECT_FALSE(done("nudge", alert_in(AlertStatus::open), {"bob", "now", "why", "", {"aaaa", "bbbb"}}));
}

}  // namespace
}  // namespace perfwarden::trend
