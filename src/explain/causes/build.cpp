#include <fmt/format.h>

#include "explain/causes/cause.hpp"

namespace perfwarden::explain {

// optimisation, sanitizer, compiler, flags: the programs of both sides name what they were built with, and it differs.
// How much that costs is not known. It comes before the code: another build makes code differ that nobody changed.
std::vector<Candidate> by_build(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  for (const BuildDifference& one : slowdown.report->build_differences) {
    if (one.suite != slowdown.suite) continue;
    out.push_back({.kind = one.what,
                   .subject = fmt::format("base has {}, head has {}, which", one.base, one.head),
                   .evidence = {fmt::format("{}: base {}, head {}", one.what, one.base, one.head)},
                   .rank = k_rank_other_build});
  }
  return out;
}

}  // namespace perfwarden::explain
