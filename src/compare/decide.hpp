#pragma once

#include <vector>

#include "compare/case.hpp"

namespace perfwarden::compare {

// The numbers of the evidence, put where the report looks for them.
void show(Case& one);

// Widens the bounds on the worse side by what a coarse clock hides, and says so where it matters. Bounds must be set.
void allow_for_clock(Case& one);

// The second pass: what one series may claim among the others of its run. Lends pairs the run's typical
// spread, adds what a single run cannot see, corrects over the run, and sets every field of the comparison that the
// first pass left open. Cases that are `decided` already are left as they are.
void decide(std::vector<Case>& cases, RunFacts setting);

}  // namespace perfwarden::compare
