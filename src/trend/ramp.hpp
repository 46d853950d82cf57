#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "trend/partition.hpp"

namespace perfwarden::trend {

// A Ramp is the stretch [begin, end) in which a series goes from one level to the next in a straight line; empty for a
// step.
struct Ramp {
  std::size_t begin = 0, end = 0;
};

// The ramp that explains a group of changes better than its steps do: two levels with a line between them, against the
// levels between `borders` (b0 < … < bk, the group with its outer segments), by Schwarz's criterion with the given
// variance of a mean. nullopt when the steps are as good. A ramp has at least 5 values.
[[nodiscard]] std::optional<Ramp> better_ramp(const Sums& sums, std::span<const std::size_t> borders, double variance);

}  // namespace perfwarden::trend
