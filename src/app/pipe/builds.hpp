#pragma once

#include <vector>

#include "app/pipe/trial.hpp"
#include "model/hypothesis.hpp"

namespace perfwarden::app {

// What the programs of both sides say they were built with, where it differs: of each suite whose programs were
// compared, of images in the sides' own checkouts. What cannot be read says nothing.
[[nodiscard]] std::vector<BuildDifference> compare_builds(const Trial& trial);

}  // namespace perfwarden::app
