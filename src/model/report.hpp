#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/analysis.hpp"
#include "model/comparison.hpp"
#include "model/config.hpp"
#include "model/hypothesis.hpp"
#include "model/identity.hpp"
#include "model/profile_diff.hpp"
#include "model/run_context.hpp"

namespace perfwarden {

// A Finding is one gate's judgement of one series.
struct Finding {
  std::string rule;  // a row of gates/rules: "budget", "vanished", …
  SeriesId series;   // benchmark empty when it is about the whole run
  Level level = Level::pass;
  std::string op;           // "<=", ">="
  double expected = k_nan;  // the limit: a fraction or base units, as `unit` says
  double actual = k_nan;
  std::string unit;    // "%" for a fraction, "pp" for points of a profile's whole (0.08 = 8 points), else the base unit
  std::string reason;  // one sentence, with the number and what to do; may hold hostile text
  std::string budget;  // glob of the budget applied; empty when none
  Position where;      // of that budget in the config
  std::string frame;   // function, package or owner, of a gate on profiles; hostile text; else empty
  // The limit could not be decided: `level` is then inconclusive, or warn when the limit is only a warning.
  bool undecided = false;
  // Head failed, so that there is nothing to judge: the run exits with 3, and nobody can accept it.
  bool not_measured = false;
  bool accepted = false;  // soft, and a person accepted it: it does not fail the run
};

// Outcome of one series, in the words of the report's JSON. Placement: worse, and beyond a limit, though every
// instruction that ran is the same.
enum class Outcome { regression, improvement, pass, inconclusive, added, vanished, failed, placement };
template <>
inline constexpr Names<Outcome, 8> k_names<Outcome>{{{"regression", Outcome::regression},
                                                     {"improvement", Outcome::improvement},
                                                     {"pass", Outcome::pass},
                                                     {"inconclusive", Outcome::inconclusive},
                                                     {"new", Outcome::added},
                                                     {"vanished", Outcome::vanished},
                                                     {"failed", Outcome::failed},
                                                     {"placement", Outcome::placement}}};

struct Judgement {
  Outcome outcome = Outcome::inconclusive;
  Level level = Level::pass;  // the worst finding's
  bool gated = false;         // some budget applied
  bool accepted = false;      // its soft findings are accepted, and it has no hard one
  std::string limit;          // the tightest limit that applied, as written: "+5%", "max 12 ms"; empty when none
};

// The run as a whole. `fail` when a soft or hard finding is not overridden; `inconclusive` when nothing failed
// but something gated is undecided; `skipped` when every suite was left out, so that nothing was measured; `failed`
// when benchmarks fail on head that do not on base, and no limit is broken by another.
enum class Conclusion { pass, fail, inconclusive, no_baseline, skipped, failed };
template <>
inline constexpr Names<Conclusion, 6> k_names<Conclusion>{{{"pass", Conclusion::pass},
                                                           {"fail", Conclusion::fail},
                                                           {"inconclusive", Conclusion::inconclusive},
                                                           {"no-baseline", Conclusion::no_baseline},
                                                           {"skipped", Conclusion::skipped},
                                                           {"failed", Conclusion::failed}}};

struct Counts {
  std::size_t regressions = 0, improvements = 0, passed = 0, inconclusive = 0, added = 0, vanished = 0;
  std::size_t hard = 0, soft = 0, warned = 0;
  std::size_t failed = 0;  // on head
  std::size_t placement = 0;
};

// Code of a warning of a verdict: a budget that matches nothing, so that the run is no pass and exits with 2.
inline constexpr std::string_view k_budget_unmatched = "budget-unmatched";
// Code of a warning of a verdict: there was something to compare with, and nothing was compared, so that the run is no
// pass and exits with 3.
inline constexpr std::string_view k_nothing_compared = "nothing-compared";

// Code of a warning that is a fact about the builds, and stands with what was compared: they align functions.
inline constexpr std::string_view k_functions_aligned = "functions-aligned";
// Code of a warning of a report: some suites may have been left out of what was reported, so that it is no pass.
inline constexpr std::string_view k_suites_missing = "suites-missing";

// A Tradeoff is a metric of a benchmark that got worse for certain while another got better, or while the primary one
// stayed as it was.
struct Tradeoff {
  std::string suite, benchmark;
  std::string gain, cost;   // metrics
  double better_by = 0;     // a fraction; 0: `gain` is unchanged
  double worse_by = k_nan;  // a fraction; NaN from a base of 0
  std::string rule{};       // of `tradeoffs`, which accepts it; empty when none does
  friend bool operator==(const Tradeoff&, const Tradeoff&) = default;
};

struct Verdict {
  Conclusion conclusion = Conclusion::pass;
  std::vector<Judgement> judgements;  // judgements[i] is about comparisons[i]
  std::vector<Finding> findings;      // levels above pass, worst first
  std::vector<Tradeoff> tradeoffs;
  Counts counts;
  bool overridden = false;        // a person accepted soft findings, or that nothing was compared
  std::string override_note;      // who accepted what, and why
  std::vector<Warning> warnings;  // "budget 'core/prase/*' matches no benchmark: did you mean 'core/parse/*'?"

  // The first warning of that code; null when there is none.
  [[nodiscard]] const Warning* warning_of(std::string_view code) const {
    const auto found =
        std::find_if(warnings.begin(), warnings.end(), [code](const Warning& warning) { return warning.code == code; });
    return found == warnings.end() ? nullptr : &*found;
  }
  [[nodiscard]] const Warning* unmatched_budget() const { return warning_of(k_budget_unmatched); }
  [[nodiscard]] const Warning* nothing_compared() const { return warning_of(k_nothing_compared); }
};

// An Override is a person's decision on the pull request to accept soft findings.
struct Override {
  std::string by;      // GitHub login
  std::string reason;  // hostile text
  std::string glob{};  // of the series that it is about, as a budget's key; empty = all, as by the label
  friend bool operator==(const Override&, const Override&) = default;
};

// What was compared with what.
struct SideInfo {
  RunInfo run;
  std::string label;  // for people: "merge base of main", "cached baseline of 2026-11-20"
  std::string tag{};  // of the commit, or the nearest one before it: "v1.9.0"; empty when not known. Hostile text
};

// A RangeCommit is one commit between base and head.
struct RangeCommit {
  std::string hash, subject;  // hostile text
  friend bool operator==(const RangeCommit&, const RangeCommit&) = default;
};

inline constexpr std::size_t k_most_commits = 50;

// A Report is everything that renderers may show. It can be written as JSON and read back whole.
struct Report {
  std::string tool_version;
  std::string project;
  RunContext context;
  SideInfo base, head;  // base.run.commit empty when there is no baseline
  Design design = Design::interleaved;
  Mode mode = Mode::enforce;
  StatisticsConfig statistics;
  std::vector<Comparison> comparisons;  // sorted by id
  std::vector<ProfileDiff> evidence;    // of what was profiled: which code changed
  std::vector<ChangeCause> causes;      // of flagged benchmarks, where the programs of both sides could be compared
  Analysis analysis;                    // of the above: what surely changed, and the ratings
  std::vector<CounterChange> counters;  // of suites with a flagged benchmark
  std::vector<BuildDifference> build_differences;  // of the programs that were compared
  std::vector<RangeCommit> commits;                // between base and head, newest first; at most k_most_commits
  std::size_t commits_in_range = 0;                // all of them; 0 when not known
  std::vector<Hypothesis> hypotheses;              // why, the likeliest first
  std::vector<EndpointTie> endpoints;              // which requests the changed code serves
  Assistance assistance;                           // what a model said; never believed without a check
  // From these, `gate` reaches the same verdict as the run.
  bool has_baseline = true;
  std::vector<Override> accepted;
  std::vector<std::string> left_out;  // suites that were left out on purpose, in a shard also those cut into parts
  Verdict verdict;
  std::vector<MachineDifference> machine_differences;
  std::vector<Warning> warnings;  // about the run as a whole
  std::string reproduce;          // the exact command that measures this again
  std::string config_file;        // path in the repository
  std::string config_hash;
  double measured_s = 0;  // wall time spent measuring
  std::string time;       // RFC 3339, UTC
  std::uint64_t seed = 0;
  // Of series that are not simply fine: medians of the baseline branch's last runs on machines of this kind, oldest
  // first, in base units; without this run.
  std::map<SeriesId, std::vector<double>> recent{};
  std::string override_label;  // label that a person may set to accept soft findings; empty when none
};

}  // namespace perfwarden
