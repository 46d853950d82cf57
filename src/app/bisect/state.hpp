#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/bisect/commits.hpp"
#include "base/result.hpp"
#include "bisect/range.hpp"
#include "model/comparison.hpp"

namespace perfwarden::app {

// The schema of the state file; below .perfwarden/bisect/, by a digest of the question.
inline constexpr std::string_view k_bisect_schema = "perfwarden.bisect/1";

// A BisectQuestion is what is asked. Another question has another file.
struct BisectQuestion {
  std::string good, bad;                   // full hashes
  std::string benchmark;                   // glob; "**" = any
  std::string config_hash;                 // of the config that measures
  std::string fingerprint;                 // of the machine
  [[nodiscard]] std::string file() const;  // path, relative to the current folder
};

// A Change is one series of one commit against another, as compare/ found it; > 0 is worse.
struct BisectChange {
  SeriesId id;
  double worse_by = k_nan, low = k_nan, high = k_nan;  // fractions
  std::size_t pairs = 0;
  std::string confidence;      // HIGH, MEDIUM, LOW; empty = not distinct
  std::vector<double> logs{};  // ln of each pair
};

// A BisectReading is what was found out about one tree.
struct BisectReading {
  std::vector<double> pairs;  // as in bisect::Candidate
  bisect::Told told = bisect::Told::nothing;
  std::string why_not;  // why it cannot be built or run; empty = it can
};

// A Culprit is a commit that made the benchmark worse.
struct Culprit {
  std::string sha, parent;           // parent: what it was verified against
  std::vector<std::string> or_else;  // commits before it that cannot be tested and may be it instead
  double probability = 0;
  BisectChange change;               // on fresh pairs; NaN: not verified
  std::vector<BisectChange> others;  // further benchmarks that it made worse
  std::string doubt;                 // why it is not verified; empty = it is
};

// A Stretch is the commits in which a culprit is looked for now.
struct Stretch {
  std::string from, to;  // to is worse than from
  bool inside = false;   // of the merge `to`
};

// A BisectState is all that a search knows; what it does next depends on this and the repository alone.
struct BisectState {
  BisectQuestion question;
  std::optional<BisectChange> proof;              // of bad against good; the series that is searched for
  std::vector<std::string> only;                  // arguments by which the suite's program runs that benchmark alone
  std::map<std::string, BisectReading> readings;  // by tree
  std::set<std::string> innocent;                 // commits that were found to change nothing
  std::optional<Stretch> stretch;                 // nullopt: nothing is left to search
  std::vector<Stretch> later;                     // to be searched after it
  std::vector<Culprit> culprits;                  // the last commit first
  std::size_t visits = 0, pairs = 0;
  double seconds = 0;
};

[[nodiscard]] std::string state_text(const BisectState& state);
// Error (parse) when it is damaged or of another schema.
[[nodiscard]] Result<BisectState> read_state(std::string_view text, const std::string& file);

// The state of a question: what an earlier run has left, or a fresh one. Where the file cannot be read, or the config
// or the machine is another, Error (usage) with the cure.
[[nodiscard]] Result<BisectState> find_state(const BisectQuestion& question);
[[nodiscard]] Status save_state(const BisectState& state);

}  // namespace perfwarden::app
