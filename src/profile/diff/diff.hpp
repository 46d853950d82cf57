#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/profile.hpp"
#include "model/profile_diff.hpp"

namespace perfwarden::profile {

struct DiffOptions {
  std::string type;  // name of the sample type; empty: the best for a comparison
  // None: absolute for allocations and counts; sampled time by what the recordings say (reading_of), or by share.
  std::optional<Normalization> normalization;
  bool time_by_share = false;
  // How much two single recordings of the same code may differ in a function's time, as a part of it (standard
  // deviation), where recordings are too few to show it. With this at most 5 % of real pairs are flagged.
  double assumed_spread = 0.3;
  std::array<double, 2> operations{0, 0};  // carried out by base and head, for per_op; 0 = unknown
  double significance = 0.05;              // false discovery rate over the frames tested
  double noticeable = 0.01;                // the smallest change of share that is reported
  double matters = 0.05;                   // the change of share that should be found, for `underpowered`
  double hotspot = 0.01;                   // share from which a new frame is reported
  // Who owns a frame: owner (may be empty) and whether it is of this repository. Not set: no owner, not of this
  // repository.
  struct Ownership {
    std::string owner;
    bool ours = false;
  };
  using OwnershipOf = std::function<Ownership(std::string_view name, std::string_view file)>;
  OwnershipOf ownership;
  std::array<std::string, 2> labels;
  // Where each side's checkout lay, cut from names and files, so that "/tmp/base/a.py" and "/tmp/head/a.py" are one.
  std::array<std::string, 2> roots;
  // Head time / base time of the benchmark that was profiled. Distinguishes a function whose share fell because others
  // grew from one that got faster, which shares alone cannot.
  std::optional<double> benchmark_ratio;
};

struct Diff {
  ProfileDiff evidence;
  DiffTree tree;
};

// Compares two profiles of the same kind. Error (usage) when they have no sample type in common, or the options ask for
// data that they do not hold; it names what they hold.
[[nodiscard]] Result<Diff> diff(const Profile& base, const Profile& head, const DiffOptions& options);
// The same of several recordings a side, which are added up. How much they differ is estimated from four or more of
// both sides together.
[[nodiscard]] Result<Diff> diff(std::span<const Profile> base, std::span<const Profile> head,
                                const DiffOptions& options);

// The part of a benchmark's change (head time / base time − 1, not 0) that the flagged functions account for by their
// own cost: Σ (head share × (1 + change) − base share) / change. A fraction; may be below 0 or exceed 1. NaN when
// the change is 0 or unknown, or the profiles are not of time.
[[nodiscard]] double explained_of(const ProfileDiff& evidence, double benchmark_change);

}  // namespace perfwarden::profile
