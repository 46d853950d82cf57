#pragma once

#include "model/comparison.hpp"
#include "model/series.hpp"

namespace perfwarden::compare {

// Names what is odd about how the values lie, as warnings; no verdict changes by it. "multi-modal": the values of a
// side fall into two groups with a gap between. "not-steady": within their processes, the later half of the repetitions
// differs from the first in nearly every process (sign test, p < 0.01): not warm yet, or wearing out.
void name_shape(Comparison& comparison, const Series& base, const Series& head);

}  // namespace perfwarden::compare
