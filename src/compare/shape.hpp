#pragma once

#include "model/comparison.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Warns about unusual distributions of the values; no verdict changes. "multi-modal": the values of a
// side fall into two groups with a gap between. "not-steady": within their processes, the later half of the repetitions
// differs from the first in nearly every process (sign test, p < 0.01): not warmed up yet, or slowing down.
void name_shape(Comparison& comparison, const Series& base, const Series& head);

}  // namespace perfwarden::compare
