#pragma once

#include <string>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// Uploads a SARIF log for a commit. `ref` is a full one: "refs/pull/7/head", "refs/heads/main". GitHub reads it later:
// an answer without an Error means that it was taken, not that it was read. Error (usage) beyond GitHub's 10 MB.
[[nodiscard]] Status upload_sarif(Api& api, const std::string& commit, const std::string& ref,
                                  const std::string& sarif);

}  // namespace perfwarden::github
