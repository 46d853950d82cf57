#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "app/cli/world.hpp"
#include "app/pipe/checkouts.hpp"
#include "base/result.hpp"
#include "checkout/build_cache.hpp"
#include "measure/children.hpp"
#include "model/config.hpp"
#include "model/plan.hpp"
#include "model/run_context.hpp"

namespace perfwarden::app {

// KeptBuilds are the builds of this run's two sides that the build cache has or gets (config: build-cache).
//
// Who writes to the cache decides what later pull requests are compared with. So:
// - It is used only where its folder belongs to us, nobody else may write to it, and it is outside of the checkout.
// - A run for a pull request from a fork never writes to the cache: base is built beside the fork's code, by the same
//   user, so that code could have changed base's files too. Such a run reads the cache at most.
// - It reads the cache only where that code cannot write to it: we are root, and children run as the workspace's owner.
// - Builds are kept before anything is measured, and are on the disk by then, so that nothing is written while a
//   benchmark runs.
class KeptBuilds {
 public:
  // Restores kept builds into the sides' worktrees and removes those builds from the plan. Does nothing when the cache
  // is off, the plan builds nothing, or the sides are not our own worktrees. What forbids its use is a warning in
  // `sides`.
  [[nodiscard]] static Result<KeptBuilds> look_up(World& world, const Config& config, const RunContext& context,
                                                  Checkouts& sides, Plan& plan);
  // Keeps what was just built. A build that cannot be kept is a note, not an error: it was made all the same.
  void keep(World& world, const std::map<Side, double>& build_s) const;

 private:
  struct Lookup {
    bool to_keep = false;
    std::string worktree, tree;
    checkout::BuildKey key;
    os::Tree checkout;  // before the build
  };
  void keep_side(World& world, Side side, double build_s) const;
  [[nodiscard]] Status look_up_side(World& world, const Config& config, Side side, Checkouts& sides, Plan& plan);

  std::optional<checkout::BuildCache> cache_;  // nullopt = not used
  bool read_only_ = false;
  std::array<Lookup, 2> sides_;  // base, head
};

// Whether a variable changes from run to run and says nothing about the build: those of GitHub's runner and of shells.
[[nodiscard]] bool is_of_the_run(std::string_view variable);

// Everything that the build of one side depends on, by name: the tree, the path that it is built at, the checkout's
// files, the plan's build commands, their environment (values as digests, since some may be secrets), the user's
// build-cache.key, and the toolchain.
struct BuildOf {
  std::string tree, worktree;
  std::string directory;  // that commands run in: the worktree or a folder below it
  const os::Tree* checkout = nullptr;
  std::string extra;  // build-cache.key
};
[[nodiscard]] checkout::BuildKey build_key(os::Processes& processes, const BuildOf& build, const Plan& plan,
                                           const os::Command& like);

}  // namespace perfwarden::app
