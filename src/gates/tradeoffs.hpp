#pragma once

#include <span>

#include "model/config.hpp"
#include "model/report.hpp"

namespace perfwarden::gates {

// Finds the metrics that got worse for certain while another metric of the benchmark got better, or while its primary
// one is judged unchanged. Where a rule of the config accepts it, broken soft limits on the change of `cost` become
// warnings: when cost got worse by no more than the rule's rate times the gain, both at the end of their one-sided 95 %
// bound that speaks against it. Hard and absolute limits stay as they are. The counts of the verdict follow. Warns of a
// rule whose metrics the benchmarks that it matches do not have.
void apply_tradeoffs(std::span<const Comparison> comparisons, const Config& config, Verdict& verdict);

}  // namespace perfwarden::gates
