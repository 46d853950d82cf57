#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "dashboard/server/site.hpp"

namespace perfwarden::dashboard {

struct ServerOptions {
  std::string host = "127.0.0.1";    // address that is listened at
  std::uint16_t port = 8080;         // 0: any that is free
  std::vector<std::string> proxies;  // networks ("10.0.0.0/8", "::1/128") that may say who asks
  std::size_t threads = 4;
  std::size_t connections = 256;  // at once; beyond, the longest idle one is closed
  std::size_t header_bytes = 16 << 10;
  std::size_t body_bytes = 64 << 10;
  double patience_s = 10;  // for a whole request to come, and for an answer to be taken
  double idle_s = 30;      // between two requests of a connection
  double drain_s = 10;     // for answers under way, when asked to stop
};

// Answers until a SIGTERM or SIGINT comes, then finishes what is under way. `started` is told the port. Error (usage)
// when the address cannot be listened at or is wrong.
[[nodiscard]] Status serve(Site& site, const ServerOptions& options,
                           const std::function<void(std::uint16_t port)>& started);

[[nodiscard]] bool is_loopback(const std::string& host);

}  // namespace perfwarden::dashboard
