#pragma once

#include <string>
#include <vector>

#include "model/report.hpp"
#include "report/renderer.hpp"

namespace perfwarden::report {

// The one sentence that a person needs first: "2 of 14 benchmarks are slower than their budget: parse/large
// +9.8 % (HIGH)". No emoji. Plain text on one line; not escaped for any medium.
[[nodiscard]] std::string verdict_line(const Report& report, const Templates& templates = {});
// What to do next, one sentence each: fix or accept by label, rerun, raise iterations, record a
// baseline. May be empty.
[[nodiscard]] std::vector<std::string> next_steps(const Report& report, const Templates& templates = {});
// Indices of comparisons in the order a reader wants: regressions worst first, then inconclusive,
// improvements, new and vanished, then what passed; series that are not gated come last within
// their group.
[[nodiscard]] std::vector<std::size_t> reading_order(const Report& report);

}  // namespace perfwarden::report
