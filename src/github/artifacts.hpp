#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"

namespace perfwarden::github {

// An Artifact is a file that a workflow run kept. Its content is hostile: any branch, and any fork, can upload under
// any name.
struct Artifact {
  std::int64_t id = 0;
  std::string name;
  bool expired = false;
  std::string created, expires;  // RFC 3339, UTC
  std::string digest;            // "sha256:…" of the zip; empty where the server has none (before v4)
  std::int64_t run_id = 0;
  std::int64_t repository_id = 0, head_repository_id = 0;
  std::string head_branch, head_sha;
};

// Of exactly that name, or of that name with "-1" to "-3" behind it, as workflows name those of their attempts: the
// newest hundred of each.
[[nodiscard]] Result<std::vector<Artifact>> artifacts_named(Api& api, const std::string& name);
// The zip, whose digest is checked where there is one. Error (github) when it is another.
[[nodiscard]] Result<std::string> download_artifact(Api& api, const Artifact& artifact);

}  // namespace perfwarden::github
