#pragma once

#include <memory>
#include <vector>

#include "checkout/ways.hpp"
#include "net/http_client.hpp"
#include "os/clock.hpp"
#include "os/console.hpp"
#include "os/environment.hpp"
#include "os/process/ancestors.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::app {

// World is everything outside that a command may touch. main() makes the real one; tests make
// their own. Only app/ sees all of it: functions below app/ take the one or two seams that they need.
struct World {
  os::Processes& processes;
  os::Clock& clock;
  const os::Environment& environment;
  os::Console& console;
  net::HttpClient& http;
  bool color =
      false;  // results on out may carry colour; decided once by app::run from --color, NO_COLOR, CLICOLOR_FORCE, TERM
  bool quiet = false;                        // --quiet: no progress, no notes
  std::vector<os::Ancestor> ancestors = {};  // which processes started us, nearest first
  // The clones that git has been started in, for repository().
  std::shared_ptr<checkout::Ways> ways = std::make_shared<checkout::Ways>();
};

}  // namespace perfwarden::app
