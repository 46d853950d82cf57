#pragma once

#include <string>

#include "dashboard/api/question.hpp"
#include "dashboard/desk.hpp"

// What other programs read of the history, in their own forms.
namespace perfwarden::dashboard {

// OpenMetrics 1.0: the gate, alerts, suites, and the newest medians of at most 1000 benchmarks; no label names a
// commit.
[[nodiscard]] Result<std::string> open_metrics(const Desk& desk);
// RFC 4287: the 50 newest alerts. Links are relative to the address of the feed.
[[nodiscard]] Result<std::string> atom_feed(const Desk& desk);
// An answer to `series/{id}` as a picture, for chats and readmes. `dark`: light lines on a dark ground.
[[nodiscard]] std::string chart_svg(const Json& chart, bool dark);

}  // namespace perfwarden::dashboard
