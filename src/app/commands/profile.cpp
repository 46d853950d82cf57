#include <memory>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/exit_code.hpp"
#include "app/profile/files.hpp"

namespace perfwarden::app {
namespace {

Run declare_profile(Verb& verb) {
  verb.require_subcommand();
  const auto chosen = std::make_shared<std::size_t>(0);
  std::vector<Run> runs;
  for (std::size_t i = 0; i < profile_verbs().size(); ++i) {
    const Command& row = *profile_verbs()[i];
    Verb sub = verb.add_subcommand(std::string(row.name), std::string(row.summary), [chosen, i] { *chosen = i; });
    runs.push_back(row.declare(sub));
  }
  return [chosen, runs = std::move(runs)](World& world) { return runs[*chosen](world); };
}

}  // namespace

extern const Command k_command_profile{"profile",
                                       "Which code did it: record, fold, top, diff, draw and convert profiles",
                                       declare_profile,
                                       "  perfwarden profile record --output head.perf-folded -- ./build/bench\n"
                                       "  perfwarden profile diff base.perf-folded head.perf-folded --gate\n"
                                       "  perfwarden profile flamegraph head.perf-folded -o flames.svg",
                                       {k_gate_failed, k_not_measured}};

}  // namespace perfwarden::app
