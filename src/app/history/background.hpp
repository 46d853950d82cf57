#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/history.hpp"
#include "store/store.hpp"

namespace perfwarden::app {

// A Background is what else the history knows about the commits of a branch, beside measurements.
struct Background {
  std::vector<std::string> commits;              // in the order in which they were first measured
  std::map<std::string, std::string> config_of;  // hash of the config of each commit's newest run
  std::vector<Deployment> deployments;           // oldest first
  // Whether these two commits were measured with different configs; false where that is not known.
  [[nodiscard]] bool config_differs(const std::string& a, const std::string& b) const;
};
[[nodiscard]] Result<Background> background_of(store::Store& store, const std::string& branch);

}  // namespace perfwarden::app
