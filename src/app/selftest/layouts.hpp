#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/world.hpp"
#include "app/pipe/tuned_machine.hpp"
#include "base/result.hpp"
#include "model/config.hpp"
#include "model/placement.hpp"
#include "model/report.hpp"

// `selftest --placement`: HEAD against itself with unused code of random size linked in front, so that all of its
// functions lie elsewhere. Whatever differs is placement. (docs/statistics.md, Placement)
namespace perfwarden::app {

struct LayoutOptions {
  std::vector<std::string> suites;  // names; empty = all
  std::size_t layouts = 8;          // that are compared with HEAD as it is
  std::size_t pairs = 10;           // of each benchmark and layout
  std::uint64_t seed = 0;           // of the sizes, and of the order in which the sides alternate
};

struct MeasuredLayouts {
  PlacementRanges ranges;
  std::vector<std::string> not_moved;  // suites whose programs came out the same, so that nothing is known of them
};

// Builds and measures every layout. Error (usage) when nothing is built here.
[[nodiscard]] Result<MeasuredLayouts> measure_layouts(World& world, const Config& config, const TunedMachine& machine,
                                                      const LayoutOptions& options);

// The ranges over the reports of the layouts, each of HEAD moved (head) against HEAD (base), of timed metrics alone.
[[nodiscard]] std::vector<PlacementRange> ranges_of(const std::vector<Report>& layouts);

// One line a benchmark: "core/sort wall_time: +0.0 % … +18.0 %, each ± 0.4 %; a change below 18.0 % cannot be told from
// placement".
[[nodiscard]] std::string text_of(const MeasuredLayouts& layouts);

}  // namespace perfwarden::app
