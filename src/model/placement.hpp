#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/series.hpp"

namespace perfwarden {

// A PlacementRange is by how much a benchmark was seen to differ when nothing but the place of its code changed.
struct PlacementRange {
  SeriesId id;
  // Changes as fractions, low ≤ 0 ≤ high: of the layouts measured, those with the least and the largest ratio to the
  // reference.
  double low = 0, high = 0;
  double error = 0;  // how far the estimate of one layout may be off, by its interval; a fraction
  friend bool operator==(const PlacementRange&, const PlacementRange&) = default;
};

// What `selftest --placement` measured of one commit on one machine.
struct PlacementRanges {
  std::string commit, time, fingerprint;
  std::size_t layouts = 0;  // that were compared with the reference
  std::vector<PlacementRange> ranges;
  friend bool operator==(const PlacementRanges&, const PlacementRanges&) = default;
};

// Code of a warning of a comparison: its change is within what placement alone did to this benchmark.
inline constexpr std::string_view k_within_placement = "within-placement";

}  // namespace perfwarden
