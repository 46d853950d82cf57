#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "profile/format.hpp"
#include "profile/limits.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/v8_frames.hpp"

// What `node --cpu-prof`, Chrome's DevTools and Deno write: a tree of nodes, and samples that name them. The form of
// before 2016, a nested tree in `head`, is read too. Time in which nothing ran, "(idle)", is not part of the profile.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_v8_cpu_profile_cure =
    "record again with node --cpu-prof, and let the program end on its own";

struct Node {
  NodeId in_tree = k_root;
  double hits = 0;
  bool idle = false;
};

class V8CpuProfileReader {
 public:
  explicit V8CpuProfileReader(const Document& document)
      : document_(document), builder_(document, k_v8_cpu_profile_cure) {}

  Result<Profile> run() {
    PW_TRY_ASSIGN(Json file, read_json(document_, k_v8_cpu_profile_cure));
    if (member(file, "profile").is_object()) {  // as the inspector protocol's Profiler.stop answers
      Json inner = std::move(file["profile"]);
      file = std::move(inner);
    }
    PW_TRY(builder_.add_type({"samples", "count"}));
    builder_.profile.count_type = 0;
    if (member(file, "nodes").is_array()) {
      PW_TRY(take_nodes(member(file, "nodes")));
    } else if (member(file, "head").is_object()) {
      PW_TRY(take_head(member(file, "head")));
    } else {
      return builder_.error("this is not a V8 CPU profile: it has neither nodes nor a head");
    }
    PW_TRY(take_costs(file));
    if (idle_ > 0) builder_.note("idle", fmt::format("{} idle samples, in which nothing ran, were ignored", idle_));
    return builder_.finish();
  }

 private:
  Status take_nodes(const Json& nodes) {
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto id = whole_number_of(member(nodes[i], "id"));
      if (!id || !places.emplace(*id, i).second)
        return builder_.error(fmt::format("nodes[{}] has no id, or the id of another", i));
    }
    std::vector<std::vector<std::size_t>> children(nodes.size());
    std::vector<bool> called(nodes.size());
    const auto link = [&](std::size_t parent, const Json& child_id, std::size_t at) -> Status {
      const auto id = whole_number_of(child_id);
      const auto child = id ? places.find(*id) : places.end();
      if (child == places.end() || called[child->second])
        return builder_.error(fmt::format("nodes[{}] has a child that is not there, or that is another's too", at));
      called[child->second] = true;
      children[parent].push_back(child->second);
      return Nothing{};
    };
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const Json& child : member(nodes[i], "children")) {
        PW_TRY(link(i, child, i));
      }
      const auto parent = whole_number_of(member(nodes[i], "parent"));  // the form of Chrome's traces
      if (!parent) continue;
      const auto place = places.find(*parent);
      if (place == places.end()) return builder_.error(fmt::format("nodes[{}] names a parent that is not there", i));
      PW_TRY(link(place->second, member(nodes[i], "id"), i));
    }
    std::vector<Step> steps;
    for (std::size_t i = nodes.size(); i-- > 0;)
      if (!called[i]) steps.push_back({&nodes[i], i, k_root, 0});
    return walk(std::move(steps), [&](const Step& step, std::vector<Step>& next) {
      for (const std::size_t child : children[step.index])
        next.push_back({&nodes[child], child, k_root, step.depth + 1});
    });
  }

  Status take_head(const Json& head) {
    std::size_t count = 1;
    return walk({{&head, 0, k_root, 0}}, [&](const Step& step, std::vector<Step>& next) {
      for (const Json& child : member(*step.json, "children"))
        next.push_back({&child, count++, k_root, step.depth + 1});
    });
  }

  struct Step {
    const Json* json;
    std::size_t index;  // in nodes_
    NodeId parent;      // in the tree
    std::size_t depth;
  };

  // Each node with what it calls, without recursion: the nesting is as deep as the program's stack was.
  template <class Below>
  Status walk(std::vector<Step> steps, Below below) {
    while (!steps.empty()) {
      const Step step = steps.back();
      steps.pop_back();
      const Json& nested = member(*step.json, "callFrame");
      const Json& call_frame = nested.is_object() ? nested : *step.json;  // the form of before 2016
      const std::string_view name = text_of(member(call_frame, "functionName"));
      Node node;
      node.in_tree = step.parent;
      node.hits = std::max(0.0, number_of(member(*step.json, "hitCount")).value_or(0));
      node.idle = name == "(idle)";
      const bool root = step.depth == 0 && name == "(root)";
      if (!root && !node.idle && step.depth <= k_max_depth) {
        PW_TRY_ASSIGN(node.in_tree, builder_.child(step.parent, v8_frame(builder_, call_frame)));
      }
      if (step.depth == k_max_depth + 1)
        builder_.note("deep-stacks", fmt::format("stacks deeper than {} frames count there", k_max_depth));
      keep(node, step);
      const std::size_t first = steps.size();
      below(step, steps);
      for (std::size_t i = first; i < steps.size(); ++i) steps[i].parent = node.in_tree;
      std::reverse(steps.begin() + static_cast<std::ptrdiff_t>(first), steps.end());  // the first is to be the next
    }
    return Nothing{};
  }

  void keep(const Node& node, const Step& step) {
    if (nodes_.size() <= step.index) nodes_.resize(step.index + 1);
    nodes_[step.index] = node;
    if (const auto id = whole_number_of(member(*step.json, "id"))) by_id_.emplace(*id, step.index);
  }

  // Sample i lasts until sample i + 1; how long the last one did nobody says: as long as they do on the average.
  Status take_costs(const Json& file) {
    const Json& samples = member(file, "samples");
    const bool seconds = member(file, "head").is_object();
    const double start = number_of(member(file, "startTime")).value_or(0);
    const double end = number_of(member(file, "endTime")).value_or(0);
    if (end > start) builder_.profile.seconds = seconds ? end - start : (end - start) / 1e6;
    if (!samples.is_array() || samples.empty()) return take_hits();
    PW_TRY(builder_.add_type({"time", "microseconds"}));
    builder_.profile.default_type = 1;
    PW_TRY_ASSIGN(const std::vector<double> times, times_of(file, samples.size()));
    const double mean = times.size() > 1 ? (times.back() - times.front()) / static_cast<double>(times.size() - 1) : 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto id = whole_number_of(samples[i]);
      const auto found = id ? by_id_.find(*id) : by_id_.end();
      if (found == by_id_.end())
        return builder_.error(fmt::format("samples[{}] names a node that the profile does not hold", i));
      const Node& node = nodes_[found->second];
      if (node.idle) {
        ++idle_;
        continue;
      }
      builder_.add(node.in_tree, 0, 1);
      builder_.add(node.in_tree, 1, i + 1 < times.size() ? times[i + 1] - times[i] : std::max(0.0, mean));
    }
    return Nothing{};
  }

  // When each sample was taken, in microseconds (also where start and end are in seconds), never earlier than the one
  // before: V8's clocks of several threads disagree now and then.
  Result<std::vector<double>> times_of(const Json& file, std::size_t count) {
    const Json& deltas = member(file, "timeDeltas");
    const Json& stamps = member(file, "timestamps");
    const bool relative = deltas.is_array();
    const Json& numbers = relative ? deltas : stamps;
    const bool one_more = relative && numbers.size() == count + 1;  // node 10 also writes the time to the end
    if (numbers.size() != count && !one_more)
      return builder_.error(fmt::format("there are {} samples, but {} times", count, numbers.size()));
    std::vector<double> times;
    double now = 0, latest = 0;
    std::size_t backwards = 0;
    for (const Json& number : numbers) {
      const auto value = number_of(number);
      if (!value) return builder_.error("the time of a sample is not a number");
      now = relative ? now + *value : *value;
      if (!times.empty() && now < latest) ++backwards;
      latest = times.empty() ? now : std::max(latest, now);
      times.push_back(latest);
    }
    if (backwards > 0)
      builder_.note("time-backwards", fmt::format("{} samples seem to be taken before the one before them; they count "
                                                  "as taken at the same time",
                                                  backwards));
    return times;
  }

  Status take_hits() {
    for (const Node& node : nodes_) {
      if (node.idle)
        idle_ += static_cast<std::size_t>(std::min(node.hits, 1e15));
      else
        builder_.add(node.in_tree, 0, node.hits);
    }
    return Nothing{};
  }

  const Document& document_;
  Builder builder_;
  std::vector<Node> nodes_;
  std::unordered_map<std::int64_t, std::size_t> by_id_;
  std::size_t idle_ = 0;
};

Result<Profile> read_v8_cpu_profile(const Document& document) {
  return V8CpuProfileReader(document).run();
}

int sniff_v8_cpu_profile(std::string_view head) {
  const bool now = looks_like_json(head, {"nodes", "callFrame", "functionName"}, {"selfSize", "traceEvents", "shared"});
  const bool before =
      looks_like_json(head, {"head", "functionName", "hitCount"}, {"selfSize", "traceEvents", "shared", "nodes"});
  return now || before ? 90 : 0;
}

}  // namespace

extern const Format k_format_v8_cpu_profile{"v8-cpu-profile", "V8's .cpuprofile: node --cpu-prof, Chrome, Deno",
                                            sniff_v8_cpu_profile, read_v8_cpu_profile};

}  // namespace perfwarden::profile
