#include "explain/patterns.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "explain/chains.hpp"
#include "stats/distributions.hpp"

namespace perfwarden::explain {
namespace {

constexpr std::int64_t k_memory_a_rule = std::int64_t{1} << 20;
constexpr std::int64_t k_memory_of_all = std::int64_t{64} << 20;
constexpr double k_family_error = 0.05;
constexpr NodeId k_nobody = k_root;  // as a caller: none of them is ours

re2::RE2::Options options() {
  re2::RE2::Options out;
  out.set_log_errors(false);
  out.set_max_mem(k_memory_a_rule);
  return out;
}

// Without the annotation of how the frame came to be, the symbol's version, and glibc's mark of an internal alias:
// "memcpy_[k]", "memcpy@@GLIBC_2.14" and "__GI_memcpy" → "memcpy".
std::string_view bare(std::string_view name) {
  constexpr std::size_t k_annotation = 4;
  constexpr std::string_view k_internal = "__GI_";
  const bool annotated =
      name.size() > k_annotation && name.ends_with(']') && name.substr(name.size() - k_annotation, 2) == "_[";
  if (annotated) name.remove_suffix(k_annotation);
  if (const std::size_t version = name.find('@'); version != std::string_view::npos && version > 0 &&
                                                  name.find('(') == std::string_view::npos &&
                                                  name.find("GLIBC", version) != std::string_view::npos)
    name = name.substr(0, version);
  if (name.starts_with(k_internal)) name.remove_prefix(k_internal.size());
  return name;
}

bool finds(const re2::RE2& expression, std::string_view name) {
  return re2::RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), expression);
}

// All expressions as one automaton. rule[i] is the rule behind its i-th.
class Matcher {
 public:
  explicit Matcher(std::span<const Pattern> patterns) {
    re2::RE2::Options many = options();
    many.set_max_mem(k_memory_of_all);
    set_ = std::make_unique<re2::RE2::Set>(many, re2::RE2::UNANCHORED);
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i].severity == PatternSeverity::off || patterns[i].where == Pattern::Where::chain) continue;
      if (!re2::RE2(patterns[i].match, options()).ok()) continue;
      if (set_->Add(patterns[i].match, nullptr) < 0) continue;
      rules_.push_back(i);
      singles_.push_back(std::make_unique<re2::RE2>(patterns[i].match, options()));
    }
    ready_ = set_->Compile();
  }

  // Indexes into `patterns`, ascending.
  [[nodiscard]] std::vector<std::size_t> match(std::string_view name) const {
    std::vector<std::size_t> out;
    if (rules_.empty()) return out;
    std::vector<int> found;
    re2::RE2::Set::ErrorInfo error{re2::RE2::Set::kNoError};
    if (ready_) (void)set_->Match(re2::StringPiece(name.data(), name.size()), &found, &error);
    if (!ready_ || error.kind != re2::RE2::Set::kNoError) {  // the automaton outgrew its memory
      found.clear();
      for (std::size_t i = 0; i < singles_.size(); ++i)
        if (finds(*singles_[i], name)) found.push_back(static_cast<int>(i));
    }
    for (const int one : found) out.push_back(rules_[static_cast<std::size_t>(one)]);
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::unique_ptr<re2::RE2::Set> set_;
  std::vector<std::size_t> rules_;
  std::vector<std::unique_ptr<re2::RE2>> singles_;
  bool ready_ = false;
};

// What one rule matched below one caller.
struct Group {
  std::array<double, 2> cost{};  // base, head; as recorded
  double sure_growth = 0;        // share of nodes that surely changed
  double most = -1;              // head cost of …
  NodeId frame = k_root;         // … the costliest node in it
};

using Groups = std::map<std::pair<std::size_t, NodeId>, Group>;  // rule, a node of the caller's frame

class Finder {
 public:
  Finder(const ProfileDiff& evidence, const DiffTree& tree, std::span<const Pattern> patterns,
         const std::function<bool(FrameId)>& is_ours)
      : evidence_(evidence), diff_(tree), patterns_(patterns) {
    const Matcher matcher(patterns);
    const FrameTable& frames = diff_.tree.frames;
    rules_.resize(frames.size());
    ours_.resize(frames.size());
    for (std::size_t id = 0; id < frames.size(); ++id) {
      const auto frame = static_cast<FrameId>(id);
      rules_[id] = matcher.match(bare(frames.name(frame)));
      ours_[id] = is_ours && is_ours(frame);
    }
  }

  std::vector<PatternHit> find() {
    gather();
    std::vector<PatternHit> hits;
    tested_ = static_cast<double>(std::max<std::ptrdiff_t>(
        1, std::count_if(groups_.begin(), groups_.end(), [&](const auto& one) {
          return !patterns_[one.first.first].unfair && is_hot(patterns_[one.first.first], one.second);
        })));
    std::map<std::pair<std::string, NodeId>, PatternHit> best;  // category, caller
    for (const auto& [key, group] : groups_) {
      const Pattern& pattern = patterns_[key.first];
      if (!is_hot(pattern, group)) continue;
      const Share share = share_of(group);
      if (!pattern.unfair && !is_raised(pattern, group, share)) continue;
      PatternHit hit = hit_of(pattern, group, key.second, share);
      const auto [at, added] = best.try_emplace({pattern.category, key.second}, hit);
      if (!added && hit.share.delta() > at->second.share.delta()) at->second = std::move(hit);
    }
    hits.reserve(best.size());
    for (auto& [key, hit] : best) hits.push_back(std::move(hit));
    std::stable_sort(hits.begin(), hits.end(), [](const PatternHit& a, const PatternHit& b) {
      if (a.unfair != b.unfair) return a.unfair;
      return a.share.delta() > b.share.delta();
    });
    if (hits.size() > k_most_hits) hits.resize(k_most_hits);
    return hits;
  }

 private:
  void gather() {
    const CallTree& tree = diff_.tree;
    std::vector<NodeId> caller(tree.size(), k_nobody);  // the nearest of ours above
    std::vector<NodeId> matched(tree.size(), k_root);   // the nearest above that any rule matches
    std::vector<NodeId> canonical(tree.frames.size(), k_nobody);
    for (std::size_t id = 1; id < tree.size(); ++id) {
      const auto node = static_cast<NodeId>(id);
      const NodeId parent = tree.node(node).parent;
      if (parent != k_root) {
        const FrameId above = tree.node(parent).frame;
        if (ours_[above] && canonical[above] == k_nobody) canonical[above] = parent;
        caller[node] = ours_[above] ? canonical[above] : caller[parent];
        matched[node] = rules_[above].empty() ? matched[parent] : parent;
      }
      for (const std::size_t rule : rules_[tree.node(node).frame]) add(rule, node, caller[node], matched);
    }
  }

  [[nodiscard]] bool is_below_itself(std::size_t rule, NodeId node, const std::vector<NodeId>& matched) const {
    for (NodeId above = matched[node]; above != k_root; above = matched[above]) {
      const std::vector<std::size_t>& rules = rules_[diff_.tree.node(above).frame];
      if (std::binary_search(rules.begin(), rules.end(), rule)) return true;
    }
    return false;
  }

  void add(std::size_t rule, NodeId node, NodeId caller, const std::vector<NodeId>& matched) {
    const FrameChange change = node < diff_.change.size() ? diff_.change[node] : FrameChange::unchanged;
    if (change == FrameChange::moved) return;
    const bool leaf = patterns_[rule].where == Pattern::Where::leaf;
    if (!leaf && is_below_itself(rule, node, matched)) return;
    const auto& costs = leaf ? diff_.self : diff_.total;
    if (costs[0][node] == 0 && costs[1][node] == 0) return;
    Group& group = groups_[{rule, caller}];
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) group.cost[side] += costs[side][node];
    if (change == FrameChange::regression || change == FrameChange::added)
      group.sure_growth += costs[1][node] * diff_.scale[1] - costs[0][node] * diff_.scale[0];
    if (costs[1][node] > group.most) {
      group.most = costs[1][node];
      group.frame = node;
    }
  }

  [[nodiscard]] bool is_hot(const Pattern& pattern, const Group& group) const {
    const double head = group.cost[1] * diff_.scale[1];
    return head > 0 && head >= pattern.min_share;
  }

  [[nodiscard]] bool has_samples() const {
    return evidence_.base.samples > 0 && evidence_.head.samples > 0;  // false for NaN
  }

  [[nodiscard]] Share share_of(const Group& group) const {
    Share share;
    share.base = group.cost[0] * diff_.scale[0];
    share.head = group.cost[1] * diff_.scale[1];
    if (evidence_.exact) {
      share.interval = {share.delta(), share.delta(), 1};
      share.p = share.p_adjusted = share.delta() == 0 ? 1 : 0;
      return share;
    }
    if (!has_samples()) return share;
    double variance = 0;
    const std::array<const ProfileSide*, 2> sides{&evidence_.base, &evidence_.head};
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const double all = diff_.total[side].empty() ? 0 : diff_.total[side][k_root];
      const double samples = all > 0 ? sides[side]->samples * std::max(0.0, group.cost[side]) / all : 0;
      const double one = all * diff_.scale[side] / sides[side]->samples;  // the share of one sample
      const double between_runs =
          evidence_.spread * evidence_.spread * samples * samples / static_cast<double>(sides[side]->runs);
      variance += (std::max(1.0, evidence_.overdispersion) * (samples + 1) + between_runs) * one * one;
    }
    if (!(variance > 0)) return share;
    const double error = std::sqrt(variance);
    const double level = k_family_error / tested_;
    const double z = -stats::normal_quantile(level / 2);
    share.interval = {share.delta() - z * error, share.delta() + z * error, 1 - level};
    share.p = 2 * stats::normal_upper(std::abs(share.delta()) / error);
    share.p_adjusted = std::min(1.0, share.p * tested_);
    return share;
  }

  [[nodiscard]] bool is_raised(const Pattern& pattern, const Group& group, const Share& share) const {
    if (!(share.delta() > 0) || share.delta() < pattern.min_delta) return false;
    if (evidence_.exact) return true;
    return has_samples() ? share.interval.low > 0 : group.sure_growth >= pattern.min_delta;
  }

  [[nodiscard]] PatternHit hit_of(const Pattern& pattern, const Group& group, NodeId caller, const Share& share) const {
    PatternHit hit;
    hit.id = pattern.id;
    hit.category = pattern.category;
    hit.frame = std::string(diff_.tree.name(group.frame));
    if (caller != k_nobody) hit.culprit = std::string(diff_.tree.name(caller));
    hit.share = share;
    hit.severity = pattern.severity;
    hit.advice = pattern.advice;
    hit.unfair = pattern.unfair;
    return hit;
  }

  const ProfileDiff& evidence_;
  const DiffTree& diff_;
  std::span<const Pattern> patterns_;
  std::vector<std::vector<std::size_t>> rules_;  // by frame
  std::vector<bool> ours_;                       // by frame
  Groups groups_;
  double tested_ = 1;
};

Error fault_of(const Pattern& pattern, std::string what, std::string hint) {
  return {
      .kind = ErrorKind::config, .what = std::move(what), .where = pattern.position.text(), .hint = std::move(hint)};
}

Status check(const Pattern& pattern) {
  const re2::RE2 expression(pattern.match, options());
  const std::string id = text::one_line(pattern.id);
  if (!expression.ok())
    return fault_of(
        pattern,
        fmt::format("pattern '{}': 'match' is not a valid RE2 expression: {}", id, text::one_line(expression.error())),
        "see https://github.com/google/re2/wiki/Syntax: RE2 has no look-around and no back-references");
  if (finds(expression, ""))
    return fault_of(pattern, fmt::format("pattern '{}' matches every frame", id), "make 'match' more specific");
  for (const std::string& frame : pattern.matches)
    if (!finds(expression, bare(frame)))
      return fault_of(pattern, fmt::format("pattern '{}' does not match '{}'", id, text::one_line(frame)),
                      "correct 'match', or remove the frame from 'matches'");
  for (const std::string& frame : pattern.spares)
    if (finds(expression, bare(frame)))
      return fault_of(pattern,
                      fmt::format("pattern '{}' matches '{}', which 'spares' excludes", id, text::one_line(frame)),
                      "correct 'match', or remove the frame from 'spares'");
  return Nothing{};
}

}  // namespace

Status check_patterns(std::span<const Pattern> patterns) {
  for (const Pattern& pattern : patterns)
    if (pattern.severity != PatternSeverity::off) PW_TRY(check(pattern));
  return Nothing{};
}

std::vector<PatternHit> find_patterns(const ProfileDiff& evidence, const DiffTree& tree,
                                      std::span<const Pattern> patterns, const std::function<bool(FrameId)>& is_ours) {
  if (patterns.empty() || tree.tree.size() < 2) return {};
  std::vector<PatternHit> hits = Finder(evidence, tree, patterns, is_ours).find();
  const std::vector<PatternHit> chains = find_chains(evidence, tree, patterns);
  hits.insert(hits.end(), chains.begin(), chains.end());
  return hits;
}

}  // namespace perfwarden::explain
