#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace perfwarden::stats {

// A TieGroup is a run of equal values in sorted order. Midranks are doubled so that they are integers.
struct TieGroup {
  std::size_t count = 0;
  std::uint64_t doubled_rank = 0;  // 2·before + count + 1, ranks counted from 1
};

// Doubled midranks of `values`, in their order; `groups` (optional) receives the tie groups in
// ascending order. NaN is not allowed.
[[nodiscard]] std::vector<std::uint64_t> doubled_midranks(std::span<const double> values,
                                                          std::vector<TieGroup>* groups = nullptr);

// Σ (t³ − t) over tie groups of size t: used by tie corrections.
[[nodiscard]] double tie_term(std::span<const TieGroup> groups);

}  // namespace perfwarden::stats
