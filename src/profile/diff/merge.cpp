#include "profile/diff/merge.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"
#include "profile/frame_name.hpp"

namespace perfwarden::profile {
namespace {

// ── frames of both sides as functions ──

std::string without_root(std::string_view text, const std::string& root) {
  if (root.empty() || text.find(root) == std::string_view::npos) return std::string(text);
  return text::replace_all(std::string(text), root.ends_with('/') ? root : root + "/", "");
}

// A Group is all functions that have one matching key.
struct Group {
  std::array<std::set<std::string_view>, 2> names;
  // Where both sides know the same names, they are functions of their own: of two lambdas each is one.
  [[nodiscard]] bool one_function() const { return names[0] != names[1] && names[0].size() + names[1].size() > 1; }
};

class Matcher {
 public:
  Matcher(const std::array<const Profile*, 2>& profiles, const std::array<std::string, 2>& roots)
      : profiles_(profiles) {
    for (std::size_t side = 0; side < 2; ++side) {
      const FrameTable& table = profiles[side]->tree.frames;
      functions_[side].reserve(table.size());
      for (FrameId id = 0; id < table.size(); ++id)
        functions_[side].push_back(function_of(without_root(table.name(id), roots[side])));
    }
    for (std::size_t side = 0; side < 2; ++side)
      for (const std::string& name : functions_[side]) groups_[key_of(name)].names[side].insert(name);
  }

  void match(United& united, const std::array<std::string, 2>& roots) {
    for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {  // head first: its names are shown
      const FrameTable& table = profiles_[side]->tree.frames;
      for (FrameId id = 0; id < table.size(); ++id) {
        const std::string& name = functions_[side][id];
        const std::string& key = key_of(name);
        const Group& group = groups_.at(key);
        const FrameId frame = group.one_function() ? by_key(key, name, united) : by_name(name, united);
        united.frames[side].push_back(frame);
        united.tree.frames.set_file(frame, without_root(table.file(id), roots[side]));
        united.tree.frames.set_module(frame, table.module(id));
      }
    }
    united.names.assign(united.tree.frames.size(), 1);
    for (const auto& [key, frame] : keyed_) {
      const Group& group = groups_.at(key);
      united.names[frame] = static_cast<std::uint32_t>(std::max(group.names[0].size(), group.names[1].size()));
    }
  }

 private:
  const std::string& key_of(const std::string& name) {
    const auto [at, is_new] = keys_.try_emplace(name);
    if (is_new) at->second = matching_key(name);
    return at->second;
  }
  FrameId by_name(const std::string& name, United& united) { return united.tree.frames.add(name); }
  FrameId by_key(const std::string& key, const std::string& name, United& united) {
    const auto [at, is_new] = keyed_.try_emplace(key, 0);
    if (is_new) at->second = united.tree.frames.add(name);
    return at->second;
  }

  std::array<const Profile*, 2> profiles_;
  std::array<std::vector<std::string>, 2> functions_;
  std::unordered_map<std::string, std::string> keys_;
  std::unordered_map<std::string, Group> groups_;
  std::unordered_map<std::string, FrameId> keyed_;
};

// ── costs ──

Sample sample_of(const Columns& columns, const Sampling& sampling, std::size_t i) {
  const double cost = columns.cost[i];
  const double samples = sampling.unit > 0 ? cost / sampling.unit : sampling.counts[i];
  return {cost, samples > 0 ? cost * cost / samples : 0, samples};
}

void add_side(const Profile& profile, std::size_t type, std::size_t side, United& united) {
  const Columns columns = columns_of_nodes(profile, type);
  const Sampling sampling = sampling_of(columns);
  united.samples_known[side] = sampling.known;
  SampleColumn& self = united.self[side];
  self.unit = sampling.unit;
  std::vector<NodeId> there(profile.tree.size(), k_root);
  self.resize(std::max(united.tree.size(), profile.tree.size()));
  for (NodeId id = 0; id < profile.tree.size(); ++id) {
    if (id != k_root) {
      const CallTree::Node& node = profile.tree.node(id);
      there[id] = united.tree.child(there[node.parent], united.frames[side][node.frame]);
    }
    if (there[id] >= self.size()) self.resize(united.tree.size() * 2);
    if (columns.cost[id] != 0) self.add(there[id], sample_of(columns, sampling, id));
  }
}

void sum_up(const CallTree& tree, const SampleColumn& self, SampleColumn& total) {
  total.unit = self.unit;
  total.cost = totals_of(tree, self.cost);
  if (self.unit > 0) return;
  total.squares = totals_of(tree, self.squares);
  total.samples = totals_of(tree, self.samples);
}

// Which nodes have their own function above them.
std::vector<bool> nested_in(const CallTree& tree) {
  std::vector<bool> nested(tree.size(), false);
  const ChildLists children = children_of(tree);
  std::vector<std::uint32_t> open(tree.frames.size(), 0);
  struct Step {
    NodeId node;
    std::uint32_t next;
  };
  std::vector<Step> path{{k_root, 0}};
  while (!path.empty()) {
    Step& step = path.back();
    const auto below = children.of(step.node);
    if (step.next == below.size()) {
      if (step.node != k_root) --open[tree.node(step.node).frame];
      path.pop_back();
      continue;
    }
    const NodeId child = below[step.next++];
    nested[child] = open[tree.node(child).frame]++ > 0;
    path.push_back({child, 0});
  }
  return nested;
}

void sum_functions(const United& united, std::size_t side, SampleColumn& self, SampleColumn& total) {
  self.unit = total.unit = united.self[side].unit;
  self.resize(united.tree.frames.size());
  total.resize(united.tree.frames.size());
  for (NodeId id = 1; id < united.tree.size(); ++id) {
    const FrameId frame = united.tree.node(id).frame;
    if (united.self[side].cost[id] != 0) self.add(frame, united.self[side][id]);
    if (!united.nested[id] && united.total[side].cost[id] != 0) total.add(frame, united.total[side][id]);
  }
}

// Where a profiler knows functions better than stacks.
void take_functions(const Profile& profile, std::size_t type, std::size_t side, United& united) {
  const FunctionColumns functions = columns_of_functions(profile, type);
  const Columns nodes = columns_of_nodes(profile, type);
  const auto take = [&](const Columns& columns, SampleColumn& into) {
    into.resize(united.tree.frames.size());
    const Sampling sampling = sampling_of(columns);
    united.samples_known[side] = sampling.known;
    for (std::size_t i = 0; i < profile.functions.size(); ++i)
      into.add(united.frames[side][profile.functions[i].frame], sample_of(columns, sampling, i));
  };
  take(own_of(functions, nodes), united.function_self[side]);
  take(total_of(functions, nodes), united.function_total[side]);
}

// As one sample of its own: how many functions it belongs to is not known.
Sample unlisted_of(const Profile& profile, std::size_t type) {
  const double cost = profile.unlisted[type];
  if (!(cost > 0)) return {};
  return {cost, cost * cost, 1};
}

}  // namespace

void SampleColumn::resize(std::size_t size) {
  cost.resize(size, 0);
  if (unit > 0) return;
  squares.resize(size, 0);
  samples.resize(size, 0);
}

void SampleColumn::add(std::size_t i, const Sample& sample) {
  cost[i] += sample.cost;
  if (unit > 0) return;
  squares[i] += sample.squares;
  samples[i] += sample.samples;
}

Result<Merged> merge(std::span<const Profile> profiles) {
  if (profiles.empty())
    return Error{.kind = ErrorKind::usage, .what = "there is no profile", .hint = "give at least one for each side"};
  Merged out;
  Profile& sum = out.profile;
  const Profile& first = profiles.front();
  sum.format = first.format;
  sum.types = first.types;
  sum.default_type = first.default_type;
  sum.count_type = first.count_type;
  sum.events = first.events;
  sum.period = first.period;
  sum.exact = first.exact;
  sum.self.resize(sum.types.size());
  std::unordered_map<FrameId, std::size_t> functions;
  for (const Profile& one : profiles) {
    if (one.types != sum.types)
      return Error{.kind = ErrorKind::usage,
                   .what = "the profiles of one side have different sample types",
                   .hint = "record all of them in the same way"};
    if (one.period != sum.period) sum.period = 0;
    if (one.count_type != sum.count_type) sum.count_type.reset();
    sum.exact = sum.exact && one.exact;
    sum.seconds += one.seconds;
    sum.warnings.insert(sum.warnings.end(), one.warnings.begin(), one.warnings.end());
    std::vector<FrameId>& frames = out.frames.emplace_back();
    for (FrameId id = 0; id < one.tree.frames.size(); ++id) {
      frames.push_back(sum.tree.frames.add(one.tree.frames.name(id)));
      sum.tree.frames.set_file(frames.back(), one.tree.frames.file(id));
      sum.tree.frames.set_module(frames.back(), one.tree.frames.module(id));
    }
    std::vector<NodeId> there(one.tree.size(), k_root);
    for (NodeId id = 1; id < one.tree.size(); ++id)
      there[id] = sum.tree.child(there[one.tree.node(id).parent], frames[one.tree.node(id).frame]);
    for (std::size_t type = 0; type < sum.types.size(); ++type) {
      sum.self[type].resize(sum.tree.size(), 0);
      for (NodeId id = 0; id < one.tree.size(); ++id) sum.self[type][there[id]] += one.self[type][id];
    }
    if (!one.unlisted.empty()) {
      sum.unlisted.resize(sum.types.size(), 0);
      for (std::size_t type = 0; type < sum.types.size(); ++type) sum.unlisted[type] += one.unlisted[type];
    }
    for (const FunctionCost& function : one.functions) {
      const auto [at, is_new] = functions.try_emplace(frames[function.frame], sum.functions.size());
      if (is_new) {
        sum.functions.push_back(function);
        sum.functions.back().frame = frames[function.frame];
        continue;
      }
      FunctionCost& into = sum.functions[at->second];
      for (std::size_t type = 0; type < sum.types.size(); ++type) {
        into.self[type] += function.self[type];
        into.total[type] += function.total[type];
      }
    }
  }
  return out;
}

United unite(const std::array<const Profile*, 2>& profiles, const std::array<std::size_t, 2>& types,
             const std::array<std::string, 2>& roots) {
  United united;
  Matcher(profiles, roots).match(united, roots);
  for (std::size_t side = 0; side < 2; ++side) add_side(*profiles[side], types[side], side, united);
  for (SampleColumn& self : united.self) self.resize(united.tree.size());
  united.nested = nested_in(united.tree);
  for (std::size_t side = 0; side < 2; ++side) {
    sum_up(united.tree, united.self[side], united.total[side]);
    if (profiles[side]->functions.empty()) {
      sum_functions(united, side, united.function_self[side], united.function_total[side]);
      united.whole[side] = united.total[side][k_root];
    } else {
      take_functions(*profiles[side], types[side], side, united);
      for (std::size_t i = 0; i < united.tree.frames.size(); ++i) united.whole[side] += united.function_self[side][i];
      if (!profiles[side]->unlisted.empty()) united.whole[side] += unlisted_of(*profiles[side], types[side]);
    }
  }
  return united;
}

}  // namespace perfwarden::profile
