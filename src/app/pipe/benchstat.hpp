#pragma once

#include <string>

#include "model/series.hpp"

namespace perfwarden::app {

// Two sides as Go's benchstat prints them (golang/perf, cmd/benchstat): for each unit a table with the median of each
// side, ± half the width of its 95 % interval in percent (∞ below 6 values), the change where a Mann–Whitney test gives
// p < 0.05 and "~" where it does not, p and n, and the geometric mean of all benchmarks that both sides have. A value
// is a process where there are several, else a repetition. Names of benchmarks are made safe to print; so are the
// sides'.
[[nodiscard]] std::string benchstat_text(const Samples& base, const Samples& head, const std::string& base_name,
                                         const std::string& head_name);

}  // namespace perfwarden::app
