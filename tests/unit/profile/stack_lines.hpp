#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "profile/read/read.hpp"
#include "support/fakes.hpp"

namespace perfwarden::profile {

inline Profile read_fixture(const std::string& name) {
  Result<Profile> profile = read(support::fixture("profile/" + name), name);
  if (!profile) ADD_FAILURE() << profile.error().text();
  return profile ? *profile : Profile{};
}

// "a;b;c 5 50\n" of each stack that costs anything, in the order made: a number a sample type.
inline std::string stack_lines(const Profile& profile) {
  std::string out;
  for (NodeId node = 0; node < profile.tree.size(); ++node) {
    bool any = false;
    std::string costs;
    for (const auto& self : profile.self) {
      any = any || self[node] != 0;
      costs += fmt::format(" {:.10g}", self[node]);
    }
    if (!any) continue;
    std::string line;
    for (const FrameId frame : profile.tree.stack(node))
      line += (line.empty() ? "" : ";") + std::string(profile.tree.frames.name(frame));
    out += line + costs + "\n";
  }
  return out;
}

// The error's text, or "read".
inline std::string said(const std::string& bytes, const std::string& format) {
  const Result<Profile> profile = read(bytes, "x", format);
  return profile ? "read" : profile.error().text();
}

}  // namespace perfwarden::profile
