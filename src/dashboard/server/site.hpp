#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "dashboard/desk.hpp"
#include "dashboard/server/guard.hpp"
#include "dashboard/server/message.hpp"

namespace perfwarden::dashboard {

// A Site is what all threads of a server share.
struct Site {
  Setting setting;
  Guard guard;
  std::function<Result<std::unique_ptr<store::Store>>(store::Access)> open;
  Memory memory = {};
  std::mutex writing = {};  // held by the one thread that changes something
};

// The whole answer to a request. `store` is the thread's own. Never throws; says nothing of the inside of the server.
[[nodiscard]] Response respond(Site& site, store::Store& store, const Request& request) noexcept;
// When the history cannot be opened.
[[nodiscard]] Response unavailable(const Error& error);

}  // namespace perfwarden::dashboard
