#include <fmt/format.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "profile/format.hpp"
#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/v8_frames.hpp"

// What `node --heap-prof` and Chrome's "allocation sampling" write: a nested tree of what was allocated where and still
// lives, in bytes that V8 scaled up from its samples. Those are counted too, where the file lists them.
namespace perfwarden::profile {
namespace {

constexpr std::string_view k_v8_heap_profile_cure =
    "record again with node --heap-prof, and let the program end on its own";

struct Step {
  const Json* json;
  NodeId parent;
  std::size_t depth;
};

Status count_samples(const Json& samples, const std::unordered_map<std::int64_t, NodeId>& nodes, Builder& builder) {
  if (!samples.is_array() || samples.empty()) return Nothing{};
  PW_TRY(builder.add_type({"samples", "count"}));
  builder.profile.count_type = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto id = whole_number_of(member(samples[i], "nodeId"));
    const auto found = id ? nodes.find(*id) : nodes.end();
    if (found == nodes.end())
      return builder.error(fmt::format("samples[{}] names a node that the profile does not hold", i));
    builder.add(found->second, 1, 1);
  }
  return Nothing{};
}

Result<Profile> read_v8_heap_profile(const Document& document) {
  Builder builder(document, k_v8_heap_profile_cure);
  PW_TRY_ASSIGN(const Json file, read_json(document, k_v8_heap_profile_cure));
  if (!member(file, "head").is_object()) return builder.error("this is not a V8 heap profile: it has no head");
  PW_TRY(builder.add_type({"inuse_space", "bytes"}));
  std::vector<Step> steps{{&member(file, "head"), k_root, 0}};
  std::unordered_map<std::int64_t, NodeId> nodes;
  while (!steps.empty()) {
    const Step step = steps.back();
    steps.pop_back();
    const Json& call_frame = member(*step.json, "callFrame");
    const auto size = number_of(member(*step.json, "selfSize"));
    if (!call_frame.is_object() || !size)
      return builder.error(fmt::format("a node at depth {} has no callFrame or no selfSize", step.depth));
    NodeId node = step.parent;
    if (step.depth > 0 || text_of(member(call_frame, "functionName")) != "(root)") {
      PW_TRY_ASSIGN(node, builder.child(step.parent, v8_frame(builder, call_frame)));
    }
    builder.add(node, 0, *size);
    if (const auto id = whole_number_of(member(*step.json, "id"))) nodes.emplace(*id, node);
    for (const Json& child : member(*step.json, "children")) steps.push_back({&child, node, step.depth + 1});
  }
  PW_TRY(count_samples(member(file, "samples"), nodes, builder));
  return builder.finish();
}

int sniff_v8_heap_profile(std::string_view head) {
  return looks_like_json(head, {"head", "callFrame", "selfSize"}, {"traceEvents", "shared"}) ? 95 : 0;
}

}  // namespace

extern const Format k_format_v8_heap_profile{"v8-heap-profile", "V8's .heapprofile: node --heap-prof, Chrome",
                                             sniff_v8_heap_profile, read_v8_heap_profile};

}  // namespace perfwarden::profile
