#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "os/patience.hpp"
#include "store/store.hpp"

namespace perfwarden::store {

struct Delivery {
  std::size_t sent_late = 0;          // runs that an earlier delivery had to keep, and that are in the history now
  std::optional<Error> kept_because;  // why these runs are in the file `unsent`, not in the history
  std::optional<Error> still_unsent;  // why what was kept earlier could not be sent now
};

// Saves runs in the history at `address`. When it is on a server that cannot take them now, they are kept in the file
// `unsent` (empty: nowhere), which is a history itself, and the next delivery sends them: whatever is lost or killed
// meanwhile, nothing is lost, and nothing is there twice. Error (store) when they could not even be kept, or the
// history is not on a server.
[[nodiscard]] Result<Delivery> deliver(const std::string& address, std::span<const RunRecord> records,
                                       const std::string& unsent, const os::Patience& patience = {});

}  // namespace perfwarden::store
