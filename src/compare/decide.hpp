#pragma once

#include <vector>

#include "compare/case.hpp"

namespace perfwarden::compare {

// Copies the numbers of the evidence to the fields that the report reads.
void show(Case& one);

// Widens the bounds on the worse side by what a coarse clock hides, with a warning where that matters. Bounds must be
// set.
void allow_for_clock(Case& one);

// The second pass: evaluates one series together with the others of its run. Gives pairs the run's typical spread, adds
// the spread between runs, corrects over the run, and sets every field of the comparison that the first pass left open.
// Cases already `decided` are not changed.
void decide(std::vector<Case>& cases, RunFacts setting);

}  // namespace perfwarden::compare
