#include "app/history/digest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace perfwarden::app {
namespace {

Alert alert_of(const std::string& benchmark, const std::string& found, AlertEvent state) {
  Alert alert;
  alert.series = {"core", benchmark, "wall_time"};
  alert.branch = "main";
  alert.detected_at = found;
  alert.first_changed = std::string(40, 'b');
  alert.before = 1;
  alert.after = 1.1;
  alert.confidence = Confidence::high;
  alert.events = {{1, found, "perfwarden", AlertStatus::open, Resolution::none, "found"}};
  if (state.version > 1) alert.events.push_back(std::move(state));
  return alert;
}

const AlertEvent k_none{};

TEST(Digest, SaysWhatEndedWhatIsNewAndWhatIsStillOpen) {
  const std::vector<Alert> alerts{
      alert_of("fixed", "2026-10-01T00:00:00Z",
               {2, "2026-11-27T00:00:00Z", "ada", AlertStatus::resolved, Resolution::fixed, "#12\n<@all>"}),
      alert_of("long gone", "2026-10-01T00:00:00Z",
               {2, "2026-10-02T00:00:00Z", "ada", AlertStatus::resolved, Resolution::fixed, "#1"}),
      alert_of("noise", "2026-11-26T00:00:00Z",
               {2, "2026-11-27T00:00:00Z", "bob", AlertStatus::false_positive, Resolution::noise, "cold"}),
      alert_of("fresh", "2026-11-28T00:00:00Z", k_none),
      alert_of("old", "2026-10-01T00:00:00Z",
               {2, "2026-10-03T00:00:00Z", "eve", AlertStatus::acknowledged, Resolution::none, "looking"})};
  EXPECT_EQ(digest_of(alerts, "main", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"),
            "Performance of main, 2026-11-22 to 2026-11-29: 2 ended, 1 new, 1 still open\n"
            "\nEnded:\n"
            "- core/fixed/wall_time +10.0 % since bbbbbbbbbb: fixed by ada: #12 <@all>\n"
            "- core/noise/wall_time +10.0 % since bbbbbbbbbb: false positive, noise by bob: cold\n"
            "\nNew:\n"
            "- core/fresh/wall_time +10.0 % since bbbbbbbbbb, HIGH: found 2026-11-28, nobody looks at it\n"
            "\nStill open:\n"
            "- core/old/wall_time +10.0 % since bbbbbbbbbb, HIGH: found 2026-10-01, acknowledged by eve\n");
  EXPECT_EQ(digest_of(alerts, "other", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"), "");
}

TEST(Digest, OfManyAlertsIsShort) {
  const std::vector<Alert> alerts(500, alert_of("fresh", "2026-11-28T00:00:00Z", k_none));
  const std::string text = digest_of(alerts, "main", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z");
  EXPECT_NE(text.find("500 new"), std::string::npos);
  EXPECT_NE(text.find("- and 480 more\n"), std::string::npos);
}

}  // namespace
}  // namespace perfwarden::app
