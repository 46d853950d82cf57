#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/read.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/raw.hpp"

namespace perfwarden::ingest {

inline constexpr std::string_view k_process = "process";  // the benchmark that carries the kernel's accounting

// The metrics that a suite's extra runs count.
[[nodiscard]] std::vector<std::string> counted_metrics(const Suite& suite);

// raw.counts as series of their suites: benchmark "process" (and the case) or the file's name. Primary, unless the
// config declares otherwise. Deterministic only where all values of each side are equal: otherwise they are noisy
// numbers like any other. A metric of the same name that a benchmark reports itself replaces the count.
void add_counts(const Raw& raw, const Plan& plan, const Config& config, SidedSamples& samples);

}  // namespace perfwarden::ingest
