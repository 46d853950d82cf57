#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/comparison.hpp"

namespace perfwarden::ingest {

// The comparisons of a text that benchstat printed (golang.org/x/perf, both the tables with "vs base" and the older
// ones with "old time/op"), or `compare --style benchstat`, or benchcmp. nullopt: the text is not such a table. Error
// (parse) for a table without any row.
//
// A row has the medians of both sides, "± 2 %" of each, the change or "~", p and n. The bounds of its change come from
// both intervals, each taken at its far end, which is wider than the change's own interval. A row without p is judged
// by its change alone, which a warning of the comparison says.
[[nodiscard]] Result<std::optional<std::vector<Comparison>>> read_benchstat(std::string_view text,
                                                                            const std::string& file_name);

// Code of the warning of a comparison that has no p.
inline constexpr std::string_view k_no_test = "no-test";

}  // namespace perfwarden::ingest
