#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "checkout/clone.hpp"
#include "os/process/processes.hpp"
#include "os/process/user.hpp"

namespace perfwarden::checkout {

using Settings = std::vector<std::pair<std::string, std::string>>;  // in the order of the file, where the last one wins

// The settings of a private repository.
struct PrivateConfig {
  std::string text;  // of its config file
  Settings secret;   // headers, which hold a token: for our own git commands only, never on the disk
};

// The clone's settings of the allow list, read by `git config --file`, which runs nothing, and ours. The files that
// actions/checkout includes for its token (git-credentials-*.config, v6) are read as well. Error (io) when git cannot
// read a file, or (config) when the refs are kept in a form that we cannot copy.
[[nodiscard]] Result<PrivateConfig> private_config(os::Processes& processes, const Clone& clone,
                                                   const std::map<std::string, std::string>& env,
                                                   const std::optional<os::User>& user);

// Whether a setting of a clone is copied. `key` as git lists it: section and name in lower case.
[[nodiscard]] bool is_copied(std::string_view key, std::string_view value);

}  // namespace perfwarden::checkout
