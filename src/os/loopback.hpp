#pragma once

#include "base/result.hpp"

namespace perfwarden::os {

// A port of 127.0.0.1 on which nobody listens at this moment. Error (io) when there is none.
[[nodiscard]] Result<int> free_loopback_port();
// Whether somebody listens on that port now.
[[nodiscard]] bool loopback_accepts(int port);

}  // namespace perfwarden::os
