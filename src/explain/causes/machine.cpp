#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "explain/causes/cause.hpp"

namespace perfwarden::explain {

// machine: base and head ran on machines that differ. busy-machine, steal, quota: something took time from the
// benchmarks; it took it from both sides, so that this is only what else it may be.
std::vector<Candidate> by_machine(const Slowdown& slowdown) {
  std::vector<Candidate> out;
  for (const MachineDifference& one : slowdown.report->machine_differences)
    out.push_back({.kind = "machine",
                   .subject = fmt::format("{} differs ({} and {}), which", one.fact, one.base, one.head),
                   .evidence = {fmt::format("{}: base {}, head {}", one.fact, one.base, one.head)},
                   .rank = k_rank_other_machine});
  struct Disturbance {
    std::string_view warning, kind, subject;
  };
  static constexpr std::array<Disturbance, 3> k_disturbances{
      {{"machine-busy", "busy-machine", "what other programs did at the same time"},
       {"machine-steal", "steal", "the time that other virtual machines took"},
       {"machine-quota", "quota", "the time in which the quota held it"}}};
  for (const Warning& warning : slowdown.report->warnings)
    for (const Disturbance& one : k_disturbances)
      if (warning.code == one.warning)
        out.push_back(
            {.kind = one.kind, .subject = std::string(one.subject), .evidence = {warning.text}, .rank = k_rank_remote});
  return out;
}

}  // namespace perfwarden::explain
