#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "checkout/worktree.hpp"
#include "model/config.hpp"
#include "model/run_context.hpp"
#include "model/series.hpp"

// Decides what is compared with what, and prepares both sides for measuring.
namespace perfwarden::app {

// Codes of warnings about what a benchmark may miss in a worktree.
inline constexpr std::string_view k_empty_submodules = "empty-submodules";
inline constexpr std::string_view k_lfs_pointers = "lfs-pointers";

struct CheckoutOptions {
  std::string base;                // a revision; empty = by the event, else the baseline branch
  std::string head;                // a revision; empty = HEAD. With it, an empty base is its parent
  std::string base_dir, head_dir;  // already built trees; both or none
  bool head_is_measured = false;   // nothing is checked out; at most a cached baseline is looked up
  bool keep = false;               // leave the worktrees when measuring fails
  bool worktree = false;           // head is what the working folder holds, committed or not
  std::string trusted_sha;         // the commit whose files decide (TrustedConfig::base_sha); empty: none
};

// The pair of checkouts to compare, or head alone with the samples to compare it with. For head alone base_directory is
// empty, and base_samples is nullopt when there is nothing to compare with.
struct Checkouts {
  std::string base_directory, head_directory;
  std::string base_sha, head_sha;  // empty when unknown
  std::string branch;              // of head
  std::string base_label, head_label;
  std::optional<Samples> base_samples;          // cached or named baseline
  std::string base_profiles;                    // the text of what that run kept of its profiles; empty = nothing
  std::vector<Warning> warnings;                // why the stronger design was not possible, with the cure
  std::optional<checkout::TwoSides> worktrees;  // checked out for this run; removed in the destructor
  bool keep = false;                            // leave them when measuring fails
  bool uncommitted = false;                     // head is HEAD and what the working folder changes; of no commit
};

// The commit that head is compared with.
struct Base {
  std::string sha;
  std::string of;          // what it was found by: a branch, or the revision that was named
  bool is_parent = false;  // it is the tip of that branch, which head was made on
  bool itself = false;     // it is the commit that was named, and not where head left it
};
// `named`: a revision; empty = by the config's strategy: the commit or tag that is pinned, the newest release before
// the merge base, else the merge base by the event or the baseline branch. A branch stands for where head left it, so
// that what others did there since is not blamed on head; a tag, a commit, or a branch that is ahead of head, for
// itself. What a shallow clone lacks is fetched.
[[nodiscard]] Result<Base> base_commit(const checkout::Git& git, const Config& config, const RunContext& context,
                                       const std::string& named);

// Error (usage) when the event is about a pull request and HEAD is part of its base, so that the pull request is not
// there at all; when the base that was named cannot be had, in git's words; Error (io) when git does not work. Where
// nobody named a base and none is found, head stands alone, and a warning says why.
[[nodiscard]] Result<Checkouts> choose_checkouts(World& world, const Config& config, const RunContext& context,
                                                 const Machine& machine, const CheckoutOptions& options);

// Why base cannot be measured beside head from a plain checkout; empty when it can. `base_sha`: empty when it is not
// known. `prefix`: the current folder,
// relative to the repository's root.
[[nodiscard]] std::string why_not_buildable(const checkout::Git& git, const Config& config, const std::string& prefix,
                                            const std::string& base_sha);
// Checks out base_sha and head_sha of `sides` below the work folder, in its folder `below` ("" or "/NAME"), which at
// most one pair at a time may use.
[[nodiscard]] Result<Checkouts> check_out_both(World& world, const checkout::Git& git, Checkouts sides,
                                               const std::string& prefix, const std::string& below = "");

// Turns `sides` into head alone, against the cached baseline: base cannot be measured after all, for the reason `why`.
[[nodiscard]] Result<Checkouts> without_base(World& world, const Config& config, const Machine& machine,
                                             Checkouts sides, const std::string& why);

// The folder for worktrees, made and ignored by git.
[[nodiscard]] Result<std::string> work_folder();

// The repository of the current folder.
[[nodiscard]] checkout::Git repository(World& world);

}  // namespace perfwarden::app
