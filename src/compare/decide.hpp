#pragma once

#include <vector>

#include "compare/case.hpp"

namespace perfwarden::compare {

// The numbers of the evidence, put where the report looks for them.
void show(Case& one);

// The second pass: what one series may claim among the others of its run. Lends small samples the run's typical
// spread, adds what a single run cannot see, corrects over the run, and sets every field of the comparison that the
// first pass left open. Cases that are `decided` already are left as they are.
void decide(std::vector<Case>& cases, RunFacts setting);

}  // namespace perfwarden::compare
