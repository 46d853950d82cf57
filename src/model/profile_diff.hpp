#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "model/call_tree.hpp"
#include "model/comparison.hpp"
#include "model/pattern.hpp"
#include "model/profile.hpp"

namespace perfwarden {

// How two profiles are made comparable before they are subtracted. `share`: each side by its own total. `absolute`: as
// recorded, for fixed work. `per_op`: by the operations that each side carried out. `interval`: by the time recorded.
enum class Normalization { share, absolute, per_op, interval };
template <>
inline constexpr Names<Normalization, 4> k_names<Normalization>{{{"share", Normalization::share},
                                                                 {"absolute", Normalization::absolute},
                                                                 {"per-op", Normalization::per_op},
                                                                 {"interval", Normalization::interval}}};

// How a frame changed. `added` and `removed`: significantly and noticeably on one side only. `moved`: its cost went to
// or came from a neighbour (inlined, renamed, split), so nothing got slower. `inconclusive`: looks like a change, but
// the samples do not show it.
enum class FrameChange { regression, improvement, added, removed, moved, unchanged, inconclusive };
template <>
inline constexpr Names<FrameChange, 7> k_names<FrameChange>{{{"regression", FrameChange::regression},
                                                             {"improvement", FrameChange::improvement},
                                                             {"new", FrameChange::added},
                                                             {"removed", FrameChange::removed},
                                                             {"moved", FrameChange::moved},
                                                             {"unchanged", FrameChange::unchanged},
                                                             {"inconclusive", FrameChange::inconclusive}}};

// A Share is one cost on both sides, normalised. For Normalization::share numbers are fractions of the side's total;
// for the others fractions of base's total, so that head may sum to more than 1.
struct Share {
  double base = 0, head = 0;
  Interval interval{};  // of head − base; NaN when unknown
  double p = k_nan;     // two-sided, exact conditional; 0 or 1 for exact profiles; NaN when not tested
  double p_adjusted = k_nan;
  [[nodiscard]] double delta() const { return head - base; }
};

// A FrameDelta is one function in both profiles.
struct FrameDelta {
  std::string name;                                       // as the head's profiler wrote it; hostile text
  std::string file;                                       // empty when unknown
  std::string package;                                    // "std", "net/http", "libc.so.6"; empty when unknown
  std::string owner;                                      // by CODEOWNERS or config; empty when unknown
  bool ours = false;                                      // lies in the repository
  Share self, total;                                      // total: once a stack, however often the function is in it
  std::array<double, 2> self_cost{}, total_cost{};        // as recorded, in the sample type's unit; base, head
  std::array<double, 2> self_samples{}, total_samples{};  // how many samples show it; NaN when unknown
  FrameChange change = FrameChange::unchanged;
  bool by_total = false;  // the change is in what it calls, not in itself
  bool diluted = false;   // its share changed only because the shares of others did; `change` is then unchanged
  // When the benchmark's change is known: the absolute increase of the frame's own cost, or (by_total) of its total, as
  // a fraction of base's total; NaN otherwise.
  double absolute = k_nan;
  std::string counterpart;         // moved: the frame that the cost went to or came from
  std::string note;                // one sentence for a reader; may be empty
  std::vector<std::string> chain;  // new or gone as a whole with these, its only callers, outermost first
};

// Costs of all functions of one package or owner.
struct GroupDelta {
  std::string name;
  Share self;
  FrameChange change = FrameChange::unchanged;
};

// A PathStep is one frame of the hottest path, with the share of its total on each side.
struct PathStep {
  std::string name;
  double base = 0, head = 0;  // 0 where the path does not exist
  bool in_base = false, in_head = false;
};

struct ProfileSide {
  std::string label;          // "merge base of main (1a2b3c4)", or a file name
  std::size_t runs = 1;       // recordings, which were added up
  double cost = 0;            // in the sample type's unit
  double samples = k_nan;     // how many; NaN when unknown
  double seconds = 0;         // recorded; 0 = unknown
  double depth_mean = k_nan;  // frames a stack, weighted
  std::size_t depth_p95 = 0, depth_max = 0;
  std::size_t depth_p95_low = 0, depth_p95_high = 0;  // 95 % interval of depth_p95, by order statistics
};

// A PatternHit is one rule of config/patterns that matched hot code that is new or has grown.
struct PatternHit {
  std::string id, category;
  std::string frame;    // where the cost is: "malloc"
  std::string culprit;  // the nearest frame of the repository above it; empty when there is none
  Share share;          // of what matched below that culprit
  PatternSeverity severity = PatternSeverity::warn;
  std::string advice;   // one sentence
  bool unfair = false;  // the run itself is not a fair one (sanitizer, debug build)
};

// ProfileDiff lists the code that changed between two profiles. It holds no judgement.
struct ProfileDiff {
  std::string suite, benchmark;  // what was profiled; both empty for two files
  SampleType type;
  Normalization normalization = Normalization::share;
  bool exact = false;  // counted, not sampled: no statistics
  ProfileSide base, head;
  std::vector<FrameDelta> frames;  // worth reporting, in reading order: regressions and new ones first, worst first
  std::vector<FrameDelta> top;     // the hottest of head by self, at most 25
  std::vector<FrameDelta>
      quiet;  // tested, with nothing to report; hottest first, at most 1,000. For gates, not for people
  std::vector<GroupDelta> packages, owners;  // worst first
  std::vector<PathStep> base_path, head_path;
  std::vector<PatternHit> patterns;
  double significance = 0.05;             // false discovery rate over what was tested
  std::size_t tested = 0;                 // number of function costs tested
  std::optional<double> benchmark_ratio;  // head time / base time of what was profiled, where it was measured
  double overdispersion = 1;              // by which variances were multiplied: what is typical of its functions
  // How much runs of the same code differ beyond their samples, as a part of the cost: the variance of n samples is
  // overdispersion × n + (spread × n)² / runs. Estimated from several recordings a side (spread_known), or assumed.
  double spread = 0;
  bool spread_known = false;
  // Compared by share since every function grew alike: a longer recording, or code that is slower throughout.
  bool maybe_longer = false;
  bool underpowered = false;  // too few samples to have seen the change that matters …
  double samples_needed = 0;  // … and how many a side would be enough; 0 when unknown
  // Of the benchmark's change, the part that the frames above account for: a fraction, may exceed 1; NaN when unknown.
  double explained = k_nan;
  std::vector<std::string> files;  // pictures and profiles written next to the report: "core-parse.diff.svg"
  std::vector<Warning> warnings;
};

// A DiffTree is both profiles as one tree, for pictures. Arrays are indexed by node of `tree`, base first.
struct DiffTree {
  CallTree tree;
  std::array<std::vector<double>, 2> self, total;  // in the sample type's unit, as recorded
  std::array<double, 2> scale{1, 1};               // cost × scale = normalised share
  std::vector<Share> share;                        // of the node's total
  std::vector<FrameChange> change;                 // of the node's total; unchanged where it was not tested
};

}  // namespace perfwarden
