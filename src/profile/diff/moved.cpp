#include "profile/diff/moved.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

constexpr double k_all_but = 0.1;          // what remains of an edge that vanished
constexpr double k_explains = 0.5;         // part of a change that vanished or new callees must make up
constexpr double k_from_callers = 0.7;     // part of a change that must lie below callers where it is even
constexpr std::size_t k_most_pairs = 200;  // functions a side that are compared by name

void add(Samples2& into, const Samples2& more) {
  for (std::size_t side = 0; side < 2; ++side) into[side] += more[side];
}

class Search {
 public:
  Search(const United& united, const Yardstick& yardstick, std::span<const double> overdispersion, double dilution,
         const Thresholds& thresholds, std::span<FrameDelta> frames)
      : united_(united),
        yardstick_(yardstick),
        overdispersion_(overdispersion),
        dilution_(yardstick.of_shares() ? dilution : 1),
        thresholds_(thresholds),
        frames_(frames),
        root_(static_cast<FrameId>(frames.size())) {}

  void run() {
    if (!collect_edges()) return;
    for (FrameId id = 0; id < root_; ++id)
      if (is_flagged(id) && !frames_[id].by_total) check_callees(id);
    for (FrameId id = 0; id < root_; ++id)
      if (is_flagged(id)) check_callers(id);
    check_names();
  }

 private:
  // Of one caller: its callees with all below them.
  using Callees = std::map<FrameId, Samples2>;

  [[nodiscard]] bool is_flagged(FrameId id) const { return is_rise(frames_[id].change) || is_fall(frames_[id].change); }

  [[nodiscard]] FrameId caller_of(NodeId id) const {
    const NodeId parent = united_.tree.node(id).parent;
    return parent == k_root ? root_ : united_.tree.node(parent).frame;
  }

  bool collect_edges() {
    std::vector<bool> wanted(frames_.size() + 1, false);
    bool any = false;
    for (FrameId id = 0; id < root_; ++id) {
      wanted[id] = is_flagged(id);
      any = any || wanted[id];
    }
    if (!any) return false;
    std::vector<bool> callers = wanted;
    for (NodeId id = 1; id < united_.tree.size(); ++id)
      if (wanted[united_.tree.node(id).frame]) callers[caller_of(id)] = true;
    for (NodeId id = 1; id < united_.tree.size(); ++id) {
      const FrameId caller = caller_of(id);
      const FrameId frame = united_.tree.node(id).frame;
      if (!callers[caller] || caller == frame || united_.nested[id]) continue;
      add(edges_[caller][frame], {united_.total[0][id], united_.total[1][id]});
    }
    for (const auto& [caller, callees] : edges_)
      for (const auto& [frame, cost] : callees)
        if (wanted[frame]) callers_[frame].push_back(caller);
    return true;
  }

  [[nodiscard]] double share(const Samples2& cost, std::size_t side) const {
    return cost[side].cost * yardstick_.scale()[side];
  }
  [[nodiscard]] bool vanished(const Samples2& cost) const { return share(cost, 1) <= k_all_but * share(cost, 0); }
  [[nodiscard]] bool appeared(const Samples2& cost) const { return share(cost, 0) <= k_all_but * share(cost, 1); }
  [[nodiscard]] double rise(const Samples2& cost) const { return share(cost, 1) - share(cost, 0); }
  [[nodiscard]] const Share& share_of(FrameId id) const {
    return frames_[id].by_total ? frames_[id].total : frames_[id].self;
  }
  [[nodiscard]] Samples2 self_of(FrameId id) const {
    return {united_.function_self[0][id], united_.function_self[1][id]};
  }
  [[nodiscard]] Samples2 total_of(FrameId id) const {
    return {united_.function_total[0][id], united_.function_total[1][id]};
  }

  // As much on both sides, as seen against a change of `size`.
  [[nodiscard]] bool is_even(const Samples2& pool, double size, double overdispersion, bool similar) const {
    // That both are as large must be shown by the samples; how much runs differ besides does not make it less so.
    constexpr double k_of_samples = 3;
    const Share sum = yardstick_.compare(pool, std::min(overdispersion, k_of_samples));
    const double shift = sum.base * (1 - dilution_);
    const double delta = std::abs(sum.delta() + shift);
    if (yardstick_.exact()) return delta < std::min(thresholds_.noticeable, size / 4);
    const double low = sum.interval.low + shift;
    const double high = sum.interval.high + shift;
    const bool changed = low > 0 || high < 0;
    if (changed && delta >= std::min(thresholds_.noticeable, size / 4)) return false;
    return delta <= size / 2 && (high - low) / 2 <= size * (similar ? 1 : 0.5);
  }

  struct Pool {
    Samples2 cost;
    double gone = 0, come = 0;  // shares
    FrameId most_gone = 0, most_come = 0;
  };
  [[nodiscard]] Pool pool_below(FrameId caller) const {
    Pool pool;
    const auto found = edges_.find(caller);
    if (found == edges_.end()) return pool;
    double most_gone = 0;
    double most_come = 0;
    for (const auto& [frame, cost] : found->second) {
      if (!vanished(cost) && !appeared(cost)) continue;
      add(pool.cost, cost);
      const double change = rise(cost);
      (change < 0 ? pool.gone : pool.come) += std::abs(change);
      if (-change > most_gone) {
        most_gone = -change;
        pool.most_gone = frame;
      }
      if (change > most_come) {
        most_come = change;
        pool.most_come = frame;
      }
    }
    return pool;
  }

  void set_moved(FrameId id, FrameId counterpart) {
    frames_[id].change = FrameChange::moved;
    frames_[id].counterpart = counterpart == root_ ? "" : std::string(united_.tree.frames.name(counterpart));
  }

  // Inlined or outlined: the function's own cost against what came and went directly below it.
  void check_callees(FrameId id) {
    const double size = std::abs(frames_[id].self.delta());
    const bool up = is_rise(frames_[id].change);
    Pool pool = pool_below(id);
    if ((up ? pool.gone : pool.come) < k_explains * size) return;
    add(pool.cost, self_of(id));
    if (!is_even(pool.cost, size, overdispersion_[id], false)) return;
    inlined_.push_back(id);
    set_moved(id, up ? pool.most_gone : pool.most_come);
  }

  // What came or went together with something else below the same callers.
  void check_callers(FrameId id) {
    const bool up = is_rise(frames_[id].change);
    const double size = std::abs(share_of(id).delta());
    double all = 0;
    double even = 0;
    FrameId counterpart = root_;
    for (const FrameId caller : callers_[id]) {
      const Samples2& cost = edges_.at(caller).at(id);
      const double change = std::abs(rise(cost));
      all += change;
      if ((rise(cost) > 0) != up || change < k_all_but * size) continue;
      if (std::find(inlined_.begin(), inlined_.end(), caller) != inlined_.end()) {
        even += change;
        counterpart = caller;
        continue;
      }
      if (!vanished(cost) && !appeared(cost)) continue;
      const Pool pool = pool_below(caller);
      const FrameId other = up ? pool.most_gone : pool.most_come;
      if ((up ? pool.gone : pool.come) < k_explains * change || other == id) continue;
      const bool similar = similar_names(united_.tree.frames.name(id), united_.tree.frames.name(other));
      if (!is_even(pool.cost, change, overdispersion_[id], similar)) continue;
      even += change;
      counterpart = other;
    }
    if (all > 0 && even >= k_from_callers * all && counterpart != root_) set_moved(id, counterpart);
  }

  // Names that changed everywhere at once, such as those of a class.
  void check_names() {
    std::vector<FrameId> gone;
    std::vector<FrameId> come;
    for (FrameId id = 0; id < root_; ++id) {
      if (frames_[id].change == FrameChange::removed && gone.size() < k_most_pairs) gone.push_back(id);
      if (frames_[id].change == FrameChange::added && come.size() < k_most_pairs) come.push_back(id);
    }
    for (const FrameId to : come) {
      for (const FrameId from : gone) {
        if (frames_[from].change != FrameChange::removed) continue;
        if (similar_names(united_.tree.frames.name(from), united_.tree.frames.name(to)) && settle(from, to)) break;
      }
    }
  }

  // One function under two names. True when it is.
  bool settle(FrameId from, FrameId to) {
    FrameDelta& now = frames_[to];
    if (frames_[from].by_total != now.by_total) return false;
    Samples2 pool = now.by_total ? total_of(from) : self_of(from);
    add(pool, now.by_total ? total_of(to) : self_of(to));
    const Share sum = yardstick_.compare(pool, overdispersion_[to]);
    const double size = std::abs(share_of(from).delta());
    if (is_even(pool, size, overdispersion_[to], true)) {
      set_moved(from, to);
      set_moved(to, from);
      return true;
    }
    const double delta = sum.delta() + sum.base * (1 - dilution_);
    if (std::abs(delta) > size || !(sum.p <= thresholds_.significance)) return false;
    set_moved(from, to);
    (now.by_total ? now.total : now.self) = sum;
    (now.by_total ? now.total : now.self).p_adjusted = sum.p;
    now.change = std::abs(delta) < thresholds_.noticeable ? FrameChange::moved
                 : delta > 0                              ? FrameChange::regression
                                                          : FrameChange::improvement;
    now.counterpart = std::string(united_.tree.frames.name(from));
    now.note = fmt::format("compared with {}, which it seems to replace under a new name", now.counterpart);
    return true;
  }

  const United& united_;
  const Yardstick& yardstick_;
  std::span<const double> overdispersion_;
  double dilution_;
  const Thresholds& thresholds_;
  std::span<FrameDelta> frames_;
  FrameId root_;  // stands for the root as a caller
  std::map<FrameId, Callees> edges_;
  std::map<FrameId, std::vector<FrameId>> callers_;  // of flagged functions
  std::vector<FrameId> inlined_;                     // moved, against what is below them
};

std::string_view without_arguments(std::string_view name) {
  const std::size_t end = name.find_first_of("(<[", 1);
  return name.substr(0, std::min<std::size_t>(end, 200));
}

}  // namespace

bool similar_names(std::string_view a, std::string_view b) {
  a = without_arguments(a);
  b = without_arguments(b);
  const auto last = [](std::string_view name) {
    const std::size_t at = name.find_last_of(":./");
    return at == std::string_view::npos ? name : name.substr(at + 1);
  };
  constexpr std::size_t k_short = 3;
  if (last(a).size() >= k_short && last(a) == last(b)) return true;
  const std::size_t longer = std::max(a.size(), b.size());
  return longer > k_short && text::edit_distance(a, b) <= std::max<std::size_t>(1, longer / 4);
}

void find_moved(const United& united, const Yardstick& yardstick, std::span<const double> overdispersion,
                double dilution, const Thresholds& thresholds, std::span<FrameDelta> frames) {
  Search(united, yardstick, overdispersion, dilution, thresholds, frames).run();
}

}  // namespace perfwarden::profile
