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

// The warning that so many names were longer than limits.hpp allows.
[[nodiscard]] Warning long_names(std::size_t cut);

// A Builder fills a Profile within the limits of limits.hpp.
class Builder {
 public:
  // `cure` is the hint of every error: how to record a usable file.
  Builder(const Document& document, std::string_view cure) : document_(document), cure_(cure) {}

  [[nodiscard]] Status add_type(SampleType type);
  // The frame of that name; a longer name than the limit is cut, with one warning; an empty one is "<unknown>".
  [[nodiscard]] FrameId frame(std::string_view name);
  // The node of a stack, root first. The middle of a stack that is too deep is cut out, so that both its leaf and its
  // root stay correct; there is one warning.
  [[nodiscard]] Result<NodeId> node(std::span<const FrameId> stack);
  [[nodiscard]] Result<NodeId> child(NodeId parent, FrameId frame);
  void add(NodeId node, std::size_t type, double cost);
  void note(std::string_view code, std::string text);  // beyond limits.hpp only their number is reported

  // Error (parse) when there is no sample type, no cost at all, or a sum is not finite.
  [[nodiscard]] Result<Profile> finish();
  [[nodiscard]] Error error(std::string what, std::string_view place = "") const;

  Profile profile;  // but self, which finish() sets

 private:
  const Document& document_;
  std::string_view cure_;
  std::vector<std::vector<double>> self_;  // shorter than the tree until finish()
  std::size_t untold_ = 0, cut_stacks_ = 0, cut_names_ = 0;
};

}  // namespace perfwarden::profile
