#include "profile/draw/flame_layout.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/text.hpp"

namespace perfwarden::profile {
namespace {

constexpr std::uint32_t k_not_kept = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t k_least_columns = 3;
constexpr std::size_t k_least_tail = 3;      // "…0" of "scan.constprop.0" says nothing
constexpr std::size_t k_longest_name = 400;  // of a name as it is written, as far as the budget reckons

double share_of(double value, double whole) {
  return whole > 0 ? value / whole : 0;
}

// A Chooser finds out which nodes are kept, then walks over them.
class Chooser {
 public:
  Chooser(const CallTree& tree, std::span<const View> views, std::span<const double> whole)
      : tree_(tree), views_(views), whole_(whole) {}

  FlameChoice choose(const FlameBudget& budget) {
    choice_.min_share = budget.min_share;
    keep(budget.min_share);
    spend(budget);
    sum_up();
    walk();
    return std::move(choice_);
  }

 private:
  // The widest that a node is in any view.
  [[nodiscard]] double widest(NodeId node) const {
    double most = 0;
    for (std::size_t view = 0; view < views_.size(); ++view)
      most = std::max(most, share_of(views_[view][node], whole_[view]));
    return most;
  }

  void keep(double min_share) {
    kept_.push_back(k_root);
    for (std::size_t id = 1; id < tree_.size(); ++id) {
      const auto node = static_cast<NodeId>(id);
      if (const double share = widest(node); share >= min_share && share > 0) kept_.push_back(node);
    }
  }

  // Drops the narrowest until the rest fits. Parents are at least as wide as their children: they never go first.
  void spend(const FlameBudget& budget) {
    std::vector<std::pair<double, std::size_t>> costs;  // width, bytes
    costs.reserve(kept_.size());
    std::size_t all = 0;
    for (const NodeId node : kept_) {
      const std::size_t name = node == k_root ? 0 : std::min(tree_.name(node).size(), k_longest_name);
      costs.emplace_back(widest(node), budget.box_bytes + name * budget.name_times);
      all += costs.back().second;
    }
    if (all <= budget.bytes) return;
    std::sort(costs.begin(), costs.end(), std::greater<>());
    std::size_t spent = 0, fitting = 0;
    while (fitting < costs.size() && spent + costs[fitting].second <= budget.bytes) spent += costs[fitting++].second;
    const double limit = costs[std::min(fitting, costs.size() - 1)].first;  // the widest that is dropped
    std::erase_if(kept_, [&](NodeId node) { return node != k_root && widest(node) <= limit; });
    choice_.min_share = std::max(budget.min_share, limit);
  }

  // What every kept node has in children that are not.
  void sum_up() {
    index_.assign(tree_.size(), k_not_kept);
    for (std::size_t i = 0; i < kept_.size(); ++i) index_[kept_[i]] = static_cast<std::uint32_t>(i);
    summed_.assign(kept_.size(), 0);
    rest_.assign(views_.size(), std::vector<double>(kept_.size(), 0));
    begin_.assign(kept_.size() + 1, 0);
    for (std::size_t id = 1; id < tree_.size(); ++id) {
      const std::uint32_t parent = index_[tree_.node(static_cast<NodeId>(id)).parent];
      if (index_[id] == k_not_kept) ++choice_.left_out;
      if (parent == k_not_kept) continue;
      if (index_[id] != k_not_kept) {
        ++begin_[parent + 1];
        continue;
      }
      ++summed_[parent];
      for (std::size_t view = 0; view < views_.size(); ++view)
        rest_[view][parent] += share_of(views_[view][id], whole_[view]);
    }
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    children_.resize(kept_.size() - 1);
    std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t i = 1; i < kept_.size(); ++i)
      children_[next[index_[tree_.node(kept_[i]).parent]]++] = static_cast<std::uint32_t>(i);
    for (std::size_t i = 0; i < kept_.size(); ++i)
      std::sort(children_.begin() + begin_[i], children_.begin() + begin_[i + 1],
                [&](std::uint32_t a, std::uint32_t b) { return tree_.name(kept_[a]) < tree_.name(kept_[b]); });
  }

  void put(std::uint32_t index, std::uint32_t depth) {
    choice_.boxes.push_back({kept_[index], depth, 0});
    for (std::size_t view = 0; view < views_.size(); ++view)
      choice_.width[view].push_back(share_of(views_[view][kept_[index]], whole_[view]));
    choice_.levels = std::max(choice_.levels, depth + 1);
  }

  void put_sum(std::uint32_t parent, std::uint32_t depth) {
    if (summed_[parent] == 0) return;
    const bool seen = std::any_of(rest_.begin(), rest_.end(),
                                  [&](const std::vector<double>& view) { return view[parent] >= choice_.min_share; });
    if (!seen) return;
    choice_.boxes.push_back({kept_[parent], depth, summed_[parent]});
    for (std::size_t view = 0; view < views_.size(); ++view) choice_.width[view].push_back(rest_[view][parent]);
    choice_.levels = std::max(choice_.levels, depth + 1);
  }

  void walk() {
    choice_.width.resize(views_.size());
    struct Step {
      std::uint32_t index, depth;
      bool is_sum;
    };
    std::vector<Step> stack{{0, 0, false}};
    while (!stack.empty()) {
      const Step step = stack.back();
      stack.pop_back();
      if (step.is_sum) {
        put_sum(step.index, step.depth);
        continue;
      }
      put(step.index, step.depth);
      stack.push_back({step.index, step.depth + 1, true});
      for (std::size_t i = begin_[step.index + 1]; i-- > begin_[step.index];)
        stack.push_back({children_[i], step.depth + 1, false});
    }
  }

  const CallTree& tree_;
  std::span<const View> views_;
  std::span<const double> whole_;
  FlameChoice choice_;
  std::vector<NodeId> kept_;           // ascending; first the root
  std::vector<std::uint32_t> index_;   // by node, into kept_
  std::vector<std::uint32_t> summed_;  // by index
  std::vector<View> rest_;             // [view][index]
  std::vector<std::uint32_t> begin_, children_;
};

// Without what stands in brackets that close within it: "f<a, b>::g(int)" → "f::g".
std::string without_brackets(std::string_view name) {
  std::string out;
  std::size_t open = 0;
  for (const char c : name) {
    if (c == '<' || c == '(') ++open;
    if (open == 0) out += c;
    if ((c == '>' || c == ')') && open > 0) --open;
  }
  return open == 0 ? out : std::string(name);
}

}  // namespace

FlameChoice choose_boxes(const CallTree& tree, std::span<const View> views, std::span<const double> whole,
                         const FlameBudget& budget) {
  return Chooser(tree, views, whole).choose(budget);
}

std::vector<double> place_boxes(std::span<const FlameBox> boxes, std::span<const double> width) {
  std::vector<double> left(boxes.size(), 0), next{0};  // next[depth]: where the next box of that row may begin
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const std::size_t depth = boxes[i].depth;
    left[i] = next[depth];
    next[depth] += width[i];
    next.resize(depth + 1);
    if (boxes[i].summed == 0) next.push_back(left[i]);
  }
  return left;
}

std::string fit_name(const std::string& name, std::size_t columns) {
  if (columns < k_least_columns) return "";
  if (text::display_width(name) <= columns) return name;
  const std::string plain = without_brackets(name);
  const std::string& shorter = plain.empty() ? name : plain;
  if (text::display_width(shorter) <= columns) return shorter;
  // Qualifiers go one by one, the outermost first.
  constexpr std::string_view k_separators = ":./";
  for (std::size_t at = shorter.find_first_of(k_separators); at != std::string::npos;
       at = shorter.find_first_of(k_separators, at + 1)) {
    const std::string_view tail = std::string_view(shorter).substr(at + 1);
    if (tail.size() < k_least_tail || k_separators.find(tail.front()) != std::string_view::npos) continue;
    if (text::display_width(tail) < columns) return "…" + std::string(tail);
  }
  return text::truncate(shorter, columns);
}

}  // namespace perfwarden::profile
