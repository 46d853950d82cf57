#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "github/api.hpp"
#include "model/history.hpp"

namespace perfwarden::github {

// The newest deployments of the repository ("owner/name") that reached their environment: those that failed, wait or
// were given up are not among them. `environment`: of this one only; empty = of all. At most `most` are looked at.
// Times are those of the deployments' beginning. Hostile text.
[[nodiscard]] Result<std::vector<Deployment>> deployments(Api& api, const std::string& repository,
                                                          const std::string& environment, std::size_t most);

}  // namespace perfwarden::github
