#include "profile/diff/run_counts.hpp"

#include "profile/diff/sampling.hpp"
#include "profile/diff/significance.hpp"

namespace perfwarden::profile {

void add_runs(std::span<const Profile> recordings, const Merged& merged, std::size_t type, std::size_t side,
              RunCounts& into) {
  for (std::size_t run = 0; run < recordings.size(); ++run) {
    const Profile& one = recordings[run];
    const Columns columns = columns_of_nodes(one, type);
    const Sampling sampling = sampling_of(columns);
    Sample whole;
    std::vector<double> cost(merged.profile.tree.frames.size(), 0);
    for (NodeId id = 1; id < one.tree.size(); ++id) {
      const double own = columns.cost[id];
      const double samples = sampling.unit > 0 ? own / sampling.unit : sampling.counts[id];
      whole += {own, samples > 0 ? own * own / samples : 0, samples};
      cost[merged.frames[run][one.tree.node(id).frame]] += own;
    }
    const double all = effective_samples(whole);
    for (double& function : cost) function *= whole.cost > 0 ? all / whole.cost : 0;
    into.runs[side].push_back(std::move(cost));
    into.totals[side].push_back(all);
  }
}

Spread spread_of(const RunCounts& counts, const United& united, bool of_shares) {
  std::array<Runs, 2> runs;
  for (std::size_t side = 0; side < 2; ++side) {
    for (const std::vector<double>& run : counts.runs[side]) {
      std::vector<double>& functions = runs[side].emplace_back(united.tree.frames.size(), 0);
      for (std::size_t frame = 0; frame < run.size(); ++frame) functions[united.frames[side][frame]] += run[frame];
    }
  }
  return Spread::estimated(overdispersion_of(runs, counts.totals, of_shares));
}

}  // namespace perfwarden::profile
