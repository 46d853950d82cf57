#include "profile/diff/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/text.hpp"
#include "profile/diff/chain.hpp"
#include "profile/diff/classify.hpp"
#include "profile/diff/depth.hpp"
#include "profile/diff/groups.hpp"
#include "profile/diff/hot_path.hpp"
#include "profile/diff/merge.hpp"
#include "profile/diff/moved.hpp"
#include "profile/diff/reading.hpp"
#include "profile/diff/run_counts.hpp"
#include "profile/diff/sampling.hpp"
#include "profile/diff/significance.hpp"
#include "profile/diff/spread.hpp"
#include "profile/frame_name.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::size_t k_most_top = 25;
constexpr std::size_t k_most_told = 100;
constexpr std::size_t k_most_quiet = 1000;
constexpr double k_few_samples = 1000;
constexpr std::array<std::string_view, 2> k_sides{"base", "head"};

// Two sides to compare: each as one profile, and how many recordings were added up in it.
struct Sides {
  std::array<const Profile*, 2> profiles{};
  std::array<std::size_t, 2> runs{1, 1};
  const RunCounts* counts = nullptr;  // of each recording, where they show how much runs differ
};

Status check_costs(const Profile& profile, std::size_t type, std::string_view side) {
  double sum = 0;
  bool negative = false;
  const auto see = [&](double cost) {
    sum += cost;
    negative = negative || cost < 0;
  };
  if (profile.functions.empty()) {
    for (const double cost : profile.self[type]) see(cost);
  } else {
    for (const FunctionCost& function : profile.functions) see(function.self[type]);
  }
  if (negative)
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("{} holds negative costs, so it is already a difference of profiles", side),
                 .hint = "give the two profiles that it was made from"};
  if (!(sum > 0))
    return Error{.kind = ErrorKind::usage,
                 .what = fmt::format("{} holds no {}", side, text::one_line(profile.types[type].name)),
                 .hint = "record it for longer, or choose another sample type with --type"};
  return Nothing{};
}

// One comparison of two united profiles, from costs to evidence.
class Differ {
 public:
  Differ(const Sides& sides, const DiffOptions& options, Chosen chosen, United united)
      : sides_(sides),
        options_(options),
        chosen_(std::move(chosen)),
        thresholds_(options),
        united_(std::move(united)),
        yardstick_(united_.whole, chosen_.normalization, chosen_.divisor, chosen_.exact),
        spread_(chosen_.exact ? Spread::none()
                : sides.counts != nullptr
                    ? spread_of(*sides.counts, united_, yardstick_.of_shares())
                    : Spread::assumed(united_.tree.frames, counts_memory(chosen_.what) ? 0 : options.assumed_spread)) {}

  Diff run() {
    Diff out;
    out.evidence = describe_sides();
    judge_frames(out.evidence);
    std::vector<FrameChange> by_frame;
    for (const FrameDelta& frame : frames_) by_frame.push_back(frame.change);
    roll_up_groups(out.evidence);
    for (std::size_t side = 0; side < 2; ++side)
      (side == 0 ? out.evidence.base_path : out.evidence.head_path) =
          hot_path(united_.tree, {united_.total[0].cost, united_.total[1].cost}, yardstick_.scale(), side);
    weigh(out.evidence);
    out.tree = tree_of(by_frame);
    select_frames(out.evidence);
    account(out.evidence);
    return out;
  }

 private:
  [[nodiscard]] double samples_of_a_run(const Samples2& cost) const {
    double sum = 0;
    for (std::size_t side = 0; side < 2; ++side)
      sum += effective_samples(cost[side]) / static_cast<double>(sides_.runs[side]);
    return sum / 2;
  }
  [[nodiscard]] double overdispersion_of(FrameId function, const Samples2& cost) const {
    return spread_.of(function, samples_of_a_run(cost));
  }

  ProfileDiff describe_sides() {
    ProfileDiff evidence;
    evidence.type = chosen_.what;
    evidence.normalization = chosen_.normalization;
    evidence.exact = chosen_.exact;
    evidence.significance = options_.significance;
    evidence.benchmark_ratio = options_.benchmark_ratio;
    evidence.overdispersion = spread_.typical();
    evidence.spread = spread_.relative();
    evidence.spread_known = spread_.known();
    evidence.maybe_longer = chosen_.maybe_longer;
    evidence.warnings = chosen_.warnings;
    for (std::size_t side = 0; side < 2; ++side) {
      ProfileSide& into = side == 0 ? evidence.base : evidence.head;
      into.label = options_.labels[side];
      into.runs = sides_.runs[side];
      into.cost = united_.whole[side].cost;
      if (united_.samples_known[side]) into.samples = united_.whole[side].samples;
      into.seconds = sides_.profiles[side]->seconds;
      measure_depth(united_.tree, united_.self[side].cost, effective_samples(united_.whole[side]), into);
      for (const Warning& warning : sides_.profiles[side]->warnings)
        evidence.warnings.push_back({warning.code, fmt::format("{}: {}", k_sides[side], warning.text)});
    }
    return evidence;
  }

  [[nodiscard]] Samples2 self_of(FrameId id) const {
    return {united_.function_self[0][id], united_.function_self[1][id]};
  }
  [[nodiscard]] Samples2 total_of(FrameId id) const {
    return {united_.function_total[0][id], united_.function_total[1][id]};
  }

  FrameDelta describe(FrameId id) {
    FrameDelta frame;
    frame.name = std::string(united_.tree.frames.name(id));
    frame.file = std::string(united_.tree.frames.file(id));
    frame.package = package_of(frame.name, united_.tree.frames.module(id));
    if (options_.ownership) {
      const DiffOptions::Ownership owned = options_.ownership(frame.name, frame.file);
      frame.owner = owned.owner;
      frame.ours = owned.ours;
    }
    const Samples2 self = self_of(id);
    const Samples2 total = total_of(id);
    frame.self = yardstick_.compare(self, overdispersion_of(id, self));
    frame.total = yardstick_.compare(total, overdispersion_of(id, total));
    for (std::size_t side = 0; side < 2; ++side) {
      frame.self_cost[side] = self[side].cost;
      frame.total_cost[side] = total[side].cost;
      frame.self_samples[side] = united_.samples_known[side] ? self[side].samples : k_nan;
      frame.total_samples[side] = united_.samples_known[side] ? total[side].samples : k_nan;
    }
    if (united_.names[id] > 1)
      frame.note =
          fmt::format("{} names that differ only in numbers of a build or run are shown as one", united_.names[id]);
    return frame;
  }

  void judge_frames(ProfileDiff& evidence) {
    std::vector<Share> own;
    for (FrameId id = 0; id < united_.tree.frames.size(); ++id) {
      frames_.push_back(describe(id));
      own.push_back(frames_.back().self);
    }
    dilution_ = yardstick_.of_shares() ? dilution_of(own, options_.benchmark_ratio) : 1;
    std::vector<Share*> tested;
    for (FrameDelta& frame : frames_) {
      tested.push_back(worth_a_test(frame.self) ? &frame.self : nullptr);
      // A function that calls nothing is tested once.
      const bool same = frame.self_cost == frame.total_cost;
      tested.push_back(worth_a_test(frame.total) && !same ? &frame.total : nullptr);
    }
    adjust(tested);
    for (FrameDelta& frame : frames_)
      if (frame.self_cost == frame.total_cost) frame.total.p_adjusted = frame.self.p_adjusted;
    evidence.tested = tested.size() - static_cast<std::size_t>(std::count(tested.begin(), tested.end(), nullptr));
    tested_ = evidence.tested;
    std::vector<double> overdispersion;
    for (FrameId id = 0; id < frames_.size(); ++id) {
      classify(id);
      overdispersion.push_back(overdispersion_of(id, frames_[id].by_total ? total_of(id) : self_of(id)));
    }
    find_moved(united_, yardstick_, overdispersion, dilution_, thresholds_, frames_);
    fold_chains(united_, frames_);
  }

  void classify(FrameId id) {
    FrameDelta& frame = frames_[id];
    const auto class_by = [&](const Share& share, const Samples2& cost) {
      return class_of(share, cost, overdispersion_of(id, cost), dilution_, yardstick_, thresholds_);
    };
    const Class own = class_by(frame.self, self_of(id));
    const Class all = class_by(frame.total, total_of(id));
    const bool own_flag = is_rise(own.change) || is_fall(own.change);
    const bool all_flag = is_rise(all.change) || is_fall(all.change);
    frame.by_total =
        !own_flag &&
        (all_flag || (own.change == FrameChange::unchanged && !own.diluted && all.change != FrameChange::unchanged));
    frame.change = frame.by_total ? all.change : own.change;
    frame.diluted = frame.change == FrameChange::unchanged && (own.diluted || all.diluted);
    if (options_.benchmark_ratio && chosen_.normalization == Normalization::share) {
      const Share& share = frame.by_total ? frame.total : frame.self;
      frame.absolute = share.head * *options_.benchmark_ratio - share.base;
    }
  }

  void roll_up_groups(ProfileDiff& evidence) {
    std::vector<Member> packages;
    std::vector<Member> owners;
    for (FrameId id = 0; id < frames_.size(); ++id) {
      const Samples2 self = self_of(id);
      packages.push_back({frames_[id].package, self, overdispersion_of(id, self)});
      owners.push_back({frames_[id].owner, self, overdispersion_of(id, self)});
    }
    const auto of_group = [this](double largest, const Samples2& cost) {
      return spread_.of_group(largest, samples_of_a_run(cost));
    };
    evidence.packages = roll_up(packages, of_group, yardstick_, dilution_, thresholds_);
    evidence.owners = roll_up(owners, of_group, yardstick_, dilution_, thresholds_);
  }

  // Whether there were samples enough, and whether the totals may be compared.
  void weigh(ProfileDiff& evidence) {
    constexpr double k_far_apart = 0.25;
    const double ratio = evidence.head.cost / evidence.base.cost;
    if (chosen_.normalization == Normalization::absolute && std::abs(ratio - 1) > k_far_apart)
      evidence.warnings.push_back(
          {"totals-differ",
           fmt::format(
               "the totals differ by {:+.0f} %: if the sides did different amounts of work, compare by share or per-op",
               (ratio - 1) * 100)});
    if (chosen_.exact) return;
    if (!spread_.known() && spread_.relative() > 0)
      evidence.warnings.push_back(
          {"spread-unknown",
           fmt::format("how much two recordings of the same code differ is not known from so few: a change counts only "
                       "where a spread of {:.0f} % cannot explain it; record each side 3 times or more, as "
                       "profile record --runs 3 does",
                       spread_.relative() * 100)});
    const std::array<double, 2> samples{effective_samples(united_.whole[0]), effective_samples(united_.whole[1])};
    const double least = std::min(samples[0], samples[1]);
    const double even = 2 / (1 / samples[0] + 1 / samples[1]);
    const double needed = samples_needed(options_.matters, options_.significance, tested_, spread_.typical());
    evidence.underpowered = even < needed;
    // What a sample weighs differs, so that more of them are needed than independent ones.
    double dearer = 1;
    for (std::size_t side = 0; side < 2; ++side)
      if (united_.samples_known[side]) dearer = std::max(dearer, united_.whole[side].samples / samples[side]);
    evidence.samples_needed = std::ceil(needed * dearer / 100) * 100;
    for (std::size_t side = 0; side < 2; ++side)
      if (!united_.samples_known[side])
        evidence.warnings.push_back(
            {"samples-unknown",
             fmt::format("{}: how many samples there were is not known; its costs come from at least "
                         "{:.0f}, which is the number assumed",
                         k_sides[side], samples[side])});
    if (least < k_few_samples)
      evidence.warnings.push_back(
          {"few-samples", fmt::format("only {:.0f} samples on {}: about {:.0f} a side would show a change of {:.0f} "
                                      "points; record longer or more often",
                                      least, k_sides[samples[0] <= samples[1] ? 0 : 1], evidence.samples_needed,
                                      options_.matters * 100)});
  }

  DiffTree tree_of(const std::vector<FrameChange>& by_frame) {
    DiffTree out;
    const std::size_t size = united_.tree.size();
    out.scale = yardstick_.scale();
    out.share.resize(size);
    out.change.assign(size, FrameChange::unchanged);
    std::vector<NodeId> tested;
    std::vector<Share*> shares;
    for (NodeId id = 0; id < size; ++id) {
      Share& share = out.share[id];
      share.base = united_.total[0].cost[id] * out.scale[0];
      share.head = united_.total[1].cost[id] * out.scale[1];
      if (id == k_root || !worth_a_test(share)) continue;
      share = yardstick_.compare(node_total(id), overdispersion_of(united_.tree.node(id).frame, node_total(id)));
      tested.push_back(id);
      shares.push_back(&share);
    }
    adjust(shares);
    for (const NodeId id : tested) {
      FrameChange& change = out.change[id];
      const FrameId frame = united_.tree.node(id).frame;
      const double overdispersion = overdispersion_of(frame, node_total(id));
      change = class_of(out.share[id], node_total(id), overdispersion, dilution_, yardstick_, thresholds_).change;
      const bool flagged = is_rise(change) || is_fall(change);
      if (flagged && by_frame[frame] == FrameChange::moved) change = FrameChange::moved;
    }
    for (std::size_t side = 0; side < 2; ++side) {
      out.self[side] = std::move(united_.self[side].cost);
      out.total[side] = std::move(united_.total[side].cost);
    }
    out.tree = std::move(united_.tree);
    return out;
  }
  [[nodiscard]] Samples2 node_total(NodeId id) const { return {united_.total[0][id], united_.total[1][id]}; }

  void select_frames(ProfileDiff& evidence) {
    std::vector<const FrameDelta*> by_heat;
    for (const FrameDelta& frame : frames_) by_heat.push_back(&frame);
    const auto hottest_first = [&](auto&& heat) {
      std::sort(by_heat.begin(), by_heat.end(), [&](const FrameDelta* a, const FrameDelta* b) {
        return heat(*a) != heat(*b) ? heat(*a) > heat(*b) : a->name < b->name;
      });
    };
    hottest_first([](const FrameDelta& frame) { return frame.self.head; });
    for (const FrameDelta* frame : by_heat)
      if (evidence.top.size() < k_most_top && frame->self.head > 0) evidence.top.push_back(*frame);
    hottest_first([](const FrameDelta& frame) { return std::max(frame.total.base, frame.total.head); });
    for (const FrameDelta* frame : by_heat) {
      if (frame->change != FrameChange::unchanged) {
        evidence.frames.push_back(*frame);
      } else if (worth_a_test(frame->total) && evidence.quiet.size() < k_most_quiet) {
        evidence.quiet.push_back(*frame);
      }
    }
    put_in_reading_order(evidence.frames);
    if (evidence.frames.size() <= k_most_told) return;
    evidence.warnings.push_back({"more-frames", fmt::format("{} functions changed; the first {} are listed",
                                                            evidence.frames.size(), k_most_told)});
    evidence.frames.resize(k_most_told);
  }

  // How the shares fit the benchmark's change.
  void account(ProfileDiff& evidence) const {
    constexpr double k_clear_change = 0.05;
    constexpr double k_hardly = 0.3;
    if (!options_.benchmark_ratio) return;
    const double change = *options_.benchmark_ratio - 1;
    evidence.explained = explained_of(evidence, change);
    if (std::isnan(evidence.explained) || std::abs(change) < k_clear_change || evidence.explained >= k_hardly) return;
    if (chosen_.normalization != Normalization::share || evidence.underpowered) return;
    evidence.warnings.push_back(
        {"evenly-changed",
         fmt::format("the benchmark takes {:+.0f} %, and functions whose share changed account for {:.0f} % of that: "
                     "the rest is spread evenly over all code, which shares cannot show (machine, clock, compiler "
                     "flags, more work)",
                     change * 100, std::max(0.0, evidence.explained) * 100)});
  }

  Sides sides_;
  const DiffOptions& options_;
  Chosen chosen_;
  Thresholds thresholds_;
  United united_;
  Yardstick yardstick_;
  Spread spread_;
  double dilution_ = 1;
  std::size_t tested_ = 0;
  std::vector<FrameDelta> frames_;  // by frame
};

Result<Diff> diff_sides(const Sides& sides, const DiffOptions& options) {
  PW_TRY_ASSIGN(Chosen chosen, choose(*sides.profiles[0], *sides.profiles[1], options));
  for (std::size_t side = 0; side < 2; ++side)
    PW_TRY(check_costs(*sides.profiles[side], chosen.type[side], k_sides[side]));
  United united = unite(sides.profiles, chosen.type, options.roots);
  if (chosen.automatic) {
    Reading reading = reading_of(united, sides.runs, {sides.profiles[0]->seconds, sides.profiles[1]->seconds});
    chosen.normalization = reading.normalization;
    chosen.maybe_longer = reading.maybe_longer;
    if (reading.warning) chosen.warnings.push_back(*std::move(reading.warning));
  }
  if (chosen.normalization == Normalization::share || chosen.normalization == Normalization::absolute)
    for (std::size_t side = 0; side < 2; ++side) chosen.divisor[side] = static_cast<double>(sides.runs[side]);
  return Differ(sides, options, std::move(chosen), std::move(united)).run();
}

}  // namespace

Result<Diff> diff(const Profile& base, const Profile& head, const DiffOptions& options) {
  return diff_sides({{&base, &head}, {1, 1}, nullptr}, options);
}

Result<Diff> diff(std::span<const Profile> base, std::span<const Profile> head, const DiffOptions& options) {
  constexpr std::size_t k_runs_for_spread = 4;  // of both sides together
  PW_TRY_ASSIGN(const Merged left, merge(base));
  PW_TRY_ASSIGN(const Merged right, merge(head));
  Sides sides{{&left.profile, &right.profile}, {base.size(), head.size()}, nullptr};
  const bool stacks = left.profile.functions.empty() && right.profile.functions.empty();
  if (!stacks || base.size() + head.size() < k_runs_for_spread) return diff_sides(sides, options);
  PW_TRY_ASSIGN(const Chosen chosen, choose(left.profile, right.profile, options));
  RunCounts counts;
  add_runs(base, left, chosen.type[0], 0, counts);
  add_runs(head, right, chosen.type[1], 1, counts);
  sides.counts = &counts;
  return diff_sides(sides, options);
}

double explained_of(const ProfileDiff& evidence, double benchmark_change) {
  if (!std::isfinite(benchmark_change) || benchmark_change == 0 || counts_memory(evidence.type)) return k_nan;
  const double grown = evidence.normalization == Normalization::share ? 1 + benchmark_change : 1;
  double sum = 0;
  for (const FrameDelta& frame : evidence.frames)
    if (!frame.by_total && (is_rise(frame.change) || is_fall(frame.change)))
      sum += frame.self.head * grown - frame.self.base;
  return sum / benchmark_change;
}

}  // namespace perfwarden::profile
