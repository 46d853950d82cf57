#pragma once

#include <vector>

#include "model/comparison.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Marks what fails on head where it does not on base: those comparisons become failed_on_head, one a benchmark, with
// the numbers of failed runs and the first reason; a benchmark that never gave a value gets a comparison of its own.
// Any failure on head counts where base has none. Where base fails too, head must fail more often than chance
// explains (p ≤ 0.05, hypergeometric tail); what fails alike on both sides is only warned of, and undecided
// where head lost values by it. `comparisons` are sorted by id, before and after.
void mark_failed(std::vector<Comparison>& comparisons, const Samples& base, const Samples& head);

}  // namespace perfwarden::compare
