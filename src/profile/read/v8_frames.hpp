#pragma once

#include "profile/read/builder.hpp"
#include "profile/read/json_text.hpp"
#include "profile/read/placed_name.hpp"

namespace perfwarden::profile {

// The frame of a V8 callFrame {functionName, url, lineNumber from 0}. V8's own frames, such as "(garbage collector)",
// have no position.
inline FrameId v8_frame(Builder& builder, const Json& call_frame) {
  const std::string_view url = text_of(member(call_frame, "url"));
  const std::int64_t line = whole_number_of(member(call_frame, "lineNumber")).value_or(-1) + 1;
  const FrameId id = builder.frame(placed_name(text_of(member(call_frame, "functionName")), url, line));
  builder.profile.tree.frames.set_file(id, url.starts_with("file://") ? url.substr(7) : url);
  return id;
}

}  // namespace perfwarden::profile
