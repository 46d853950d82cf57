#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/world.hpp"
#include "base/result.hpp"
#include "model/config.hpp"

namespace perfwarden::app {

// TrustedFiles reads the files that a verdict hangs on: templates, pattern rules, CODEOWNERS, a committed baseline. In
// a run with a base commit these are that commit's, whatever the checkout holds
// (docs/security.md#whom-perfwarden-trusts).
class TrustedFiles {
 public:
  // `base_sha` empty: the working tree's files.
  TrustedFiles(World& world, std::string base_sha) : world_(world), base_sha_(std::move(base_sha)) {}

  // A path from the current folder. With a base commit, a file that git tracks is the base commit's; Error (config)
  // when it has none, since the change brings it. What git does not track, the workflow itself put there: it is read as
  // it is, but not through a name or a link that leads out of the current folder.
  [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t most_bytes) const;
  // The same for a path that may lead anywhere.
  [[nodiscard]] Result<std::string> read_anywhere(const std::string& path) const;
  // The names of the files in a folder, by the same rules.
  [[nodiscard]] Result<std::vector<std::string>> list(const std::string& directory) const;

 private:
  // nullopt: git does not track it.
  [[nodiscard]] Result<std::optional<std::string>> of_base(const std::string& path) const;

  World& world_;
  std::string base_sha_;
};

// Error (config) with the cure when git tracks the folder of cached baselines, so that any change could edit what it is
// compared with.
[[nodiscard]] Status refuse_tracked_baseline(World& world, const Config& config);

// Whether git tracks a file of the history (an address such as "sqlite:PATH"), so that any change could edit what it
// says about earlier runs.
[[nodiscard]] bool is_tracked_history(World& world, const std::string& address);

}  // namespace perfwarden::app
