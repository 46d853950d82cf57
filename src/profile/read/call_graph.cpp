#include "profile/read/call_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace perfwarden::profile {
namespace {

constexpr double k_least_share = 1e-4;
constexpr std::size_t k_deepest = 256;
constexpr std::size_t k_most_nodes = std::size_t{1} << 20;

void add_to(std::vector<double>& sum, const std::vector<double>& cost) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += cost[i];
}

bool is_on_path(const CallTree& tree, NodeId node, FrameId frame) {
  for (; node != k_root; node = tree.node(node).parent)
    if (tree.node(node).frame == frame) return true;
  return false;
}

}  // namespace

CallGraph::Function& CallGraph::function(FrameId id) {
  if (functions_.size() <= id) functions_.resize(id + std::size_t{1});
  Function& function = functions_[id];
  if (function.self.empty())
    function.self.resize(types_), function.total.resize(types_), function.called.resize(types_);
  return function;
}

void CallGraph::add_self(FrameId id, const std::vector<double>& cost) {
  add_to(function(id).self, cost);
}

// A function that calls itself has the cost once, in itself.
void CallGraph::add_call(FrameId caller, FrameId callee, const std::vector<double>& inclusive) {
  if (caller == callee) return;
  add_to(function(callee).called, inclusive);
  std::vector<double>& call = function(caller).calls[callee];
  call.resize(types_);
  add_to(call, inclusive);
}

void CallGraph::sum_totals(Builder& builder) {
  all_.assign(types_, 0);
  for (Function& each : functions_) {
    if (each.self.empty()) each.self.resize(types_), each.total.resize(types_), each.called.resize(types_);
    add_to(all_, each.self);
    each.total = each.self;
    for (const auto& [callee, cost] : each.calls) add_to(each.total, cost);
  }
  std::size_t circles = 0;
  for (FrameId id = 0; id < functions_.size(); ++id) {
    FunctionCost cost{id, functions_[id].self, functions_[id].total};
    bool more = false;
    for (std::size_t i = 0; i < types_; ++i) {
      more = more || cost.total[i] > all_[i];
      cost.total[i] = std::min(cost.total[i], all_[i]);
    }
    circles += more ? 1 : 0;
    const auto nothing = [](double c) { return c == 0; };
    if (!std::all_of(cost.total.begin(), cost.total.end(), nothing)) builder.profile.functions.push_back(cost);
  }
  if (circles > 0)
    builder.note("call-circles", fmt::format("{} functions call each other in circles, so that their totals are more "
                                             "than the whole; they are cut to the whole",
                                             circles));
}

bool CallGraph::matters(const std::vector<double>& cost) const {
  for (std::size_t i = 0; i < types_; ++i)
    if (cost[i] > k_least_share * all_[i]) return true;
  return false;
}

Status CallGraph::finish(Builder& builder) {
  sum_totals(builder);
  std::vector<Step> steps;
  for (FrameId id = 0; id < functions_.size(); ++id) {  // what nobody's calls account for begins a stack
    std::vector<double> rest = functions_[id].total;
    for (std::size_t i = 0; i < types_; ++i) rest[i] = std::max(0.0, rest[i] - functions_[id].called[i]);
    if (!matters(rest)) continue;
    PW_TRY_ASSIGN(const NodeId node, builder.child(k_root, id));
    steps.push_back({id, node, 1, std::move(rest)});
  }
  PW_TRY(expand(builder, std::move(steps)));
  builder.note("call-graph",
               "the profiler recorded costs of functions and calls, which are exact; whole stacks, and so "
               "flame graphs, are only estimated from them");
  return Nothing{};
}

Status CallGraph::expand(Builder& builder, std::vector<Step> steps) {
  std::vector<double> part(types_);
  while (!steps.empty()) {
    Step step = std::move(steps.back());
    steps.pop_back();
    const Function& from = functions_[step.function];
    std::vector<double> own = step.cost;
    for (const auto& [callee, cost] : from.calls) {
      for (std::size_t i = 0; i < types_; ++i)
        part[i] = from.total[i] > 0 ? cost[i] * (step.cost[i] / from.total[i]) : 0;
      if (!matters(part) || step.depth >= k_deepest || builder.profile.tree.size() > k_most_nodes ||
          is_on_path(builder.profile.tree, step.node, callee))
        continue;
      for (std::size_t i = 0; i < types_; ++i) own[i] -= part[i];
      PW_TRY_ASSIGN(const NodeId node, builder.child(step.node, callee));
      steps.push_back({callee, node, step.depth + 1, part});
    }
    for (std::size_t i = 0; i < types_; ++i) builder.add(step.node, i, std::max(0.0, own[i]));
  }
  return Nothing{};
}

}  // namespace perfwarden::profile
