#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// What a person may do in this repository: "admin", "write", "read" or "none".
[[nodiscard]] Result<std::string> permission_of(Api& api, const std::string& login);
// Whether the person belongs to "organization/team". Only an app's or a person's token may ask.
[[nodiscard]] Result<bool> is_in_team(Api& api, const std::string& team, const std::string& login);
// Adds "+1", "-1", "confused", … to a comment.
[[nodiscard]] Status react(Api& api, std::int64_t comment, const std::string& reaction);

}  // namespace perfwarden::github
