#pragma once

#include <string>
#include <string_view>

#include "app/cli/command.hpp"
#include "base/result.hpp"

// Profiles that a server keeps, as Pyroscope's render API gives them:
// https://pyroscope.example.com/pyroscope/render?query=…&from=…&until=…&format=json (flamebearer), or any address that
// answers a GET with a profile (pprof).
namespace perfwarden::app {

struct FetchedProfile {
  std::string bytes;
  std::string name;  // of the server, for messages: "pyroscope.example.com"; never the address, which may hold secrets
};

// Whether a path that names a profile is an address: "https://…", or "http://…".
[[nodiscard]] bool is_address(std::string_view path);

// Gets it, with PYROSCOPE_TOKEN as a bearer token where it is set. Error (usage) for an address that is neither https
// nor of this machine, (network) where no profile came: within a minute, of at most 50 MiB, without a redirect.
[[nodiscard]] Result<FetchedProfile> fetch_profile(World& world, const std::string& address);

}  // namespace perfwarden::app
