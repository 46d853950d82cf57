#include "profile/read/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "profile/limits.hpp"

namespace perfwarden::profile {

Error Builder::error(std::string what, std::string_view place) const {
  return Error{.kind = ErrorKind::parse,
               .what = std::move(what),
               .where = place.empty() ? document_.name : fmt::format("{}:{}", document_.name, place),
               .hint = std::string(cure_)};
}

Status Builder::add_type(SampleType type) {
  if (profile.types.size() == k_max_sample_types)
    return error(fmt::format("the profile has more than {} sample types", k_max_sample_types));
  profile.types.push_back(std::move(type));
  self_.emplace_back();
  return Nothing{};
}

Warning long_names(std::size_t cut) {
  return {"long-names", fmt::format("{} names of functions are longer than {} bytes and were cut; two that begin alike "
                                    "count as one",
                                    cut, k_max_name_bytes)};
}

FrameId Builder::frame(std::string_view name) {
  if (name.size() > k_max_name_bytes) ++cut_names_;
  return profile.tree.frames.add(name.empty() ? "<unknown>" : name.substr(0, k_max_name_bytes));
}

Result<NodeId> Builder::child(NodeId parent, FrameId frame) {
  if (profile.tree.size() >= k_max_nodes)
    return error(fmt::format("the profile has more than {} million distinct stacks", k_max_nodes >> 20U));
  return profile.tree.child(parent, frame);
}

Result<NodeId> Builder::node(std::span<const FrameId> stack) {
  if (profile.tree.size() + std::min(stack.size(), k_max_depth) > k_max_nodes)
    return error(fmt::format("the profile has more than {} million distinct stacks", k_max_nodes >> 20U));
  if (stack.size() <= k_max_depth) return profile.tree.add(stack);
  ++cut_stacks_;
  NodeId at = profile.tree.add(stack.first(k_max_depth / 2));
  for (const FrameId frame : stack.last(k_max_depth / 2)) at = profile.tree.child(at, frame);
  return at;
}

void Builder::add(NodeId node, std::size_t type, double cost) {
  std::vector<double>& self = self_[type];
  if (self.size() <= node) self.resize(std::max<std::size_t>(profile.tree.size(), node + std::size_t{1}));
  self[node] += cost;
}

void Builder::note(std::string_view code, std::string text) {
  if (profile.warnings.size() >= k_max_notes)
    ++untold_;
  else
    profile.warnings.push_back({std::string(code), std::move(text)});
}

Result<Profile> Builder::finish() {
  if (profile.types.empty()) return error("the profile does not say what any sample type measures");
  bool any = false;
  const auto take = [&any](double cost) {
    any = any || cost != 0;
    return std::isfinite(cost);
  };
  for (std::vector<double>& self : self_) {
    self.resize(profile.tree.size());
    if (!std::all_of(self.begin(), self.end(), take)) return error("a cost in the profile is too large for a number");
  }
  for (const FunctionCost& function : profile.functions)
    if (!std::all_of(function.self.begin(), function.self.end(), take) ||
        !std::all_of(function.total.begin(), function.total.end(), take))
      return error("a cost in the profile is too large for a number");
  if (!any) return error("the profile holds no sample");
  if (cut_stacks_ > 0)
    note("deep-stacks",
         fmt::format("{} stacks are deeper than {} frames; the middle of each was cut out", cut_stacks_, k_max_depth));
  if (cut_names_ > 0) {
    Warning warning = long_names(cut_names_);
    note(warning.code, std::move(warning.text));
  }
  if (untold_ > 0)
    profile.warnings.push_back({"more-warnings", fmt::format("{} more warnings are not shown", untold_)});
  profile.self = std::move(self_);
  return std::move(profile);
}

}  // namespace perfwarden::profile
