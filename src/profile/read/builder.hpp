#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/profile.hpp"
#include "profile/format.hpp"

namespace perfwarden::profile {

// A Builder fills a Profile within the limits of limits.hpp.
class Builder {
 public:
  // `cure` is the hint of every error: how the file is made well.
  Builder(const Document& document, std::string_view cure) : document_(document), cure_(cure) {}

  [[nodiscard]] Status add_type(SampleType type);
  // The frame of that name; a longer name than the limit is cut, an empty one is "<unknown>".
  [[nodiscard]] FrameId frame(std::string_view name);
  // The node of a stack, root first. Of a stack that is too deep the middle is left out, so that both what the sample
  // was taken in and what the program started with stay right; said once in a warning.
  [[nodiscard]] Result<NodeId> node(std::span<const FrameId> stack);
  [[nodiscard]] Result<NodeId> child(NodeId parent, FrameId frame);
  void add(NodeId node, std::size_t type, double cost);
  void note(std::string_view code, std::string text);  // beyond limits.hpp only their number is told

  // Error (parse) when there is no sample type, no cost at all, or a sum is not finite.
  [[nodiscard]] Result<Profile> finish();
  [[nodiscard]] Error error(std::string what, std::string_view place = "") const;

  Profile profile;  // but self, which finish() sets

 private:
  const Document& document_;
  std::string_view cure_;
  std::vector<std::vector<double>> self_;  // shorter than the tree until finish()
  std::size_t untold_ = 0, cut_stacks_ = 0;
};

}  // namespace perfwarden::profile
