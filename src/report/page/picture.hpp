#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/comparison.hpp"

namespace perfwarden::report {

// The words inside a picture, already neutralised for HTML.
struct PictureWords {
  std::string base, head;
  std::string limit;          // as written; empty when none
  std::string better, worse;  // at the ends of the axis of change
  std::string state;          // CSS class of the interval: "broken", "ok", …
};

// An inline SVG, 420 units wide, of every invocation of both sides as dots on one axis with the medians as bars.
// Colours come from the page's style. Empty when there is nothing to draw. Hide it from screen readers: the numbers are
// beside it as text.
[[nodiscard]] std::string strip_picture(const Comparison& comparison, const PictureWords& words);

// An inline SVG of the medians of earlier runs, oldest first, and of this run's (`now`), on an axis of time without a
// scale. Empty with fewer than two earlier ones.
[[nodiscard]] std::string course_picture(const std::vector<double>& earlier, double now, const std::string& unit);

// An inline SVG of the change's interval and estimate against zero and the limit. Worse is always to the right; ticks
// carry the change as measured. `limit` is a change of head against base (facts.hpp). Empty without an estimate.
[[nodiscard]] std::string zone_picture(const Comparison& comparison, std::optional<double> limit,
                                       const PictureWords& words);

// One line of a forest plot, 132 units wide: interval, estimate, zero and limit on an axis from −scale to scale that
// all rows share; anything outside is cut at the edge. Empty without an estimate.
[[nodiscard]] std::string forest_picture(const Comparison& comparison, std::optional<double> limit, double scale,
                                         const std::string& state);
// The scale of a forest plot in which most of these series fit: a fraction from 0.02 to 0.5.
[[nodiscard]] double forest_scale(const std::vector<Comparison>& comparisons);

}  // namespace perfwarden::report
