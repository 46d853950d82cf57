#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>

#include "report/page/medium.hpp"
#include "report/page/page.hpp"

namespace perfwarden::report {

// Which parts of a report go into a view.
struct ViewOptions {
  Medium medium = Medium::plain;
  std::size_t top = 8;                                            // rows of the short table
  std::size_t rows = std::numeric_limits<std::size_t>::max();     // rows of the whole table
  std::size_t named = std::numeric_limits<std::size_t>::max();    // new and vanished benchmarks that are named
  std::size_t details = std::numeric_limits<std::size_t>::max();  // blocks about one series each
  bool pictures = false;                                          // inline SVG, HTML only
  // Makes the text `block` from the details of each series; the lists then hold only these blocks.
  std::function<std::string(const Data&)> block = nullptr;
  // Makes the text of one profile.*.mustache from the names of a ProfileDiff; without it, no profiles are shown.
  std::function<std::string(const Data&)> profile = nullptr;
  std::size_t profiles = std::numeric_limits<std::size_t>::max();
  std::size_t functions = 5;  // rows of a profile's tables
  std::size_t columns = 80;   // terminal
  std::string exit_note;      // terminal: "exit 1: a gate failed"
};

// The one view: a Report as the data that templates are filled with. Every value is text that is harmless in its
// medium, a list, or true/false; an absent text is false, so that {{#x}} tests for it. The names are listed and
// explained in templates/README.md.
[[nodiscard]] Data make_view(const Report& report, const Phrases& phrases, const ViewOptions& options);

// The state of one series, as a CSS class and the end of the phrases mark_… and sign_…: "broken" (soft or hard),
// "warned", "worse" (not gated), "undecided", "moved" (placement), "better", "new", "gone", "ok".
[[nodiscard]] std::string_view state_of(const Report& report, std::size_t i);
// The state of the run: "fail", "observed" (would fail), "pass", "undecided", "unknown" (no baseline),
// "accepted", "skipped".
[[nodiscard]] std::string_view state_of(const Report& report);

}  // namespace perfwarden::report
