#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "checkout/worktree.hpp"
#include "model/history.hpp"

namespace perfwarden::app {

// Reads an array of objects with commit, time (RFC 3339), environment and name, or what GitHub's API gives for
// deployments (sha, created_at, environment, ref). Without an environment it is "production". Error (parse) with file
// and place.
[[nodiscard]] Result<std::vector<Deployment>> read_deployments(std::string_view text, const std::string& file);

// A Shipment is a deployment, and how many of some commits came to its environment with it.
struct Shipment {
  Deployment deployment;
  std::size_t commits = 0;
};
// With which deployments the commits of last_before..first_changed came to each environment, oldest first. `all` is
// sorted by time. Empty where git does not know the commits.
[[nodiscard]] std::vector<Shipment> shipments_of(const checkout::Git& git, const std::string& last_before,
                                                 const std::string& first_changed, std::span<const Deployment> all);

// "production 2026-11-20 v1.4: 3 of 5 commits (60 %)"
[[nodiscard]] std::string text_of(const Shipment& shipment, std::size_t commits);

}  // namespace perfwarden::app
