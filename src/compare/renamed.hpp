#pragma once

#include <vector>

#include "model/comparison.hpp"

namespace perfwarden::compare {

// Sets renamed_to, and a warning on both, where a benchmark that is only in base and one of the same suite that is only
// in head have similar names and similar values (medians within 25 %). Each benchmark is used once; nearest names
// first. Compares at most about ten thousand pairs of names.
void find_renamed(std::vector<Comparison>& comparisons);

}  // namespace perfwarden::compare
