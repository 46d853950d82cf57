#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/bisect/bench.hpp"
#include "app/bisect/commits.hpp"
#include "app/bisect/state.hpp"
#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "bisect/search.hpp"
#include "checkout/worktree.hpp"

namespace perfwarden::app {

// The commits of a stretch and what is known of each; the same length.
struct StretchOfCommits {
  std::vector<Commit> commits;
  bisect::Range range;
};

// How many times as likely as others commits are to be the cause before anything is measured, by hash.
using Priors = std::map<std::string, double>;

// How a commit compares with the good and the bad one.
enum class BisectAnswer { good, bad, skip };

// A Hunt carries out a search: it measures what bisect/ asks for, verifies what bisect/ names against its parent on
// fresh pairs, looks inside merges, and goes on before a culprit while what is left is still worse than the good
// commit. The state is on the disk after each step, so that a search that is killed goes on from there.
class Hunt {
 public:
  // The arguments must outlive it.
  Hunt(World& world, checkout::Git git, BisectBench& bench, BisectState& state, Priors priors)
      : world_(world), git_(std::move(git)), bench_(bench), state_(state), priors_(std::move(priors)) {}

  // Proves that bad is worse than good, unless that is known, and by how much. False when it cannot be shown;
  // why_none() says why.
  [[nodiscard]] Result<bool> prove();
  [[nodiscard]] const std::string& why_none() const { return why_none_; }
  // Searches until nothing is left.
  [[nodiscard]] Status search();
  // Measures one commit, of the range or not, until it is clear where it stands.
  [[nodiscard]] Result<BisectAnswer> judge(const std::string& revision);
  // What the search would do next.
  [[nodiscard]] Result<bisect::Next> next(StretchOfCommits& stretch);
  // The commits that as many machines would measure at the same time; full hashes, oldest first.
  [[nodiscard]] Result<std::vector<std::string>> plan(std::size_t machines);

 private:
  [[nodiscard]] Result<bool> find_proof();
  [[nodiscard]] Status know_step();
  [[nodiscard]] Error interrupted_search() const;
  [[nodiscard]] Result<StretchOfCommits> commits_of(const Stretch& stretch);
  [[nodiscard]] Result<bool> touches(const Commit& commit);
  [[nodiscard]] bisect::Candidate candidate_of(const std::string& tree) const;
  [[nodiscard]] Status visit(const Commit& commit, bisect::Range range, std::size_t place);
  [[nodiscard]] Status verify(const StretchOfCommits& stretch, const bisect::Next& found);
  [[nodiscard]] Result<bool> prove_end(const std::string& sha);
  void name(const StretchOfCommits& stretch, const bisect::Next& found, Culprit culprit);
  void go_on_before(const StretchOfCommits& stretch, std::size_t parent);

  World& world_;
  checkout::Git git_;
  BisectBench& bench_;
  BisectState& state_;
  Priors priors_;
  std::string why_none_;
  std::map<std::string, bool> touches_;  // by commit: it changes files that the suite asks for
};

}  // namespace perfwarden::app
